//! How kube-apiserver classifies a call for its priority and fairness: by which flow schema, and
//! into which priority level.
//!
//! It says so in the headers of every answer after that point of its chain. The gateway answers
//! some calls in its place, refusals above all, and must then say the same. Nothing is limited by
//! it here.
//!
//! Source of the rules: k8s.io/apiserver `pkg/util/flowcontrol/{apf_controller,rule}.go` and
//! `pkg/server/filters/priority-and-fairness.go`.

mod matching;
mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Attributes;
use model::attributes::Target;

pub use self::schema::{FlowSchema, PathRule, PriorityLevel, ResourceRule, Rule, Subject};

/// Who knows how the cluster classifies calls now.
pub trait Priorities: Send + Sync {
    /// How the cluster classifies a call, by the user it runs as after any impersonation. None
    /// where it would not classify it, or where that is not known.
    fn classify(&self, call: &Attributes<'_>) -> Option<Classified>;
}

/// How a call is classified. A UID is empty where the cluster goes by an object it has imagined
/// because there must be one; it then sends the header without a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// The value of `X-Kubernetes-PF-FlowSchema-UID`.
    pub flow_schema_uid: Arc<str>,
    /// The value of `X-Kubernetes-PF-PriorityLevel-UID`.
    pub priority_level_uid: Arc<str>,
}

/// Flow schemas and priority levels, as the cluster goes by them.
#[derive(Debug, Clone)]
pub struct Classifier {
    /// In the order they are tried.
    tried: Vec<(Vec<Rule>, Classified)>,
    /// How a call is classified that none of them is about.
    fallback: Classified,
    mandatory: Mandatory,
}

/// The UIDs of the two levels there must be, as last seen.
#[derive(Debug, Clone)]
struct Mandatory {
    exempt: Arc<str>,
    catch_all: Arc<str>,
}

impl Classifier {
    /// Goes by these objects. What must be there and is not is imagined, as by the cluster.
    pub fn new(schemas: Vec<FlowSchema>, levels: &[PriorityLevel]) -> Self {
        let nothing: Arc<str> = Arc::from("");
        let imagined = Mandatory { exempt: Arc::clone(&nothing), catch_all: nothing };
        Self::build(schemas, levels, &imagined)
    }

    /// Goes by these objects after the ones before. A mandatory level that is gone stays in use
    /// until there is a new one, as in the cluster.
    #[must_use]
    pub fn renewed(&self, schemas: Vec<FlowSchema>, levels: &[PriorityLevel]) -> Self {
        Self::build(schemas, levels, &self.mandatory)
    }

    fn build(mut schemas: Vec<FlowSchema>, levels: &[PriorityLevel], before: &Mandatory) -> Self {
        let levels: BTreeMap<&str, Arc<str>> =
            levels.iter().map(|level| (level.name.as_str(), Arc::from(&*level.uid))).collect();
        let mandatory = Mandatory {
            exempt: levels.get(EXEMPT).unwrap_or(&before.exempt).clone(),
            catch_all: levels.get(CATCH_ALL).unwrap_or(&before.catch_all).clone(),
        };
        // A schema without its level is ignored, be it a mandatory one whose level is retained.
        schemas.retain(|schema| levels.contains_key(&*schema.level));
        schemas.sort_by(|a, b| (a.precedence, &a.name).cmp(&(b.precedence, &b.name)));
        let mut tried = Vec::with_capacity(schemas.len() + 1);
        if !schemas.iter().any(|schema| schema.name == EXEMPT) {
            tried.push((vec![Rule::all_by(MASTERS)], imagined(&mandatory.exempt)));
        }
        // An imagined catch-all comes last and takes what is left, which is what the fallback does.
        let mut fallback = imagined(&mandatory.catch_all);
        for FlowSchema { name, uid, level, rules, .. } in schemas {
            let Some(level) = levels.get(&*level) else { continue };
            let flow_schema_uid = Arc::from(uid);
            let classified = Classified { flow_schema_uid, priority_level_uid: Arc::clone(level) };
            if name == CATCH_ALL {
                fallback = classified.clone();
            }
            tried.push((rules, classified));
        }
        Self { tried, fallback, mandatory }
    }
}

impl Priorities for Classifier {
    fn classify(&self, call: &Attributes<'_>) -> Option<Classified> {
        if is_left_alone(call) {
            return None;
        }
        let first =
            self.tried.iter().find(|(rules, _)| rules.iter().any(|rule| rule.is_about(call)));
        Some(first.map_or(&self.fallback, |(_, classified)| classified).clone())
    }
}

fn imagined(level: &Arc<str>) -> Classified {
    Classified { flow_schema_uid: Arc::from(""), priority_level_uid: Arc::clone(level) }
}

/// Requests that run long are not classified, but for watches. The same list as
/// [`model::Call::is_long_running`], which a test holds it to.
fn is_left_alone(call: &Attributes<'_>) -> bool {
    match (call.verb, call.target) {
        ("watch", _) => false,
        ("proxy", _) => true,
        (_, Target::Resource(resource)) => STREAMS.contains(&resource.subresource),
        (_, Target::Path(path)) => path.starts_with("/debug/pprof/"),
    }
}

const STREAMS: [&str; 5] = ["attach", "exec", "proxy", "log", "portforward"];

/// The names of the schemas and levels that must be there.
const EXEMPT: &str = "exempt";
const CATCH_ALL: &str = "catch-all";
const MASTERS: &str = "system:masters";

#[cfg(test)]
mod tests;
