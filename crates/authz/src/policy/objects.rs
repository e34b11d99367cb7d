//! Objects of `rbac.authorization.k8s.io/v1` as JSON to a [`Policy`].

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::problem::{Place, Problem, Problems};
use super::{
    ClusterRole, ClusterRoleBinding, LabelSelector, Operator, Policy, PolicyRule, Requirement,
    Role, RoleBinding, RoleRef, Subject,
};

/// Reads objects in their order: those of RBAC, and lists with such objects in them. Objects of
/// other kinds, and fields that decisions do not need, are passed over. All problems at once.
pub fn from_objects(objects: &[Value]) -> Result<Policy, Vec<Problem>> {
    let mut reader = Reader::default();
    for (number, object) in objects.iter().enumerate() {
        reader.object(object, None, &Place::object(number));
    }
    if reader.problems.0.is_empty() { Ok(reader.policy) } else { Err(reader.problems.0) }
}

#[derive(Default)]
struct Reader {
    policy: Policy,
    problems: Problems,
}

impl Reader {
    /// `kind` is that of the items of a typed list, which need not repeat it.
    fn object(&mut self, value: &Value, kind: Option<&str>, at: &Place<'_>) {
        let Some(object) = self.problems.members(Some(value), at) else { return };
        let (version, kind) = match kind.filter(|_| !object.contains_key("kind")) {
            Some(kind) => (VERSION.to_owned(), kind.to_owned()),
            None => (
                self.problems.required_text(object.get("apiVersion"), &at.field("apiVersion")),
                self.problems.required_text(object.get("kind"), &at.field("kind")),
            ),
        };
        if version == "v1" && kind == "List" {
            return self.items(object, None, at);
        }
        if version.split_once('/').is_none_or(|(group, _)| group != GROUP) {
            return;
        }
        if version != VERSION {
            return self.problems.add(&at.field("apiVersion"), format!("must be {VERSION}"));
        }
        match kind.strip_suffix("List") {
            Some(kind) => self.items(object, Some(kind), at),
            None => self.read(object, &kind, at),
        }
    }

    fn items(&mut self, list: &Map<String, Value>, kind: Option<&str>, at: &Place<'_>) {
        let at = at.field("items");
        for (number, item) in self.problems.items(list.get("items"), &at).iter().enumerate() {
            self.object(item, kind, &at.item(number));
        }
    }

    fn read(&mut self, object: &Map<String, Value>, kind: &str, at: &Place<'_>) {
        match kind {
            "ClusterRole" => {
                let role = self.cluster_role(object, at);
                self.policy.cluster_roles.push(role);
            }
            "ClusterRoleBinding" => {
                let (_, name) = self.names(object, Scope::Cluster, at);
                let (subjects, role) = (self.subjects(object, at), self.role_ref(object, at));
                self.policy.cluster_role_bindings.push(ClusterRoleBinding { name, subjects, role });
            }
            "Role" => {
                let (namespace, name) = self.names(object, Scope::Namespace, at);
                let rules = self.rules(object, at);
                self.policy.roles.push(Role { namespace, name, rules });
            }
            "RoleBinding" => {
                let (namespace, name) = self.names(object, Scope::Namespace, at);
                let (subjects, role) = (self.subjects(object, at), self.role_ref(object, at));
                self.policy.role_bindings.push(RoleBinding { namespace, name, subjects, role });
            }
            _ => {}
        }
    }

    fn cluster_role(&mut self, object: &Map<String, Value>, at: &Place<'_>) -> ClusterRole {
        let (_, name) = self.names(object, Scope::Cluster, at);
        let metadata = object.get("metadata").and_then(Value::as_object);
        let labels = metadata.and_then(|metadata| metadata.get("labels"));
        ClusterRole {
            name,
            labels: self.labels(labels, &at.field("metadata").field("labels")),
            rules: self.rules(object, at),
            aggregation: self.aggregation(object.get("aggregationRule"), at),
        }
    }

    /// Namespace and name.
    fn names(
        &mut self,
        object: &Map<String, Value>,
        scope: Scope,
        at: &Place<'_>,
    ) -> (String, String) {
        let at = at.field("metadata");
        let Some(metadata) = self.problems.required_members(object.get("metadata"), &at) else {
            return Default::default();
        };
        let name = self.problems.required_text(metadata.get("name"), &at.field("name"));
        let namespace = match scope {
            Scope::Cluster => String::new(),
            Scope::Namespace => {
                self.problems.required_text(metadata.get("namespace"), &at.field("namespace"))
            }
        };
        (namespace, name)
    }

    fn rules(&mut self, object: &Map<String, Value>, at: &Place<'_>) -> Vec<PolicyRule> {
        let at = at.field("rules");
        let mut rules = Vec::new();
        for (number, rule) in self.problems.items(object.get("rules"), &at).iter().enumerate() {
            let at = at.item(number);
            let Some(rule) = self.problems.members(Some(rule), &at) else { continue };
            let mut texts = |name| self.problems.texts(rule.get(name), &at.field(name));
            rules.push(PolicyRule {
                verbs: texts("verbs"),
                api_groups: texts("apiGroups"),
                resources: texts("resources"),
                resource_names: texts("resourceNames"),
                non_resource_urls: texts("nonResourceURLs"),
            });
        }
        rules
    }

    fn subjects(&mut self, object: &Map<String, Value>, at: &Place<'_>) -> Vec<Subject> {
        let at = at.field("subjects");
        let mut subjects = Vec::new();
        for (number, one) in self.problems.items(object.get("subjects"), &at).iter().enumerate() {
            let at = at.item(number);
            let Some(subject) = self.problems.members(Some(one), &at) else { continue };
            subjects.push(Subject {
                kind: self.problems.required_text(subject.get("kind"), &at.field("kind")),
                name: self.problems.required_text(subject.get("name"), &at.field("name")),
                namespace: self.problems.text(subject.get("namespace"), &at.field("namespace")),
            });
        }
        subjects
    }

    fn role_ref(&mut self, object: &Map<String, Value>, at: &Place<'_>) -> RoleRef {
        let at = at.field("roleRef");
        let Some(role) = self.problems.required_members(object.get("roleRef"), &at) else {
            return RoleRef::default();
        };
        RoleRef {
            kind: self.problems.required_text(role.get("kind"), &at.field("kind")),
            name: self.problems.required_text(role.get("name"), &at.field("name")),
        }
    }

    fn aggregation(&mut self, rule: Option<&Value>, at: &Place<'_>) -> Option<Vec<LabelSelector>> {
        let at = at.field("aggregationRule");
        let rule = self.problems.members(rule, &at)?;
        let at = at.field("clusterRoleSelectors");
        let mut selectors = Vec::new();
        let given = self.problems.items(rule.get("clusterRoleSelectors"), &at);
        for (number, selector) in given.iter().enumerate() {
            let at = at.item(number);
            let Some(selector) = self.problems.members(Some(selector), &at) else { continue };
            selectors.push(LabelSelector {
                labels: self.labels(selector.get("matchLabels"), &at.field("matchLabels")),
                expressions: self.expressions(selector, &at.field("matchExpressions")),
            });
        }
        Some(selectors)
    }

    fn expressions(&mut self, selector: &Map<String, Value>, at: &Place<'_>) -> Vec<Requirement> {
        let mut expressions = Vec::new();
        let given = self.problems.items(selector.get("matchExpressions"), at);
        for (number, one) in given.iter().enumerate() {
            let at = at.item(number);
            let Some(one) = self.problems.members(Some(one), &at) else { continue };
            let operator = self.operator(one.get("operator"), &at.field("operator"));
            expressions.extend(operator.map(|operator| Requirement {
                key: self.problems.required_text(one.get("key"), &at.field("key")),
                operator,
                values: self.problems.texts(one.get("values"), &at.field("values")),
            }));
        }
        expressions
    }

    fn operator(&mut self, value: Option<&Value>, at: &Place<'_>) -> Option<Operator> {
        let before = self.problems.0.len();
        let operator = match self.problems.required_text(value, at).as_str() {
            "In" => Some(Operator::In),
            "NotIn" => Some(Operator::NotIn),
            "Exists" => Some(Operator::Exists),
            "DoesNotExist" => Some(Operator::DoesNotExist),
            _ => None,
        };
        if operator.is_none() && self.problems.0.len() == before {
            self.problems.add(at, "must be In, NotIn, Exists or DoesNotExist".to_owned());
        }
        operator
    }

    fn labels(&mut self, value: Option<&Value>, at: &Place<'_>) -> BTreeMap<String, String> {
        let members = self.problems.members(value, at).into_iter().flatten();
        let mut labels = BTreeMap::new();
        for (key, value) in members {
            labels.insert(key.clone(), self.problems.text(Some(value), &at.field(key)));
        }
        labels
    }
}

#[derive(Clone, Copy)]
enum Scope {
    Cluster,
    Namespace,
}

const GROUP: &str = "rbac.authorization.k8s.io";
const VERSION: &str = "rbac.authorization.k8s.io/v1";
