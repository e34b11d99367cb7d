//! `AppArmor` is not turned off, neither by field nor by the annotations that came before it.

use model::quote::Quoted;
use tree::Path;

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::words::{listed, plural, quoted};

pub(super) static CHECK: Check = Check::baseline("appArmorProfile", &[Revision::since(0, rule)]);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for holder in pod.holders() {
        let profile = holder.security().get("appArmorProfile");
        if !profile.is_null()
            && !matches!(profile.get("type").str(), "RuntimeDefault" | "Localhost")
        {
            bad.value(profile.get("type").str());
            bad.add(holder, &["securityContext", "appArmorProfile", "type"]);
        }
    }
    let annotations = annotations(pod, &mut bad);
    let count = bad.values().len().saturating_add(annotations.len());
    let reason = plural(count, "forbidden AppArmor profile", "forbidden AppArmor profiles");
    bad.object(reason, |bad| detail(bad, &annotations))
}

/// `key="value"` of each annotation that may not be, sorted.
fn annotations(pod: &Pod<'_>, bad: &mut Offences<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in pod.annotations() {
        if key.starts_with(PREFIX) && !is_allowed(value) {
            found.push(format!("{key}={}", Quoted(value)));
            bad.add_place(Path::of(&["metadata", "annotations", key]));
        }
    }
    found.sort_unstable();
    found
}

fn is_allowed(value: &str) -> bool {
    value.is_empty() || value == "runtime/default" || value.starts_with("localhost/")
}

fn detail(bad: &Offences<'_>, annotations: &[String]) -> String {
    let word = plural(annotations.len(), "annotation", "annotations");
    let word = (!annotations.is_empty()).then_some(word.into());
    let setters = listed(bad.each_setter().chain(word), " and ");
    let values = bad.values().iter().map(AsRef::as_ref);
    let values = quoted(values.chain(annotations.iter().map(String::as_str)));
    format!("{setters} must not set AppArmor profile type to {values}")
}

const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn profiles_and_annotations_are_told_together() {
        let app_armor = |pod: &str, expected| check(CheckId::AppArmorProfile, 30, pod, expected);
        app_armor(&one("appArmorProfile: {type: Localhost}"), "");
        app_armor(
            "spec: {securityContext: {appArmorProfile: {}}}",
            "forbidden AppArmor profile (pod must not set AppArmor profile type to \"\") @ \
             spec.securityContext.appArmorProfile.type",
        );
        app_armor(
            "metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/a: \"x\\n\", \
             container.apparmor.security.beta.kubernetes.io/b: localhost/x}}, spec: {containers: \
             [{name: a, securityContext: {appArmorProfile: {type: Unconfined}}}]}",
            "forbidden AppArmor profiles (container \"a\" and annotation must not set AppArmor \
             profile type to \"Unconfined\", \
             \"container.apparmor.security.beta.kubernetes.io/a=\"x\\n\"\") @ \
             spec.containers[0].securityContext.appArmorProfile.type \
             metadata.annotations[\"container.apparmor.security.beta.kubernetes.io/a\"]",
        );
    }
}
