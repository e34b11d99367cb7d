//! Request lines and their readings. The bulk of cases are the vectors that `conformance` runs;
//! here is one of each rule, and what vectors do not hold.

use super::*;
use proptest::prelude::*;

fn read(method: &str, target: &str) -> Call {
    Call::parse(method, target).expect("the target has a reading")
}

/// A reading in one line: verb, group/version, namespace, resource/subresource, name.
fn line(call: &Call) -> String {
    if !call.is_resource {
        return format!("{} {}", call.verb, call.path);
    }
    let Call { verb, api_group, api_version, namespace, resource, subresource, name, .. } = call;
    format!("{verb} {api_group}/{api_version} ns={namespace} {resource}/{subresource} {name}")
}

fn check(method: &str, target: &str, expected: &str) {
    assert_eq!(line(&read(method, target)), expected, "{method} {target}");
}

#[test]
fn short_paths_are_no_resources() {
    check("GET", "/", "get /");
    check("OPTIONS", "*", "options *");
    check("HEAD", "/api/v1", "head /api/v1");
    check("POST", "/apis/apps/v1", "post /apis/apps/v1");
    check("GET", "/version?watch=1", "get /version");
    check("GET", "/openapi/v3/apis/apps/v1", "get /openapi/v3/apis/apps/v1");
    assert_eq!(read("GET", "/apis/apps/v1").api_prefix, "apis");
    assert_eq!(read("GET", "/api/v1").api_prefix, "");
}

#[test]
fn reads_places() {
    check("GET", "/api/v1/pods/a", "get /v1 ns= pods/ a");
    check("GET", "/api/v1/namespaces", "list /v1 ns= namespaces/ ");
    check("GET", "/api/v1/namespaces/a", "get /v1 ns=a namespaces/ a");
    check("PUT", "/api/v1/namespaces/a/finalize", "update /v1 ns=a namespaces/finalize a");
    check("GET", "/api/v1/namespaces/a/pods/b/log", "get /v1 ns=a pods/log b");
    check("GET", "/apis/apps/v1/deployments/a%2Fscale", "get apps/v1 ns= deployments/scale a");
    check("GET", "//api/v1/pods/a//", "get /v1 ns= pods/ a");
    check("GET", "/api/v1/namespaces//pods", "list /v1 ns= pods/ ");
    assert_eq!(read("GET", "/api/v1/nodes/a/proxy/b//c").parts().count(), 6);
    assert_eq!(read("GET", "/healthz/a/b").parts().count(), 0);
}

#[test]
fn reads_verbs() {
    let pod = "/api/v1/namespaces/a/pods/b";
    for (method, verb) in
        [("POST", "create"), ("HEAD", "get"), ("PATCH", "patch"), ("DELETE", "delete")]
    {
        check(method, pod, &format!("{verb} /v1 ns=a pods/ b"));
    }
    check("OPTIONS", pod, " /v1 ns=a pods/ b");
    check("get", pod, " /v1 ns=a pods/ b");
    check("DELETE", "/api/v1/pods", "deletecollection /v1 ns= pods/ ");
    check("GET", &format!("{pod}?watch=true"), "get /v1 ns=a pods/ b");
    check("POST", "/api/v1/watch/pods", "watch /v1 ns= pods/ ");
    check("GET", "/api/v1/proxy/namespaces/a/pods/b/log", "proxy /v1 ns=a pods/ b");
}

#[test]
fn only_zero_and_false_do_not_watch() {
    for value in
        ["watch", "watch=", "watch=1", "watch=no", "watch=00", "%77atch=x", "watch=1&watch=0"]
    {
        check("GET", &format!("/api/v1/pods?{value}"), "watch /v1 ns= pods/ ");
    }
    for value in ["", "watch=0", "watch=false", "watch=FALSE", "watch=fal%C5%BFe", "watch=0&watch"]
    {
        check("GET", &format!("/api/v1/pods?{value}"), "list /v1 ns= pods/ ");
    }
    // With an option that does not decode, upstream reads `watch` in another way.
    check("GET", "/api/v1/pods?limit=x&watch=fal%C5%BFe", "watch /v1 ns= pods/ ");
}

#[test]
fn takes_the_name_of_an_exact_field_selector() {
    let list = |query: &str| read("GET", &format!("/api/v1/pods?{query}")).name;
    assert_eq!(list("fieldSelector=metadata.name%3Da"), "a");
    assert_eq!(list("fieldSelector=metadata.name=b,metadata.name==c"), "c");
    assert_eq!(list("fieldSelector=spec.nodeName=x,metadata.name=a&watch"), "a");
    for none in [
        "fieldSelector=metadata.name!=a",
        "fieldSelector=metadata.name=..",
        "fieldSelector=metadata.name=a%2Fb",
        "fieldSelector=metadata.name=a%2525",
        "fieldSelector=metadata.name=a&limit=x",
        "fieldSelector=metadata.name=a&timeoutSeconds=",
        "fieldSelector=metadata.name=a&labelSelector=!!",
        "fieldSelector=metadata.name=a;b",
        "fieldSelector=x&fieldSelector=metadata.name=a",
    ] {
        assert_eq!(list(none), "", "{none}");
    }
    assert_eq!(read("DELETE", "/api/v1/pods?fieldSelector=metadata.name=a").name, "");
}

#[test]
fn keeps_selectors_where_they_count() {
    let selectors = |method: &str, target: &str| {
        let call = read(method, target);
        format!("{}|{}", call.field_selector, call.label_selector)
    };
    let query = "?labelSelector=!!&fieldSelector=a%3Db&fieldSelector=c";
    assert_eq!(selectors("GET", &format!("/api/v1/pods{query}")), "a=b|!!");
    assert_eq!(selectors("DELETE", &format!("/api/v1/pods{query}")), "a=b|!!");
    assert_eq!(selectors("GET", &format!("/api/v1/pods/a{query}")), "|");
    assert_eq!(selectors("POST", &format!("/api/v1/pods{query}")), "|");
    assert_eq!(selectors("GET", &format!("/api/v1/watch/pods{query}")), "|");
}

#[test]
fn knows_what_runs_long() {
    let runs_long = |target: &str| read("GET", target).is_long_running();
    for target in [
        "/api/v1/pods?watch",
        "/api/v1/watch/pods",
        "/api/v1/proxy/nodes/a",
        "/api/v1/namespaces/a/pods/b/log",
        "/api/v1/namespaces/a/pods/b/exec",
        "/api/v1/namespaces/a/pods/b/attach",
        "/api/v1/namespaces/a/pods/b/portforward",
        "/api/v1/nodes/a/proxy/metrics",
        "/debug/pprof/profile",
    ] {
        assert!(runs_long(target), "{target}");
    }
    for target in ["/api/v1/pods", "/api/v1/pods/log", "/debug/pprof", "/a/b/log", "/watch"] {
        assert!(!runs_long(target), "{target}");
    }
    assert!(read("GET", "/api/v1/pods").is_read_only());
    assert!(!read("HEAD", "/healthz").is_read_only());
    assert!(!read("POST", "/api/v1/pods").is_read_only());
}

#[test]
fn names_what_it_cannot_read() {
    let refused = |target: &str| Call::parse("GET", target).map_err(|bad| bad.to_string());
    let text = |url: &str| Err(format!("unable to determine kind and namespace from url, {url}"));
    assert_eq!(refused("/api/v1/watch?a=%2"), text("/api/v1/watch?a=%2"));
    assert_eq!(refused("/apis/a%20b/v1/proxy/?"), text("/apis/a%20b/v1/proxy/?"));
    assert_eq!(refused("/apis/a\"%7cé/v1/proxy"), text("/apis/a%22%7C%C3%A9/v1/proxy"));
    for target in ["", "a/b", "http://a/b", "/%", "/%4", "/%zz", "/a\u{1}", "/a?\u{7f}", "**"] {
        assert_eq!(Call::parse("GET", target), Err(BadRequestInfo::Malformed), "{target:?}");
    }
}

proptest! {
    #[test]
    fn never_panics(method in ".{0,8}", target in any::<String>()) {
        Call::parse(&method, &target).ok();
    }

    #[test]
    fn never_panics_on_likely_targets(
        target in "/(apis?)/(v1|apps/v1)(/(watch|proxy|namespaces|a|pods|log|%[0-9a-fA-F]{2}|)){0,8}(\\?(watch|limit|fieldSelector|labelSelector|&|=|,|!|%[0-9a-f]{2}|\\(|\\)|in| ){0,12})?",
    ) {
        if let Ok(call) = Call::parse("GET", &target) {
            prop_assert_eq!(call.is_resource, call.parts().next().is_some());
            if call.is_resource {
                prop_assert_eq!(call.parts().next(), Some(call.resource.as_str()));
            }
        }
    }
}
