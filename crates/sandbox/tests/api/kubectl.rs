//! The real kubectl, where there is one: the one on PATH and the one of `KUBEBUILDER_ASSETS`.
#![expect(clippy::print_stderr, reason = "says what it skips")]

use std::path::{Path, PathBuf};
use std::process::Stdio;

use pki::Kubeconfig;
use tokio::process::Command;

use crate::rig::{ADMIN, DEVELOPER, Rig, Who};

#[tokio::test]
async fn kubectl_works() {
    let assets = std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
    let known = [Some(PathBuf::from("kubectl")), assets.map(|folder| folder.join("kubectl"))];
    for program in known.into_iter().flatten() {
        if Command::new(&program).arg("--help").stdout(Stdio::null()).status().await.is_err() {
            eprintln!("skipped: there is no {}", program.display());
            continue;
        }
        first_steps(&program).await;
    }
}

async fn first_steps(program: &Path) {
    let rig = Rig::start().await;
    let folder = tempfile::tempdir().unwrap();
    let admin = Person::new(&rig, program, folder.path(), ADMIN);
    let developer = Person::new(&rig, program, folder.path(), DEVELOPER);
    let manifest = folder.path().join("map.yaml");
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {k: ";
    let write = |value: &str| std::fs::write(&manifest, format!("{map}'{value}'}}")).unwrap();
    let file = manifest.to_str().unwrap();
    admin.says("version", "v1.36.0+ravelin.sandbox").await;
    admin.says("api-resources", "deployments").await;
    developer.says("get pods", "Running").await;
    developer.says("get deployment web -o yaml", "kind: Deployment").await;
    developer.says("auth whoami", "dora").await;
    developer.says("auth can-i create pods", "yes").await;
    developer.says("auth can-i --list", "pods/exec").await;
    developer.says("explain pod.spec.containers.image", "<string>").await;
    developer.says("describe deployment web", "2 available").await;
    write("1");
    developer.says(&format!("apply -f {file}"), "created").await;
    write("2");
    developer.says(&format!("apply -f {file}"), "configured").await;
    developer.says(&format!("apply --server-side --force-conflicts -f {file}"), "applied").await;
    for (kind, patch) in [
        ("merge", r#"{"data":{"k":"3"}}"#),
        ("strategic", r#"{"data":{"k":"4"}}"#),
        ("json", r#"[{"op":"replace","path":"/data/k","value":"5"}]"#),
    ] {
        developer.says(&format!("patch configmap own --type={kind} -p {patch}"), "patched").await;
    }
    developer.says("get configmap own -o jsonpath={.data.k}", "5").await;
    developer.says("delete configmap own", "deleted").await;
    developer.says("create deployment second --image=example/a:1", "created").await;
    developer.says("rollout status deployment/second --timeout=30s", "rolled out").await;
    developer.says("logs deployment/web --tail=1", "line 10 of web").await;
    developer.says("exec deployment/web -- echo hello", "hello").await;
    assert_eq!(developer.run("exec deployment/web -- false").await.0, Some(1));
    let (code, text) = developer.run("get nodes").await;
    assert!(code == Some(1) && text.contains("(Forbidden)"), "{text}");
}

/// Somebody with a kubeconfig.
struct Person {
    program: PathBuf,
    kubeconfig: PathBuf,
    cache: PathBuf,
}

impl Person {
    fn new(rig: &Rig, program: &Path, folder: &Path, who: Who) -> Self {
        let credential = rig.credential(who).unwrap();
        let kubeconfig = Kubeconfig {
            cluster: "sandbox",
            server: &format!("https://{}", rig.sandbox.address()),
            authority: rig.clients.certificate(),
            user: "user",
            credential: &credential,
            namespace: "demo",
        };
        let path = folder.join(format!("{who:?}.kubeconfig"));
        std::fs::write(&path, kubeconfig.text().as_bytes()).unwrap();
        Self { program: program.to_owned(), kubeconfig: path, cache: folder.join("cache") }
    }

    async fn says(&self, arguments: &str, expected: &str) {
        let (code, text) = self.run(arguments).await;
        assert!(code == Some(0) && text.contains(expected), "{arguments}: {code:?} {text}");
    }

    async fn run(&self, arguments: &str) -> (Option<i32>, String) {
        let done = Command::new(&self.program)
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .arg("--cache-dir")
            .arg(&self.cache)
            .args(arguments.split(' '))
            .output()
            .await
            .unwrap();
        let text = [done.stdout, done.stderr].concat();
        (done.status.code(), String::from_utf8_lossy(&text).into_owned())
    }
}
