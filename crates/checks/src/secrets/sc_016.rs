//! SC-016: keys that open a cluster, a cloud or a server by themselves.

use inventory::{File, Unknown};
use leaks::Leak;
use tree::Keys;

use super::found::is_grave;
use super::listed::complete;
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};

pub(super) const SC_016: Check = Check {
    id: "SC-016",
    name: "key-in-plain-sight",
    title: "A private key, a kubeconfig or a key of a cloud is in plain sight",
    severities: &[Severity::Critical],
    why: "It opens what it belongs to, from anywhere, for whoever has seen the manifest once.",
    fails: "A variable, a command line, a ConfigMap, an annotation, another field of an object that is no Secret, or a file of Helm values holds a private key, a kubeconfig with credentials, or a key of AWS, Google Cloud or Azure. Certificates, public keys and a key id without its secret pass; files that are a kubeconfig or a key by themselves are not looked at here.",
    fix: Fix::Steps(
        "Replace the key first, where it was issued: it counts as known. Then take it out of the object, and out of the history of the repository.",
    ),
    references: &[Reference::Mitre("T1552.004"), Reference::Owasp("K03"), Reference::Owasp("K08")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a key pair of AWS in variables",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::manifest(AWS)],
        ),
        Example::of(
            "the same in Helm values",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::at("values.yaml", VALUES)],
        ),
        Example::of(
            "a kubeconfig in a ConfigMap",
            Expected::Fail(Severity::Critical),
            &[ExampleFile::manifest(KUBECONFIG)],
        ),
        Example::of(
            "a key id alone, and a certificate",
            Expected::Pass,
            &[ExampleFile::manifest(PUBLIC)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]).partial(),
    ],
    ..super::SECRETS
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let inventory = seen.inventory();
    let mut tally = Tally::new();
    let mut failing = std::collections::BTreeSet::new();
    for sight in seen.secrets_in_sight().sights.iter().filter(|sight| sight.is_grave()) {
        let Some(object) = inventory.object(sight.object) else { continue };
        failing.insert(sight.object);
        let place = sight.container(object);
        let detail = [place, sight.key(), sight.leak.name.as_str()];
        let problem = problem(&sight.leak, &detail, &object.describe());
        tally.add(About::object(object), Ok(Verdict::fail(problem.at(sight.leak.path.clone()))));
    }
    tally.passes = inventory.objects().len().saturating_sub(failing.len());
    for file in inventory.files().iter().filter(|file| is_values(file)) {
        let problems = of_values(file);
        tally.add(About::file(file), Ok(Verdict::of(problems)));
    }
    complete(seen, tally, &[inventory::Kind::CONFIG_MAP])
}

fn of_values(file: &File) -> Vec<Problem> {
    let text = file.text.as_deref().unwrap_or_default();
    let mut keys = Keys::default();
    let documents = tree::documents(text).filter_map(|one| tree::read(one.text, &mut keys).ok());
    let leaks = documents.flat_map(|values| leaks::values_leaks(&values));
    let grave =
        leaks.filter(|leak| leak.confidence == leaks::Confidence::High && is_grave(leak.kind));
    grave
        .map(|leak| problem(&leak, &[&leak.path.to_string()], file.path()).at(leak.path.clone()))
        .collect()
}

/// A YAML or JSON file that holds no object.
fn is_values(file: &File) -> bool {
    let is_text = [".yaml", ".yml", ".json"].iter().any(|end| file.name().ends_with(end));
    is_text && file.text.is_some()
}

fn problem(leak: &Leak, detail: &[&str], place: &str) -> Problem {
    let parts: Vec<&str> = detail.iter().copied().filter(|part| !part.is_empty()).collect();
    let note = leak.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
    Problem::new(
        Severity::Critical,
        format!("{}{note} in plain sight in {place}: {}.", leak.kind.title(), parts.join(", ")),
    )
    .detail(format!("{}: {}", parts.join(": "), leak.kind.name()))
    .evidence(leak.preview.clone())
    .mended_by(Remedy::Steps(format!(
        "{}\ntake it out of {place}, and out of the history of its repository",
        leak.kind.mend()
    )))
}

const AWS: &str = concat!(
    "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    env:
    - {name: AWS_ACCESS_KEY_ID, value: ",
    super::aws_key_id!(),
    "}
    - {name: AWS_SECRET_ACCESS_KEY, value: ",
    super::aws_secret!(),
    "}
"
);

const VALUES: &str =
    concat!("backup:\n  bucket: nightly\n  awsSecretAccessKey: ", super::aws_secret!(), "\n");

const KUBECONFIG: &str = concat!(
    "\
apiVersion: v1
kind: ConfigMap
metadata: {name: deployer, namespace: apps}
data:
  kubeconfig: |
    apiVersion: v1
    kind: Config
    clusters: [{name: c, cluster: {server: \"https://10.0.0.1:6443\"}}]
    users: [{name: deployer, user: {token: ",
    super::aws_secret!(),
    "}}]
"
);

const PUBLIC: &str = concat!(
    "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    env:
    - {name: AWS_ACCESS_KEY_ID, value: ",
    super::aws_key_id!(),
    "}
    - {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /var/run/secrets/token}
"
);
