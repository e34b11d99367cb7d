//! AN-029: credentials that lie in a kubeconfig.

use inventory::{Kind, NamedUser, Object};
use tree::Path;

use super::BASE;
use super::certificates::samples;
use super::kubeconfigs::{Place, about, file, place, users};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict,
};

pub(crate) const AN_029: Check = Check {
    id: "AN-029",
    name: "credentials-in-kubeconfig",
    title: "A kubeconfig holds a credential",
    severities: &[Severity::High, Severity::Medium],
    why: "Whoever copies the file, from a laptop, a backup or a repository, is that user until the credential ends.",
    fails: "A person's kubeconfig holds a password, a token or a client key. High if anybody on the machine may read the file; that holds for the administrator's and for programs' too, which else are let off: nothing better is there for them.",
    fix: Fix::Sometimes(
        "Gives the file mode 600. Then let a program fetch credentials that end instead: users[].user.exec with an absolute command (kubelogin, or the tool of your provider).",
    ),
    references: &[Reference::Mitre("T1552.001"), Reference::Owasp("K09")],
    judge: Judge::Objects(&[Kind::KUBECONFIG], &judge),
    examples: &[
        Example::of(
            "a password",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("jane/.kube/config", "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: jane, user: {username: jane, password: hunter2}}]\n").rights(0o600, 1000, 1000)],
        ),
        Example::of(
            "a key, and anybody may read it",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("jane/.kube/config", "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: jane, user: {client-certificate-data: YQ==, client-key-data: YQ==}}]\n").rights(0o644, 1000, 1000)],
        ),
        Example::of(
            "anybody may read the administrator's",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/admin.conf", "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: kubernetes-admin, user: {client-certificate-data: YQ==, client-key-data: YQ==}}]\n").rights(0o644, 0, 0)],
        ),
        Example::of(
            "the administrator's, as kubeadm leaves it",
            Expected::Exempt,
            &[ExampleFile::at("/etc/kubernetes/admin.conf", "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: kubernetes-admin, user: {client-certificate-data: YQ==, client-key-data: YQ==}}]\n").rights(0o600, 0, 0)],
        ),
        Example::of(
            "a certificate without its key",
            Expected::Pass,
            &[ExampleFile::at("jane/.kube/config", samples::JANE)],
        ),
        Example::of(
            "a program fetches it",
            Expected::Pass,
            &[ExampleFile::at("jane/.kube/config", "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: jane, user: {exec: {command: /usr/local/bin/kubelogin}}}]\n").rights(0o644, 1000, 1000)],
        ),
        Example::of("no kubeconfig was seen", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    let held: Vec<(String, &str, Path)> = users(object).iter().filter_map(held).collect();
    let Some(file) = file(seen, object) else { return Ok(Verdict::Pass) };
    let is_open = file.mode.is_some_and(|mode| mode & 0o004 != 0);
    if held.is_empty() {
        return Ok(Verdict::Pass);
    }
    let mut problems = Vec::new();
    if is_open {
        let mode = file.mode.unwrap_or_default() & 0o7777;
        problems.push(
            Problem::new(
                Severity::High,
                format!(
                    "Anybody on the machine may read the credentials in {}.",
                    file.path_on_node()
                ),
            )
            .detail("mode")
            .evidence(format!("mode {mode:o}"))
            .about(About::file(file))
            .mended_by(Remedy::Rights { mode: Some(mode & 0o600), owner: None }),
        );
    }
    let is_let_off = place(seen, object) != Place::Person;
    if is_let_off && !is_open {
        return Ok(Verdict::Exempt(
            "it is the administrator's that an installer left on its node, or a program's"
                .to_owned(),
        ));
    }
    if !is_let_off {
        problems.extend(held.into_iter().map(|(user, what, path)| {
            Problem::new(
                Severity::Medium,
                format!("{} holds {what} of {user}.", file.path_on_node()),
            )
            .detail(format!("{user} {what}"))
            .about(about(seen, object))
            .at(path)
        }));
    }
    Ok(Verdict::of(problems))
}

/// The credential that lies in a kubeconfig for a user.
fn held(user: &NamedUser<'_>) -> Option<(String, &'static str, Path)> {
    let is_there = |keys: &[&str]| user.user.at(keys).text().is_some_and(|text| !text.is_empty());
    let (keys, what) = KEPT.iter().find(|(keys, _)| is_there(keys))?;
    Some((user.name.to_owned(), *what, user.path.join(keys)))
}

const KEPT: [(&[&str], &str); 4] = [
    (&["password"], "a password"),
    (&["token"], "a token"),
    (&["client-key-data"], "a client key"),
    (&["auth-provider", "config", "refresh-token"], "a refresh token"),
];
