//! The checks of one impersonation: the call, then the name, UID, groups and extras wanted, each
//! asked of the rules for the requestor.

use model::attributes::{Resource, Target};
use model::{Attributes, Call, Status, UserInfo};

use super::way::Way;
use super::{Impersonated, Refused, extras};
use crate::names;
use crate::narrowed::Narrowed;

/// Who wants to be whom, by which rules.
#[derive(Clone, Copy)]
pub(super) struct Checks<'a> {
    pub(super) rules: &'a Narrowed,
    pub(super) requestor: &'a UserInfo,
    pub(super) wanted: &'a UserInfo,
}

impl<'a> Checks<'a> {
    /// Everything that one way asks for.
    pub(super) fn all(&self, way: Way, call: &Call) -> Result<Impersonated, Refused> {
        // Upstream shows authorizers changed extras of the requestor for the associated node; RBAC
        // does not look at extras.
        if let Some(verb) = way.verb_on(&call.verb) {
            self.ask(&Attributes { verb: &verb, ..Attributes::of(call, self.requestor) })?;
        }
        self.name(way)?;
        self.uid(way)?;
        self.groups(way)?;
        self.extra(way)?;
        Ok(self.impersonated(way))
    }

    /// The legacy checks in the order of versions that know no others.
    pub(super) fn all_as_before_1_36(&self) -> Result<Impersonated, Refused> {
        self.name(Way::Legacy)?;
        self.groups(Way::Legacy)?;
        self.extra(Way::Legacy)?;
        self.uid(Way::Legacy)?;
        Ok(self.impersonated(Way::Legacy))
    }

    pub(super) fn refused_without_reason(&self) -> Refused {
        refused(&self.on(Way::Legacy, self.subject(Way::Legacy)), "")
    }

    fn name(&self, way: Way) -> Result<(), Refused> {
        self.ask(&self.on(way, self.subject(way)))
    }

    fn subject(&self, way: Way) -> Resource<'a> {
        let name = self.wanted.name.as_str();
        if let Some((namespace, name)) = names::service_account(name) {
            let resource = "serviceaccounts";
            return Resource {
                group: way.group(),
                resource,
                namespace,
                name,
                ..Resource::default()
            };
        }
        let (resource, name) = match names::node(name) {
            // Which node it may be follows from the requestor, so rules allow all or none.
            Some(_) if way == Way::AssociatedNode => ("nodes", "*"),
            Some(node) if way.is_constrained() => ("nodes", node),
            Some(_) | None => ("users", name),
        };
        Resource { group: way.group(), resource, name, ..Resource::default() }
    }

    fn uid(&self, way: Way) -> Result<(), Refused> {
        let name = self.wanted.uid.as_str();
        if name.is_empty() {
            return Ok(());
        }
        let group = AUTHENTICATION;
        self.ask(&self.on(way, Resource { group, resource: "uids", name, ..Resource::default() }))
    }

    fn groups(&self, way: Way) -> Result<(), Refused> {
        let on = |name| {
            let (group, resource) = (way.group(), "groups");
            self.on(way, Resource { group, resource, name, ..Resource::default() })
        };
        let groups = &self.wanted.groups;
        if way.is_constrained() {
            if self.wanted.is_in("") {
                return Err(refused(&on(""), EMPTY_GROUP));
            }
            if self.wanted.is_in(MASTERS) {
                return Err(refused(&on(MASTERS), MASTERS_GROUP));
            }
            if groups.len() >= MANY && self.ask(&on("*")).is_ok() {
                return Ok(());
            }
        }
        groups.iter().try_for_each(|group| self.ask(&on(group)))
    }

    fn extra(&self, way: Way) -> Result<(), Refused> {
        let on = |subresource, name| {
            let (group, resource) = (AUTHENTICATION, "userextras");
            self.on(way, Resource { group, resource, subresource, name, ..Resource::default() })
        };
        let extra = &self.wanted.extra;
        if way.is_constrained() && !extra.is_empty() {
            extras::check(extra).map_err(|problem| refused(&on("", ""), &problem))?;
            let values: usize = extra.values().map(Vec::len).sum();
            if extra.len().max(values) >= MANY && self.ask(&on("*", "*")).is_ok() {
                return Ok(());
            }
        }
        let all =
            extra.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
        all.into_iter().try_for_each(|(key, value)| self.ask(&on(key, value)))
    }

    fn impersonated(&self, way: Way) -> Impersonated {
        let mut user = self.wanted.clone();
        if user.groups.is_empty() {
            user.groups = self.groups_known(way);
        }
        let added = match user.name.as_str() {
            "system:anonymous" => Some(UNAUTHENTICATED),
            _ => Some(AUTHENTICATED).filter(|_| !user.is_in(UNAUTHENTICATED)),
        };
        if let Some(added) = added.filter(|added| !user.is_in(added)) {
            user.groups.push(added.to_owned());
        }
        Impersonated { user, constraint: way.constraint() }
    }

    /// The groups that follow from a name.
    fn groups_known(&self, way: Way) -> Vec<String> {
        let name = &self.wanted.name;
        if let Some((namespace, _)) = names::service_account(name) {
            let all = "system:serviceaccounts".to_owned();
            return vec![all, format!("system:serviceaccounts:{namespace}")];
        }
        if way.is_constrained() && names::node(name).is_some() {
            return vec!["system:nodes".to_owned()];
        }
        Vec::new()
    }

    fn on(&self, way: Way, what: Resource<'a>) -> Attributes<'a> {
        let target = Target::Resource(Resource { version: "v1", ..what });
        Attributes { user: self.requestor, verb: way.verb(), target }
    }

    fn ask(&self, asked: &Attributes<'_>) -> Result<(), Refused> {
        let decision = self.rules.decide(asked);
        if decision.is_allow() {
            return Ok(());
        }
        Err(refused(asked, &decision.to_string()))
    }
}

fn refused(asked: &Attributes<'_>, reason: &str) -> Refused {
    Refused(Box::new(Status::forbidden(asked, reason)))
}

const AUTHENTICATION: &str = "authentication.k8s.io";
const AUTHENTICATED: &str = "system:authenticated";
const UNAUTHENTICATED: &str = "system:unauthenticated";
const MASTERS: &str = crate::snapshot::PRIVILEGED_GROUP;
const EMPTY_GROUP: &str = "impersonating the empty string group is not allowed";
const MASTERS_GROUP: &str = "impersonating the system:masters group is not allowed";

/// From so many groups or extras on, constrained ways ask for all of them at once first.
const MANY: usize = 4;
