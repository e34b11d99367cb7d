//! The traps of matching: what a rule gives, and what it only looks as if it gave.

use super::*;

/// Verbs, groups, resources and names, each a list with blanks between; `core` is the empty group.
fn rule([verbs, groups, resources, names]: [&str; 4]) -> PolicyRule {
    let list = |text: &str| {
        let words = text.split_whitespace();
        words.map(|word| if word == "core" { "" } else { word }.to_owned()).collect()
    };
    PolicyRule {
        verbs: list(verbs),
        api_groups: list(groups),
        resources: list(resources),
        resource_names: list(names),
        ..PolicyRule::default()
    }
}

fn check(parts: [&str; 4], minor: u16, expected: &[Right]) {
    let rule = rule(parts);
    let mut found: Vec<Right> =
        of_rule(&rule, Some(Minor(minor))).into_iter().map(|(right, _)| right).collect();
    found.sort_unstable();
    assert_eq!(found, expected, "{parts:?} in 1.{minor}");
}

#[test]
fn subresources_are_matched_as_a_call_is() {
    check(["create", "core", "pods", ""], 34, &[Right::CreatePods]);
    check(["create", "core", "pods/*", ""], 34, &[]);
    check(["create", "core", "*/*", ""], 34, &[]);
    check(["create", "core", "*/exec", ""], 34, &[Right::Exec]);
    check(["create", "*", "pods/attach", ""], 34, &[Right::Attach]);
    check(["create", "apps", "pods/exec", ""], 34, &[]);
    check(["create", "core", "*/token", ""], 34, &[Right::CreateTokens]);
    check(["patch", "core", "*/ephemeralcontainers", ""], 34, &[Right::AddEphemeralContainers]);
    check(["create", "core", "nodes/*", ""], 34, &[]);
    check(["update", "certificates.k8s.io", "*/approval", ""], 34, &[Right::ApproveCsrs]);
}

#[test]
fn verbs_that_look_like_reads_are_known() {
    check(["get", "core", "nodes/proxy", ""], 36, &[Right::UseNodesProxy]);
    let proxies = [Right::UseNodesProxy, Right::UseProxies];
    check(["watch", "core", "*/proxy", ""], 36, &proxies);
    check(["get", "core", "nodes/metrics nodes/stats", ""], 36, &[]);
    check(["get", "core", "pods/exec", ""], 34, &[Right::Exec]);
    check(["get", "core", "pods/exec", ""], 35, &[]);
    check(["list watch", "core", "secrets", ""], 34, &[Right::ReadSecrets]);
}

#[test]
fn escalate_and_bind_are_looked_for_on_roles_of_both_kinds() {
    let group = "rbac.authorization.k8s.io";
    check(["bind", group, "rolebindings clusterrolebindings", ""], 34, &[]);
    check(["bind", group, "clusterroles", ""], 34, &[Right::BindClusterRoles]);
    check(["escalate", group, "roles", ""], 34, &[Right::EscalateRoles]);
    check(["escalate", "core", "roles clusterroles", ""], 34, &[]);
}

#[test]
fn impersonation_is_in_the_group_where_it_is_checked() {
    let extra = "authentication.k8s.io";
    check(["impersonate", "core", "users", ""], 34, &[Right::ImpersonateUsers]);
    check(["impersonate", extra, "users", ""], 34, &[]);
    check(["impersonate", extra, "userextras/scopes", ""], 34, &[Right::ImpersonateExtras]);
    check(["impersonate", extra, "*/scopes", ""], 34, &[Right::ImpersonateExtras]);
    check(["impersonate", extra, "userextras", ""], 34, &[]);
    check(["impersonate", extra, "uids", ""], 34, &[Right::ImpersonateUids]);
    check(["impersonate:user-info", extra, "users", ""], 36, &[Right::ImpersonateUserInfo]);
    check(["impersonate:user-info", extra, "users", ""], 34, &[]);
    check(["impersonate:user-info", "core", "users", ""], 36, &[]);
    check(["impersonate-on:user-info:list", "core", "pods", ""], 36, &[Right::ActAsUserInfo]);
}

#[test]
fn names_give_no_creation_and_no_collection() {
    check(["create", "core", "pods", "web"], 34, &[]);
    check(["deletecollection", "core", "pods", "web"], 34, &[]);
    check(["create", "core", "pods", "web core"], 34, &[Right::CreatePods]);
    // An apply that creates is authorized as a patch and as a creation, both with the name.
    check(["create patch", "core", "pods", "web"], 34, &[Right::CreatePods, Right::ChangePods]);
    check(["create", "core", "serviceaccounts/token", "sa"], 34, &[Right::CreateTokens]);
    check(["list", "core", "secrets", "one"], 34, &[Right::ReadSecrets]);
    let account = rule(["create", "core", "serviceaccounts/token", "sa"]);
    let [(_, names)] = of_rule(&account, None)[..] else { panic!("one right") };
    assert!(names.has("sa") && !names.has("other") && names != Names::Any);
}

#[test]
fn writes_have_all_their_verbs() {
    let group = "admissionregistration.k8s.io";
    for verb in ["create", "update", "patch"] {
        let both = "mutatingwebhookconfigurations validatingwebhookconfigurations";
        let expected = [Right::WriteMutatingWebhooks, Right::WriteValidatingWebhooks];
        check([verb, group, both, ""], 34, &expected);
    }
    check(["delete", group, "validatingwebhookconfigurations", ""], 34, &[Right::DeleteWebhooks]);
}

#[test]
fn lesser_rights_are_known_too() {
    check(["create", "core", "pods/portforward", ""], 36, &[Right::ForwardPorts]);
    check(["get", "core", "pods/portforward", ""], 36, &[]);
    check(["watch", "core", "services/proxy", ""], 36, &[Right::UseProxies]);
    check(["patch", "discovery.k8s.io", "endpointslices", ""], 36, &[Right::WriteEndpoints]);
    check(["update", "core", "services/status", ""], 36, &[Right::WriteEndpoints]);
    check(["delete", "events.k8s.io", "events", ""], 36, &[Right::DeleteEvents]);
    check(["update", "coordination.k8s.io", "leases", ""], 36, &[Right::ChangeLeases]);
    check(["deletecollection", "batch", "jobs", ""], 36, &[Right::DeleteWorkloads]);
    let flow = "flowcontrol.apiserver.k8s.io";
    check(["delete", flow, "flowschemas", ""], 36, &[Right::WriteFlowControl]);
    let certificates = "certificates.k8s.io";
    check(["create", certificates, "clustertrustbundles", ""], 36, &[Right::WriteTrustBundles]);
    check(["attest", certificates, "signers", ""], 36, &[Right::AttestForSigners]);
    check(["patch", "networking.k8s.io", "ingresses", ""], 36, &[Right::WriteIngresses]);
    check(["update", "networking.k8s.io", "ingresses", ""], 36, &[]);
}

#[test]
fn every_right_of_the_table_is_in_the_star() {
    let star = rule(["*", "*", "*", ""]);
    let found: std::collections::BTreeSet<Right> =
        of_rule(&star, None).into_iter().map(|(right, _)| right).collect();
    let table: std::collections::BTreeSet<Right> =
        table::NEEDS.iter().map(|need| need.right).collect();
    assert_eq!(found, table);
    // A named star gives no creation of what has no name yet.
    let named = rule(["*", "*", "*", "one"]);
    let open = of_rule(&named, None).into_iter().filter(|(_, names)| *names == Names::Any);
    assert_eq!(open.count(), 0);
}

#[test]
fn what_has_no_namespace_needs_a_binding_without_one() {
    let inside = Scope::Namespace("apps".into());
    for (right, expected) in [
        (Right::ReadSecrets, true),
        (Right::BindClusterRoles, true),
        (Right::ChangeNamespaces, true),
        (Right::UseNodesProxy, false),
        (Right::ImpersonateUsers, false),
        (Right::ChangeClusterRoles, false),
    ] {
        assert_eq!(right.holds_in(&inside), expected, "{right:?}");
        assert!(right.holds_in(&Scope::Cluster));
    }
}
