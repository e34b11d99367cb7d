//! Kubeconfigs: what is taken, and what is refused with which words.

use secrecy::ExposeSecret as _;

use super::*;

/// A kubeconfig with these parts of a cluster and a user.
fn written(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\n\
         contexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {{{cluster}}}}}]\nusers: [{{name: u, user: {{{user}}}}}]\n"
    )
}

fn found(text: &str) -> Result<Found, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    std::fs::write(&path, text).unwrap();
    find(&path).map_err(|error| {
        crate::error::chain(&error).replace(folder.path().to_str().unwrap(), "DIR")
    })
}

fn refuse(text: &str, expected: &str) {
    let problem = found(text).err().unwrap_or_else(|| panic!("it is taken: {text}"));
    assert!(problem.contains(expected), "{problem}");
    assert!(!problem.contains("canary"), "{problem}");
}

const SERVER: &str = "server: 'https://127.0.0.1:6443'";

#[test]
fn finds_the_current_context() {
    let found = found(&written(
        &format!("{SERVER}, certificate-authority: ca.crt, tls-server-name: kubernetes"),
        "client-certificate-data: Y2VydA==, client-key: /keys/jane.key",
    ))
    .unwrap();
    assert_eq!(found.server.authority(), "127.0.0.1:6443");
    assert_eq!(format!("{:?}", found.server.server_name), "DnsName(\"kubernetes\")");
    let Some(Material::File(path)) = &found.authorities else { panic!("no authorities") };
    assert!(path.is_absolute() && path.ends_with("ca.crt"), "{path:?}");
    let Some((certificate, Material::File(key))) = &found.identity else { panic!("nobody") };
    assert_eq!(certificate.read().unwrap().expose_secret(), b"cert");
    assert_eq!(key, Path::new("/keys/jane.key"));
    assert!(matches!(found.credential, CredentialSource::Nowhere));
}

#[test]
fn data_wins_over_files_and_token_files_over_tokens() {
    let found = found(&written(
        &format!("{SERVER}, certificate-authority-data: Y2E=, certificate-authority: x"),
        "token: canary, tokenFile: token",
    ))
    .unwrap();
    assert!(matches!(found.authorities, Some(Material::Inline { .. })));
    let CredentialSource::Token(Material::File(path)) = found.credential else {
        panic!("no token")
    };
    assert!(path.ends_with("token"));
}

#[test]
fn a_user_may_be_left_out() {
    let text = written(SERVER, "token: canary").replace(", user: u", "");
    assert!(matches!(found(&text).unwrap().credential, CredentialSource::Nowhere));
}

#[test]
fn refuses_what_weakens_or_changes_who_is_who() {
    let with = |user: &str| written(SERVER, user);
    refuse(
        &written(&format!("{SERVER}, insecure-skip-tls-verify: true"), ""),
        "sets insecure-skip-tls-verify; give the cluster's certificate-authority instead",
    );
    refuse(
        &written("server: 'http://127.0.0.1:6443'", ""),
        "must be https://HOST[:PORT][/PATH], not \"http://127.0.0.1:6443\"",
    );
    refuse(&written("", ""), "must be https://");
    refuse(&written(&format!("{SERVER}, proxy-url: 'http://p'"), ""), "proxy-url, which is not");
    refuse(&with("as: jane"), "a user to act as, which is not supported");
    refuse(&with("as-groups: [a]"), "a user to act as");
    refuse(&with("username: a, password: canary"), "a user name and password");
    refuse(&with("auth-provider: {name: oidc}"), "auth-provider, which is not supported");
}

#[test]
fn refuses_halves_and_contradictions() {
    let with = |user: &str| written(SERVER, user);
    refuse(&with("client-certificate: a"), "a client certificate without its key");
    refuse(&with("client-key-data: Y2FuYXJ5"), "a client key without its certificate");
    refuse(&with("client-certificate-data: '!canary!'"), "client-certificate-data is not base64");
    let exec = "exec: {apiVersion: client.authentication.k8s.io/v1, command: x}";
    refuse(&with(&format!("token: canary, {exec}")), "both exec and a token");
    refuse(&with("exec: {apiVersion: client.authentication.k8s.io/v1}"), "exec.command is empty");
    refuse(&with("exec: {command: x}"), "exec.apiVersion must be one of");
    refuse(
        &with(
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}",
        ),
        "exec.interactiveMode is Always",
    );
    refuse(
        &with("exec: {apiVersion: client.authentication.k8s.io/v1, command: x, env: [{name: a}]}"),
        "exec.env must be a list of name and value",
    );
}

#[test]
fn refuses_what_points_nowhere() {
    let text = written(SERVER, "");
    refuse(
        &text.replace("current-context: here\n", ""),
        "DIR/config cannot be used: it has no current-context",
    );
    refuse(
        &text.replace("current-context: here", "current-context: there"),
        "no context \"there\"",
    );
    refuse(&text.replace("cluster: c,", "cluster: d,"), "no cluster \"d\"");
    refuse(&text.replace("user: u}", "user: v}"), "no user \"v\"");
}

#[test]
fn errors_of_the_parser_quote_nothing() {
    refuse(
        "users: [{name: u, user: {token: canary, tokenFile: [",
        "not a kubeconfig in YAML or JSON",
    );
    refuse("users: [{name: u, user: {token: {a: canary}}}]", "from line 1, column");
    refuse("canary", "not a kubeconfig");
    refuse("", "it has no current-context");
    let error = find(Path::new("/nowhere/config")).err().unwrap();
    assert!(error.to_string().contains("cannot read /nowhere/config"));
}
