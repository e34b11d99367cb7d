//! Each check: what it says and points at, where it changes with the version, and that nothing it
//! is given makes it panic.

use proptest::prelude::*;
use serde_json::Value;
use tree::{Key, Keys, Tree, read};

use super::*;

/// The denial of a check at `v1.minor`, as `reason (detail) @ places`; empty if it allows the pod.
fn denial(id: CheckId, minor: u64, pod: &Pod<'_>) -> String {
    let Some(denial) = id.judge(pod, PolicyVersion::V1(minor)) else { return String::new() };
    let places: Vec<String> = denial.places.iter().map(Path::to_string).collect();
    format!("{denial} @ {}", places.join(" "))
}

/// `pod` is the inside of a flow mapping.
pub(super) fn check(id: CheckId, minor: u64, pod: &str, expected: &str) {
    let tree = read(&format!("{{{pod}}}"), &mut Keys::default()).unwrap();
    assert_eq!(denial(id, minor, &Pod::exactly(&tree)), expected, "{id} v1.{minor}: {pod}");
}

/// A pod with one container `a` of this security context.
pub(super) fn one(security: &str) -> String {
    format!("spec: {{containers: [{{name: a, securityContext: {{{security}}}}}]}}")
}

#[test]
fn names_and_levels_are_upstreams() {
    let names: Vec<&str> = CheckId::ALL.into_iter().map(CheckId::as_str).collect();
    assert!(CheckId::ALL.is_sorted());
    for level in [Level::Baseline, Level::Restricted] {
        let ids = CheckId::ALL.into_iter().filter(|id| id.level() == level);
        assert!(ids.map(CheckId::as_str).is_sorted(), "{names:?}");
    }
    let overriding = CheckId::ALL.into_iter().filter_map(|id| Some((id.as_str(), id.overrides()?)));
    assert_eq!(
        overriding.collect::<Vec<_>>(),
        [
            ("capabilities_restricted", CheckId::CapabilitiesBaseline),
            ("procMount_restricted", CheckId::ProcMount),
            ("restrictedVolumes", CheckId::HostPathVolumes),
            ("seccompProfile_restricted", CheckId::SeccompProfileBaseline),
        ]
    );
}

#[test]
fn revisions_are_upstreams() {
    let table: Vec<String> = CheckId::ALL
        .into_iter()
        .map(|id| {
            let revised: Vec<String> = id.revised().map(|version| version.to_string()).collect();
            assert!(id.revised().is_sorted());
            format!("{id} {}", revised.join(" "))
        })
        .filter(|line| !line.ends_with(" v1.0"))
        .collect();
    assert_eq!(
        table,
        [
            "hostProbesAndHostLifecycle v1.34",
            "procMount v1.0 v1.35",
            "seLinuxOptions v1.0 v1.31",
            "seccompProfile_baseline v1.0 v1.19",
            "sysctls v1.0 v1.27 v1.29 v1.32 v1.37",
            "allowPrivilegeEscalation v1.8 v1.25",
            "capabilities_restricted v1.22 v1.25",
            "procMount_restricted v1.35",
            "runAsNonRoot v1.0 v1.35",
            "runAsUser v1.23 v1.35",
            "seccompProfile_restricted v1.19 v1.25",
        ]
    );
}

#[test]
fn a_manifest_is_judged_as_the_pod_it_becomes() {
    let check = |id: CheckId, pod: &str, expected: &str| {
        let tree = read(&format!("spec: {{{pod}}}"), &mut Keys::default()).unwrap();
        assert_eq!(denial(id, 37, &Pod::created_from(&tree)), expected, "{pod}");
    };
    check(CheckId::RestrictedVolumes, "volumes: [{name: a}, {name: b, new: {}}]", "");
    let ports = "ports: [{containerPort: 80}, {containerPort: 81, hostPort: 82}]";
    check(
        CheckId::HostPorts,
        &format!(
            "hostNetwork: true, containers: [{{name: a, {ports}}}], ephemeralContainers: \
             [{{name: e, ports: [{{containerPort: 83}}]}}]"
        ),
        "hostPort (container \"a\" uses hostPorts 80, 82) @ spec.containers[0].ports[0].hostPort \
         spec.containers[0].ports[1].hostPort",
    );
    check(
        CheckId::HostPorts,
        &format!("hostNetwork: false, containers: [{{name: a, {ports}}}]"),
        "hostPort (container \"a\" uses hostPort 82) @ spec.containers[0].ports[1].hostPort",
    );
}

/// Trees of the words that checks look for, in places where they may or may not belong.
fn any_tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::Bool),
        (-1_i64..3).prop_map(Tree::Int),
        any::<f64>().prop_map(Tree::Float),
        prop::sample::select(&WORDS[..]).prop_map(|word| Tree::Text(word.into())),
    ];
    leaf.prop_recursive(8, 96, 6, |inner| {
        let key = prop::sample::select(&WORDS[..]).prop_map(Key::from);
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| Tree::List(items.into())),
            3 => prop::collection::vec((key, inner), 0..6)
                .prop_map(|entries| Tree::Map(entries.into())),
        ]
    })
}

proptest! {
    #[test]
    fn judges_any_tree(tree in any_tree(), minor in 0_u64..40) {
        // As a pod, and as the parts of one.
        let spec = Tree::Map([(Key::from("spec"), tree.clone())].into());
        let containers = Tree::Map([(Key::from("containers"), Tree::List([tree.clone()].into()))].into());
        let whole = Tree::Map([(Key::from("spec"), containers)].into());
        for tree in [&tree, &spec, &whole] {
            for pod in [Pod::exactly(tree), Pod::created_from(tree)] {
                for id in CheckId::ALL {
                    let Some(denial) = id.judge(&pod, PolicyVersion::V1(minor)) else { continue };
                    prop_assert!(!denial.places.is_empty(), "{denial}");
                    let is_detailed = !denial.detail.is_empty() || id == CheckId::Sysctls;
                    prop_assert!(is_detailed && !denial.reason.is_empty(), "{denial}");
                }
            }
        }
    }
}

/// What checks look for.
const WORDS: [&str; 27] = [
    "sysctls",
    "metadata",
    "annotations",
    "spec",
    "containers",
    "initContainers",
    "securityContext",
    "name",
    "type",
    "hostNetwork",
    "ports",
    "hostPort",
    "containerPort",
    "volumes",
    "hostPath",
    "capabilities",
    "add",
    "drop",
    "ALL",
    "seccompProfile",
    "appArmorProfile",
    "seLinuxOptions",
    "runAsUser",
    "runAsNonRoot",
    "livenessProbe",
    "httpGet",
    "host",
];

#[test]
fn what_is_no_pod_sets_nothing() {
    for value in [Value::Null, "text".into(), vec![1, 2].into()] {
        let tree = Tree::from_json(&value);
        for id in CheckId::ALL {
            assert_eq!(denial(id, 37, &Pod::exactly(&tree)), "", "{id} {value}");
        }
    }
}
