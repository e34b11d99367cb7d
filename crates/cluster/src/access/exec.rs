//! A credential plugin: a program that a kubeconfig names and that prints an `ExecCredential`.
//!
//! It runs without a terminal, for at most [`TIMEOUT`], and what it prints is read up to a bound.
//! What it writes to its standard error goes to ours, as with kubectl. Its output is a secret: no
//! error quotes it.

use std::collections::BTreeMap;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use kube::config::{Cluster, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use super::kubeconfig::yaml;

/// How long a plugin may take.
pub(super) const TIMEOUT: Duration = Duration::from_mins(1);

/// A plugin, ready to run.
pub(super) struct Plugin {
    program: PathBuf,
    arguments: Vec<String>,
    /// May hold secrets.
    environment: BTreeMap<String, SecretString>,
    version: String,
    hint: String,
}

/// What a plugin printed.
pub(super) struct Printed {
    pub(super) token: Option<SecretString>,
    /// A certificate and its key, in PEM.
    pub(super) identity: Option<(SecretString, SecretString)>,
    pub(super) expires: Option<Timestamp>,
}

impl Plugin {
    /// Reads the `exec` of a kubeconfig that lies in `folder`.
    pub(super) fn new(exec: &ExecConfig, cluster: &Cluster, folder: &Path) -> Result<Self, String> {
        let version = exec.api_version.clone().unwrap_or_default();
        if !VERSIONS.contains(&version.as_str()) {
            return Err(format!("exec.apiVersion must be one of {VERSIONS:?}, not {version:?}"));
        }
        if exec.interactive_mode == Some(ExecInteractiveMode::Always) {
            return Err("exec.interactiveMode is Always, but nobody sits at the gateway; \
                        configure a plugin that runs with Never"
                .to_owned());
        }
        let command = exec.command.as_deref().filter(|command| !command.is_empty());
        let command = command.ok_or_else(|| "exec.command is empty".to_owned())?;
        // A bare name is looked up on PATH, all else is relative to the kubeconfig.
        let is_path = command.contains(MAIN_SEPARATOR);
        let program = if is_path { folder.join(command) } else { PathBuf::from(command) };
        let mut environment = configured(exec)?;
        environment.insert(INFO.to_owned(), info(exec, cluster, folder)?.into());
        let hint = exec.install_hint.clone().unwrap_or_default();
        Ok(Self {
            program,
            arguments: exec.args.clone().unwrap_or_default(),
            environment,
            version,
            hint,
        })
    }

    /// Runs the plugin. Dropping the future ends it.
    pub(super) async fn run(&self) -> Result<Printed, String> {
        let program = self.program.display();
        let variables = self.environment.iter();
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .envs(variables.map(|(name, value)| (name, value.expose_secret())))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{program} cannot be run: {error}{}", self.hint()))?;
        let output = tokio::time::timeout(TIMEOUT, output(&mut child))
            .await
            .map_err(|_elapsed| format!("{program} took longer than {TIMEOUT:?}"))?
            .map_err(|problem| format!("{program} {problem}"))?;
        self.read(output.expose_secret()).map_err(|problem| format!("{program} {problem}"))
    }

    fn read(&self, output: &[u8]) -> Result<Printed, String> {
        let printed: Output = serde_saphyr::from_slice_with_options(output, yaml())
            .map_err(|_secret| "printed something else than an ExecCredential".to_owned())?;
        if printed.kind != "ExecCredential" || printed.api_version != self.version {
            return Err(format!(
                "must print an ExecCredential of {}, but printed another kind or version",
                self.version
            ));
        }
        let status = printed.status.ok_or("printed an ExecCredential without status")?;
        let identity =
            match (present(status.client_certificate_data), present(status.client_key_data)) {
                (Some(certificate), Some(key)) => Some((certificate, key)),
                (None, None) => None,
                _ => return Err("printed a certificate without its key, or a key alone".to_owned()),
            };
        let token = present(status.token);
        if token.is_none() && identity.is_none() {
            return Err("printed neither a token nor a certificate".to_owned());
        }
        let expires = status.expiration_timestamp.filter(|time| !time.is_empty());
        let expires = expires
            .map(|time| time.parse())
            .transpose()
            .map_err(|_bad| "printed an expirationTimestamp that is no time".to_owned())?;
        Ok(Printed { token, identity, expires })
    }

    fn hint(&self) -> String {
        if self.hint.is_empty() { String::new() } else { format!("; {}", self.hint) }
    }
}

async fn output(child: &mut Child) -> Result<SecretSlice<u8>, String> {
    let mut printed = Vec::new();
    if let Some(out) = child.stdout.take() {
        out.take(LONGEST + 1)
            .read_to_end(&mut printed)
            .await
            .map_err(|error| format!("cannot be read: {error}"))?;
    }
    let printed: SecretSlice<u8> = printed.into();
    if printed.expose_secret().len() as u64 > LONGEST {
        return Err("printed more than 1 MiB".to_owned());
    }
    let status = child.wait().await.map_err(|error| format!("cannot be waited for: {error}"))?;
    if !status.success() {
        return Err(format!("failed: {status}"));
    }
    Ok(printed)
}

fn configured(exec: &ExecConfig) -> Result<BTreeMap<String, SecretString>, String> {
    let mut variables = BTreeMap::new();
    for variable in exec.env.iter().flatten() {
        let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) else {
            return Err("exec.env must be a list of name and value".to_owned());
        };
        variables.insert(name.clone(), value.clone().into());
    }
    Ok(variables)
}

/// What the plugin is told of the cluster and of us.
fn info(exec: &ExecConfig, cluster: &Cluster, folder: &Path) -> Result<String, String> {
    let mut cluster = cluster.clone();
    if let Some(file) = &mut cluster.certificate_authority {
        *file = folder.join(&*file).to_string_lossy().into_owned();
    }
    let cluster = exec
        .provide_cluster_info
        .then(|| ExecAuthCluster::try_from(&cluster))
        .transpose()
        .map_err(|error| format!("the cluster cannot be told to the plugin: {error}"))?;
    let api_version = exec.api_version.as_deref().unwrap_or_default();
    let spec = Spec { interactive: false, cluster };
    serde_json::to_string(&Info { api_version, kind: "ExecCredential", spec })
        .map_err(|error| format!("the cluster cannot be told to the plugin: {error}"))
}

fn present(text: Option<SecretString>) -> Option<SecretString> {
    text.filter(|text| !text.expose_secret().is_empty())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    api_version: &'a str,
    kind: &'static str,
    spec: Spec,
}

#[derive(Serialize)]
struct Spec {
    interactive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<ExecAuthCluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: String,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(default, deserialize_with = "secret")]
    token: Option<SecretString>,
    #[serde(default, deserialize_with = "secret")]
    client_certificate_data: Option<SecretString>,
    #[serde(default, deserialize_with = "secret")]
    client_key_data: Option<SecretString>,
    expiration_timestamp: Option<String>,
}

fn secret<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Option::<String>::deserialize(from).map(|text| text.map(SecretString::from))
}

const VERSIONS: [&str; 2] =
    ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
const INFO: &str = "KUBERNETES_EXEC_INFO";
const LONGEST: u64 = 1 << 20;

#[cfg(test)]
mod tests;
