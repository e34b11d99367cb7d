//! MF-007: a login helper that is told to do it the unsafe way.

use inventory::{File, Kind, NamedUser, Object, Unknown};

use super::BASE;
use crate::authentication::kubeconfigs::{about, file, users};
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};

pub(crate) const MF_007: Check = Check {
    id: "MF-007",
    name: "unsafe-login",
    title: "The login helper sends a password, checks no certificate, or leaves its tokens open",
    severities: &[Severity::Medium],
    why: "A password goes around the second factor; without a checked certificate somebody in between gets it; and a refresh token that others may read is a login that lasts for weeks.",
    fails: "The exec plugin kubelogin (kubectl oidc-login) has --grant-type=password, --username, --password or --insecure-skip-tls-verify, or Azure's has --login=ropc; or a file with refresh tokens (kubelogin's cache, or a kubeconfig with refresh-token) has a mode above 600.",
    fix: Fix::Sometimes(
        "Gives the file mode 600. In the kubeconfig use --grant-type=authcode (or device-code), --certificate-authority instead of skipping the check, and --token-cache-storage=keyring.",
    ),
    references: &[Reference::Mitre("T1552.001"), Reference::Owasp("K09")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a password",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("jane/.kube/config", "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: jane\n  user:\n    exec:\n      command: kubectl\n      args: [oidc-login, get-token, '--oidc-issuer-url=https://id.example.com', --grant-type, password]\n").rights(0o600, 1000, 1000)],
        ),
        Example::of(
            "a cache that others may read",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("jane/.kube/cache/oidc-login/5f2b", "{\"id_token\": \"a\", \"refresh_token\": \"b\"}").rights(0o644, 1000, 1000)],
        ),
        Example::of(
            "a refresh token in a kubeconfig that its group may read",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("jane/.kube/config", "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: jane, user: {auth-provider: {name: oidc, config: {refresh-token: a}}}}]\n").rights(0o640, 1000, 1000)],
        ),
        Example::of(
            "a login in the browser",
            Expected::Pass,
            &[ExampleFile::at("jane/.kube/config", "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: jane\n  user:\n    exec: {command: kubectl, args: [oidc-login, get-token, '--oidc-issuer-url=https://id.example.com', '--token-cache-storage=keyring']}\n").rights(0o600, 1000, 1000)],
        ),
        Example::of(
            "another plugin with a flag of that name",
            Expected::Pass,
            &[ExampleFile::at("jane/.kube/config", "apiVersion: v1\nkind: Config\nclusters: []\nusers: [{name: jane, user: {exec: {command: tsh, args: [kube, credentials, '--username=jane']}}}]\n").rights(0o600, 1000, 1000)],
        ),
        Example::of("no kubeconfig was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for object in seen.of(Kind::KUBECONFIG) {
        tally.add(about(seen, object), Ok(Verdict::of(of_kubeconfig(seen, object))));
    }
    for file in seen.files().iter().filter(|file| file.path().contains("/cache/oidc-login/")) {
        if !file.is_folder {
            tally.add(About::file(file), Ok(open(file).into()));
        }
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "no kubeconfig of a person was seen",
            "give the kubeconfigs that people use, and ~/.kube/cache/oidc-login",
        ));
    }
    Ok(tally)
}

fn of_kubeconfig(seen: &Seen<'_>, object: &Object) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut is_refreshed = false;
    for user in users(object) {
        problems.extend(of_helper(&user));
        let token = user.user.at(&["auth-provider", "config", "refresh-token"]);
        is_refreshed |= !token.str().is_empty();
    }
    if is_refreshed {
        problems.extend(file(seen, object).and_then(open));
    }
    problems
}

fn of_helper(user: &NamedUser<'_>) -> Vec<Problem> {
    let exec = user.user.get("exec");
    let command = exec.get("command").str();
    let name = command.rsplit('/').next().unwrap_or(command);
    let words: Vec<(String, Option<tree::Path>)> =
        exec.get("args").texts().map(|word| (word.to_owned(), None)).collect();
    let is_helper = matches!(name, "kubelogin" | "kubectl-oidc_login")
        || (name == "kubectl" && words.iter().any(|(word, _)| word == "oidc-login"));
    if !is_helper {
        return Vec::new();
    }
    let flags = inventory::Flags::parse(&words);
    let found = flags.iter().filter_map(|flag| match (flag.name.as_str(), flag.value.as_str()) {
        ("grant-type", "password") | ("username" | "password", _) | ("login", "ropc") => {
            Some((flag, "sends a password instead of asking in the browser"))
        }
        ("insecure-skip-tls-verify", value) if value != "false" => {
            Some((flag, "does not check the identity provider's certificate"))
        }
        _ => None,
    });
    found
        .map(|(flag, what)| {
            Problem::new(Severity::Medium, format!("The login helper of {} {what}.", user.name))
                .detail(format!("{} --{}", user.name, flag.name))
                .evidence(format!("--{}", flag.name))
                .at(user.path.join(&["exec", "args"]))
        })
        .collect()
}

/// A file of refresh tokens that others may read.
fn open(file: &File) -> Option<Problem> {
    let mode = file.mode? & 0o7777;
    (mode & 0o077 != 0).then(|| {
        Problem::new(
            Severity::Medium,
            format!("Others may read the refresh tokens in {}.", file.path_on_node()),
        )
        .detail("mode")
        .evidence(format!("mode {mode:o}"))
        .about(About::file(file))
        .mended_by(Remedy::Rights { mode: Some(mode & 0o600), owner: None })
    })
}
