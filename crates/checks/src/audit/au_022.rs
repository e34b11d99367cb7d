//! AU-022: audit events that travel in plain text, or to whoever answers.

use inventory::{ComponentKind, Kind, Kubeconfig, Object, Unknown, Workload};

use super::shipper::shippers;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Tally,
    Verdict,
};

pub(super) const AU_022: Check = Check {
    id: "AU-022",
    name: "audit-log-sent-in-plain",
    title: "Audit events are sent in plain text, unverified or without a login",
    why: "Whoever is on the way reads who may do what, changes it, or sends events of his own.",
    fails: "The kubeconfig of the audit webhook has a server at http://, insecure-skip-tls-verify, or a user without credentials; or a ConfigMap that a shipper of the log mounts has an address at http:// that is not its own node's, or switches TLS or its verification off. Whether a shipper logs in cannot be told for every program.",
    fix: Fix::Steps(
        "Use https:// with the certificate of the receiver's authority, verified (Fluent Bit: tls On, tls.verify On, tls.ca_file), and a client certificate or a token of the shipper's own.",
    ),
    references: &[Reference::Nsa("Audit logging"), Reference::Owasp("K10")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a webhook in plain text",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::manifest(SERVER),
                ExampleFile::at("/etc/kubernetes/audit/webhook.conf", PLAIN),
            ],
        ),
        Example::of(
            "a shipper that verifies nothing",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::manifest(super::SHIPPER),
                ExampleFile::at("configuration.yaml", UNVERIFIED),
            ],
        ),
        Example::of(
            "a webhook with a certificate",
            Expected::Pass,
            &[
                ExampleFile::manifest(SERVER),
                ExampleFile::at("/etc/kubernetes/audit/webhook.conf", SOUND),
            ],
        ),
        Example::of(
            "a shipper over TLS, with a status page of its own",
            Expected::Pass,
            &[
                ExampleFile::manifest(super::SHIPPER),
                ExampleFile::at("configuration.yaml", VERIFIED),
            ],
        ),
        Example::of(
            "the configuration was not seen",
            Expected::Unknown,
            &[ExampleFile::manifest(super::SHIPPER)],
        )
        .partial(),
        Example::of("nothing is sent", Expected::NotApplicable, &[]),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for server in seen.inventory().components(ComponentKind::ApiServer) {
        let path = server.flags.value("audit-webhook-config-file");
        if let Some(path) = path.filter(|path| !path.is_empty()) {
            let about = About::component(server, seen.inventory());
            tally.add(about, judge_webhook(seen, path));
        }
    }
    for object in shippers(seen) {
        tally.add(About::object(object), judge_shipper(seen, object));
    }
    if tally.is_empty() {
        let _all = seen.all(Kind::DAEMON_SET)?;
        return Ok(
            Verdict::NotApplicable("nothing that was seen sends audit events".to_owned()).into()
        );
    }
    Ok(tally)
}

fn judge_webhook(seen: &Seen<'_>, path: &str) -> Judged {
    let file = seen.inventory().file(path);
    let object = file.and_then(|file| seen.inventory().objects_of(file).find_map(Kubeconfig::of));
    let Some(kubeconfig) = object else {
        return Err(Unknown::new(
            format!("{path}, which --audit-webhook-config-file names, was not seen"),
            "scan the files of a control plane node, as root: ravelin scan /etc/kubernetes",
        ));
    };
    let mut found = Vec::new();
    for one in kubeconfig.clusters() {
        let server = one.cluster.get("server").str();
        if server.starts_with("http://") {
            found.push((format!("server {}", plain_address(server)), PLAIN_TEXT));
        }
        if one.cluster.get("insecure-skip-tls-verify").is_true() {
            found.push(("insecure-skip-tls-verify: true".to_owned(), "go to whoever answers"));
        }
    }
    let has_login = kubeconfig.users().any(|one| !one.user.entries().is_empty());
    if !has_login {
        found.push(("no user with credentials".to_owned(), "are sent without a login"));
    }
    Ok(Verdict::of(
        found.into_iter().map(|(evidence, what)| problem(path, evidence, what)).collect(),
    ))
}

fn judge_shipper(seen: &Seen<'_>, object: &Object) -> Judged {
    let Some(workload) = Workload::of(object) else { return Ok(Verdict::Pass) };
    let namespace = object.namespace();
    let mut problems = Vec::new();
    let mut is_seen = false;
    for (volume, _) in workload.volumes() {
        let name = volume.at(&["configMap", "name"]).str();
        if name.is_empty() {
            continue;
        }
        let Some(map) = seen.get(Kind::CONFIG_MAP, namespace, name)? else { continue };
        is_seen = true;
        for (key, text) in map.tree().get("data").entries() {
            let place = format!("{name}/{key}");
            problems.extend(text.str().lines().filter_map(weakness).map(|(evidence, what)| {
                let found = problem(&place, evidence, what);
                found.confidence(Confidence::Medium).about(About::object(map))
            }));
        }
    }
    if !is_seen {
        return Err(Unknown::new(
            format!("{} mounts no ConfigMap with its configuration", object.describe()),
            "look at where it sends to by hand",
        ));
    }
    Ok(Verdict::of(problems))
}

fn problem(place: &str, evidence: String, what: &str) -> Problem {
    let detail = format!("{place}: {what}");
    Problem::new(Severity::Medium, format!("Audit events {what}, by {place}."))
        .detail(detail)
        .evidence(evidence)
}

/// What a line of a shipper's configuration gives away, and what it says of that.
fn weakness(line: &str) -> Option<(String, &'static str)> {
    let line = line.trim().to_lowercase();
    if line.starts_with('#') || line.starts_with("//") {
        return None;
    }
    let address = line.split_once("http://").map(|(_, address)| address);
    let own = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "${"];
    if address.is_some_and(|address| !own.iter().any(|host| address.starts_with(host))) {
        return Some((plain_address(&line), PLAIN_TEXT));
    }
    let words: Vec<&str> =
        line.split([' ', '\t', ':', '=', '"', '\'', ',']).filter(|word| !word.is_empty()).collect();
    let [name, value, ..] = words.as_slice() else { return None };
    let what = match (*name, *value) {
        ("tls", "off") => PLAIN_TEXT,
        ("tls.verify", "off")
        | ("insecure_skip_verify" | "tls_insecure_skip_verify", "true")
        | ("verify_certificate" | "verify_hostname", "false")
        | ("ssl.verification_mode" | "verification_mode", "none") => "go to whoever answers",
        _ => return None,
    };
    Some((format!("{name} {value}"), what))
}

/// The host of an address at `http://`, without a login that may stand before it.
fn plain_address(text: &str) -> String {
    let rest = text.split_once("http://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '"', '\'', ' ', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("http://{host}")
}

const PLAIN_TEXT: &str = "travel in plain text";

const SERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-webhook-config-file=/etc/kubernetes/audit/webhook.conf]
";

const PLAIN: &str = "\
apiVersion: v1
kind: Config
clusters: [{name: receiver, cluster: {server: \"http://10.0.0.9:8080/audit\"}}]
users: [{name: sender, user: {}}]
";

const SOUND: &str = "\
apiVersion: v1
kind: Config
clusters: [{name: receiver, cluster: {server: \"https://audit.example.com\", certificate-authority: /etc/kubernetes/audit/ca.crt}}]
users: [{name: sender, user: {client-certificate: /etc/kubernetes/audit/client.crt, client-key: /etc/kubernetes/audit/client.key}}]
";

const UNVERIFIED: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: fluent-bit, namespace: logging}
data:
  fluent-bit.conf: |
    [OUTPUT]
        Name loki
        Host loki.example.com
        tls On
        tls.verify Off
";

const VERIFIED: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: fluent-bit, namespace: logging}
data:
  fluent-bit.conf: |
    # tls.verify Off
    [SERVICE]
        Health http://127.0.0.1:2020
    [OUTPUT]
        Name loki
        Host loki.example.com
        tls On
        tls.verify On
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_away_what_it_says_and_no_login() {
        let check = |line: &str, expected: Option<&str>| {
            assert_eq!(weakness(line).map(|(evidence, _)| evidence).as_deref(), expected, "{line}");
        };
        check("  url: http://user:Xk9q-Tr7LmZ2w@loki:3100/push", Some("http://loki:3100"));
        check("url = \"http://loki:3100\"", Some("http://loki:3100"));
        check("url: https://loki:3100", None);
        check("listen: http://127.0.0.1:2020", None);
        check("# url: http://loki:3100", None);
        check("tls Off", Some("tls off"));
        check("tls.verify: off", Some("tls.verify off"));
        check("insecure_skip_verify: true", Some("insecure_skip_verify true"));
        check("ssl.verification_mode: \"none\"", Some("ssl.verification_mode none"));
        check("tls On", None);
        check("", None);
    }
}
