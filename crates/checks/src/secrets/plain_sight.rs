//! SC-012 to SC-015: secrets in variables, command lines, `ConfigMap`s and annotations.

mod judge;

use super::found::Part;
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Reference, Severity};
use judge::{annotations, config_maps, workloads};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "SC-012",
        name: "secret-in-env",
        title: "A variable of a container holds a secret in plain sight",
        fails: "The value of a variable has the structure of a credential (high), or name and value together suggest one (medium), or the name alone (low). References, templates, stand-ins and what is public pass.",
        fix: Fix::Steps(
            "Keep the value in a Secret and refer to it with valueFrom.secretKeyRef; replace the credential. The finding shows the YAML.",
        ),
        references: &[
            Reference::Nsa("Network separation"),
            Reference::Mitre("T1552.001"),
            Reference::Owasp("K03"),
            Reference::Kubernetes("concepts/configuration/secret/"),
        ],
        judge: Judge::Whole(|seen| workloads(seen, Part::Variable)),
        examples: &[
            Example::of(
                "a password in a URL",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(URL)],
            ),
            Example::of(
                "a password by name and value",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(PASSWORD)],
            ),
            Example::of(
                "a password by its name",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(NAME)],
            ),
            Example::of(
                "a reference, a stand-in and a file",
                Expected::Pass,
                &[ExampleFile::manifest(REFERENCES)],
            ),
            Example::of("no workload was seen", Expected::Unknown, &[]).partial(),
        ],
        ..PLAIN_SIGHT
    },
    Check {
        id: "SC-013",
        name: "secret-in-command",
        title: "A command line of a container holds a secret in plain sight",
        fails: "A word of command or args, of a probe or of a hook has the structure of a credential (high), or flag and value together suggest one (medium), or the flag alone (low). Variables and paths of files pass.",
        fix: Fix::Steps(
            "Keep the value in a Secret, give it to the container as a variable or a file, and name that in the command; replace the credential. The finding shows the YAML.",
        ),
        references: &[Reference::Mitre("T1552.001"), Reference::Owasp("K03")],
        judge: Judge::Whole(|seen| workloads(seen, Part::Command)),
        examples: &[
            Example::of(
                "a URL with a password",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(COMMAND_URL)],
            ),
            Example::of(
                "a flag",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(COMMAND_FLAG)],
            ),
            Example::of(
                "a flag with a poor value",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(COMMAND_NAME)],
            ),
            Example::of(
                "a variable and a file",
                Expected::Pass,
                &[ExampleFile::manifest(COMMAND_VARIABLE)],
            ),
            Example::of("no workload was seen", Expected::Unknown, &[]).partial(),
        ],
        ..PLAIN_SIGHT
    },
    Check {
        id: "SC-014",
        name: "secret-in-configmap",
        title: "A ConfigMap holds a secret in plain sight",
        fails: "A value in its data, or inside a file in its data, has the structure of a credential (high), or name and value together suggest one (medium), or the name alone (low). Certificates and references pass.",
        fix: Fix::Steps(
            "Move the value to a Secret, refer to that instead of the ConfigMap, and replace the credential.",
        ),
        references: &[Reference::Mitre("T1552.001"), Reference::Owasp("K03")],
        judge: Judge::Whole(config_maps),
        examples: &[
            Example::of(
                "a connection string in a file",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(MAP_URL)],
            ),
            Example::of(
                "a password",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(MAP_PASSWORD)],
            ),
            Example::of(
                "a password by its name",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(MAP_NAME)],
            ),
            Example::of("settings", Expected::Pass, &[ExampleFile::manifest(MAP_SETTINGS)]),
            Example::of("no ConfigMap was seen", Expected::Unknown, &[]).partial(),
        ],
        ..PLAIN_SIGHT
    },
    Check {
        id: "SC-015",
        name: "secret-in-annotation",
        title: "An annotation holds a secret in plain sight",
        severities: &[Severity::Medium],
        fails: "A value has the structure or the name of a credential, or it is what kubectl apply kept of a Secret. What it kept of other objects is told for the object itself.",
        fix: Fix::Steps(
            "Take the annotation away; for what kubectl apply keeps: kubectl annotate KIND NAME kubectl.kubernetes.io/last-applied-configuration- and use kubectl apply --server-side from then on. Replace the credential.",
        ),
        references: &[Reference::Mitre("T1552"), Reference::Owasp("K03")],
        judge: Judge::Whole(annotations),
        examples: &[
            Example::of(
                "what kubectl apply kept of a Secret",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(LAST_APPLIED)],
            ),
            Example::of(
                "a URL with a password",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(ANNOTATION)],
            ),
            Example::of("a description", Expected::Pass, &[ExampleFile::manifest(MAP_SETTINGS)]),
            Example::of("nothing was seen", Expected::Unknown, &[]).partial(),
        ],
        ..PLAIN_SIGHT
    },
];

/// What they have in common.
const PLAIN_SIGHT: Check = Check {
    severities: &[Severity::High, Severity::Medium, Severity::Low],
    why: "Whoever may look at the object, its manifest in a repository or a backup of it has the credential; nothing of it is encrypted or recorded when it is read.",
    ..super::SECRETS
};

const URL: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apps}
spec:
  template:
    spec:
      containers:
      - name: web
        env:
        - {name: DATABASE_URL, value: \"postgres://app:Xk9qTr7LmZ2w@db:5432/app\"}
";

const PASSWORD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    env:
    - {name: DB_PASSWORD, value: Xk9q-Tr7LmZ2w}
";

const NAME: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  initContainers:
  - name: set-up
    env:
    - {name: SECRET_KEY, value: correcthorsebattery}
";

const REFERENCES: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    env:
    - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
    - {name: TOKEN, value: $(DB_PASSWORD)}
    - {name: API_KEY, value: changeme}
    - {name: PASSWORD_FILE, value: /run/secrets/password}
    - {name: SECRET_NAME, value: db-credentials}
";

const COMMAND_URL: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup, namespace: apps}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - name: dump
            command: [sh, -c, \"pg_dump postgres://app:Xk9qTr7LmZ2w@db:5432/app > /out/dump\"]
";

const COMMAND_FLAG: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    args: [--listen=:8080, --password=Xk9q-Tr7LmZ2w]
";

const COMMAND_NAME: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    command: [app, --session-key=q7Rk2LxP]
";

const COMMAND_VARIABLE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    command: [app, --password=$(DB_PASSWORD), --token-file=/run/secrets/token]
";

const MAP_URL: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: apps}
data:
  app.yaml: |
    database:
      url: postgres://app:Xk9qTr7LmZ2w@db:5432/app
";

const MAP_PASSWORD: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: apps}
data: {DB_PASSWORD: Xk9q-Tr7LmZ2w}
";

const MAP_NAME: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: apps}
data: {SECRET_KEY: correcthorsebattery}
";

const MAP_SETTINGS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: apps, annotations: {description: settings of the web server}}
data: {LOG_LEVEL: info, PASSWORD_FILE: /run/secrets/password}
";

const LAST_APPLIED: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: apps
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"db\"},\"data\":{\"password\":\"WGs5cS1UcjdMbVoydw==\"}}
data: {password: WGs5cS1UcjdMbVoydw==}
";

const ANNOTATION: &str = "\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: apps
  annotations: {example.com/database: \"postgres://app:Xk9qTr7LmZ2w@db:5432/app\"}
spec: {ports: [{port: 80}]}
";
