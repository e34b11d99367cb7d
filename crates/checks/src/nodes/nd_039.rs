//! ND-039: how people get a shell on a control plane node.

use inventory::{File, Unknown};

use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Tally,
    Verdict,
};

pub(crate) const ND_039: Check = Check {
    id: "ND-039",
    name: "ssh-login",
    title: "SSH lets root or passwords in",
    practice: Practice::Nodes,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "A guessed password opens the node, and with it the keys of the control plane; logins as root tell nobody who it was.",
    fails: "PermitRootLogin or PasswordAuthentication is yes. sshd takes the first value it reads, drop-ins first where they are included at the top; PasswordAuthentication is yes where nothing sets it. What a Match block sets for some is not looked at.",
    fix: Fix::Steps(
        "Write PermitRootLogin no and PasswordAuthentication no into /etc/ssh/sshd_config.d/00-ravelin.conf, check with sshd -t, then systemctl reload ssh. Keep a session open until a login by key has worked.",
    ),
    references: &[Reference::Nsa("Authentication and authorization"), Reference::Mitre("T1078")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "both",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(
                "/etc/ssh/sshd_config",
                "PermitRootLogin yes\npasswordauthentication yes\n",
            )],
        ),
        Example::of(
            "passwords, because nothing forbids them",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at(
                "/etc/ssh/sshd_config",
                "PermitRootLogin no\n#PasswordAuthentication no\n",
            )],
        ),
        Example::of(
            "neither",
            Expected::Pass,
            &[ExampleFile::at(
                "/etc/ssh/sshd_config",
                "PermitRootLogin prohibit-password\nPasswordAuthentication no\n",
            )],
        ),
        Example::of(
            "a drop-in is read first",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "/etc/ssh/sshd_config",
                    "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\nPasswordAuthentication yes\n",
                ),
                ExampleFile::at(
                    "/etc/ssh/sshd_config.d/10-hardening.conf",
                    "PermitRootLogin=no\nPasswordAuthentication no\n",
                ),
            ],
        ),
        Example::of("not looked at", Expected::Unknown, &[]),
    ],
};

const MAIN: &str = "/etc/ssh/sshd_config";
const FOLDER: &str = "/etc/ssh/sshd_config.d/";

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for main in seen.inventory().files().iter().filter(|file| file.path().ends_with(MAIN)) {
        let prefix = main.path().strip_suffix(MAIN).unwrap_or_default();
        let lines = lines(seen, main, prefix);
        tally.add(
            About { file: MAIN.to_owned(), ..About::default() },
            Ok(Verdict::of(problems(&lines))),
        );
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            format!("{MAIN} was not seen"),
            "scan it on a control plane node, as root: ravelin scan /etc/ssh",
        ));
    }
    Ok(tally)
}

fn problems(lines: &[(String, String)]) -> Vec<Problem> {
    let first = |key: &str| lines.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let root = first("permitrootlogin").map_or("prohibit-password", String::as_str);
    let passwords = first("passwordauthentication").map(String::as_str);
    let mut problems = Vec::new();
    if root == "yes" {
        problems.push(problem("PermitRootLogin", "SSH lets root in.", "PermitRootLogin yes"));
    }
    match passwords {
        Some("yes") => problems.push(problem(KEY, PASSWORDS, "PasswordAuthentication yes")),
        Some(_) => {}
        None => problems.push(problem(
            KEY,
            PASSWORDS,
            "PasswordAuthentication is not set; the default is yes",
        )),
    }
    problems
}

const KEY: &str = "PasswordAuthentication";
const PASSWORDS: &str = "SSH lets everybody in who knows a password.";

fn problem(key: &str, message: &str, evidence: &str) -> Problem {
    Problem::new(Severity::Medium, message)
        .detail(key)
        .evidence(evidence)
        .mended_by(Remedy::Explained)
}

/// Keyword and first argument of each line that holds for everybody, in the order sshd reads them.
fn lines(seen: &Seen<'_>, main: &File, prefix: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in main.text.as_deref().unwrap_or_default().lines() {
        let Some((key, value)) = entry(line) else { continue };
        match key.as_str() {
            "match" => break,
            "include" if value.starts_with(FOLDER) || value.starts_with("sshd_config.d/") => {
                found.extend(included(seen, prefix));
            }
            _ => found.push((key, value)),
        }
    }
    found
}

fn included(seen: &Seen<'_>, prefix: &str) -> Vec<(String, String)> {
    let folder = format!("{prefix}{FOLDER}");
    let files = seen.inventory().files().iter();
    let texts = files
        .filter(|file| file.path().starts_with(&folder) && ends_in_conf(file.path()))
        .filter_map(|file| file.text.as_deref());
    let entries = texts.flat_map(|text| {
        text.lines().map_while(|line| match entry(line) {
            Some((key, _)) if key == "match" => None,
            other => Some(other),
        })
    });
    entries.flatten().collect()
}

fn ends_in_conf(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == "conf")
}

fn entry(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let (key, value) = line.split_once(|letter: char| letter.is_whitespace() || letter == '=')?;
    let value = value.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '=');
    let value = value.split_whitespace().next()?.trim_matches('"');
    (!key.starts_with('#')).then(|| (key.to_lowercase(), value.to_lowercase()))
}
