//! AN-030: programs that kubectl runs to get a credential.

use inventory::{Kind, Object};

use super::BASE;
use super::kubeconfigs::{about, users};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict,
};

pub(crate) const AN_030: Check = Check {
    id: "AN-030",
    name: "exec-plugin",
    title: "A kubeconfig runs a program that somebody else may put there",
    severities: &[Severity::Medium],
    why: "kubectl runs it with the rights of whoever uses the file: a kubeconfig from elsewhere, or a program put in its place, is code of somebody else.",
    fails: "The command of an exec plugin is a relative path, lies in a folder that anybody may write to (/tmp, /var/tmp, /dev/shm), or is a name that is none of the usual plugins. A usual plugin by its name passes: the PATH decides, as for kubectl itself.",
    fix: Fix::Steps(
        "Install the plugin from its maker, and name it by its absolute path: users[].user.exec.command: /usr/local/bin/kubelogin.",
    ),
    references: &[Reference::Mitre("T1204"), Reference::Owasp("K09")],
    judge: Judge::Objects(&[Kind::KUBECONFIG], &judge),
    examples: &[
        Example::of(
            "beside the kubeconfig",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(
                "jane/.kube/config",
                "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: jane, user: {exec: {command: ./login.sh}}}]\n",
            )],
        ),
        Example::of(
            "in a folder for everybody",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(
                "jane/.kube/config",
                "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: jane, user: {exec: {command: /tmp/kubelogin}}}]\n",
            )],
        ),
        Example::of(
            "a name that nobody knows",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(
                "jane/.kube/config",
                "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: jane, user: {exec: {command: fetch-it}}}]\n",
            )],
        ),
        Example::of(
            "usual ones",
            Expected::Pass,
            &[ExampleFile::at(
                "jane/.kube/config",
                "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- {name: a, user: {exec: {command: aws, args: [eks, get-token]}}}\n- {name: b, user: {exec: {command: kubectl, args: [oidc-login, get-token]}}}\n- {name: c, user: {exec: {command: /opt/example/bin/login}}}\n",
            )],
        ),
        Example::of("no kubeconfig was seen", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    let mut problems = Vec::new();
    for user in users(object) {
        let Some(command) = user.user.at(&["exec", "command"]).text() else { continue };
        let Some((what, confidence)) = fault(command) else { continue };
        let name = command.rsplit(['/', '\\']).next().unwrap_or(command);
        problems.push(
            Problem::new(Severity::Medium, format!("For {} kubectl runs {command}, which {what}.", user.name))
                .detail(user.name)
                .evidence(format!("command: {command}"))
                .confidence(confidence)
                .about(about(seen, object))
                .at(user.path.join(&["exec", "command"]))
                .mended_by(Remedy::Steps(format!(
                    "Install {name} from its maker where only root writes, then: kubectl config set-credentials {} --exec-command=/usr/local/bin/{name}", user.name
                ))),
        );
    }
    Ok(Verdict::of(problems))
}

fn fault(command: &str) -> Option<(&'static str, Confidence)> {
    let is_windows = command.get(1..3).is_some_and(|next| matches!(next, ":\\" | ":/"));
    if command.starts_with('/') || is_windows {
        let is_open = OPEN.iter().any(|folder| command.starts_with(folder));
        return is_open.then_some(("lies where anybody may put it", Confidence::High));
    }
    if command.contains(['/', '\\']) {
        return Some(("is found from where the kubeconfig lies", Confidence::High));
    }
    let name = command.strip_suffix(".exe").unwrap_or(command);
    (!KNOWN.contains(&name)).then_some(("is none of the usual plugins", Confidence::Medium))
}

const OPEN: [&str; 3] = ["/tmp/", "/var/tmp/", "/dev/shm/"];

/// Plugins of providers and projects.
const KNOWN: [&str; 27] = [
    "aws",
    "aws-iam-authenticator",
    "az",
    "civo",
    "doctl",
    "exo",
    "gcloud",
    "gke-gcloud-auth-plugin",
    "hcloud",
    "ibmcloud",
    "kubectl",
    "kubectl-oidc_login",
    "kubectl-pinniped",
    "kubelogin",
    "linode-cli",
    "oc",
    "oci",
    "oidc-login",
    "ovhcloud",
    "pinniped",
    "ravelin",
    "scw",
    "step",
    "teleport",
    "tsh",
    "vault",
    "yc",
];
