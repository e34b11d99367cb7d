//! Who may do one thing, and by which grant.

use std::fmt;

use model::attributes::Target;

use crate::grants::{Grant, Grants, Scope};
use crate::matching;
use crate::subject::{
    ANONYMOUS, AUTHENTICATED, MASTERS, SERVICE_ACCOUNTS, Subject, UNAUTHENTICATED,
};

/// In which namespaces somebody may do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// In that of the target; without one, everywhere at once.
    Asked,
    /// In any: whoever may do it somewhere is listed, with where.
    Anywhere,
}

/// Somebody who may do what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder<'g> {
    /// Who.
    pub subject: Subject,
    /// By what.
    pub via: Via<'g>,
    /// Where.
    pub scope: Scope,
}

/// What somebody may do it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via<'g> {
    /// A grant.
    Grant(Grant<'g>),
    /// Membership of `system:masters`: no rule is asked.
    Bypass,
}

impl Grants {
    /// Everyone who may do `verb` on `target`, subject by subject in the order in which bindings
    /// are tried, each binding once for each of its subjects. `system:masters` comes first.
    pub fn who_can(&self, verb: &str, target: &Target<'_>, reach: Reach) -> Vec<Holder<'_>> {
        let mut holders = vec![Holder {
            subject: Subject::group(MASTERS),
            via: Via::Bypass,
            scope: Scope::Cluster,
        }];
        let allowing = self.allowing(verb, target);
        for (number, holding) in self.holdings.iter().enumerate() {
            let Some(bound) = self.bindings.get(holding.binding) else { continue };
            let Some(rule) = allowing.get(bound.role).copied().flatten() else { continue };
            if !reaches(&bound.scope, target, reach) {
                continue;
            }
            holders.extend(self.rules_of(number).nth(rule).map(|grant| Holder {
                subject: grant.subject.clone(),
                via: Via::Grant(grant),
                scope: grant.scope.clone(),
            }));
        }
        holders
    }

    /// For each role the first rule that allows it, wherever it is bound.
    fn allowing(&self, verb: &str, target: &Target<'_>) -> Vec<Option<usize>> {
        let rules = self.roles.iter().map(|role| {
            role.rules.iter().position(|rule| matching::allows_target(rule, verb, target))
        });
        rules.collect()
    }
}

impl Holder<'_> {
    /// Who that is besides whom the name says, where Kubernetes fills the group by itself.
    pub fn note(&self) -> Option<&'static str> {
        match &self.subject {
            Subject::Group(name) => match &**name {
                MASTERS => Some("bypasses authorization"),
                AUTHENTICATED => Some("every user that is not anonymous"),
                UNAUTHENTICATED => Some("every caller without credentials"),
                SERVICE_ACCOUNTS => Some("every service account"),
                name if name.starts_with("system:serviceaccounts:") => {
                    Some("every service account of one namespace")
                }
                _ => None,
            },
            Subject::User(name) if &**name == ANONYMOUS => Some("every caller without credentials"),
            Subject::User(_) | Subject::ServiceAccount { .. } => None,
        }
    }
}

impl fmt::Display for Holder<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.subject)?;
        if let Some(note) = self.note() {
            write!(out, " ({note})")?;
        }
        match self.via {
            Via::Bypass => Ok(()),
            Via::Grant(grant) => {
                write!(out, " {} by {} of {}", self.scope, grant.binding, grant.role)
            }
        }
    }
}

fn reaches(scope: &Scope, target: &Target<'_>, reach: Reach) -> bool {
    match (target, reach) {
        (Target::Path(_), Reach::Asked | Reach::Anywhere) => *scope == Scope::Cluster,
        (Target::Resource(_), Reach::Anywhere) => true,
        (Target::Resource(what), Reach::Asked) => scope.holds_in(what.namespace),
    }
}

#[cfg(test)]
mod tests;
