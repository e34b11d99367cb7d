//! Whether a rule allows it, and which: authorization.

use authz::{Decision, Narrowed};
use model::attributes::{Resource, Target};
use model::{Attributes, Status, UserInfo};

use super::{Arrival, Room, Seated};
use crate::gate::Gate;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::wire::Asked;

/// A request that may be made of the cluster, by this user. Made by [`Allowed::decide`] alone; the
/// cluster is asked for nothing else.
pub(crate) struct Allowed {
    asked: Asked,
    caller: String,
    user: UserInfo,
    room: Room,
    rules: Narrowed,
}

impl Allowed {
    /// Decides by the rules in force.
    pub(crate) fn decide(
        gate: &Gate,
        arrival: &Arrival,
        seated: Seated,
        record: &mut Record,
    ) -> Result<Self, Refusal> {
        let Seated { asked, caller, user, room } = seated;
        match Self::judge(gate, &asked, &user, record) {
            Ok(rules) => Ok(Self { asked, caller, user, room, rules }),
            Err(refusal) => {
                arrival.classify(gate, &asked.call, &user);
                Err(refusal)
            }
        }
    }

    fn judge(
        gate: &Gate,
        asked: &Asked,
        user: &UserInfo,
        record: &mut Record,
    ) -> Result<Narrowed, Refusal> {
        let rules = gate.rules.current()?;
        let attributes = Attributes::of(&asked.call, user);
        judge(&rules, &attributes, record)?;
        stream_rights(&rules, asked, &attributes)?;
        Ok(rules)
    }

    /// The name of the caller, before any impersonation.
    pub(crate) fn caller(&self) -> &str {
        &self.caller
    }

    /// What goes to the cluster, as whom, the room it takes up meanwhile, and the rules that
    /// allowed it.
    pub(crate) fn into_parts(self) -> (Asked, UserInfo, Room, Narrowed) {
        (self.asked, self.user, self.room, self.rules)
    }
}

fn judge(
    rules: &Narrowed,
    attributes: &Attributes<'_>,
    record: &mut Record,
) -> Result<(), Refusal> {
    let decision = rules.decide(attributes);
    let reason = decision.to_string();
    match decision {
        Decision::Allow(_) => {
            record.annotate(DECISION, "allow");
            record.annotate(REASON, reason);
            Ok(())
        }
        Decision::NoOpinion { .. } | Decision::Narrowed { .. } => {
            let status = Status::forbidden(attributes, &reason);
            record.annotate(DECISION, "forbid");
            record.annotate(REASON, reason);
            Err(Refusal::Forbidden(Box::new(status)))
        }
    }
}

/// A stream into a pod is a command run there, whatever the HTTP method: it needs `create`.
///
/// kube-apiserver asks for it from 1.35 on, in the handlers of exec, attach and portforward, whose
/// words these are. That an upgrade through a proxy subresource needs it too is ours: `get` on
/// `nodes/proxy` alone would be a shell in every pod.
fn stream_rights(
    rules: &Narrowed,
    asked: &Asked,
    attributes: &Attributes<'_>,
) -> Result<(), Refusal> {
    let Target::Resource(resource) = attributes.target else { return Ok(()) };
    let is_stream = resource.group.is_empty()
        && match (resource.resource, resource.subresource) {
            ("pods", "exec" | "attach" | "portforward") => true,
            ("pods" | "services" | "nodes", "proxy") => asked.upgrade.is_some(),
            _ => attributes.verb == "proxy" && asked.upgrade.is_some(),
        };
    if !is_stream || attributes.verb == "create" {
        return Ok(());
    }
    let creating = Attributes {
        verb: "create",
        target: Target::Resource(Resource {
            subresource: if attributes.verb == "proxy" { "proxy" } else { resource.subresource },
            ..resource
        }),
        ..*attributes
    };
    let decision = rules.decide(&creating);
    if decision.is_allow() {
        return Ok(());
    }
    let reason = decision.to_string();
    let status =
        Status::forbidden_because(resource.group, resource.resource, resource.name, &reason);
    Err(Refusal::Handler(Box::new(status)))
}

const DECISION: &str = "authorization.k8s.io/decision";
const REASON: &str = "authorization.k8s.io/reason";
