//! A sandbox to try by hand: `cargo run -p sandbox --example serve -- FOLDER` writes a CA and three
//! kubeconfigs (admin, developer, viewer) into FOLDER and serves until Ctrl-C.
#![expect(clippy::print_stdout, reason = "tells a person where it listens")]

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use pki::{Authority, Kubeconfig, Validity};
use sandbox::{Options, Sandbox, Settings};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: serve FOLDER")?);
    let now = SystemTime::now();
    let validity = Validity::new(now - Duration::from_mins(1), now + Duration::from_hours(24))?;
    let (clients, fronts) =
        (Authority::new("sandbox", validity)?, Authority::new("front-proxies", validity)?);
    let sandbox = Sandbox::start(Settings {
        address: "127.0.0.1:0".parse()?,
        identity: clients.server(&["127.0.0.1", "localhost"], validity)?,
        clients: clients.certificate().to_owned(),
        front_proxies: Some(fronts.certificate().to_owned()),
        manifests: BINDINGS.to_owned(),
        options: Options::default(),
    })
    .await?;
    let server = format!("https://{}", sandbox.address());
    for (user, group) in
        [("admin", "system:masters"), ("developer", "developers"), ("viewer", "viewers")]
    {
        let kubeconfig = Kubeconfig {
            cluster: "sandbox",
            server: &server,
            authority: clients.certificate(),
            user,
            credential: &clients.client(user, &[group], validity)?,
            namespace: "demo",
        };
        std::fs::write(folder.join(format!("{user}.kubeconfig")), kubeconfig.text().as_bytes())?;
    }
    let front = fronts.client("gateway", &[], validity)?;
    std::fs::write(folder.join("ca.crt"), clients.certificate())?;
    std::fs::write(folder.join("front.crt"), front.certificate)?;
    std::fs::write(folder.join("front.key"), front.key.expose())?;
    println!("{server}");
    tokio::signal::ctrl_c().await?;
    sandbox.shutdown().await;
    Ok(())
}

const BINDINGS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: developers, namespace: demo}
roleRef: {kind: ClusterRole, name: edit}
subjects: [{kind: Group, name: developers}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: viewers}
roleRef: {kind: ClusterRole, name: view}
subjects: [{kind: Group, name: viewers}]
";
