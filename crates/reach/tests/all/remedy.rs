//! The generated policies do what they are for.

use reach::remedy;
use serde_json::Value;
use tree::Tree;

use crate::places::{Case, of_objects};

fn under(policies: &[Value]) -> Case {
    of_objects(&policies.iter().map(Tree::from_json).collect::<Vec<_>>())
}

#[test]
fn a_default_deny_leaves_names_to_be_asked_for() {
    let case = under(&remedy::default_deny("a"));
    assert_eq!(case.world().bad_policies(), []);
    let answer = |side: reach::Answer| side == reach::Answer::Yes;
    let found = case.world().namespace_default_deny("a");
    assert!(answer(found.ingress) && answer(found.egress));
    let denied = "no egress: a/default-deny-egress";
    case.check("b/web", "a/web", "80", "no ingress: a/default-deny-ingress")
        .check("a/web", "b/web", "80", denied)
        .check("a/web", "kube-system/dns", "53/UDP", "a/default-deny-egress[0] > open")
        .check("a/web", "kube-system/dns", "53", "a/default-deny-egress[0] > open")
        .check("a/web", "kube-system/dns", "443", denied)
        .check("a/web", "kube-system/other", "53/UDP", denied)
        .check("a/web", "169.254.169.254", "80", denied)
        .check("b/web", "c/web", "80", "open > open");
}

#[test]
fn metadata_can_be_denied_alone() {
    let case = under(&[remedy::deny_metadata("a")]);
    assert_eq!(case.world().bad_policies(), []);
    let allowed = "a/deny-metadata[0]";
    case.check("a/db", "169.254.169.254", "80", "no egress: a/deny-metadata")
        .check("a/db", "fd00:ec2::254", "80", "no egress: a/deny-metadata")
        .check("a/db", "169.254.169.253", "80", &format!("{allowed} > none"))
        .check("a/db", "fd00:ec2::253", "80", &format!("{allowed} > none"))
        .check("a/many", "b/job", "80", &format!("{allowed} > open"))
        .check("b/web", "169.254.169.254", "80", "open > none")
        .check("b/web", "a/db", "80", "open > open");
}

#[test]
fn the_api_can_be_allowed_at_its_addresses() {
    let addresses = ["192.0.2.1", "2001:db8::1"].map(|address| address.parse().unwrap());
    let mut policies = remedy::default_deny("a").to_vec();
    policies.extend(remedy::allow_api("a", &addresses, 6443));
    let case = under(&policies);
    assert_eq!(case.world().bad_policies(), []);
    let denied = "no egress: a/allow-api a/default-deny-egress";
    case.check("a/db", "192.0.2.1", "6443", "a/allow-api[0] > none")
        .check("a/db", "2001:db8::1", "6443", "a/allow-api[0] > none")
        .check("a/db", "192.0.2.1", "443", denied)
        .check("a/db", "192.0.2.2", "6443", denied)
        .check("a/db", "2001:db8::2", "6443", denied);
}

#[test]
fn refuses_to_allow_an_api_that_is_nowhere() {
    assert_eq!(remedy::allow_api("a", &[], 6443), None);
    assert_eq!(remedy::allow_api("a", &["192.0.2.1".parse().unwrap()], 0), None);
}
