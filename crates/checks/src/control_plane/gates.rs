//! What `--feature-gates` sets.

use inventory::Component;

use crate::flag::{is_on, remove_flag, set_flag};
use crate::{Remedy, Seen};

/// The gates a component is given, in order, each with its value. Of several settings of one the
/// last counts; a value for one component alone (`kube:Name`) is read as one for this.
pub(crate) fn given(component: &Component) -> Vec<(&str, bool)> {
    let words = component.flags.values("feature-gates");
    words
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.trim().rsplit(':').next().unwrap_or(name), is_on(value.trim())))
        .collect()
}

/// The value of `--feature-gates` without one gate; none if no other is left.
fn without(component: &Component, gate: &str) -> Option<String> {
    let words = component.flags.values("feature-gates");
    let kept: Vec<_> = words.filter(|word| !names(word, gate)).collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

fn names(word: &str, gate: &str) -> bool {
    let name = word.split('=').next().unwrap_or(word).trim();
    name.rsplit(':').next().unwrap_or(name) == gate
}

/// Takes one gate out of `--feature-gates`.
pub(crate) fn drop_gate(seen: &Seen<'_>, component: &Component, gate: &str) -> Remedy {
    match without(component, gate) {
        Some(rest) => set_flag(seen.inventory(), component, "feature-gates", &rest),
        None => remove_flag(component, "feature-gates"),
    }
}
