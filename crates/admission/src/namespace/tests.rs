//! What labels make of defaults.

use tree::{Keys, read};

use super::*;

const DEFAULTS: NamespacePolicy = NamespacePolicy {
    enforce: LevelVersion { level: Level::Privileged, version: PolicyVersion::V1(1) },
    audit: LevelVersion { level: Level::Baseline, version: PolicyVersion::V1(2) },
    warn: LevelVersion { level: Level::Baseline, version: PolicyVersion::V1(3) },
};

/// `labels` are written without their prefix; `expected` is `enforce audit warn`, then errors.
fn check(labels: &str, expected: &str) {
    let pairs = labels.split_whitespace().filter_map(|pair| pair.split_once('='));
    let labels: Vec<String> = pairs
        .map(|(label, value)| format!("pod-security.kubernetes.io/{label}: \"{value}\""))
        .collect();
    let tree = read(&labels.join("\n"), &mut Keys::default()).unwrap();
    let (policy, bad) = NamespacePolicy::of_labels(&tree, &DEFAULTS);
    let modes = Mode::ALL.map(|mode| policy.of(mode).to_string());
    let bad = bad.iter().map(|bad| bad.label.rsplit('/').next().unwrap().to_owned());
    let found: Vec<String> = modes.into_iter().chain(bad).collect();
    assert_eq!(found.join(" "), expected, "{labels:?}");
}

#[test]
fn labels_go_before_defaults() {
    check("", "privileged:v1.1 baseline:v1.2 baseline:v1.3");
    check("other=x", "privileged:v1.1 baseline:v1.2 baseline:v1.3");
    check("enforce=baseline", "baseline:v1.1 baseline:v1.2 baseline:v1.3");
    check("enforce-version=v1.9", "privileged:v1.9 baseline:v1.2 baseline:v1.3");
    check(
        "audit=restricted audit-version=latest",
        "privileged:v1.1 restricted:latest baseline:v1.3",
    );
    check("warn=privileged warn-version=v1.8", "privileged:v1.1 baseline:v1.2 privileged:v1.8");
}

#[test]
fn wrong_levels_are_strict_only_where_they_are_enforced() {
    check("enforce=x", "restricted:v1.1 baseline:v1.2 baseline:v1.3 enforce");
    check("enforce=", "restricted:v1.1 baseline:v1.2 baseline:v1.3 enforce");
    check("audit=Restricted", "privileged:v1.1 privileged:v1.2 baseline:v1.3 audit");
    check("warn=x", "privileged:v1.1 baseline:v1.2 privileged:v1.3 warn");
}

#[test]
fn wrong_versions_are_the_latest() {
    check(
        "enforce-version=1.9 audit-version=v1.01 warn-version=v2.0",
        "privileged:latest baseline:latest baseline:latest enforce-version audit-version warn-version",
    );
}

#[test]
fn what_is_enforced_by_label_is_warned_of() {
    check("enforce=restricted", "restricted:v1.1 baseline:v1.2 restricted:v1.1");
    check(
        "enforce=restricted enforce-version=v1.7",
        "restricted:v1.7 baseline:v1.2 restricted:v1.7",
    );
    check(
        "enforce=restricted enforce-version=v1.7 warn-version=v1.6",
        "restricted:v1.7 baseline:v1.2 restricted:v1.6",
    );
    check("enforce=restricted warn=x", "restricted:v1.1 baseline:v1.2 privileged:v1.3 warn");
    check("enforce=privileged", "privileged:v1.1 baseline:v1.2 baseline:v1.3");
}

#[test]
fn says_what_is_wrong_in_upstreams_words_and_where() {
    let labels = "{pod-security.kubernetes.io/enforce: 'a\"b', \
                  pod-security.kubernetes.io/warn-version: ~, pod-security.kubernetes.io/audit: 7}";
    let tree = read(labels, &mut Keys::default()).unwrap();
    let (policy, bad) = NamespacePolicy::of_labels(&tree, &NamespacePolicy::PRIVILEGED);
    assert_eq!(policy.enforce.to_string(), "restricted:latest");
    let texts: Vec<String> = bad.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"a\\\"b\": must \
             be one of privileged, baseline, restricted",
            "metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: \"\": must be one \
             of privileged, baseline, restricted",
            "metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: \"\": must \
             be \"latest\" or \"v1.x\"",
        ]
    );
    assert_eq!(
        bad[0].path().to_string(),
        "metadata.labels[\"pod-security.kubernetes.io/enforce\"]"
    );
}
