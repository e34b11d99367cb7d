//! Credential plugins, played by the shell.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

const VERSION: &str = "client.authentication.k8s.io/v1";

/// A plugin that is this shell script.
fn plugin(script: &str) -> Plugin {
    let exec = ExecConfig {
        api_version: Some(VERSION.to_owned()),
        command: Some("sh".to_owned()),
        args: Some(vec!["-c".to_owned(), script.to_owned()]),
        env: Some(vec![HashMap::from([
            ("name".to_owned(), "GIVEN".to_owned()),
            ("value".to_owned(), "canary".to_owned()),
        ])]),
        provide_cluster_info: true,
        install_hint: Some("install it".to_owned()),
        ..ExecConfig::default()
    };
    let cluster = Cluster { server: Some("https://api".to_owned()), ..Cluster::default() };
    Plugin::new(&exec, &cluster, Path::new("/")).unwrap()
}

fn printing(status: &str) -> String {
    format!(r#"echo '{{"apiVersion":"{VERSION}","kind":"ExecCredential","status":{status}}}'"#)
}

async fn refuse(script: &str, expected: &str) {
    let problem = plugin(script).run().await.err().unwrap_or_else(|| panic!("taken: {script}"));
    assert!(problem.contains(expected), "{problem}");
    assert!(!problem.contains("canary"), "{problem}");
}

#[tokio::test]
async fn takes_what_a_plugin_prints() {
    let status = r#"{"token":"t","expirationTimestamp":"2030-01-02T03:04:05Z"}"#;
    let printed = plugin(&printing(status)).run().await.unwrap();
    assert_eq!(printed.token.unwrap().expose_secret(), "t");
    assert_eq!(printed.expires, Some("2030-01-02T03:04:05Z".parse().unwrap()));
    assert!(printed.identity.is_none());
    let status = r#"{"clientCertificateData":"c","clientKeyData":"k","token":""}"#;
    let printed = plugin(&printing(status)).run().await.unwrap();
    let (certificate, key) = printed.identity.unwrap();
    assert_eq!((certificate.expose_secret(), key.expose_secret()), ("c", "k"));
    assert!(printed.token.is_none() && printed.expires.is_none());
    // client-go reads YAML too, so some plugins print it.
    let yaml =
        format!("printf 'apiVersion: {VERSION}\\nkind: ExecCredential\\nstatus: {{token: t}}'");
    assert!(plugin(&yaml).run().await.unwrap().token.is_some());
}

#[tokio::test]
async fn a_plugin_is_told_of_the_cluster_and_given_its_environment() {
    let script = format!(
        r#"test "$GIVEN" = canary || exit 3
           case "$KUBERNETES_EXEC_INFO" in
           *'"apiVersion":"{VERSION}","kind":"ExecCredential"'*'"interactive":false'*'"server":"https://api"'*) ;;
           *) exit 4 ;;
           esac
           if read line; then exit 5; fi
           {}"#,
        printing(r#"{"token":"t"}"#)
    );
    plugin(&script).run().await.unwrap();
}

#[tokio::test]
async fn refuses_what_is_no_credential() {
    refuse("exit 7", "sh failed: exit status: 7").await;
    refuse("echo canary", "printed something else than an ExecCredential").await;
    refuse("", "must print an ExecCredential").await;
    refuse("echo '{\"token\": \"canary\"}'", "must print an ExecCredential of client.auth").await;
    refuse(&printing("null"), "without status").await;
    refuse(&printing("{}"), "neither a token nor a certificate").await;
    refuse(&printing(r#"{"clientKeyData":"canary"}"#), "a certificate without its key").await;
    let never = r#"{"token":"canary","expirationTimestamp":"never"}"#;
    refuse(&printing(never), "an expirationTimestamp that is no time").await;
    refuse("while :; do echo canary; done", "printed more than 1 MiB").await;
}

#[tokio::test]
async fn says_how_to_install_what_is_not_there() {
    let missing = Plugin { program: PathBuf::from("/nowhere/plugin"), ..plugin("") };
    let problem = missing.run().await.err().unwrap();
    assert!(problem.starts_with("/nowhere/plugin cannot be run: "), "{problem}");
    assert!(problem.ends_with("; install it"), "{problem}");
}

#[test]
fn programs_with_a_path_are_relative_to_the_kubeconfig() {
    for (command, expected) in
        [("bin/x", "/folder/bin/x"), ("./x", "/folder/./x"), ("/x", "/x"), ("x", "x")]
    {
        let exec = ExecConfig {
            api_version: Some(VERSION.to_owned()),
            command: Some(command.to_owned()),
            ..ExecConfig::default()
        };
        let plugin = Plugin::new(&exec, &Cluster::default(), Path::new("/folder")).unwrap();
        assert_eq!(plugin.program, Path::new(expected));
    }
}

proptest! {
    #[test]
    fn output_of_any_kind_never_panics(output in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _printed = plugin("").read(&output);
    }

    #[test]
    fn a_credential_of_any_kind_never_panics(status in "[{}\\[\\]:,\"a-zA-Z0-9\n -]{0,80}") {
        let output = format!("{{apiVersion: {VERSION}, kind: ExecCredential, status: {status}}}");
        let _printed = plugin("").read(output.as_bytes());
    }
}
