//! SC-012 to SC-015: secrets in variables, command lines, `ConfigMap`s and annotations.

use inventory::{Kind, Object, Unknown, Workload};

use super::found::{Part, Sight};
use super::listed::complete;
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};

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
            Reference::Nsa("Authentication and authorization"),
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

fn workloads(seen: &Seen<'_>, part: Part) -> Result<Tally, Unknown> {
    let found = seen.secrets_in_sight();
    let tally = tally(seen, part, found.workloads, |object, sight| {
        let (container, leak) = (sight.container(object), &sight.leak);
        let what = if part == Part::Variable {
            format!("variable {} of container {container}", leak.name)
        } else {
            format!("command line of container {container}")
        };
        let detail = if leak.name.is_empty() { leak.kind.name() } else { leak.name.as_str() };
        (what, format!("{container}: {detail}"), steps(object, container, sight))
    });
    let kinds: Vec<_> = Workload::kinds().filter(|kind| *kind != Kind::POD_TEMPLATE).collect();
    complete(seen, tally, &kinds)
}

fn config_maps(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let count = seen.inventory().of(Kind::CONFIG_MAP).len();
    let tally = tally(seen, Part::ConfigMap, count, |_, sight| {
        let (key, name) = (sight.key(), sight.leak.name.as_str());
        let detail =
            if name.is_empty() || name == key { key.to_owned() } else { format!("{key}: {name}") };
        let steps = format!(
            "move {key:?} to a Secret and mount or refer to that instead\n{}",
            sight.leak.kind.mend()
        );
        (format!("key {key:?} of the ConfigMap"), detail, steps)
    });
    complete(seen, tally, &[Kind::CONFIG_MAP])
}

fn annotations(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let count = seen.inventory().objects().len();
    let mut tally = tally(seen, Part::Annotation, count, |object, sight| {
        let key = sight.key();
        let namespace = match object.namespace() {
            "" => String::new(),
            namespace => format!("--namespace {namespace} "),
        };
        let steps = format!(
            "kubectl {namespace}annotate {} {} '{key}-'\n{}",
            object.kind().kind.to_lowercase(),
            object.name(),
            sight.leak.kind.mend()
        );
        let note = sight.leak.note.as_deref().unwrap_or_default();
        (format!("annotation {key:?}"), format!("{key}: {}{note}", sight.leak.name), steps)
    });
    for (_, problem) in &mut tally.problems {
        problem.severity = Severity::Medium;
    }
    complete(seen, tally, &[Kind::SECRET])
}

/// The secrets in a part of objects: what it stands in, what tells it from others, and the steps.
fn tally(
    seen: &Seen<'_>,
    part: Part,
    looked_at: usize,
    tell: impl Fn(&Object, &Sight) -> (String, String, String),
) -> Tally {
    let mut tally = Tally::new();
    let mut failing = std::collections::BTreeSet::new();
    let sights = seen.secrets_in_sight().sights.iter();
    for sight in sights.filter(|sight| sight.part == part && !sight.is_grave()) {
        let Some(object) = seen.inventory().object(sight.object) else { continue };
        failing.insert(sight.object);
        let (what, detail, steps) = tell(object, sight);
        let problem = Problem::new(
            sight.severity(),
            format!("{} in plain sight: {what}.", sight.leak.kind.title()),
        )
        .confidence(sight.confidence())
        .detail(detail)
        .evidence(sight.leak.preview.clone())
        .at(sight.leak.path.clone())
        .mended_by(Remedy::Steps(steps));
        tally.add(About::object(object), Ok(Verdict::fail(problem)));
    }
    tally.passes = looked_at.saturating_sub(failing.len());
    tally
}

/// A Secret of its own, and the reference to it. Nothing is changed before the Secret is there:
/// pods that refer to a missing one do not start.
fn steps(object: &Object, container: &str, sight: &Sight) -> String {
    let namespace = match object.namespace() {
        "" => String::new(),
        namespace => format!("--namespace {namespace} "),
    };
    let secret = format!("{}-{container}", object.name());
    let key = match sight.leak.name.trim_start_matches('-') {
        "" => sight.leak.kind.name().to_owned(),
        name => name.to_owned(),
    };
    let variable: String = key
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
        .collect();
    let variable = if sight.part == Part::Variable { key.clone() } else { variable.to_uppercase() };
    let last = if sight.part == Part::Variable {
        format!("instead of value: in {}", sight.leak.path)
    } else {
        format!("and write $({variable}) in {} where the value stands", sight.leak.path)
    };
    format!(
        "{}\n\
         create the Secret, with the new value typed or piped in:\n\
         kubectl {namespace}create secret generic {secret} --from-file={key}=/dev/stdin\n\
         then give it to container {container}, {last}:\n\
         env:\n\
         - name: {variable}\n\
         \x20 valueFrom:\n\
         \x20   secretKeyRef: {{name: {secret}, key: {key}}}",
        sight.leak.kind.mend()
    )
}

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
