//! What to try next: something that is allowed, something that is refused and why, and the record
//! of both.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::bail;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::Behind;
use super::folder::Folder;

/// Waits until the gateway says that it is ready.
pub(crate) async fn wait(folder: &Folder, health: SocketAddr) -> anyhow::Result<()> {
    let end = Instant::now() + LONGEST_START;
    while !is_ready(health).await {
        if Instant::now() > end {
            bail!("the gateway is not ready; its log is {}", folder.file("gateway.log").display());
        }
        sleep(BETWEEN_TRIES).await;
    }
    Ok(())
}

async fn is_ready(health: SocketAddr) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(health).await?;
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await?;
        let mut answer = String::new();
        stream.take(LONGEST_ANSWER).read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with("HTTP/1.1 200"))
    };
    asked.await.unwrap_or(false)
}

/// Prints where everything is, and what to try.
pub(crate) fn print(folder: &Folder, behind: &Behind, gateway: SocketAddr, health: SocketAddr) {
    let what = match behind {
        Behind::Real(_) => "a real kube-apiserver",
        Behind::Sandbox(_) => {
            "a sandbox: a small Kubernetes API in this process that runs no containers"
        }
    };
    let at = folder.path().display();
    let ravelin = std::env::current_exe().unwrap_or_else(|_unknown| "ravelin".into());
    let ravelin = ravelin.display();
    let pods = match behind {
        // Without a kubelet there is nothing to look into.
        Behind::Real(_) => "",
        Behind::Sandbox(_) => {
            "\n  kubectl get pods\n  kubectl logs deployment/web\n  kubectl exec deployment/web -- echo hello"
        }
    };
    let (api, log) = (behind.address(), folder.file("audit.log"));
    let log = log.display();
    let text = format!(
        "\
The gateway is at https://{gateway}, in front of {what}.
Everything is in {at}

Be the developer, who may edit the namespace demo:
  export KUBECONFIG={at}/developer.kubeconfig

Allowed, and by which rule:
  kubectl get configmaps
  kubectl create configmap mine --from-literal=colour=green
  kubectl auth whoami{pods}

Refused, and why:
  kubectl get nodes
  kubectl get secrets --namespace kube-system
  kubectl auth can-i --list

What the gateway recorded of it, and that nobody has changed the record since:
  tail -n 3 {log}
  {ravelin} audit verify {log}

Be somebody else:
  kubectl --kubeconfig {at}/viewer.kubeconfig delete configmap web           # may look, not touch
  kubectl --kubeconfig {at}/admin.kubeconfig get secrets --all-namespaces    # may everything

Past the gateway, to compare: {at}/direct.kubeconfig (https://{api})
The gateway's own health and metrics: http://{health}/readyz, http://{health}/metrics

Ctrl-C stops all of it; `{ravelin} try --clean --folder {at}` removes the folder."
    );
    anstream::println!("{text}");
}

const LONGEST_START: Duration = Duration::from_mins(1);
const BETWEEN_TRIES: Duration = Duration::from_millis(100);
const LONGEST_ANSWER: u64 = 64 << 10;
