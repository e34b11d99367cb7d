//! What an object must be to be stored: names, and the few fields that the sandbox relies on.

use authz::{aggregate, policy};
use serde_json::Value;

use crate::kind::{Kind, RBAC};
use crate::object::{list, map, name, text};
use crate::refusal::Refusal;

/// Refuses an object that a cluster would not store, as far as the sandbox looks.
pub(crate) fn check(kind: &Kind, object: &Value) -> Result<(), Refusal> {
    let invalid = |field: &str, why: &str| Err(Refusal::invalid(kind, name(object), field, why));
    if !fits(kind, name(object)) {
        return invalid("metadata.name", &unfit(name(object)));
    }
    if kind.group == RBAC {
        rules(kind, object)?;
    }
    match kind.plural {
        "pods" => containers(kind, object, "spec"),
        "deployments" => deployment(kind, object),
        "rolebindings" | "clusterrolebindings" => {
            if text(object, "/roleRef/name").is_empty() {
                return invalid("roleRef.name", "Required value");
            }
            match text(object, "/roleRef/kind") {
                "ClusterRole" => Ok(()),
                "Role" if kind.is_namespaced() => Ok(()),
                other => invalid("roleRef.kind", &format!("Unsupported value: {other:?}")),
            }
        }
        "services" if list(object, "/spec/ports").is_empty() => {
            invalid("spec.ports", "Required value")
        }
        _ => Ok(()),
    }
}

/// Refuses a change of what may not change.
pub(crate) fn check_change(kind: &Kind, old: &Value, new: &Value) -> Result<(), Refusal> {
    let fixed: &[(&str, &str)] = match kind.plural {
        "deployments" => &[("spec.selector", "/spec/selector")],
        "rolebindings" | "clusterrolebindings" => &[("roleRef", "/roleRef")],
        "secrets" => &[("type", "/type")],
        _ => &[],
    };
    for (field, pointer) in fixed {
        if old.pointer(pointer) != new.pointer(pointer) {
            let why = "Invalid value: field is immutable";
            return Err(Refusal::invalid(kind, name(old), field, why));
        }
    }
    let frozen = old.get("immutable") == Some(&Value::Bool(true));
    if frozen
        && (old.get("data") != new.get("data") || new.get("immutable") != old.get("immutable"))
    {
        let why = "Forbidden: field is immutable when `immutable` is set";
        return Err(Refusal::invalid(kind, name(old), "data", why));
    }
    Ok(())
}

/// Refuses rules that mean nothing, or that cannot be read.
fn rules(kind: &Kind, object: &Value) -> Result<(), Refusal> {
    policy::from_objects(std::slice::from_ref(object))
        .and_then(|policy| aggregate(policy).map_err(|_bad| Vec::new()))
        .map_err(|problems| Refusal::unreadable_rules(kind, &problems))?;
    for (at, rule) in list(object, "/rules").iter().enumerate() {
        let has = |part: &str| !list(rule, &format!("/{part}")).is_empty();
        let wrong = match () {
            () if !has("verbs") => {
                ("verbs", "Required value: verbs must contain at least one value")
            }
            () if has("nonResourceURLs") && kind.is_namespaced() => (
                "nonResourceURLs",
                "Invalid value: namespaced rules cannot apply to non-resource URLs",
            ),
            () if has("nonResourceURLs") && (has("apiGroups") || has("resources")) => (
                "nonResourceURLs",
                "Invalid value: rules cannot apply to both regular resources and non-resource URLs",
            ),
            () if has("nonResourceURLs") => continue,
            () if !has("apiGroups") => {
                ("apiGroups", "Required value: resource rules must supply at least one api group")
            }
            () if !has("resources") => {
                ("resources", "Required value: resource rules must supply at least one resource")
            }
            () => continue,
        };
        let field = format!("rules[{at}].{}", wrong.0);
        return Err(Refusal::invalid(kind, name(object), &field, wrong.1));
    }
    Ok(())
}

fn deployment(kind: &Kind, object: &Value) -> Result<(), Refusal> {
    let invalid = |field: &str, why: &str| Err(Refusal::invalid(kind, name(object), field, why));
    let Some(wanted) =
        map(object, "/spec/selector/matchLabels").filter(|wanted| !wanted.is_empty())
    else {
        return invalid("spec.selector", "Required value");
    };
    let labels = map(object, "/spec/template/metadata/labels");
    let has = |key: &str| labels.and_then(|labels| labels.get(key));
    if !wanted.iter().all(|(key, value)| has(key) == Some(value)) {
        let why = "Invalid value: `selector` does not match template `labels`";
        return invalid("spec.template.metadata.labels", why);
    }
    let replicas = object.pointer("/spec/replicas");
    if replicas.is_some_and(|count| count.as_u64().is_none_or(|count| count > MOST_REPLICAS)) {
        return invalid("spec.replicas", "Invalid value: the sandbox runs 0 to 50 replicas");
    }
    containers(kind, object, "spec.template.spec")
}

fn containers(kind: &Kind, object: &Value, at: &str) -> Result<(), Refusal> {
    let invalid = |field: &str| Err(Refusal::invalid(kind, name(object), field, "Required value"));
    let field = format!("{at}.containers");
    let containers = list(object, &format!("/{}", field.replace('.', "/")));
    if containers.is_empty() {
        return invalid(&field);
    }
    for (at, container) in containers.iter().enumerate() {
        for part in ["name", "image"] {
            if text(container, &format!("/{part}")).is_empty() {
                return invalid(&format!("{field}[{at}].{part}"));
            }
        }
    }
    Ok(())
}

/// RBAC names are path segments, all others DNS subdomains.
fn fits(kind: &Kind, name: &str) -> bool {
    if kind.group == RBAC {
        return !name.is_empty() && !matches!(name, "." | "..") && !name.contains(['/', '%']);
    }
    let longest = if matches!(kind.plural, "namespaces" | "services") { 63 } else { 253 };
    let label = |part: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty()
            && part.bytes().all(inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    name.len() <= longest && name.split('.').all(label)
}

fn unfit(name: &str) -> String {
    if name.is_empty() {
        return "Required value: name or generateName is required".to_owned();
    }
    format!(
        "Invalid value: {name:?}: a lowercase RFC 1123 subdomain must consist of lower case \
         alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
    )
}

const MOST_REPLICAS: u64 = 50;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind;

    fn refused(plural: &str, object: &Value) -> bool {
        check(kind::of_plural(plural).unwrap(), object).is_err()
    }

    #[test]
    fn names_must_fit() {
        for name in ["", "A", "-a", "a.", "a_b"] {
            assert!(refused("configmaps", &json!({"metadata": {"name": name}})), "{name}");
        }
        assert!(!refused("configmaps", &json!({"metadata": {"name": "a.b-1"}})));
        assert!(!refused("roles", &role("system:a", &json!([]))));
        assert!(refused("roles", &role("a/b", &json!([]))));
    }

    fn role(name: &str, rules: &Value) -> Value {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
            "metadata": {"name": name, "namespace": "n"}, "rules": rules})
    }

    #[test]
    fn rules_must_mean_something() {
        let fine = json!({"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]});
        assert!(!refused("roles", &role("r", &json!([fine]))));
        for wrong in [
            json!({"apiGroups": [""], "resources": ["pods"]}),
            json!({"resources": ["pods"], "verbs": ["get"]}),
            json!({"apiGroups": [""], "verbs": ["get"]}),
            json!({"nonResourceURLs": ["/x"], "verbs": ["get"]}),
            json!({"apiGroups": "", "resources": ["pods"], "verbs": ["get"]}),
        ] {
            assert!(refused("roles", &role("r", &json!([wrong]))), "{wrong}");
        }
    }

    #[test]
    fn a_pod_needs_a_container_with_an_image() {
        let pod = |containers: Value| json!({"metadata": {"name": "p"}, "spec": {"containers": containers}});
        assert!(refused("pods", &pod(json!([]))));
        assert!(refused("pods", &pod(json!([{"name": "a"}]))));
        assert!(!refused("pods", &pod(json!([{"name": "a", "image": "b"}]))));
    }

    #[test]
    fn a_deployment_selects_its_own_pods() {
        let deployment = |label: &str, replicas: i64| {
            json!({"metadata": {"name": "d"}, "spec": {"replicas": replicas,
                "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": label}},
                    "spec": {"containers": [{"name": "a", "image": "b"}]}}}})
        };
        assert!(!refused("deployments", &deployment("web", 2)));
        assert!(refused("deployments", &deployment("db", 2)));
        assert!(refused("deployments", &deployment("web", 51)));
        assert!(refused("deployments", &deployment("web", -1)));
    }
}
