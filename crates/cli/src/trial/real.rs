//! Real etcd and kube-apiserver as the API behind the gateway, from the folder that
//! `KUBEBUILDER_ASSETS` names.

use std::env;
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use cluster::Access;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::discovery::ApiResource;
use kube::{Api, Client};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use super::credentials::Credentials;
use super::folder::Folder;
use super::free_address;

/// What the people of a trial may do.
pub(crate) const RIGHTS: &str = include_str!("manifests.yaml");
/// What the gateway may do in its own name: the manifest that ships.
pub(crate) const OWN_RIGHTS: &str = include_str!("../../../../deploy/rules.yaml");

/// The binaries.
pub(crate) struct Binaries(PathBuf);

impl Binaries {
    /// Those that the environment names; none if it names no folder.
    pub(crate) fn named_by_environment() -> anyhow::Result<Option<Self>> {
        let Some(folder) = env::var_os(ASSETS).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let folder = PathBuf::from(folder);
        for name in ["etcd", "kube-apiserver"] {
            if !folder.join(name).is_file() {
                bail!(
                    "{ASSETS} names {}, which has no {name} in it; unset it for the embedded sandbox",
                    folder.display()
                );
            }
        }
        Ok(Some(Self(folder)))
    }
}

/// A running control plane: etcd, kube-apiserver and, where it is there, kube-controller-manager.
pub(crate) struct Real {
    address: SocketAddr,
    children: Vec<Child>,
}

impl Real {
    /// Starts it, waits until it answers, and puts the rights of a trial in place.
    pub(crate) async fn start(
        binaries: &Binaries,
        folder: &Folder,
        credentials: &Credentials,
    ) -> anyhow::Result<Self> {
        anstream::eprintln!("Starting etcd and kube-apiserver of {} …", binaries.0.display());
        let (etcd, peer, api) = (free_address(0)?, free_address(0)?, free_address(0)?);
        credentials.write_past_the_gateway(folder, api)?;
        folder.write("pki/service-accounts.key", credentials.api.key.expose().as_bytes())?;
        let mut real = Self { address: api, children: Vec::new() };
        real.spawn(binaries, folder, "etcd", &etcd_flags(folder, etcd, peer))?;
        real.spawn(binaries, folder, "kube-apiserver", &api_flags(folder, etcd, api))?;
        let client = Access::from_kubeconfig(&folder.file("direct.kubeconfig"))?.client();
        real.wait(&client, folder).await?;
        if binaries.0.join("kube-controller-manager").is_file() {
            // Without it no service account is made, and aggregated roles stay empty.
            real.spawn(binaries, folder, "kube-controller-manager", &controller_flags(folder)?)?;
        }
        put_rights_in_place(&client).await?;
        Ok(real)
    }

    /// Where kube-apiserver listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it, the youngest process first.
    pub(crate) async fn stop(mut self) {
        while let Some(mut child) = self.children.pop() {
            if let Err(problem) = child.kill().await {
                tracing::warn!(%problem, "A process of the control plane could not be ended.");
            }
        }
    }

    fn spawn(
        &mut self,
        binaries: &Binaries,
        folder: &Folder,
        name: &str,
        flags: &[String],
    ) -> anyhow::Result<()> {
        let log = File::create(folder.file(&format!("{name}.log")))?;
        let child = Command::new(binaries.0.join(name))
            .args(flags)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        self.children.push(child);
        Ok(())
    }

    async fn wait(&mut self, client: &Client, folder: &Folder) -> anyhow::Result<()> {
        let end = Instant::now() + LONGEST_START;
        loop {
            // Not before its built-in roles are there: they let everybody find out what it serves.
            if client.request_text(http::Request::get("/readyz").body(Vec::new())?).await.is_ok() {
                return Ok(());
            }
            for child in &mut self.children {
                if let Some(status) = child.try_wait()? {
                    bail!(
                        "the control plane ended ({status}); its logs are in {}",
                        folder.path().display()
                    );
                }
            }
            if Instant::now() > end {
                bail!(
                    "kube-apiserver does not answer; its log is {}",
                    folder.file("kube-apiserver.log").display()
                );
            }
            sleep(BETWEEN_TRIES).await;
        }
    }
}

async fn put_rights_in_place(client: &Client) -> anyhow::Result<()> {
    let mut objects: Vec<Value> = serde_saphyr::from_multiple(RIGHTS)?;
    objects.extend(serde_saphyr::from_multiple::<Value>(OWN_RIGHTS)?);
    objects.extend(sample());
    for object in objects {
        let told = format!("{} {}", text(&object, "/kind"), text(&object, "/metadata/name"));
        let end = Instant::now() + LONGEST_START;
        // The namespace's own objects, and the built-in roles, take a moment to be there.
        while let Err(problem) = apply(client, &object).await {
            if Instant::now() > end {
                return Err(problem).with_context(|| format!("cannot put {told} in place"));
            }
            sleep(BETWEEN_TRIES).await;
        }
    }
    Ok(())
}

async fn apply(client: &Client, object: &Value) -> anyhow::Result<()> {
    let api_version = text(object, "/apiVersion");
    let kind = text(object, "/kind");
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    let resource = ApiResource {
        group: group.to_owned(),
        version: version.to_owned(),
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        plural: format!("{}s", kind.to_lowercase()),
    };
    let api: Api<DynamicObject> = match text(object, "/metadata/namespace") {
        "" => Api::all_with(client.clone(), &resource),
        namespace => Api::namespaced_with(client.clone(), namespace, &resource),
    };
    let name = text(object, "/metadata/name");
    api.patch(name, &PatchParams::apply("ravelin-try").force(), &Patch::Apply(object)).await?;
    Ok(())
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Something to look at, and something to keep out of sight.
fn sample() -> [Value; 2] {
    [
        json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "web", "namespace": "demo"}, "data": {"colour": "blue"}}),
        json!({"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "password", "namespace": "demo"}, "stringData": {"password": "not for everybody"}}),
    ]
}

fn etcd_flags(folder: &Folder, client: SocketAddr, peer: SocketAddr) -> Vec<String> {
    vec![
        format!("--data-dir={}", folder.file("etcd").display()),
        format!("--listen-client-urls=http://{client}"),
        format!("--advertise-client-urls=http://{client}"),
        format!("--listen-peer-urls=http://{peer}"),
        format!("--initial-advertise-peer-urls=http://{peer}"),
        format!("--initial-cluster=default=http://{peer}"),
        "--unsafe-no-fsync".to_owned(),
        "--log-level=warn".to_owned(),
    ]
}

fn api_flags(folder: &Folder, etcd: SocketAddr, api: SocketAddr) -> Vec<String> {
    let file = |name: &str| folder.file(name).display().to_string();
    vec![
        format!("--etcd-servers=http://{etcd}"),
        format!("--bind-address={}", api.ip()),
        format!("--secure-port={}", api.port()),
        format!("--advertise-address={}", api.ip()),
        "--endpoint-reconciler-type=none".to_owned(),
        "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
        format!("--tls-cert-file={}", file("pki/api.crt")),
        format!("--tls-private-key-file={}", file("pki/api.key")),
        format!("--client-ca-file={}", file("pki/ca.crt")),
        "--authorization-mode=Node,RBAC".to_owned(),
        "--anonymous-auth=false".to_owned(),
        // The certificate holds the public key of service-accounts.key.
        format!("--service-account-key-file={}", file("pki/api.crt")),
        format!("--service-account-signing-key-file={}", file("pki/service-accounts.key")),
        "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
        format!("--requestheader-client-ca-file={}", file("pki/front-proxy-ca.crt")),
        "--requestheader-allowed-names=front-proxy-client".to_owned(),
        "--requestheader-username-headers=X-Remote-User".to_owned(),
        "--requestheader-uid-headers=X-Remote-Uid".to_owned(),
        "--requestheader-group-headers=X-Remote-Group".to_owned(),
        "--requestheader-extra-headers-prefix=X-Remote-Extra-".to_owned(),
    ]
}

fn controller_flags(folder: &Folder) -> anyhow::Result<Vec<String>> {
    let file = |name: &str| folder.file(name).display().to_string();
    Ok(vec![
        format!("--kubeconfig={}", file("direct.kubeconfig")),
        "--leader-elect=false".to_owned(),
        "--bind-address=127.0.0.1".to_owned(),
        format!("--secure-port={}", free_address(0)?.port()),
        format!("--root-ca-file={}", file("pki/ca.crt")),
        format!("--service-account-private-key-file={}", file("pki/service-accounts.key")),
    ])
}

const ASSETS: &str = "KUBEBUILDER_ASSETS";
const LONGEST_START: Duration = Duration::from_mins(1);
const BETWEEN_TRIES: Duration = Duration::from_millis(200);
