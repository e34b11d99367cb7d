//! Which fields an RBAC manifest may have. `authz` passes over what decisions do not need; in a
//! file that a person wrote, a field that nothing reads is a slip: `resourceName` for
//! `resourceNames` turns a rule for one object into a rule for all.

use crate::document::Document;
use crate::mistake::Mistake;
use crate::similar;
use crate::tree::Node;

/// Everything that does not belong into a manifest.
pub(super) fn judge(document: &Document) -> Vec<Mistake> {
    let mut strays = Vec::new();
    for (path, object) in objects(&document.node) {
        match kind(object) {
            Ok(kind) => kind.look(object, &path, &mut strays),
            Err(problem) => strays.push((path, problem)),
        }
    }
    strays.iter().map(|(path, problem)| document.mistake(path, problem)).collect()
}

/// The objects of a document, each with its path: itself, or the items of a list.
pub(super) fn objects(node: &Node) -> Vec<(String, &Node)> {
    let is_list = node.get("kind").and_then(Node::text).is_some_and(|kind| kind.ends_with("List"));
    match node.get("items") {
        Some(items) if is_list => {
            let items = items.items().enumerate();
            items.map(|(number, item)| (format!("items[{number}]"), item)).collect()
        }
        Some(_) | None => vec![(String::new(), node)],
    }
}

/// The fields of one kind of object.
#[derive(Clone, Copy)]
struct Fields {
    names: &'static [&'static str],
    /// The fields that are objects with fields of their own, or lists of them.
    inner: &'static [(&'static str, Fields)],
}

impl Fields {
    fn look(self, node: &Node, path: &str, strays: &mut Vec<(String, String)>) {
        for (key, value) in node.entries() {
            let path =
                if path.is_empty() { key.value.clone() } else { format!("{path}.{}", key.value) };
            if !self.names.contains(&key.value.as_str()) {
                strays.push((path, unknown(&key.value, self.names)));
                continue;
            }
            let Some((_, inner)) = self.inner.iter().find(|(name, _)| *name == key.value) else {
                continue;
            };
            inner.look(&value.value, &path, strays);
            for (number, item) in value.value.items().enumerate() {
                inner.look(item, &format!("{path}[{number}]"), strays);
            }
        }
    }
}

fn kind(object: &Node) -> Result<Fields, String> {
    let text = |key: &str| object.get(key).and_then(Node::text).unwrap_or_default();
    let (version, kind) = (text("apiVersion"), text("kind"));
    let found = KINDS.iter().find(|(name, _)| *name == kind);
    match found {
        // Items of a typed list need not repeat what they are; `authz` knows.
        None if version.is_empty() && kind.is_empty() => Ok(ANY),
        Some((_, fields)) if version == VERSION => Ok(*fields),
        Some(_) | None => Err(format!(
            "is a {kind:?} of {version:?}; only Role, RoleBinding, ClusterRole and \
             ClusterRoleBinding of {VERSION} belong here"
        )),
    }
}

fn unknown(name: &str, names: &'static [&'static str]) -> String {
    match similar::nearest(name, names.iter().copied()) {
        Some(meant) => format!("no such field; did you mean {meant}?"),
        None => format!("no such field; those here are {}", names.join(", ")),
    }
}

const VERSION: &str = "rbac.authorization.k8s.io/v1";
const KINDS: [(&str, Fields); 4] = [
    ("Role", ROLE),
    ("ClusterRole", CLUSTER_ROLE),
    ("RoleBinding", BINDING),
    ("ClusterRoleBinding", BINDING),
];
const ROLE: Fields =
    Fields { names: &["apiVersion", "kind", "metadata", "rules"], inner: &[("rules", RULE)] };
const CLUSTER_ROLE: Fields = Fields {
    names: &["apiVersion", "kind", "metadata", "rules", "aggregationRule"],
    inner: &[("rules", RULE), ("aggregationRule", AGGREGATION)],
};
const BINDING: Fields = Fields {
    names: &["apiVersion", "kind", "metadata", "subjects", "roleRef"],
    inner: &[("subjects", SUBJECT), ("roleRef", ROLE_REF)],
};
const ANY: Fields = Fields {
    names: &["apiVersion", "kind", "metadata", "rules", "aggregationRule", "subjects", "roleRef"],
    inner: &[
        ("rules", RULE),
        ("aggregationRule", AGGREGATION),
        ("subjects", SUBJECT),
        ("roleRef", ROLE_REF),
    ],
};
const RULE: Fields = Fields {
    names: &["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"],
    inner: &[],
};
const AGGREGATION: Fields =
    Fields { names: &["clusterRoleSelectors"], inner: &[("clusterRoleSelectors", SELECTOR)] };
const SELECTOR: Fields = Fields {
    names: &["matchLabels", "matchExpressions"],
    inner: &[("matchExpressions", REQUIREMENT)],
};
const REQUIREMENT: Fields = Fields { names: &["key", "operator", "values"], inner: &[] };
const SUBJECT: Fields = Fields { names: &["kind", "apiGroup", "name", "namespace"], inner: &[] };
const ROLE_REF: Fields = Fields { names: &["apiGroup", "kind", "name"], inner: &[] };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn check(text: &str, expected: &[&str]) {
        let document = Document { file: "x".to_owned(), node: yaml::one("x", text).unwrap() };
        let found: Vec<_> = judge(&document).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{text}");
    }

    fn role(rules: &str) -> String {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: \
             {{name: a, annotations: {{b: c}}, uid: d}}\nrules:\n- {rules}\n"
        )
    }

    #[test]
    fn takes_what_kubectl_writes() {
        check(&role("{verbs: [get], apiGroups: [''], resources: [pods], resourceNames: [a]}"), &[]);
        check(
            "apiVersion: v1\nkind: List\nmetadata: {}\nitems:\n- apiVersion: \
             rbac.authorization.k8s.io/v1\n  kind: RoleBinding\n  metadata: {name: a, namespace: \
             b}\n  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}\n  \
             subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]\n",
            &[],
        );
    }

    #[test]
    fn a_misspelt_field_does_not_widen_a_rule() {
        check(
            &role("{verbs: [get], apiGroups: [''], resources: [pods], resourceName: [a]}"),
            &["x:5:54: rules[0].resourceName: no such field; did you mean resourceNames?"],
        );
    }

    #[test]
    fn only_rbac_belongs_here() {
        check(
            "apiVersion: rbac.authorization.k8s.io/v1beta1\nkind: Role\nmetadata: {}\n",
            &[
                "x: is a \"Role\" of \"rbac.authorization.k8s.io/v1beta1\"; only Role, RoleBinding, \
               ClusterRole and ClusterRoleBinding of rbac.authorization.k8s.io/v1 belong here",
            ],
        );
        check(
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ServiceAccount}\n",
            &["x:4:3: items[0]: is a \"ServiceAccount\" of \"v1\"; only Role, RoleBinding, \
               ClusterRole and ClusterRoleBinding of rbac.authorization.k8s.io/v1 belong here"],
        );
    }
}
