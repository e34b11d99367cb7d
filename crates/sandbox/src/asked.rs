//! A request that is allowed: who asks, what for, and how the answer should look.

use std::sync::Arc;

use authz::Narrowed;
use http::HeaderMap;
use http::header::ACCEPT;
use model::attributes::Resource;
use model::{Attributes, Call, Query, UserInfo};
use serde_json::Value;

use crate::guard;
use crate::kind::Kind;
use crate::object::list;
use crate::refusal::Refusal;
use crate::shape::Shape;
use crate::world::{Place, World};
use crate::write::Effect;

/// What [`crate::request`] makes of a request once its caller may make it.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) world: Arc<World>,
    pub(crate) rules: Narrowed,
    pub(crate) user: UserInfo,
    pub(crate) call: Call,
    /// The request target as received.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
}

impl Asked {
    pub(crate) fn query(&self) -> Query<'_> {
        Query::of_target(&self.target)
    }

    /// The first value of a query parameter, or empty.
    pub(crate) fn parameter(&self, key: &str) -> String {
        self.query().first(key).unwrap_or_default().into_owned()
    }

    pub(crate) fn accept(&self) -> &str {
        self.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn shape(&self) -> Shape {
        Shape::accepted(self.accept(), &self.parameter("includeObject"))
    }

    /// Whether the request is for real, by its query and by the options in its body.
    pub(crate) fn effect(&self, options: &Value) -> Result<Effect, Refusal> {
        let query: Vec<_> = self.query().all("dryRun").collect();
        let body = list(options, "/dryRun").iter().map(|one| one.as_str().unwrap_or_default());
        let all: Vec<&str> = query.iter().map(AsRef::as_ref).chain(body).collect();
        match all.as_slice() {
            [] => Ok(Effect::Real),
            wanted if wanted.iter().all(|one| *one == "All") => Ok(Effect::DryRun),
            _ => Err(Refusal::bad_request("Invalid value: dryRun: the only value is All")),
        }
    }

    /// Where the object, or the collection, of this call is kept.
    pub(crate) fn place(&self, kind: &'static Kind) -> Place {
        let namespace =
            if kind.is_namespaced() { self.call.namespace.clone() } else { String::new() };
        Place {
            kind,
            namespace,
            name: self.call.name.clone(),
            subresource: self.call.subresource.clone(),
        }
    }

    /// Refuses the call unless its caller may do `verb` to the same target as well.
    pub(crate) fn require(&self, verb: &str) -> Result<(), Refusal> {
        let asked = Attributes { verb, ..Attributes::of(&self.call, &self.user) };
        guard::check(&self.rules, &asked)
    }

    /// Whether the caller may do `verb` to `what`.
    pub(crate) fn may(&self, verb: &str, what: Resource<'_>) -> bool {
        let target = model::attributes::Target::Resource(what);
        self.rules.decide(&Attributes { user: &self.user, verb, target }).is_allow()
    }
}
