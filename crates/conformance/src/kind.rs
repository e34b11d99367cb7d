//! The kinds of vectors. A kind runs each line it is given and tells its [`Place`] what came out.

mod audit;
mod escalation;
mod pss;
mod rbac;
mod request_info;
mod rules;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::report::Place;

/// What a vector is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// How a request line is read.
    RequestInfo,
    /// What RBAC decides.
    Rbac,
    /// What a rules review lists.
    Rules,
    /// Whether rules cover rules.
    Escalation,
    /// What an audit policy says.
    Audit,
    /// Pod Security Standards.
    Pss,
    /// The Node authorizer.
    Node,
    /// Expressions of admission policies.
    Cel,
}

impl Kind {
    /// Every kind, in the order of the report.
    pub const ALL: [Self; 8] = [
        Self::RequestInfo,
        Self::Rbac,
        Self::Rules,
        Self::Escalation,
        Self::Audit,
        Self::Pss,
        Self::Node,
        Self::Cel,
    ];

    /// The kind a vector is of, by the members it has.
    pub fn of(vector: &Value) -> Option<Self> {
        let has = |member| vector.get(member).is_some();
        let asks =
            |answer| vector.pointer("/queries/0").is_some_and(|first| first.get(answer).is_some());
        Some(if has("method") && has("url") {
            Self::RequestInfo
        } else if has("owner") && has("grant") {
            Self::Escalation
        } else if has("expression") {
            Self::Cel
        } else if has("pods") {
            Self::Node
        } else if has("pod") {
            Self::Pss
        } else if has("policy") && has("user") {
            Self::Rules
        } else if has("policy") && (has("invalid") || asks("level")) {
            Self::Audit
        } else if has("policy") && asks("decision") {
            Self::Rbac
        } else {
            return None;
        })
    }

    /// The word of the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::RequestInfo => "requestinfo",
            Self::Rbac => "rbac",
            Self::Rules => "rules",
            Self::Escalation => "escalation",
            Self::Audit => "audit",
            Self::Pss => "pss",
            Self::Node => "node",
            Self::Cel => "cel",
        }
    }

    /// Whether something here answers vectors of this kind.
    pub fn is_implemented(self) -> bool {
        match self {
            Self::RequestInfo
            | Self::Rbac
            | Self::Rules
            | Self::Escalation
            | Self::Audit
            | Self::Pss => true,
            Self::Node | Self::Cel => false,
        }
    }

    pub(crate) fn run(self, vector: Value, place: &mut Place<'_>) -> anyhow::Result<()> {
        match self {
            Self::RequestInfo => request_info::run(&read(vector)?, place),
            Self::Rbac => rbac::run(&read(vector)?, place)?,
            Self::Rules => rules::run(&read(vector)?, place)?,
            Self::Escalation => escalation::run(&read(vector)?, place)?,
            Self::Audit => audit::run(&read(vector)?, place),
            Self::Pss => pss::run(&read(vector)?, place)?,
            Self::Node | Self::Cel => {}
        }
        Ok(())
    }
}

fn read<T: DeserializeOwned>(vector: Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(vector)
}
