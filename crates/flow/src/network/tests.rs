//! Who may come from where, and rules that are refused.

use model::UserInfo;

use super::*;

fn list(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|&entry| entry.to_owned()).collect()
}

fn nets(entries: &[&str]) -> Vec<IpNet> {
    entries.iter().map(|entry| entry.parse().unwrap()).collect()
}

fn rule(name: &str, allow: &[&str], deny: &[&str]) -> Rule {
    Rule {
        name: name.to_owned(),
        allow_from: nets(allow),
        deny_from: nets(deny),
        ..Rule::default()
    }
}

/// Judges a request written as `user,group verb resource[.group][/subresource] [namespace]`, or
/// with a path in place of the resource.
fn judge(rules: &[Rule], from: &str, request: &str) -> Result<(), Denied> {
    let words: Vec<&str> = request.split(' ').collect();
    let (name, group) = words[0].split_once(',').unwrap_or((words[0], "none"));
    let user = UserInfo { name: name.into(), groups: list(&[group]), ..UserInfo::default() };
    let (whole, subresource) = words[2].split_once('/').unwrap_or((words[2], ""));
    let (resource, api_group) = whole.split_once('.').unwrap_or((whole, ""));
    let namespace = words.get(3).copied().unwrap_or_default();
    let parts =
        Resource { group: api_group, resource, subresource, namespace, ..Resource::default() };
    let is_path = words[2].starts_with('/');
    let target = if is_path { Target::Path(words[2]) } else { Target::Resource(parts) };
    let attributes = Attributes { user: &user, verb: words[1], target };
    AccessRules::new(rules.to_vec()).unwrap().judge(from.parse().unwrap(), &attributes)
}

fn check(rules: &[Rule], from: &str, request: &str, expected: Result<(), Option<&str>>) {
    let verdict = judge(rules, from, request).map_err(|denied| denied.rule);
    assert_eq!(verdict, expected.map_err(|rule| rule.map(str::to_owned)), "{from} {request}");
}

#[test]
fn no_rules_restrict_nothing() {
    check(&[], "192.0.2.1", "jane get pods", Ok(()));
}

#[test]
fn a_deny_wins() {
    let rules = [rule("office", &["192.0.2.0/24"], &[]), rule("printer", &[], &["192.0.2.9/32"])];
    check(&rules, "192.0.2.1", "jane get pods", Ok(()));
    check(&rules, "::ffff:192.0.2.1", "jane get pods", Ok(()));
    check(&rules, "192.0.2.9", "jane get pods", Err(Some("printer")));
    check(&rules, "::ffff:192.0.2.9", "jane get /version", Err(Some("printer")));
    check(&rules, "198.51.100.1", "jane get pods", Err(Some("office")));
    check(&rules, "2001:db8::1", "jane get pods", Err(Some("office")));
}

#[test]
fn a_wide_rule_does_not_undo_a_narrow_one() {
    let admins = Rule { groups: list(&["admins"]), ..rule("vpn", &["10.8.0.0/16"], &[]) };
    let everybody = rule("everybody", &["0.0.0.0/0", "::/0"], &[]);
    for rules in [[admins.clone(), everybody.clone()], [everybody, admins]] {
        check(&rules, "192.0.2.1", "jane,devs get pods", Ok(()));
        check(&rules, "192.0.2.1", "root,admins get pods", Err(Some("vpn")));
        check(&rules, "10.8.1.1", "root,admins get pods", Ok(()));
    }
}

#[test]
fn whom_no_allow_list_names_may_not_come() {
    let admins = Rule { groups: list(&["admins"]), ..rule("vpn", &["10.8.0.0/16"], &[]) };
    let rules = [admins, rule("bad", &[], &["203.0.113.0/24"])];
    check(&rules, "10.8.1.1", "root,admins get pods", Ok(()));
    check(&rules, "10.8.1.1", "jane,devs get pods", Err(None));
    check(&rules, "203.0.113.1", "jane,devs get pods", Err(Some("bad")));
    check(&rules[1..], "10.8.1.1", "jane,devs get pods", Ok(()));
}

#[test]
fn rules_name_users_verbs_resources_and_paths() {
    let off = |rule: Rule| [Rule { deny_from: nets(&["0.0.0.0/0"]), name: "off".into(), ..rule }];
    let hit = |rules: &[Rule], request: &str| check(rules, "192.0.2.1", request, Err(Some("off")));
    let miss = |rules: &[Rule], request: &str| check(rules, "192.0.2.1", request, Ok(()));

    let users = off(Rule { users: list(&["jane"]), groups: list(&["ops"]), ..Rule::default() });
    hit(&users, "jane get pods");
    hit(&users, "john,ops get pods");
    miss(&users, "janet get pods");

    let verbs = off(Rule { verbs: list(&["delete"]), ..Rule::default() });
    hit(&verbs, "jane delete pods");
    hit(&verbs, "jane delete /x");
    miss(&verbs, "jane deletecollection pods");

    let resources = ["pods", "nodes/proxy", "deployments.apps", "*/exec"];
    let resources = off(Rule { resources: list(&resources), ..Rule::default() });
    hit(&resources, "jane get pods");
    hit(&resources, "jane get pods.metrics.k8s.io");
    hit(&resources, "jane create pods/exec");
    hit(&resources, "jane get nodes/proxy");
    hit(&resources, "jane get deployments.apps");
    miss(&resources, "jane get pods/log");
    miss(&resources, "jane get nodes");
    miss(&resources, "jane get deployments.extensions");
    miss(&resources, "jane get deployments.apps/scale");
    miss(&resources, "jane get /pods");

    let all = off(Rule { resources: list(&["*"]), namespaces: list(&["prod"]), ..Rule::default() });
    hit(&all, "jane get deployments.apps/scale prod");
    miss(&all, "jane get pods dev");
    miss(&all, "jane get nodes");
    miss(&all, "jane get /prod");

    let paths = off(Rule { paths: list(&["/metrics", "/debug/*"]), ..Rule::default() });
    hit(&paths, "jane get /metrics");
    hit(&paths, "jane get /debug/pprof");
    miss(&paths, "jane get /metrics/slis");
    miss(&paths, "jane get /debug");
    miss(&paths, "jane get metrics");
}

#[test]
fn refuses_rules_that_do_nothing() {
    let check = |rule: Rule, expected: &[&str]| {
        let mistakes = AccessRules::new(vec![rule]).unwrap_err();
        let texts: Vec<_> = mistakes.iter().map(|mistake| mistake.problem.to_string()).collect();
        assert_eq!(texts, expected);
    };
    let any = ["0.0.0.0/0"];
    check(rule("", &any, &[]), &["name is empty; logs name the rule by it"]);
    check(
        rule("x", &[], &[]),
        &["neither allow-from nor deny-from has a network, so the rule does nothing"],
    );
    check(
        rule("x", &["::ffff:10.0.0.0/104"], &[]),
        &["::ffff:10.0.0.0/104 is an IPv4 network in IPv6 form; write it as IPv4"],
    );
    check(
        Rule { paths: list(&["/x"]), namespaces: list(&["a"]), ..rule("x", &any, &[]) },
        &["namespaces never match paths; give resources, or leave paths or namespaces out"],
    );
    check(
        Rule { verbs: list(&["*"]), paths: list(&["x"]), ..rule("x", &any, &[]) },
        &[
            "\"*\" never matches: verbs are lower-case words; leave verbs out to mean all",
            "\"x\" never matches: paths start with /",
        ],
    );
    let twice = AccessRules::new(vec![rule("x", &any, &[]), rule("x", &any, &[])]);
    assert_eq!(twice, Err(vec![BadRule { index: 1, problem: Problem::SameName }]));
}

#[test]
fn a_refusal_says_which_rule() {
    let rules = [rule("office", &["192.0.2.0/24"], &[])];
    let denied = judge(&rules, "10.0.0.1", "jane get pods").unwrap_err();
    assert_eq!(
        denied.to_string(),
        "network rule \"office\" does not let the request come from this address"
    );
}
