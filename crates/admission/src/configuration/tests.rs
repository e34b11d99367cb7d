//! What configurations say, and what is refused in them.

use tree::{Keys, read};

use super::*;

const HEAD: &str =
    "apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n";

fn tree(text: &str) -> Tree {
    read(text, &mut Keys::default()).unwrap()
}

fn policies(text: &str) -> String {
    let read = PodSecurity::read(&tree(text)).unwrap();
    Mode::ALL.map(|mode| read.defaults.of(mode).to_string()).join(" ")
}

#[test]
fn what_is_not_said_is_privileged_and_latest() {
    let check = |text: &str, expected: &str| assert_eq!(policies(text), expected, "{text}");
    check(HEAD, "privileged:latest privileged:latest privileged:latest");
    check(
        &format!("{HEAD}defaults: {{enforce: baseline, warn: '', audit-version: v1.30}}"),
        "baseline:latest privileged:v1.30 privileged:latest",
    );
    check(
        &format!("{}defaults: {{warn: restricted}}", HEAD.replace("/v1", "/v1beta1")),
        "privileged:latest privileged:latest restricted:latest",
    );
}

#[test]
fn exempts_whom_it_names() {
    let text = "exemptions: {usernames: ['system:serviceaccount:a:b'], namespaces: [a, b], \
                runtimeClasses: [a.b]}";
    let exemptions = PodSecurity::read(&tree(&format!("{HEAD}{text}"))).unwrap().exemptions;
    let listed = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(listed(&exemptions.usernames), "system:serviceaccount:a:b");
    assert_eq!(listed(&exemptions.namespaces), "a b");
    assert_eq!(listed(&exemptions.runtime_classes), "a.b");
    let none = PodSecurity::read(&tree(&format!("{HEAD}exemptions: {{usernames: ~}}"))).unwrap();
    assert_eq!(none, PodSecurity::default());
}

#[test]
fn refuses_what_kube_apiserver_refuses() {
    let check = |text: &str, expected: &[&str]| {
        let bad = PodSecurity::read(&tree(text)).unwrap_err();
        let bad: Vec<String> = bad.iter().map(ToString::to_string).collect();
        assert_eq!(bad, expected, "{text}");
    };
    let kind = "kind: must be PodSecurityConfiguration, not";
    let version = "apiVersion: must be pod-security.admission.config.k8s.io/v1, not";
    check("# nothing", &[&format!("{kind} \"\""), &format!("{version} \"\"")]);
    check("{}", &[&format!("{kind} \"\""), &format!("{version} \"\"")]);
    check(&HEAD.replace("Pod", "pod"), &[&format!("{kind} \"podSecurityConfiguration\"")]);
    check(
        &HEAD.replace("/v1", "/v2"),
        &[&format!("{version} \"pod-security.admission.config.k8s.io/v2\"")],
    );
    check("[]", &[": must be a mapping", &format!("{kind} \"\""), &format!("{version} \"\"")]);
    let body = |text: &str, expected: &[&str]| check(&format!("{HEAD}{text}"), expected);
    body("default: {}", &["default: unknown field"]);
    body("defaults: []", &["defaults: must be a mapping"]);
    body("defaults: {enforced: x}", &["defaults.enforced: unknown field"]);
    body(
        "defaults: {enforce: Baseline, warn-version: 1.30, audit-version: '1.30'}",
        &[
            "defaults.enforce: must be one of privileged, baseline, restricted, not \"Baseline\"",
            "defaults.audit-version: must be \"latest\" or \"v1.x\", not \"1.30\"",
            "defaults.warn-version: must be a text",
        ],
    );
}

#[test]
fn refuses_exemptions_of_nobody() {
    let check = |exemptions: &str, expected: &[&str]| {
        let text = format!("{HEAD}exemptions: {exemptions}");
        let bad = PodSecurity::read(&tree(&text)).unwrap_err();
        let bad: Vec<String> = bad.iter().map(ToString::to_string).collect();
        assert_eq!(bad, expected, "{text}");
    };
    check("{users: []}", &["exemptions.users: unknown field"]);
    check("{usernames: jane}", &["exemptions.usernames: must be a list"]);
    check(
        "{usernames: [7, true]}",
        &["exemptions.usernames[0]: must be a text", "exemptions.usernames[1]: must be a text"],
    );
    check("{usernames: [a, ~]}", &["exemptions.usernames[1]: nothing can be named \"\""]);
    check("{usernames: [a, b, a]}", &["exemptions.usernames[2]: \"a\" is there twice"]);
    check("{namespaces: [a.b]}", &["exemptions.namespaces[0]: nothing can be named \"a.b\""]);
    check("{runtimeClasses: ['*']}", &["exemptions.runtimeClasses[0]: nothing can be named \"*\""]);
}

#[test]
fn finds_the_plugin_among_all() {
    let check = |plugins: &str, expected: Option<&str>| {
        let tree = tree(&format!("plugins: [{{name: Other, path: x}}, {plugins}]"));
        let found = settings(&tree).map(|found| match found {
            Settings::Here(tree) => tree.get("kind").str().to_owned(),
            Settings::File(name) => name.to_owned(),
        });
        assert_eq!(found.as_deref(), expected, "{plugins}");
    };
    check("{name: PodSecurity, configuration: {kind: P}}", Some("P"));
    check("{name: PodSecurity, configuration: {kind: P}, path: y}", Some("P"));
    check("{name: PodSecurity, path: pss.yaml}", Some("pss.yaml"));
    check("{name: PodSecurity, path: ''}", None);
    check("{name: PodSecurity}", None);
    check("{name: podsecurity, path: y}", None);
    assert_eq!(settings(&Tree::Null), None);
}
