//! What a Rust client of Kubernetes does through the gateway: lists, watches, and runs a command in a
//! pod. For the end-to-end suite: `kube_client NAMESPACE POD`, by the kubeconfig that `KUBECONFIG`
//! names. Prints a line for each; ends with an error if one does not work.

use anyhow::{Context as _, ensure};
use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use kube::api::{AttachParams, ListParams, WatchEvent, WatchParams};
use kube::{Api, Client, Config};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let namespace = arguments.next().context("no NAMESPACE")?;
    let pod = arguments.next().context("no POD")?;
    let client = Client::try_from(Config::infer().await?)?;
    list(&client, &namespace, &pod).await?;
    watch(&client, &namespace).await?;
    exec(&client, &namespace, &pod).await
}

async fn list(client: &Client, namespace: &str, pod: &str) -> anyhow::Result<()> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let listed = pods.list(&ListParams::default()).await?;
    let names: Vec<_> =
        listed.items.iter().filter_map(|pod| pod.metadata.name.as_deref()).collect();
    ensure!(names.contains(&pod), "{pod} is not among {names:?}");
    tell(&format!("listed {}", names.len())).await
}

async fn watch(client: &Client, namespace: &str) -> anyhow::Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let mut events = maps.watch(&WatchParams::default().timeout(5), "0").await?.boxed();
    let first = events.try_next().await?.context("the watch told nothing")?;
    ensure!(matches!(first, WatchEvent::Added(_)), "the watch began with {first:?}");
    tell("watched").await
}

async fn exec(client: &Client, namespace: &str, pod: &str) -> anyhow::Result<()> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let parameters = AttachParams::default().stdin(true).stdout(true).stderr(false);
    let mut process = pods.exec(pod, ["cat"], &parameters).await?;
    let mut stdin = process.stdin().context("no stdin")?;
    stdin.write_all(b"to and fro\n").await?;
    stdin.shutdown().await?;
    drop(stdin);
    let mut echoed = [0; 11];
    process.stdout().context("no stdout")?.read_exact(&mut echoed).await?;
    ensure!(&echoed == b"to and fro\n", "{echoed:?} came back");
    process.abort();
    tell("ran cat").await
}

async fn tell(line: &str) -> anyhow::Result<()> {
    let mut out = tokio::io::stdout();
    out.write_all(format!("{line}\n").as_bytes()).await?;
    out.flush().await?;
    Ok(())
}
