//! AN-004 and AN-005: credentials in a file that the API server reads at its start.

use inventory::{Component, ComponentKind, File};

use super::BASE;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{FlagRule, Mend, remove_flag, unset};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict, host_path};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "AN-004",
        name: "token-file",
        title: "Static tokens from a file are taken",
        severities: &[Severity::Critical, Severity::High],
        why: "The tokens lie in plain text, never end, and cannot be taken back without restarting every API server.",
        fails: "--token-auth-file is given. Critical if others may read the file, if a row gives system:masters, or if a token is shorter than 16 characters.",
        fix: Fix::Automatic(
            "Removes the flag. Give those who used a token OpenID Connect or a service account first, then delete the file.",
        ),
        references: &[
            Reference::Cis("1.2.2"),
            Reference::Mitre("T1552.001"),
            Reference::Owasp("K09"),
        ],
        judge: Judge::Components(ComponentKind::ApiServer, &judge),
        examples: &[
            Example::of(
                "the file was not seen",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(apiserver!(
                    "--token-auth-file=/etc/kubernetes/tokens.csv",
                    "--secure-port=6443"
                ))],
            ),
            Example::of(
                "a sound token in a file for root alone",
                Expected::Fail(Severity::High),
                &[
                    ExampleFile::at(
                        "manifests/kube-apiserver.yaml",
                        apiserver!("--token-auth-file=/etc/kubernetes/tokens.csv"),
                    ),
                    ExampleFile::at(
                        "/etc/kubernetes/tokens.csv",
                        "b7c1d9e02f6a48f3a5d1,jane,1,\"developers,testers\"\n",
                    )
                    .rights(0o600, 0, 0),
                ],
            ),
            Example::of(
                "a row gives everything",
                Expected::Fail(Severity::Critical),
                &[
                    ExampleFile::at(
                        "manifests/kube-apiserver.yaml",
                        apiserver!("--token-auth-file=/etc/kubernetes/tokens.csv"),
                    ),
                    ExampleFile::at(
                        "/etc/kubernetes/tokens.csv",
                        "b7c1d9e02f6a48f3a5d1,jane,1,\"developers,system:masters\"\n",
                    )
                    .rights(0o600, 0, 0),
                ],
            ),
            Example::of(
                "a short token that anybody may read",
                Expected::Fail(Severity::Critical),
                &[
                    ExampleFile::at(
                        "manifests/kube-apiserver.yaml",
                        apiserver!("--token-auth-file=/etc/kubernetes/tokens.csv"),
                    ),
                    ExampleFile::at("/etc/kubernetes/tokens.csv", "secret,jane,1\n")
                        .rights(0o644, 0, 0),
                ],
            ),
            Example::of(
                "not used",
                Expected::Pass,
                &[ExampleFile::manifest(apiserver!("--secure-port=6443"))],
            ),
            Example::of("no API server was seen", Expected::Unknown, &[]),
        ],
        ..BASE
    },
    Check {
        id: "AN-005",
        name: "password-file",
        title: "Passwords from a file are to be taken, and the API server does not start",
        severities: &[Severity::Critical],
        why: "From 1.19 the flag is unknown and the server ends at once; before, it took passwords in plain text that never end.",
        fails: "--basic-auth-file is given.",
        fix: Fix::Automatic("Removes the flag."),
        references: &[Reference::Cis("1.2.2 of 1.6")],
        judge: Judge::Components(ComponentKind::ApiServer, &PASSWORDS),
        examples: &[
            Example::of(
                "a flag of old",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(apiserver!(
                    "--basic-auth-file",
                    "/etc/kubernetes/users.csv",
                    "--secure-port=6443"
                ))],
            ),
            Example::of(
                "not given",
                Expected::Pass,
                &[ExampleFile::manifest(apiserver!("--secure-port=6443"))],
            ),
        ],
        ..BASE
    },
];

const PASSWORDS: PasswordFile = PasswordFile(FlagRule {
    flag: "basic-auth-file",
    is_right: |_value| false,
    default: unset,
    severity: Severity::Critical,
    message: "kube-apiserver does not start: --basic-auth-file is no flag since 1.19.",
    mend: Mend::Remove,
});

/// A flag that must not be there at all.
struct PasswordFile(FlagRule);

impl crate::JudgeComponent for PasswordFile {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        if component.flags.get(self.0.flag).is_none() {
            return Ok(Verdict::Pass);
        }
        self.0.judge(seen, component)
    }
}

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let Some(flag) = component.flags.get("token-auth-file").filter(|flag| !flag.value.is_empty())
    else {
        return Ok(Verdict::Pass);
    };
    let file = host_path::file(seen.inventory(), component, &flag.value);
    let worse = file.and_then(worse);
    let severity = if worse.is_some() { Severity::Critical } else { Severity::High };
    let more = worse.map(|what| format!(" {what}")).unwrap_or_default();
    let problem = Problem::new(severity, format!("Tokens from {} are taken.{more}", flag.value))
        .detail("token-auth-file")
        .evidence(format!("--token-auth-file={}", flag.value))
        .mended_by(remove_flag(component, "token-auth-file"));
    Ok(Verdict::fail(match &flag.path {
        Some(path) => problem.at(path.clone()),
        None => problem,
    }))
}

/// What makes a file of tokens worse than it is anyway.
fn worse(file: &File) -> Option<String> {
    let rows: Vec<Vec<String>> =
        file.text.as_deref().unwrap_or_default().lines().map(fields).collect();
    let user = |row: &[String]| row.get(1).cloned().unwrap_or_default();
    let of_masters = rows.iter().find(|row| {
        row.get(3).is_some_and(|groups| groups.split(',').any(|one| one.trim() == "system:masters"))
    });
    if let Some(row) = of_masters {
        return Some(format!("That of {} gives system:masters.", user(row)));
    }
    if file.mode.is_some_and(|mode| mode & 0o004 != 0) {
        return Some("Anybody on the node may read them.".to_owned());
    }
    let is_short = |row: &&Vec<String>| {
        row.len() > 2 && row.first().is_some_and(|token| token.chars().count() < SHORTEST)
    };
    rows.iter().find(is_short).map(|row| format!("That of {} is short enough to guess.", user(row)))
}

/// Fewer characters can be guessed.
const SHORTEST: usize = 16;

/// The fields of a row; in double quotes a comma is part of one.
fn fields(row: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    for letter in row.chars() {
        match (letter, is_quoted) {
            ('"', _) => is_quoted = !is_quoted,
            (',', false) => fields.push(String::new()),
            (letter, _) => {
                if let Some(last) = fields.last_mut() {
                    last.push(letter);
                }
            }
        }
    }
    fields.iter().map(|field| field.trim().to_owned()).collect()
}
