//! RBAC as it is written down: every binding, every rule, one after the other. What the indexes are
//! compared with, for what they say and for what they cost.

use authz::{Grant, Policy, PolicyRule, RoleRef, Subject};
use model::attributes::Target;
use model::{Attributes, UserInfo};

/// A policy, asked from the first line to the last.
pub(crate) struct Linear(pub(crate) Policy);

impl Linear {
    /// The first binding that allows a call, or the roles that could not be found on the way.
    pub(crate) fn decide<'a>(
        &'a self,
        asked: &Attributes<'_>,
    ) -> Result<Grant<'a>, Vec<&'a RoleRef>> {
        let mut missing = Vec::new();
        for binding in &self.0.cluster_role_bindings {
            let Some(subject) = held_by(&binding.subjects, asked.user, "") else { continue };
            match self.rules(&binding.role, "") {
                Some(rules) if rules.iter().any(|rule| allows(rule, asked)) => {
                    return Ok(Grant::ClusterRoleBinding { binding, subject });
                }
                Some(_) => {}
                None => missing.push(&binding.role),
            }
        }
        let namespace = match asked.target {
            Target::Resource(what) => what.namespace,
            Target::Path(_) => "",
        };
        let here =
            |binding: &&authz::RoleBinding| !namespace.is_empty() && binding.namespace == namespace;
        for binding in self.0.role_bindings.iter().filter(here) {
            let Some(subject) = held_by(&binding.subjects, asked.user, namespace) else { continue };
            match self.rules(&binding.role, namespace) {
                Some(rules) if rules.iter().any(|rule| allows(rule, asked)) => {
                    return Ok(Grant::RoleBinding { binding, subject });
                }
                Some(_) => {}
                None => missing.push(&binding.role),
            }
        }
        Err(missing)
    }

    fn rules(&self, role: &RoleRef, namespace: &str) -> Option<&[PolicyRule]> {
        match role.kind.as_str() {
            "ClusterRole" => {
                let found = self.0.cluster_roles.iter().find(|found| found.name == role.name);
                found.map(|found| found.rules.as_slice())
            }
            "Role" => {
                let mut roles = self.0.roles.iter();
                let found = roles.find(|found| {
                    !namespace.is_empty() && found.namespace == namespace && found.name == role.name
                });
                found.map(|found| found.rules.as_slice())
            }
            _ => None,
        }
    }
}

/// Whether one rule allows a call.
pub(crate) fn allows(rule: &PolicyRule, asked: &Attributes<'_>) -> bool {
    has(&rule.verbs, asked.verb)
        && match asked.target {
            Target::Path(path) => rule.non_resource_urls.iter().any(|url| {
                url == path || url.ends_with('*') && path.starts_with(url.trim_end_matches('*'))
            }),
            Target::Resource(what) => {
                let combined = match what.subresource {
                    "" => what.resource.to_owned(),
                    sub => format!("{}/{sub}", what.resource),
                };
                let any = format!("*/{}", what.subresource);
                has(&rule.api_groups, what.group)
                    && (has(&rule.resources, &combined)
                        || !what.subresource.is_empty() && rule.resources.contains(&any))
                    && (rule.resource_names.is_empty()
                        || rule.resource_names.iter().any(|name| name == what.name))
            }
        }
}

fn has(list: &[String], asked: &str) -> bool {
    list.iter().any(|entry| entry == "*" || entry == asked)
}

fn held_by<'s>(subjects: &'s [Subject], user: &UserInfo, namespace: &str) -> Option<&'s Subject> {
    subjects.iter().find(|subject| match subject.kind.as_str() {
        "User" => user.name == subject.name,
        "Group" => user.groups.contains(&subject.name),
        "ServiceAccount" => {
            let own = subject.namespace.as_str();
            let namespace = if own.is_empty() { namespace } else { own };
            let name = format!("system:serviceaccount:{namespace}:{}", subject.name);
            !namespace.is_empty() && user.name == name
        }
        _ => false,
    })
}
