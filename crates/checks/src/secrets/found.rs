//! Every secret in plain sight of an inventory, looked for once and shared by the checks.

use inventory::{Inventory, Kind, Object};
use leaks::{Confidence as Sure, EntryClass, Leak, LeakKind, SecretEntry};
use tree::Step;

use crate::{Confidence, Severity};

/// In which part of an object a secret stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// A variable of a container.
    Variable,
    /// A word of a command line.
    Command,
    /// The data of a `ConfigMap`.
    ConfigMap,
    /// An annotation.
    Annotation,
    /// Any other field.
    Field,
}

/// A secret in plain sight.
#[derive(Debug)]
pub(crate) struct Sight {
    /// The object's index in the inventory.
    pub(crate) object: usize,
    pub(crate) part: Part,
    pub(crate) leak: Leak,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Secrets in plain sight, by object.
    pub(crate) sights: Vec<Sight>,
    /// What the Secrets hold, by object.
    pub(crate) secrets: Vec<(usize, Vec<SecretEntry>)>,
    /// How many objects were looked at that make pods.
    pub(crate) workloads: usize,
}

impl Found {
    /// Looks through every object once. What a controller made is looked at in the controller.
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let mut found = Self::default();
        for (index, object) in inventory.objects().iter().enumerate() {
            found.annotations(index, object);
            match object.kind() {
                Kind::SECRET => {
                    found.secrets.push((index, leaks::secret_entries(object.tree())));
                }
                Kind::CONFIG_MAP => {
                    found.add(index, Part::ConfigMap, leaks::config_map_leaks(object.tree()));
                }
                kind if is_plain(kind) || inventory.is_made_by_another(object) => {}
                kind => {
                    if inventory::Workload::kinds().any(|one| one == kind) {
                        found.workloads = found.workloads.saturating_add(1);
                    }
                    found.add(index, Part::Variable, leaks::env_leaks(object.tree()));
                    found.add(index, Part::Command, leaks::command_leaks(object.tree()));
                    found.add(index, Part::Field, leaks::spec_leaks(object.tree()));
                }
            }
        }
        found
    }

    fn annotations(&mut self, index: usize, object: &Object) {
        if !object.tree().at(&["metadata", "annotations"]).is_null() {
            self.add(index, Part::Annotation, leaks::annotation_leaks(object.tree()));
        }
    }

    fn add(&mut self, object: usize, part: Part, leaks: Vec<Leak>) {
        self.sights.extend(leaks.into_iter().map(|leak| Sight { object, part, leak }));
    }
}

impl Sight {
    /// Whether it opens a cluster or a cloud by itself, which SC-016 tells.
    pub(crate) fn is_grave(&self) -> bool {
        self.leak.confidence == Sure::High && is_grave(self.leak.kind)
    }

    /// How bad it is by how sure it is.
    pub(crate) fn severity(&self) -> Severity {
        match self.leak.confidence {
            Sure::High => Severity::High,
            Sure::Medium => Severity::Medium,
            Sure::Low => Severity::Low,
        }
    }

    /// How sure it is.
    pub(crate) fn confidence(&self) -> Confidence {
        match self.leak.confidence {
            Sure::High => Confidence::High,
            Sure::Medium => Confidence::Medium,
            Sure::Low => Confidence::Low,
        }
    }

    /// The name of the container it stands in.
    pub(crate) fn container<'o>(&self, object: &'o Object) -> &'o str {
        let steps = self.leak.path.steps();
        let lists = ["containers", "initContainers", "ephemeralContainers"].map(Step::from);
        let Some(at) = steps.iter().position(|step| lists.contains(step)) else { return "" };
        let path = steps.iter().take(at.saturating_add(2)).cloned().collect();
        object.tree().follow(&path).get("name").str()
    }

    /// The key of the data or the annotation it stands in.
    pub(crate) fn key(&self) -> &str {
        let steps = self.leak.path.steps();
        let at = match self.part {
            Part::ConfigMap => 1,
            Part::Annotation => 2,
            Part::Variable | Part::Command | Part::Field => return "",
        };
        match steps.get(at) {
            Some(Step::Key(key)) => key,
            Some(Step::Index(_)) | None => "",
        }
    }
}

/// Private keys, kubeconfigs and keys of clouds.
pub(crate) fn is_grave(kind: LeakKind) -> bool {
    match kind {
        LeakKind::PrivateKey(_)
        | LeakKind::Kubeconfig
        | LeakKind::AwsKeyPair
        | LeakKind::AwsSecretKey
        | LeakKind::GcpServiceAccount
        | LeakKind::AzureClientSecret
        | LeakKind::AzureConnectionString
        | LeakKind::AzureStorageKey => true,
        LeakKind::ProviderToken(_)
        | LeakKind::ServiceAccountToken
        | LeakKind::Jwt
        | LeakKind::BootstrapToken
        | LeakKind::AwsAccessKeyId
        | LeakKind::DockerAuth
        | LeakKind::UrlPassword
        | LeakKind::DatabasePassword
        | LeakKind::EncryptionKey
        | LeakKind::PublishedExampleKey
        | LeakKind::AuthorizationHeader
        | LeakKind::PasswordHash
        | LeakKind::Password
        | LeakKind::Credential => false,
    }
}

/// Kinds that hold no values of their own, and files whose purpose is to hold a credential: what
/// is wrong with those is for other checks.
fn is_plain(kind: Kind<'_>) -> bool {
    const GROUPS: [&str; 5] = [
        "rbac.authorization.k8s.io",
        "discovery.k8s.io",
        "coordination.k8s.io",
        "events.k8s.io",
        "audit.k8s.io",
    ];
    const KINDS: [Kind<'static>; 8] = [
        Kind::NAMESPACE,
        Kind::NODE,
        Kind::SERVICE_ACCOUNT,
        Kind::ENDPOINTS,
        Kind { group: "", kind: "Event" },
        Kind::CUSTOM_RESOURCE_DEFINITION,
        Kind::KUBECONFIG,
        Kind::NETWORK_POLICY,
    ];
    GROUPS.contains(&kind.group) || kind.group.ends_with(".config.k8s.io") || KINDS.contains(&kind)
}

/// The credential classes of a Secret that open a cloud.
pub(crate) fn cloud(class: &EntryClass) -> Option<LeakKind> {
    match class {
        EntryClass::CloudKey(kind) => Some(*kind),
        EntryClass::Empty
        | EntryClass::Reference
        | EntryClass::Public
        | EntryClass::PrivateKey
        | EntryClass::SshKey
        | EntryClass::DockerConfig { .. }
        | EntryClass::ServiceAccountToken
        | EntryClass::Kubeconfig { .. }
        | EntryClass::Known(_)
        | EntryClass::HelmRelease
        | EntryClass::Configuration
        | EntryClass::Opaque => None,
    }
}
