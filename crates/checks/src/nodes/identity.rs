//! ND-019 to ND-021: who a kubelet is to the API server, and who may say he is one.

use inventory::{File, Kind, Kubeconfig, Object, Unknown};
use pki::Inspection;

use crate::credentials::decoded;
use crate::credentials::samples::certificates;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span,
    Tally, Verdict, when,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "ND-019",
        name: "kubelet-answers-strangers",
        title: "A kubelet answers a stranger over the network",
        severities: &[Severity::Critical],
        why: "What a kubelet gives to anybody without credentials, everybody on its network has.",
        fails: "GET :10250/pods without credentials is answered with 200, or port 10255 is open.",
        fix: Fix::Steps("As for ND-001 and ND-005."),
        references: &[Reference::Cis("4.2.1"), Reference::Mitre("T1613")],
        judge: Judge::NotImplemented(
            "a scan asks no kubelet; ND-001 and ND-005 judge its configuration",
        ),
        examples: &[],
        ..IDENTITY
    },
    Check {
        id: "ND-020",
        name: "kubelet-identity",
        title: "A kubelet is not known as a node",
        severities: &[Severity::High],
        why: "The Node authorizer and NodeRestriction hold back only who is system:node:NAME in system:nodes. Whatever else a kubelet is has rights of its own, on every node it runs on.",
        fails: "The client certificate of kubelet.conf has another common name than system:node:NAME, or not the organization system:nodes alone.",
        fix: Fix::Steps(
            "On the node: kubeadm reset, then kubeadm join with a fresh token (kubeadm token create --print-join-command on a control plane node).",
        ),
        references: &[
            Reference::Cis("1.2.7"),
            Reference::Kubernetes("reference/access-authn-authz/node/"),
        ],
        judge: Judge::Whole(identities),
        examples: &[
            Example::of(
                "another client",
                Expected::Fail(Severity::High),
                &[
                    ExampleFile::at("/etc/kubernetes/kubelet.conf", KUBELET_CONF),
                    ExampleFile::at(CURRENT, certificates::FRONT_PROXY_CLIENT),
                ],
            ),
            Example::of(
                "a node",
                Expected::Pass,
                &[
                    ExampleFile::at("/etc/kubernetes/kubelet.conf", KUBELET_CONF),
                    ExampleFile::at(CURRENT, certificates::KUBELET_CLIENT),
                ],
            ),
            Example::of(
                "its certificate was not seen",
                Expected::Unknown,
                &[ExampleFile::at("/etc/kubernetes/kubelet.conf", KUBELET_CONF)],
            ),
            Example::of("no node was looked at", Expected::Unknown, &[]),
        ],
        ..IDENTITY
    },
    Check {
        id: "ND-021",
        name: "bootstrap-kubeconfig",
        title: "The token that a node joined with still works",
        severities: &[Severity::Medium],
        why: "Whoever reads it on the node may ask for the certificate of a node, and be one.",
        fails: "bootstrap-kubelet.conf is on the node with a token whose Secret is in kube-system and has not ended. One that ended, or was deleted, passes.",
        fix: Fix::Steps(
            "rm /etc/kubernetes/bootstrap-kubelet.conf on the node, and kubeadm token delete ID.",
        ),
        references: &[Reference::Cis("3.1.3"), Reference::Mitre("T1552.001")],
        judge: Judge::Whole(bootstraps),
        examples: &[
            Example::of(
                "alive",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at(BOOTSTRAP, BOOTSTRAP_CONF), ExampleFile::manifest(TOKEN)],
            ),
            Example::of(
                "ended",
                Expected::Pass,
                &[ExampleFile::at(BOOTSTRAP, BOOTSTRAP_CONF), ExampleFile::manifest(ENDED_TOKEN)],
            ),
            Example::of("deleted", Expected::Pass, &[ExampleFile::at(BOOTSTRAP, BOOTSTRAP_CONF)]),
            Example::of(
                "whether it was deleted is not known",
                Expected::Unknown,
                &[ExampleFile::at(BOOTSTRAP, BOOTSTRAP_CONF)],
            )
            .partial(),
            Example::of(
                "as kubeadm leaves a node",
                Expected::Pass,
                &[ExampleFile::at("/etc/kubernetes/", "").rights(0o755, 0, 0)],
            ),
            Example::of("no node was looked at", Expected::Unknown, &[]),
        ],
        ..IDENTITY
    },
];

/// What they have in common.
const IDENTITY: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Nodes,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const BOOTSTRAP: &str = "/etc/kubernetes/bootstrap-kubelet.conf";
const CURRENT: &str = "/var/lib/kubelet/pki/kubelet-client-current.pem";
const KUBELETS: [&str; 2] = ["/etc/kubernetes/kubelet.conf", "/var/lib/kubelet/kubeconfig"];

/// The kubeconfigs that stand at one of these paths of a node.
fn kubeconfigs<'i>(seen: &Seen<'i>, paths: &[&str]) -> Vec<(&'i File, &'i Object)> {
    let objects = seen.inventory().of(Kind::KUBECONFIG).iter();
    let placed = objects.filter_map(|object| {
        let file = seen.inventory().file_at(object.origin().file()?)?;
        paths.contains(&file.path_on_node()).then_some((file, object))
    });
    placed.collect()
}

fn identities(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for (file, object) in kubeconfigs(seen, &KUBELETS) {
        tally.add(About::file(file), identity(seen, file, object));
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "the kubeconfig of no kubelet was seen",
            "scan /etc/kubernetes and /var/lib/kubelet/pki of a node, as root",
        ));
    }
    Ok(tally)
}

fn identity(seen: &Seen<'_>, file: &File, object: &Object) -> Judged {
    let text = certificate(seen, file, object)?;
    let unreadable =
        || Unknown::new("the certificate of the kubelet cannot be read", "openssl x509 -text");
    let facts = Inspection::of_pem(&text).map_err(|_malformed| unreadable())?.facts;
    let is_node =
        facts.common_name.strip_prefix("system:node:").is_some_and(|name| !name.is_empty());
    if is_node && facts.organizations == ["system:nodes"] {
        return Ok(Verdict::Pass);
    }
    let message = format!("The kubelet is {} to the API server, not a node.", facts.subject);
    Ok(Verdict::fail(
        Problem::new(Severity::High, message).detail("subject").evidence(facts.subject),
    ))
}

/// The client certificate of a kubeconfig, in PEM.
fn certificate(seen: &Seen<'_>, file: &File, object: &Object) -> Result<String, Unknown> {
    let user = Kubeconfig::of(object).and_then(|config| config.users().next()).map(|one| one.user);
    let Some(user) = user else {
        return Err(Unknown::new(
            "the kubeconfig of the kubelet names no user",
            "correct the file",
        ));
    };
    if let Some(text) = user.get("client-certificate-data").text().and_then(decoded) {
        return Ok(text);
    }
    let Some(path) = user.get("client-certificate").text() else {
        return Err(Unknown::new(
            "the kubelet shows no client certificate",
            "look with kubectl auth whoami who it is",
        ));
    };
    let prefix = file.path().strip_suffix(file.path_on_node()).unwrap_or_default();
    let whole = format!("{prefix}{path}");
    let file = seen.inventory().files().iter().find(|file| file.path() == whole);
    let text = file.and_then(|file| file.text.as_deref());
    text.map(str::to_owned).ok_or_else(|| {
        Unknown::new(format!("{path} was not seen"), format!("scan {path} of the node, as root"))
    })
}

fn bootstraps(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for (file, object) in kubeconfigs(seen, &[BOOTSTRAP]) {
        tally.add(About::file(file), bootstrap(seen, object));
    }
    if !tally.is_empty() {
        return Ok(tally);
    }
    let folder = |file: &File| file.is_folder && file.is_at("/etc/kubernetes");
    if seen.inventory().files().iter().any(folder) {
        return Ok(Verdict::Pass.into());
    }
    Err(crate::rights::not_seen(BOOTSTRAP))
}

fn bootstrap(seen: &Seen<'_>, object: &Object) -> Judged {
    let users = Kubeconfig::of(object).into_iter().flat_map(Kubeconfig::users);
    let mut tokens = users.filter_map(|one| one.user.get("token").text());
    let Some((id, _)) = tokens.find_map(|token| token.split_once('.')) else {
        return Ok(Verdict::Pass);
    };
    let name = format!("bootstrap-token-{id}");
    let Some(secret) = seen.get(Kind::SECRET, "kube-system", &name)? else {
        return Ok(Verdict::Pass);
    };
    let ends = expiration(secret);
    if ends.as_deref().and_then(when::parse).is_some_and(|end| end <= seen.now()) {
        return Ok(Verdict::Pass);
    }
    let until = ends.as_deref().unwrap_or("for ever");
    Ok(Verdict::fail(
        Problem::new(
            Severity::Medium,
            format!("The token {id} that this node joined with still works ({until})."),
        )
        .detail(id)
        .evidence(format!("Secret kube-system/{name}, expiration {until}"))
        .mended_by(Remedy::Steps(format!("rm {BOOTSTRAP}\nkubeadm token delete {id}"))),
    ))
}

/// When a bootstrap token ends, as its Secret says.
fn expiration(secret: &Object) -> Option<String> {
    let plain = secret.tree().at(&["stringData", "expiration"]).text();
    let data = secret.tree().at(&["data", "expiration"]).text();
    plain.map(str::to_owned).or_else(|| decoded(data?))
}

const KUBELET_CONF: &str = "\
apiVersion: v1
kind: Config
clusters: [{name: prod, cluster: {server: \"https://192.168.0.10:6443\"}}]
users:
- name: default-auth
  user: {client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem}
";

const BOOTSTRAP_CONF: &str = "\
apiVersion: v1
kind: Config
clusters: [{name: prod, cluster: {server: \"https://192.168.0.10:6443\"}}]
users:
- name: tls-bootstrap-token-user
  user: {token: abcdef.0123456789abcdef}
";

const TOKEN: &str = "\
apiVersion: v1
kind: Secret
type: bootstrap.kubernetes.io/token
metadata: {name: bootstrap-token-abcdef, namespace: kube-system}
stringData: {token-id: abcdef, expiration: \"2026-06-02T00:00:00Z\"}
";

const ENDED_TOKEN: &str = "\
apiVersion: v1
kind: Secret
type: bootstrap.kubernetes.io/token
metadata: {name: bootstrap-token-abcdef, namespace: kube-system}
stringData: {token-id: abcdef, expiration: \"2026-05-02T00:00:00Z\"}
";
