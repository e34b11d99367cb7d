//! Access that stays fresh: files that change, plugins that run again, connections that follow.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::testing::{Authority, Reply, Seen, Server as Peer, eventually, until};

const QUICK: Pace = Pace { look: Duration::from_millis(5), apart: Duration::from_millis(5) };

/// A server, and a folder with a kubeconfig for it.
struct World {
    authority: Authority,
    server: Peer,
    folder: TempDir,
}

impl World {
    async fn new(handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let authority = Authority::new();
        let server = Peer::start(&authority, handler).await;
        let world = Self { authority, server, folder: tempfile::tempdir().unwrap() };
        world.write("ca.crt", &world.authority.pem());
        world
    }

    fn write(&self, name: &str, text: &str) {
        // As kubelet does it: nobody sees half a file.
        let (new, path) = (self.folder.path().join("new"), self.folder.path().join(name));
        fs::write(&new, text).unwrap();
        fs::rename(new, path).unwrap();
    }

    fn access(&self, user: &str) -> Access {
        let url = self.server.url();
        self.write(
            "config",
            &format!(
                "current-context: here\n\
                 contexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n\
                 clusters: [{{name: c, cluster: {{server: '{url}/prefix', \
                 certificate-authority: ca.crt}}}}]\n\
                 users: [{{name: u, user: {{{user}}}}}]\n"
            ),
        );
        let found = kubeconfig::find(&self.folder.path().join("config")).unwrap();
        Access::start(found, QUICK).unwrap()
    }
}

fn version(_: &Seen) -> Reply {
    Reply::ok(r#"{"major":"1","minor":"36","gitVersion":"v1.36.3"}"#)
}

async fn shown(access: &Access) -> String {
    let header = access.authorization().await.unwrap().unwrap();
    assert!(header.is_sensitive());
    header.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn calls_the_server_below_its_prefix_as_the_user() {
    let world = World::new(version).await;
    let access = world.access("token: canary");
    assert_eq!(crate::version(&access.client()).await.unwrap().text, "v1.36.3");
    let seen = &world.server.seen()[0];
    assert_eq!(seen.path, "/prefix/version");
    assert_eq!(seen.authorization.as_deref(), Some("Bearer canary"));
    assert!(!format!("{access:?}").contains("canary"));
}

#[tokio::test]
async fn a_token_file_that_changes_is_read_again() {
    let world = World::new(version).await;
    world.write("token", "one\n");
    let access = world.access("tokenFile: token");
    assert_eq!(shown(&access).await, "Bearer one");
    for unusable in ["", "\n", "a\0b"] {
        world.write("token", unusable);
        assert_eq!(shown(&access).await, "Bearer one");
    }
    world.write("token", "two");
    let client = access.client();
    until("it is read again", async || shown(&access).await == "Bearer two").await;
    crate::version(&client).await.unwrap();
    assert_eq!(world.server.seen()[0].authorization.as_deref(), Some("Bearer two"));
}

#[tokio::test]
async fn a_certificate_that_changes_is_shown_to_the_next_connection() {
    let world = World::new(version).await;
    let (certificate, key) = world.authority.issue("one");
    world.write("u.crt", &certificate);
    world.write("u.key", &key);
    let access = world.access("client-certificate: u.crt, client-key: u.key");
    let client = access.client();
    crate::version(&client).await.unwrap();
    let mut changes = access.changes();
    let (certificate, key) = world.authority.issue("two");
    // For a moment they do not belong together, and nothing changes.
    world.write("u.crt", &certificate);
    crate::version(&client).await.unwrap();
    world.write("u.key", &key);
    changes.wait_for(|count| *count == 1).await.unwrap();
    crate::version(&client).await.unwrap();
    let shown: Vec<_> = world.server.seen().into_iter().map(|seen| seen.certificate).collect();
    assert!(shown[0].is_some());
    assert_eq!(shown[0], shown[1]);
    assert_ne!(shown[1], shown[2]);
    assert_eq!(access.authorization().await.unwrap(), None);
}

#[tokio::test]
async fn an_authority_that_changes_counts_for_the_next_connection() {
    let world = World::new(version).await;
    world.write("ca.crt", &Authority::new().pem());
    let access = world.access("token: t");
    let client = access.client();
    let error = crate::version(&client).await.unwrap_err();
    assert!(crate::error::chain(&error).contains("certificate"), "{error:?}");
    let mut changes = access.changes();
    world.write("ca.crt", &world.authority.pem());
    changes.wait_for(|count| *count == 1).await.unwrap();
    crate::version(&client).await.unwrap();
}

#[tokio::test]
async fn another_certificate_can_be_shown_with_the_same_trust() {
    let world = World::new(version).await;
    let access = world.access("token: t");
    let (certificate, key) = world.authority.issue("proxy");
    assert!(access.tls_as(certificate.as_bytes(), key.as_bytes()).is_ok());
    assert!(access.tls_as(key.as_bytes(), certificate.as_bytes()).is_err());
    world.write("p.crt", &certificate);
    world.write("p.key", &key);
    let file = |name: &str| world.folder.path().join(name);
    let config = access.tls_as_files(file("p.crt"), file("p.key")).unwrap();
    assert!(config.client_auth_cert_resolver.has_certs());
    let mut changes = access.changes();
    let (certificate, key) = world.authority.issue("proxy");
    world.write("p.crt", &certificate);
    world.write("p.key", &key);
    changes.wait_for(|count| *count == 1).await.unwrap();
    assert!(access.tls_as_files(file("p.crt"), file("none")).is_err());
}

/// A plugin that prints a token with the number of its run.
fn counting(world: &World, more: &str) -> String {
    let path = world.folder.path().display();
    let script = format!(
        "n=$(($(cat {path}/runs 2>/dev/null || echo 0) + 1))\necho $n > {path}/runs\n{more}\n\
         echo '{{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\
         \"status\":{{\"token\":\"'$n'\"}}}}'"
    );
    world.write("plugin.sh", &script);
    format!(
        "exec: {{apiVersion: client.authentication.k8s.io/v1, command: sh, \
         args: ['{path}/plugin.sh'], interactiveMode: Never}}"
    )
}

#[tokio::test]
async fn a_plugin_runs_when_it_is_needed_and_when_it_is_refused() {
    let world = World::new(|seen| {
        if seen.authorization.as_deref() == Some("Bearer 1") {
            Reply::status("401 Unauthorized", "{}")
        } else {
            version(seen)
        }
    })
    .await;
    let access = world.access(&counting(&world, ""));
    assert!(!world.folder.path().join("runs").exists());
    let (one, other) = tokio::join!(shown(&access), shown(&access));
    assert_eq!((one.as_str(), other.as_str()), ("Bearer 1", "Bearer 1"));
    let client = access.client();
    assert!(crate::version(&client).await.is_err());
    let runs = || fs::read_to_string(world.folder.path().join("runs")).unwrap_or_default();
    eventually("it runs again", || runs() == "2\n").await;
    until("the new token is used", async || crate::version(&client).await.is_ok()).await;
    assert_eq!(shown(&access).await, "Bearer 2");
    assert_eq!(runs(), "2\n");
}

#[tokio::test]
async fn a_plugin_that_fails_is_tried_again() {
    let world = World::new(version).await;
    let access = world.access(&counting(&world, "test $n -gt 1 || exit 9"));
    let error = access.authorization().await.unwrap_err();
    assert!(error.to_string().contains("exit status: 9"), "{error}");
    let error = crate::version(&access.client()).await.unwrap_err();
    assert!(crate::error::chain(&error).contains("cannot get the credential"), "{error:?}");
    eventually("it has run again", || {
        fs::read_to_string(world.folder.path().join("runs")).is_ok_and(|runs| runs == "2\n")
    })
    .await;
    until("the token is used", async || access.authorization().await.is_ok()).await;
    assert_eq!(shown(&access).await, "Bearer 2");
}

#[tokio::test]
async fn a_plugin_may_print_a_certificate() {
    let world = World::new(version).await;
    let (certificate, key) = world.authority.issue("plugin");
    let [certificate, key] = [certificate, key].map(|pem| pem.replace('\n', "\\n"));
    let path = world.folder.path().display();
    world.write(
        "printed",
        &format!(
            r#"{{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential",
            "status":{{"clientCertificateData":"{certificate}","clientKeyData":"{key}"}}}}"#
        ),
    );
    let access = world.access(&format!(
        "exec: {{apiVersion: client.authentication.k8s.io/v1beta1, command: cat, args: ['{path}/printed']}}"
    ));
    crate::version(&access.client()).await.unwrap();
    assert!(world.server.seen()[0].certificate.is_some());
    assert_eq!(*access.changes().borrow(), 1);
}

#[tokio::test]
async fn a_server_without_an_answer_is_an_error() {
    let world = World::new(|_| Reply::Write(String::new())).await;
    let client = world.access("token: canary").client();
    let error = crate::version(&client).await.unwrap_err();
    assert!(crate::error::chain(&error).contains("cannot be reached"), "{error:?}");
    assert!(!format!("{error:?}").contains("canary"));
}
