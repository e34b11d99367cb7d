//! A kube-apiserver with its etcd on loopback, started and ended by the peers' tool.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A control plane; dropping it ends it.
pub(crate) struct Plane {
    tool: PathBuf,
    folder: TempDir,
}

impl Plane {
    /// Starts one, where there are binaries for it.
    pub(crate) fn start() -> Option<Self> {
        if std::env::var_os("KUBEBUILDER_ASSETS").is_none() {
            skipped();
            return None;
        }
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/tools/peers");
        let peers = std::env::var_os("RAVELIN_PEERS").map_or(beside, PathBuf::from);
        let plane = Self { tool: peers.join("cluster"), folder: tempfile::tempdir().unwrap() };
        plane.run(&["up"], &["--bare"]);
        Some(plane)
    }

    /// The kubeconfig of the administrator.
    pub(crate) fn admin(&self) -> PathBuf {
        self.folder.path().join("admin.kubeconfig")
    }

    /// The same by way of another port.
    pub(crate) fn admin_through(&self, port: u16) -> PathBuf {
        let text = std::fs::read_to_string(self.admin()).unwrap();
        self.write("through", &text.replace(&self.server(), &format!("https://127.0.0.1:{port}")))
    }

    /// A kubeconfig for the holder of `token`.
    pub(crate) fn with_token(&self, token: &str) -> PathBuf {
        self.write("token", token);
        let server = self.server();
        let text = format!(
            "current-context: c\ncontexts: [{{name: c, context: {{cluster: c, user: c}}}}]\n\
             clusters: [{{name: c, cluster: {{server: '{server}', \
             certificate-authority: pki/ca.crt}}}}]\nusers: [{{name: c, user: {{tokenFile: token}}}}]"
        );
        self.write("token.kubeconfig", &text)
    }

    /// The kubeconfig of a user without any rights.
    pub(crate) fn user(&self, name: &str) -> PathBuf {
        self.run(&["user"], &[name]);
        self.folder.path().join(format!("{name}.kubeconfig"))
    }

    /// The port of the kube-apiserver.
    pub(crate) fn port(&self) -> u16 {
        self.server().rsplit(':').next().unwrap().parse().unwrap()
    }

    fn server(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server")).unwrap()
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, before: &[&str], after: &[&str]) {
        let output =
            Command::new(&self.tool).args(before).arg(self.folder.path()).args(after).output();
        let output = output.unwrap_or_else(|error| panic!("{}: {error}", self.tool.display()));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{} {before:?} {after:?}: {said}", self.tool.display());
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        // A second panic while the first unwinds would hide it.
        let _ended = Command::new(&self.tool).arg("down").arg(self.folder.path()).output();
    }
}

#[expect(clippy::print_stderr, reason = "a test that was left out says so")]
fn skipped() {
    eprintln!("SKIPPED: KUBEBUILDER_ASSETS names no Kubernetes binaries to test against");
}
