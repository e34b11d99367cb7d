//! TL-028, TL-029, TL-032: kubeconfigs that do not verify whom they talk to.

use edit::Edit;
use inventory::{ComponentKind, Kind, Object, Unknown};
use tree::{Path, Tree};

use super::TLS;
use super::setting::{host, is_loopback, is_plain, value};
use crate::credentials::kubeconfigs::about;
use crate::credentials::samples::objects::{ADMIN_KUBECONFIG, SKIPPING_KUBECONFIG};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "TL-028",
        name: "kubeconfig-skips-verification",
        title: "A kubeconfig does not verify the API server",
        why: "Whoever is in between poses as the API, and takes the token or answers what they like.",
        fails: "insecure-skip-tls-verify of a cluster is true.",
        fix: Fix::Sometimes(
            "Takes insecure-skip-tls-verify away if the kubeconfig names an authority too.",
        ),
        references: &[Reference::Mitre("T1557"), Reference::Owasp("K07")],
        judge: Judge::Objects(&[Kind::KUBECONFIG], &skips),
        examples: &[
            Example::of(
                "beside an authority",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/admin.conf", SKIPPING_KUBECONFIG)],
            ),
            Example::of(
                "without an authority",
                Expected::Fail(Severity::High),
                &[ExampleFile::at(
                    "ci.kubeconfig",
                    "apiVersion: v1\nkind: Config\nclusters:\n- name: prod\n  cluster:\n    server: https://api.example.com:6443\n    insecure-skip-tls-verify: true\nusers: []\n",
                )],
            ),
            Example::of(
                "as kubeadm writes it",
                Expected::Pass,
                &[ExampleFile::at("/etc/kubernetes/admin.conf", ADMIN_KUBECONFIG)],
            ),
            Example::of("no kubeconfig was seen", Expected::Unknown, &[]).partial(),
        ],
        ..TLS
    },
    Check {
        id: "TL-029",
        name: "kubeconfig-in-plain-text",
        title: "A kubeconfig talks to the API in plain text",
        severities: &[Severity::Critical, Severity::Medium],
        why: "Whoever is on the way reads the token and everything that is answered.",
        fails: "server of a cluster begins with http://. Of this machine itself it is medium, as is an http:// proxy-url where tokens are used: the proxy sees where they go.",
        fix: Fix::Steps(
            "Write https:// and the port of TLS (6443) in server, and the authority in certificate-authority-data: base64 -w0 /etc/kubernetes/pki/ca.crt. Replace the token: it was sent in plain text.",
        ),
        references: &[Reference::Mitre("T1040"), Reference::Owasp("K07")],
        judge: Judge::Objects(&[Kind::KUBECONFIG], &plain),
        examples: &[
            Example::of(
                "plain text",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::at(
                    "ci.kubeconfig",
                    "apiVersion: v1\nkind: Config\nclusters: [{name: prod, cluster: {server: \"http://10.0.0.5:8080\"}}]\nusers: []\n",
                )],
            ),
            Example::of(
                "a proxy, and a token",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at(
                    "ci.kubeconfig",
                    "apiVersion: v1\nkind: Config\nclusters: [{name: prod, cluster: {server: \"https://10.0.0.5:6443\", proxy-url: \"http://proxy:3128\"}}]\nusers: [{name: ci, user: {tokenFile: /run/token}}]\n",
                )],
            ),
            Example::of(
                "a proxy, and a certificate",
                Expected::Pass,
                &[ExampleFile::at(
                    "ci.kubeconfig",
                    "apiVersion: v1\nkind: Config\nclusters: [{name: prod, cluster: {server: \"https://10.0.0.5:6443\", proxy-url: \"http://proxy:3128\"}}]\nusers: [{name: ci, user: {client-certificate: ci.crt, client-key: ci.key}}]\n",
                )],
            ),
            Example::of(
                "as kubeadm writes it",
                Expected::Pass,
                &[ExampleFile::at("/etc/kubernetes/admin.conf", ADMIN_KUBECONFIG)],
            ),
        ],
        ..TLS
    },
    Check {
        id: "TL-032",
        name: "webhook-kubeconfig",
        title: "kube-apiserver does not verify a webhook that decides for it",
        why: "Whoever poses as that webhook decides who somebody is, what they may do, which images run, or gets every audit record.",
        fails: "A kubeconfig that kube-apiserver uses to ask a webhook of authentication, authorization, audit or image policy has an http:// server or insecure-skip-tls-verify: true. A webhook on this machine itself may speak plain text.",
        fix: Fix::Steps(
            "Give the webhook a certificate, write https:// in server and its authority in certificate-authority of that kubeconfig, take insecure-skip-tls-verify away, and restart kube-apiserver.",
        ),
        references: &[Reference::Mitre("T1557"), Reference::Owasp("K09")],
        judge: Judge::Whole(webhooks),
        examples: &[
            Example::of(
                "tokens are sent in plain text",
                Expected::Fail(Severity::High),
                &[
                    ExampleFile::manifest(AUTHN),
                    ExampleFile::at(
                        "/etc/kubernetes/authn.conf",
                        "apiVersion: v1\nkind: Config\nclusters: [{name: w, cluster: {server: \"http://10.0.0.9/authn\"}}]\nusers: []\n",
                    ),
                ],
            ),
            Example::of(
                "verified",
                Expected::Pass,
                &[
                    ExampleFile::manifest(AUTHN),
                    ExampleFile::at(
                        "/etc/kubernetes/authn.conf",
                        "apiVersion: v1\nkind: Config\nclusters: [{name: w, cluster: {server: \"https://10.0.0.9/authn\", certificate-authority: /pki/w.crt}}]\nusers: []\n",
                    ),
                ],
            ),
            Example::of(
                "the kubeconfig was not seen",
                Expected::Unknown,
                &[ExampleFile::manifest(AUTHN)],
            ),
            Example::of(
                "no webhooks",
                Expected::NotApplicable,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver]\n",
                )],
            ),
        ],
        ..TLS
    },
];

const AUTHN: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --authentication-token-webhook-config-file=/etc/kubernetes/authn.conf]\n";

const SKIP: &str = "insecure-skip-tls-verify";

/// A cluster of a kubeconfig, its name and its place.
fn clusters(object: &Object) -> impl Iterator<Item = (&str, &Tree, Path)> {
    let items = object.tree().get("clusters").items().iter().enumerate();
    items.map(|(index, item)| {
        let path = Path::of(&["clusters"]).then(index).then("cluster");
        (item.get("name").str(), item.get("cluster"), path)
    })
}

fn skips(seen: &Seen<'_>, object: &Object) -> Judged {
    let about = || about(seen, object);
    let problems = clusters(object).filter(|(_, cluster, _)| cluster.get(SKIP).is_true()).map(
        |(name, cluster, path)| {
            let path = path.then(SKIP);
            Problem::new(
                Severity::High,
                format!("Whoever uses {} verifies nothing of {name}.", about().name),
            )
            .detail(name)
            .evidence(format!("{SKIP}: true"))
            .mended_by(verified(cluster, &path))
            .at(path)
            .about(about())
        },
    );
    Ok(Verdict::of(problems.collect()))
}

fn verified(cluster: &Tree, path: &Path) -> Remedy {
    let names_one = ["certificate-authority-data", "certificate-authority"]
        .iter()
        .any(|field| cluster.get(field).text().is_some_and(|text| !text.is_empty()));
    if names_one {
        return Remedy::Edit(vec![Edit::Remove { path: path.clone() }]);
    }
    Remedy::Steps(
        "On a control plane node: base64 -w0 /etc/kubernetes/pki/ca.crt\nPut what it writes into certificate-authority-data of the cluster, and take insecure-skip-tls-verify away."
            .to_owned(),
    )
}

fn plain(seen: &Seen<'_>, object: &Object) -> Judged {
    let users = object.tree().get("users").items();
    let has_token = users.iter().map(|user| user.get("user")).any(|user| {
        ["token", "tokenFile", "exec", "auth-provider", "username"]
            .iter()
            .any(|field| !user.get(field).is_null())
    });
    let mut problems = Vec::new();
    for (name, cluster, path) in clusters(object) {
        let (server, proxy) = (cluster.get("server").str(), cluster.get("proxy-url").str());
        if is_plain(server) {
            let severity = if is_loopback(server) { Severity::Medium } else { Severity::Critical };
            let message = format!("{name} is asked at {} in plain text.", host(server));
            problems.push(at(Problem::new(severity, message), name, server, path.then("server")));
        } else if is_plain(proxy) && has_token && !is_loopback(proxy) {
            let message =
                format!("Tokens for {name} go through a proxy that is asked in plain text.");
            let problem = Problem::new(Severity::Medium, message);
            problems.push(at(problem, name, proxy, path.then("proxy-url")));
        }
    }
    let about = about(seen, object);
    Ok(Verdict::of(problems.into_iter().map(|problem| problem.about(about.clone())).collect()))
}

fn at(problem: Problem, name: &str, url: &str, path: Path) -> Problem {
    let shown = url.rsplit_once('@').map_or(url, |(_, behind)| behind);
    problem.detail(name).evidence(shown).at(path)
}

const FLAGS: [&str; 3] = [
    "authentication-token-webhook-config-file",
    "authorization-webhook-config-file",
    "audit-webhook-config-file",
];

fn webhooks(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut paths = Vec::new();
    for server in seen.components(ComponentKind::ApiServer) {
        for flag in FLAGS {
            paths.extend(value(seen, server, flag)?.map(str::to_owned));
        }
    }
    for object in seen.of(Kind::AUTHORIZATION_CONFIGURATION) {
        let authorizers = object.tree().get("authorizers").items().iter();
        let files = authorizers.map(|one| one.at(&["webhook", "connectionInfo", "kubeConfigFile"]));
        paths.extend(files.filter_map(|file| file.text().map(str::to_owned)));
    }
    for object in seen.of(Kind::ADMISSION_CONFIGURATION) {
        let plugins = object.tree().get("plugins").items().iter();
        let files = plugins.map(|one| one.at(&["configuration", "imagePolicy", "kubeConfigFile"]));
        paths.extend(files.filter_map(|file| file.text().map(str::to_owned)));
    }
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        return none(seen);
    }
    let mut tally = Tally::new();
    for path in paths {
        match seen.file(&path).and_then(|file| seen.objects_of(file).next()) {
            Some(object) => tally.add(about(seen, object), Ok(Verdict::of(unverified(object)))),
            None => tally.add_gap(
                About::cluster(),
                Unknown::new(
                    format!("{path} was not seen"),
                    format!("scan {path} of that node too"),
                ),
            ),
        }
    }
    Ok(tally)
}

fn none(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    if seen.components(ComponentKind::ApiServer).next().is_none() {
        return Err(Unknown::new(
            "the flags of kube-apiserver were not seen",
            "give /etc/kubernetes/manifests of a control plane node",
        ));
    }
    Ok(Verdict::NotApplicable("kube-apiserver asks no webhooks by kubeconfig".to_owned()).into())
}

fn unverified(object: &Object) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, cluster, path) in clusters(object) {
        let server = cluster.get("server").str();
        if is_plain(server) && !is_loopback(server) {
            let message =
                format!("kube-apiserver asks the webhook at {} in plain text.", host(server));
            problems.push(at(
                Problem::new(Severity::High, message),
                name,
                server,
                path.then("server"),
            ));
        } else if cluster.get(SKIP).is_true() {
            let message =
                format!("kube-apiserver does not verify the webhook at {}.", host(server));
            let problem = Problem::new(Severity::High, message).detail(name).at(path.then(SKIP));
            problems.push(problem.evidence(format!("{SKIP}: true")));
        }
    }
    problems
}
