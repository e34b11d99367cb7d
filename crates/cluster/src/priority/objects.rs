//! Flow schemas and priority levels as the API writes them, of which only what classifies is kept.

use flow::priority::{FlowSchema, PathRule, PriorityLevel, ResourceRule, Rule, Subject};
use serde::Deserialize;

use crate::follow::{self, Delta, Followed, Kind as _, Metadata, Shelf};

/// One of the kinds; a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    FlowSchemas = 1,
    PriorityLevels = 2,
}

impl follow::Kind for Kind {
    type Change = Change;
    const ROOT: &'static str = "/apis/flowcontrol.apiserver.k8s.io/v1/";
    /// Each call is compared with one after the other. Kubernetes comes with eleven.
    const MOST: usize = 1000;

    fn resource(self) -> &'static str {
        match self {
            Self::FlowSchemas => "flowschemas",
            Self::PriorityLevels => "prioritylevelconfigurations",
        }
    }

    fn list(self) -> &'static str {
        match self {
            Self::FlowSchemas => "FlowSchemaList",
            Self::PriorityLevels => "PriorityLevelConfigurationList",
        }
    }
}

/// A change to one kind.
pub(super) enum Change {
    FlowSchemas(Delta<FlowSchema>),
    PriorityLevels(Delta<PriorityLevel>),
}

/// All objects.
#[derive(Default)]
pub(super) struct Store {
    schemas: Shelf<FlowSchema, { Kind::MOST }>,
    levels: Shelf<PriorityLevel, { Kind::MOST }>,
}

impl Store {
    /// Applies a change; whether anything that classifies is different now.
    pub(super) fn apply(&mut self, change: Change) -> bool {
        match change {
            Change::FlowSchemas(delta) => self.schemas.apply(delta),
            Change::PriorityLevels(delta) => self.levels.apply(delta),
        }
    }

    /// Whether both kinds are known as a whole.
    pub(super) fn is_complete(&self) -> bool {
        self.schemas.is_whole() && self.levels.is_whole()
    }

    pub(super) fn all(&self) -> (Vec<FlowSchema>, Vec<PriorityLevel>) {
        (self.schemas.all(), self.levels.all())
    }
}

pub(super) struct FlowSchemas;
pub(super) struct PriorityLevels;

impl Followed for FlowSchemas {
    type Kind = Kind;
    const KIND: Kind = Kind::FlowSchemas;
    type Written = WrittenSchema;
    type Kept = FlowSchema;

    fn metadata(written: &WrittenSchema) -> &Metadata {
        &written.metadata
    }

    fn keep(WrittenSchema { metadata, spec }: WrittenSchema) -> FlowSchema {
        let Metadata { name, uid, .. } = metadata;
        let (precedence, level) =
            (spec.matching_precedence, spec.priority_level_configuration.name);
        FlowSchema { name, uid, precedence, level, rules: kept(spec.rules) }
    }

    fn change(delta: Delta<FlowSchema>) -> Change {
        Change::FlowSchemas(delta)
    }
}

impl Followed for PriorityLevels {
    type Kind = Kind;
    const KIND: Kind = Kind::PriorityLevels;
    type Written = WrittenLevel;
    type Kept = PriorityLevel;

    fn metadata(written: &WrittenLevel) -> &Metadata {
        &written.metadata
    }

    fn keep(WrittenLevel { metadata }: WrittenLevel) -> PriorityLevel {
        PriorityLevel { name: metadata.name, uid: metadata.uid }
    }

    fn change(delta: Delta<PriorityLevel>) -> Change {
        Change::PriorityLevels(delta)
    }
}

#[derive(Deserialize)]
pub(super) struct WrittenLevel {
    metadata: Metadata,
}

#[derive(Deserialize)]
pub(super) struct WrittenSchema {
    metadata: Metadata,
    spec: WrittenSpec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenSpec {
    priority_level_configuration: Named,
    matching_precedence: i32,
    rules: Option<Vec<WrittenRule>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenRule {
    subjects: Option<Vec<WrittenSubject>>,
    resource_rules: Option<Vec<WrittenResourceRule>>,
    non_resource_rules: Option<Vec<WrittenPathRule>>,
}

/// A union: `kind` says which of the others counts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenSubject {
    kind: String,
    user: Option<Named>,
    group: Option<Named>,
    service_account: Option<WrittenAccount>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct WrittenAccount {
    namespace: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenResourceRule {
    verbs: Option<Vec<String>>,
    api_groups: Option<Vec<String>>,
    resources: Option<Vec<String>>,
    #[serde(default)]
    cluster_scope: bool,
    namespaces: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct WrittenPathRule {
    verbs: Option<Vec<String>>,
    #[serde(rename = "nonResourceURLs")]
    urls: Option<Vec<String>>,
}

fn kept<W, K: From<W>>(written: Option<Vec<W>>) -> Vec<K> {
    written.unwrap_or_default().into_iter().map(K::from).collect()
}

impl From<WrittenRule> for Rule {
    fn from(written: WrittenRule) -> Self {
        let subjects = written.subjects.unwrap_or_default();
        Self {
            subjects: subjects.into_iter().filter_map(WrittenSubject::kept).collect(),
            resources: kept(written.resource_rules),
            paths: kept(written.non_resource_rules),
        }
    }
}

impl WrittenSubject {
    /// None for a subject that matches nobody.
    fn kept(self) -> Option<Subject> {
        match self.kind.as_str() {
            "User" => self.user.map(|user| Subject::User(user.name)),
            "Group" => self.group.map(|group| Subject::Group(group.name)),
            "ServiceAccount" => self.service_account.map(|WrittenAccount { namespace, name }| {
                Subject::ServiceAccount { namespace, name }
            }),
            _ => None,
        }
    }
}

impl From<WrittenResourceRule> for ResourceRule {
    fn from(written: WrittenResourceRule) -> Self {
        Self {
            verbs: written.verbs.unwrap_or_default(),
            api_groups: written.api_groups.unwrap_or_default(),
            resources: written.resources.unwrap_or_default(),
            cluster_scope: written.cluster_scope,
            namespaces: written.namespaces.unwrap_or_default(),
        }
    }
}

impl From<WrittenPathRule> for PathRule {
    fn from(written: WrittenPathRule) -> Self {
        let (verbs, urls) = (written.verbs.unwrap_or_default(), written.urls.unwrap_or_default());
        Self { verbs, urls }
    }
}
