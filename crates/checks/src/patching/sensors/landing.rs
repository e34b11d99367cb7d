//! On which nodes the pods of a `DaemonSet` are put.

use inventory::Object;
use tree::Tree;

/// Whether the pods of a `DaemonSet` are put on a node, by its nodeSelector and its tolerations.
/// What its affinity says is taken to hold.
pub(super) fn lands_on(sensor: &Object, node: &Object) -> bool {
    let spec = sensor.tree().at(&["spec", "template", "spec"]);
    let selected = spec.get("nodeSelector").entries();
    let is_selected =
        selected.iter().all(|(key, value)| node.label(key.as_ref()) == value.plain().as_deref());
    let tolerations = spec.get("tolerations").items();
    let taints = node.tree().at(&["spec", "taints"]).items();
    let is_tolerated = |taint: &Tree| {
        is_added_for_daemon_sets(taint) || tolerations.iter().any(|one| tolerates(one, taint))
    };
    is_selected && taints.iter().filter(|taint| keeps_away(taint)).all(is_tolerated)
}

fn keeps_away(taint: &Tree) -> bool {
    taint.get("effect").str() != "PreferNoSchedule"
}

/// Taints for a node's troubles: pods of every `DaemonSet` tolerate them.
fn is_added_for_daemon_sets(taint: &Tree) -> bool {
    let key = taint.get("key").str();
    [
        "not-ready",
        "unreachable",
        "disk-pressure",
        "memory-pressure",
        "pid-pressure",
        "unschedulable",
    ]
    .iter()
    .any(|trouble| key.strip_prefix("node.kubernetes.io/") == Some(*trouble))
}

fn tolerates(toleration: &Tree, taint: &Tree) -> bool {
    let (key, effect) = (toleration.get("key").str(), toleration.get("effect").str());
    let exists = toleration.get("operator").str() == "Exists";
    let is_key = key == taint.get("key").str() || (key.is_empty() && exists);
    let is_effect = effect.is_empty() || effect == taint.get("effect").str();
    let is_value = exists || toleration.get("value").str() == taint.get("value").str();
    is_key && is_effect && is_value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taints_are_tolerated_as_the_scheduler_has_it() {
        let read = |text: &str| tree::read(text, &mut tree::Keys::default()).unwrap();
        let check = |toleration: &str, taint: &str, expected: bool| {
            assert_eq!(
                tolerates(&read(toleration), &read(taint)),
                expected,
                "{toleration} {taint}"
            );
        };
        let taint = "{key: a, value: b, effect: NoSchedule}";
        check("{operator: Exists}", taint, true);
        check("{key: a, operator: Exists}", taint, true);
        check("{key: a, value: b}", taint, true);
        check("{key: a, operator: Equal, value: b, effect: NoSchedule}", taint, true);
        check("{key: a, value: c}", taint, false);
        check("{key: a, value: b, effect: NoExecute}", taint, false);
        check("{key: c, operator: Exists}", taint, false);
        check("{effect: NoSchedule}", taint, false);
        check("{key: a}", "{key: a, effect: NoSchedule}", true);
    }

    #[test]
    fn troubles_of_a_node_keep_no_daemon_set_away() {
        let read = |text: &str| tree::read(text, &mut tree::Keys::default()).unwrap();
        let check = |taint: &str, expected: bool| {
            assert_eq!(is_added_for_daemon_sets(&read(taint)), expected, "{taint}");
        };
        check("{key: node.kubernetes.io/disk-pressure, effect: NoSchedule}", true);
        check("{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}", false);
    }
}
