//! Who asks what, and how it is classified. UIDs here are names in brackets.

use model::attributes::Resource;
use model::{Call, UserInfo};

use super::*;

fn schema(name: &str, precedence: i32, level: &str, rules: Vec<Rule>) -> FlowSchema {
    let (name, uid, level) = (name.to_owned(), format!("<{name}>"), level.to_owned());
    FlowSchema { name, uid, precedence, level, rules }
}

fn level(name: &str) -> PriorityLevel {
    PriorityLevel { name: name.to_owned(), uid: format!("<{name}>") }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn everything(subjects: &[Subject]) -> Rule {
    Rule { subjects: subjects.to_vec(), ..Rule::all_by("") }
}

fn user(name: &str) -> Subject {
    Subject::User(name.to_owned())
}

fn group(name: &str) -> Subject {
    Subject::Group(name.to_owned())
}

fn account(namespace: &str, name: &str) -> Subject {
    Subject::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
}

fn everybody() -> Rule {
    everything(&[group("system:authenticated"), group("system:unauthenticated")])
}

fn mandatory() -> Vec<FlowSchema> {
    vec![
        schema("catch-all", 10_000, "catch-all", vec![everybody()]),
        schema("exempt", 1, "exempt", vec![Rule::all_by(MASTERS)]),
    ]
}

fn classifier(schemas: Vec<FlowSchema>) -> Classifier {
    let schemas = mandatory().into_iter().chain(schemas).collect();
    Classifier::new(schemas, &["exempt", "catch-all", "low", "high"].map(level))
}

/// A user, with its groups after it: `jane dev ops`. Everybody is authenticated.
fn who(names: &str) -> UserInfo {
    let mut names = names.split(' ').map(str::to_owned);
    let name = names.next().unwrap();
    let groups = names.chain(["system:authenticated".to_owned()]).collect();
    UserInfo { name, groups, ..UserInfo::default() }
}

/// The schema and level of what `names` asks, for example of `GET /healthz`.
fn classified(by: &Classifier, names: &str, line: &str) -> String {
    let (method, target) = line.split_once(' ').unwrap();
    let call = Call::parse(method, target).unwrap();
    told(by.classify(&Attributes::of(&call, &who(names))))
}

fn told(classified: Option<Classified>) -> String {
    let Some(Classified { flow_schema_uid, priority_level_uid }) = classified else {
        return "none".to_owned();
    };
    format!("{flow_schema_uid} {priority_level_uid}")
}

/// Whether a schema with this one rule is about the call.
fn is_about(rule: &Rule, names: &str, line: &str) -> bool {
    let by = classifier(vec![schema("one", 500, "low", vec![rule.clone()])]);
    match &*classified(&by, names, line) {
        "<one> <low>" => true,
        "<catch-all> <catch-all>" => false,
        other => panic!("{other}"),
    }
}

#[test]
fn the_lowest_precedence_goes_first_and_of_equals_the_first_by_name() {
    let all = |names: &[&str]| {
        let subjects: Vec<_> = names.iter().map(|name| user(name)).collect();
        vec![everything(&subjects)]
    };
    let by = classifier(vec![
        schema("late", 900, "low", all(&["jane", "joe"])),
        schema("b", 500, "high", all(&["jane"])),
        schema("a", 500, "low", all(&["jane", "jack"])),
        schema("B", 500, "low", all(&["jack"])),
    ]);
    for (names, expected) in [
        ("jane", "<a> <low>"),
        ("joe", "<late> <low>"),
        // Names are compared byte by byte.
        ("jack", "<B> <low>"),
        ("jill", "<catch-all> <catch-all>"),
        ("jane system:masters", "<exempt> <exempt>"),
    ] {
        assert_eq!(classified(&by, names, "GET /api/v1/pods"), expected, "{names}");
        assert_eq!(classified(&by, names, "GET /healthz"), expected, "{names}");
    }
}

#[test]
fn any_rule_of_a_schema_is_enough() {
    let rules = ["jane", "joe"].map(|name| everything(&[user(name)]));
    let by = classifier(vec![schema("two", 500, "low", rules.to_vec())]);
    for (names, expected) in
        [("jane", "<two> <low>"), ("joe", "<two> <low>"), ("jill", "<catch-all> <catch-all>")]
    {
        assert_eq!(classified(&by, names, "GET /api/v1/pods"), expected, "{names}");
    }
}

#[test]
fn subjects() {
    let builder = "system:serviceaccount:apps:builder";
    for (subject, names, expected) in [
        (user("jane"), "jane", true),
        (user("jane"), "joe jane", false),
        (user("*"), "joe", true),
        (user("j*"), "joe", false),
        (group("dev"), "joe ops dev", true),
        (group("dev"), "dev", false),
        (group("*"), "joe", true),
        (account("apps", "builder"), builder, true),
        (account("apps", "build"), builder, false),
        (account("app", "s:builder"), builder, false),
        (account("apps", "*"), builder, true),
        (account("app", "*"), builder, false),
        (account("*", "*"), builder, false),
        (account("apps", "*"), "apps:builder", false),
        // Odd names are no service accounts elsewhere, but here nobody looks.
        (account("apps", "*"), "system:serviceaccount:apps:", true),
        (account("apps", "*"), "system:serviceaccount:apps:a:b", true),
        (account("apps", "*"), "system:serviceaccount:apps", false),
    ] {
        let rule = everything(std::slice::from_ref(&subject));
        assert_eq!(is_about(&rule, names, "GET /version"), expected, "{subject:?} {names}");
    }
    assert!(!is_about(&everything(&[]), "jane", "GET /version"));
}

fn of_resources(resources: ResourceRule) -> Rule {
    Rule { subjects: vec![user("*")], resources: vec![resources], paths: Vec::new() }
}

#[test]
fn resources() {
    let rule = of_resources(ResourceRule {
        verbs: texts(&["list", "create", "watch"]),
        api_groups: texts(&["", "apps"]),
        resources: texts(&["pods", "pods/status", "deployments", "nodes"]),
        cluster_scope: false,
        namespaces: texts(&["a", "b"]),
    });
    for (line, expected) in [
        ("GET /api/v1/namespaces/a/pods", true),
        ("GET /api/v1/namespaces/a/pods?watch", true),
        ("GET /api/v1/namespaces/b/pods", true),
        ("GET /api/v1/namespaces/c/pods", false),
        ("GET /api/v1/pods", false),
        ("GET /api/v1/nodes", false),
        ("GET /api/v1/namespaces/a/pods/x", false),
        ("POST /api/v1/namespaces/a/pods/x/status", true),
        ("POST /api/v1/namespaces/a/pods/x/eviction", false),
        ("GET /apis/apps/v1/namespaces/a/deployments", true),
        ("GET /apis/apps/v2/namespaces/a/deployments", true),
        ("GET /apis/batch/v1/namespaces/a/deployments", false),
        ("GET /apis/apps/v1", false),
    ] {
        assert_eq!(is_about(&rule, "jane", line), expected, "{line}");
    }
}

#[test]
fn scopes() {
    let of = |cluster_scope, namespaces: &[&str]| {
        let rules = Rule::all_by("").resources;
        let rule = rules.into_iter().next().unwrap();
        of_resources(ResourceRule { cluster_scope, namespaces: texts(namespaces), ..rule })
    };
    let everywhere = "GET /api/v1/pods";
    let nodes = "GET /api/v1/nodes/n";
    let here = "GET /api/v1/namespaces/a/pods";
    // A namespace itself is in that namespace; all of them are not.
    let namespace = "GET /api/v1/namespaces/a";
    let namespaces = "GET /api/v1/namespaces";
    for (rule, about) in [
        (of(true, &[]), vec![everywhere, nodes, namespaces]),
        (of(false, &["*"]), vec![here, namespace]),
        (of(false, &["a"]), vec![here, namespace]),
        (of(true, &["b"]), vec![everywhere, nodes, namespaces]),
        (of(true, &["*"]), vec![everywhere, nodes, here, namespace, namespaces]),
        (of(false, &[]), vec![]),
    ] {
        for line in [everywhere, nodes, here, namespace, namespaces] {
            assert_eq!(is_about(&rule, "jane", line), about.contains(&line), "{rule:?} {line}");
        }
    }
}

#[test]
fn a_star_means_all_only_where_it_stands_alone() {
    let rule = Rule::all_by("").resources.into_iter().next().unwrap();
    let (pods, status) =
        ("GET /api/v1/namespaces/a/pods", "GET /api/v1/namespaces/a/pods/x/status");
    for (resources, about) in [
        (&["*"][..], vec![pods, status]),
        (&["*/status"], vec![]),
        (&["pods/*"], vec![]),
        (&["*", "nodes"], vec![]),
        (&["pods"], vec![pods]),
        (&["pods/"], vec![]),
    ] {
        let rule = of_resources(ResourceRule { resources: texts(resources), ..rule.clone() });
        for line in [pods, status] {
            assert_eq!(is_about(&rule, "jane", line), about.contains(&line), "{rule:?} {line}");
        }
    }
    let verbs = texts(&["*", "get"]);
    assert!(!is_about(&of_resources(ResourceRule { verbs, ..rule }), "jane", pods));
}

#[test]
fn paths() {
    let of = |verbs: &[&str], url: &str| Rule {
        subjects: vec![user("*")],
        resources: Vec::new(),
        paths: vec![PathRule { verbs: texts(verbs), urls: texts(&["/other", url]) }],
    };
    for (url, line, expected) in [
        ("*", "GET /healthz", true),
        ("/healthz", "GET /healthz", true),
        ("/healthz", "GET /healthz/etcd", true),
        ("/healthz", "GET /healthz/", true),
        ("/healthz", "GET /healthzz", false),
        ("/healthz", "POST /healthz", false),
        ("/healthz/", "GET /healthz", false),
        ("/healthz/", "GET /healthz/etcd", true),
        ("/healthz/*", "GET /healthz", false),
        ("/healthz/*", "GET /healthz/etcd", true),
        ("/healthz*", "GET /healthz/etcd", true),
        ("/healthz*", "GET /healthzz", false),
        ("/", "GET /healthz", true),
        ("/*", "GET /healthz", true),
        ("/*", "GET /apis/apps/v1", true),
        ("/*", "GET /apis/apps/v1/deployments", false),
    ] {
        assert_eq!(is_about(&of(&["get"], url), "jane", line), expected, "{url} {line}");
    }
    assert!(is_about(&of(&["*"], "/healthz"), "jane", "OPTIONS /healthz"));
}

#[test]
fn a_schema_without_its_level_is_ignored() {
    let by = classifier(vec![
        schema("dangling", 500, "gone", vec![everybody()]),
        schema("good", 600, "low", vec![everybody()]),
    ]);
    assert_eq!(classified(&by, "jane", "GET /api/v1/pods"), "<good> <low>");
}

#[test]
fn who_is_not_even_unauthenticated_falls_to_the_catch_all() {
    let late = schema("late", 10_000, "low", vec![everything(&[user("jane")])]);
    let by = classifier(vec![late]);
    let pods = Target::Resource(Resource { resource: "pods", ..Resource::default() });
    for (name, expected) in [("jane", "<late> <low>"), ("joe", "<catch-all> <catch-all>")] {
        let user = UserInfo { name: name.to_owned(), ..UserInfo::default() };
        let call = Attributes { user: &user, verb: "list", target: pods };
        assert_eq!(told(by.classify(&call)), expected);
    }
}

#[test]
fn what_must_be_there_is_imagined() {
    let of = |by: &Classifier| {
        ["jane", "jane system:masters"].map(|names| classified(by, names, "GET /api/v1/pods"))
    };
    let nothing = Classifier::new(Vec::new(), &[]);
    assert_eq!(of(&nothing), [" ", " "]);
    let levels = ["exempt", "catch-all", "low"].map(level);
    let no_schemas = Classifier::new(Vec::new(), &levels);
    assert_eq!(of(&no_schemas), [" <catch-all>", " <exempt>"]);
    // The imagined exempt schema goes before all others, the imagined catch-all after them.
    let late = schema("late", 10_000, "low", vec![everybody()]);
    let late = Classifier::new(vec![late], &levels);
    assert_eq!(of(&late), ["<late> <low>", " <exempt>"]);
}

#[test]
fn a_mandatory_level_that_is_gone_stays_in_use() {
    let of = |by: &Classifier| {
        ["jane", "jane system:masters"].map(|names| classified(by, names, "GET /api/v1/pods"))
    };
    let full = classifier(Vec::new());
    assert_eq!(of(&full), ["<catch-all> <catch-all>", "<exempt> <exempt>"]);
    let gone = full.renewed(mandatory(), &[level("low")]);
    assert_eq!(of(&gone), [" <catch-all>", " <exempt>"]);
    let new = PriorityLevel { name: "exempt".to_owned(), uid: "<new>".to_owned() };
    let renewed = gone.renewed(mandatory(), &[new]);
    assert_eq!(of(&renewed), [" <catch-all>", "<exempt> <new>"]);
}

#[test]
fn leaves_alone_what_runs_long_but_for_watches() {
    let by = classifier(Vec::new());
    for method in ["GET", "POST", "DELETE", "HEAD", "WATCH", "PROXY"] {
        for target in [
            "/api/v1/pods",
            "/api/v1/pods?watch=true",
            "/api/v1/watch/pods",
            "/api/v1/watch/namespaces/a/pods/x/log",
            "/api/v1/proxy/namespaces/a/pods/x",
            "/api/v1/namespaces/a/pods/x",
            "/api/v1/namespaces/a/pods/x?watch=true",
            "/api/v1/namespaces/a/pods/x/log",
            "/api/v1/namespaces/a/pods/x/log?watch=true",
            "/api/v1/namespaces/a/pods/x/exec",
            "/api/v1/namespaces/a/pods/x/attach",
            "/api/v1/namespaces/a/pods/x/portforward",
            "/api/v1/namespaces/a/pods/x/proxy/a/b",
            "/api/v1/namespaces/a/pods/x/status",
            "/api/v1/namespaces/a/pods/x/eviction",
            "/apis/apps/v1/namespaces/a/deployments/x/log",
            "/healthz",
            "/exec",
            "/debug/pprof",
            "/debug/pprof/",
            "/debug/pprof/heap",
        ] {
            let call = Call::parse(method, target).unwrap();
            let is_left_alone = call.is_long_running() && call.verb != "watch";
            let classified = by.classify(&Attributes::of(&call, &who("jane")));
            assert_eq!(classified.is_none(), is_left_alone, "{method} {target}");
        }
    }
}
