//! What a scan is pointed at, read into one inventory.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use cluster::listing::{Visit, Wanted, list_all};
use config::sources::{self, Sources, Texts};
use inventory::{Builder, Completeness, Inventory, Minor};
use scan::report::SourceRead;

use super::progress::Progress;

/// What to look at.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SourceArgs {
    /// Manifests, folders of them, a node's files (/etc/kubernetes, /var/lib/kubelet), or - for
    /// standard input. Without any, the cluster of the kubeconfig is looked at
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
    /// Look at these namespaces only (repeatable)
    #[arg(long, short, value_name = "NAME", value_delimiter = ',', help_heading = "Cluster")]
    namespace: Vec<String>,
    /// Act as this user
    #[arg(long = "as", value_name = "USER", help_heading = "Cluster")]
    user: Option<String>,
    /// Act in this group (repeatable); with --as
    #[arg(long = "as-group", value_name = "GROUP", requires = "user", help_heading = "Cluster")]
    groups: Vec<String>,
    /// Read Secrets too, which needs the right to
    #[arg(long, help_heading = "Cluster")]
    with_secrets: bool,
    /// Look at the command lines of the processes of this machine
    #[arg(long, help_heading = "Files")]
    processes: bool,
    /// The given files are all there is: what is in none of them does not exist
    #[arg(long, help_heading = "Files")]
    complete: bool,
    /// Leave out files and folders of this name (repeatable)
    #[arg(long, value_name = "NAME", help_heading = "Files")]
    ignore: Vec<String>,
    /// The version of Kubernetes, such as 1.36, where nothing that is read tells it
    #[arg(long, value_name = "VERSION")]
    kubernetes_version: Option<Minor>,
}

/// Which cluster.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ClusterArgs {
    /// Look at the cluster of this kubeconfig (also beside paths)
    #[arg(long, value_name = "FILE", help_heading = "Cluster")]
    kubeconfig: Option<PathBuf>,
    /// Look at the cluster of this context
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    context: Option<String>,
}

/// What was gathered.
pub(crate) struct Gathered {
    /// All of it.
    pub(crate) inventory: Inventory,
    /// The texts of files.
    pub(crate) texts: Texts,
    /// Where it came from.
    pub(crate) sources: Vec<SourceRead>,
    /// The version that a cluster told.
    pub(crate) version: Option<String>,
}

/// What was gathered apart from files.
#[derive(Clone, Default)]
pub(crate) struct Base {
    builder: Builder,
    sources: Vec<SourceRead>,
    version: Option<String>,
}

impl SourceArgs {
    /// These paths, or else that cluster.
    pub(crate) fn of(paths: Vec<PathBuf>, cluster: ClusterArgs) -> Self {
        Self { paths, cluster, ..Self::default() }
    }

    /// Reads everything that is named.
    pub(crate) fn gather(&self) -> anyhow::Result<Gathered> {
        let mut progress = Progress::start();
        let base = self.base(&mut progress)?;
        let gathered = self.files(base, &BTreeMap::new(), &mut progress);
        progress.end();
        gathered
    }

    /// What does not come from files: a cluster's objects, and what the command line says.
    pub(crate) fn base(&self, progress: &mut Progress) -> anyhow::Result<Base> {
        let mut base = Base::default();
        if self.is_live() {
            let (source, told) = self.live(&mut base.builder, progress)?;
            base.sources.push(source);
            base.version = Some(told);
        }
        base.sources.extend(
            self.paths.iter().map(|path| SourceRead {
                kind: "files".to_owned(),
                name: path.display().to_string(),
            }),
        );
        if self.processes {
            let name = "of this machine".to_owned();
            base.sources.push(SourceRead { kind: "processes".to_owned(), name });
        }
        if let Some(minor) = self.kubernetes_version {
            base.builder.set_minor(minor);
        }
        if self.complete {
            base.builder.set_completeness(Completeness::Everything);
        }
        Ok(base)
    }

    /// Whether a cluster is looked at: where one is named, or nothing else is.
    fn is_live(&self) -> bool {
        let named = self.cluster.kubeconfig.is_some() || self.cluster.context.is_some();
        named || (self.paths.is_empty() && !self.processes)
    }

    /// Everything, where some files hold other texts `instead`.
    pub(crate) fn files(
        &self,
        mut base: Base,
        instead: &BTreeMap<String, String>,
        progress: &mut Progress,
    ) -> anyhow::Result<Gathered> {
        let wanted = Sources {
            paths: self.paths.clone(),
            processes: self.processes,
            ignored: self.ignore.clone(),
            instead: instead.clone(),
        };
        let told = &mut |count| progress.tell("files", count);
        let texts = sources::read(&wanted, &mut base.builder, told).map_err(anyhow::Error::msg)?;
        let Base { builder, sources, version } = base;
        Ok(Gathered { inventory: builder.build(), texts, sources, version })
    }

    /// How the cluster is reached.
    pub(crate) fn visit(&self) -> Visit {
        Visit {
            kubeconfig: self.cluster.kubeconfig.clone(),
            context: self.cluster.context.clone(),
            user: self.user.clone(),
            groups: self.groups.clone(),
        }
    }

    fn live(
        &self,
        builder: &mut Builder,
        progress: &mut Progress,
    ) -> anyhow::Result<(SourceRead, String)> {
        let wanted = Wanted { namespaces: self.namespace.clone(), secrets: self.with_secrets };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let (client, server) = self.visit().client().await?;
            let told = &mut |count| progress.tell("objects", count);
            let version = list_all(&client, &wanted, builder, told)
                .await
                .with_context(|| format!("cannot look at {server}"))?;
            Ok((SourceRead { kind: "cluster".to_owned(), name: server }, version))
        })
    }
}
