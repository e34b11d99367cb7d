//! The ways in which feeds break their format, each survived; and what is refused.

use super::*;
use crate::{Component, Fix, Severity, Table};

/// A record of one Go package with these members in its `affected`.
fn record(package: &str, members: &str) -> String {
    format!(
        r#"{{"id":"CVE-2024-1","modified":"2026-10-01T00:00:00Z","affected":[
        {{"package":{{"ecosystem":"Go","name":"{package}"}}{members}}}]}}"#
    )
}

fn ranges(events: &str) -> String {
    format!(r#","ranges":[{{"type":"SEMVER","events":[{events}]}}]"#)
}

fn concerns(text: &str, component: Component, version: &str) -> bool {
    let table = Table::from_text(text).unwrap();
    !table.matches(component, &Version::parse(version).unwrap()).is_empty()
}

fn check(package: &str, members: &str, component: Component, hit: &[&str], miss: &[&str]) {
    let text = record(package, members);
    for version in hit {
        assert!(concerns(&text, component, version), "{version} is concerned by {text}");
    }
    for version in miss {
        assert!(!concerns(&text, component, version), "{version} is not concerned by {text}");
    }
}

#[test]
fn without_ranges_and_versions_all_versions_are_affected() {
    for members in ["", r#","ranges":[]"#, r#","ranges":[],"versions":[]"#, r#","ranges":null"#] {
        check("k8s.io/kubernetes", members, Component::KubeApiserver, &["0.1.0", "1.40.0"], &[]);
        let table = Table::from_text(&record("k8s.io/kubernetes", members)).unwrap();
        let found = table.matches(Component::KubeApiserver, &Version::parse("1.36.0").unwrap());
        assert_eq!(found[0].fix, Fix::Unknown);
    }
    let git = r#","ranges":[{"type":"GIT","events":[{"introduced":"0"},{"fixed":"0a1b2c"}]}]"#;
    check("k8s.io/kubernetes", git, Component::Kubelet, &["1.36.0"], &[]);
}

#[test]
fn introduced_without_fixed_stays_open() {
    let events = ranges(r#"{"introduced":"1.3.0"}"#);
    check("k8s.io/kubernetes", &events, Component::KubeApiserver, &["1.3.0", "1.40.0"], &["1.2.9"]);
}

#[test]
fn an_interval_of_no_width_affects_nothing() {
    let events = ranges(
        r#"{"introduced":"0"},{"fixed":"1.13.8"},{"introduced":"1.14.0"},{"fixed":"1.14.4"},
        {"introduced":"1.15.0"},{"fixed":"1.15.0"}"#,
    );
    let (hit, miss) = (["1.13.7", "1.14.3"], ["1.13.8", "1.14.4", "1.15.0", "1.15.1"]);
    check("k8s.io/ingress-nginx", &events, Component::IngressNginx, &hit, &miss);
    let alone = ranges(r#"{"introduced":"1.15.0"},{"fixed":"1.15.0"}"#);
    check("k8s.io/ingress-nginx", &alone, Component::IngressNginx, &[], &["1.14.0", "1.15.0"]);
}

#[test]
fn two_introduced_in_a_row_are_one() {
    let events =
        ranges(r#"{"introduced":"1.30.0"},{"introduced":"1.32.0"},{"last_affected":"1.32.9"}"#);
    let (hit, miss) = (["1.30.0", "1.31.5", "1.32.0", "1.32.9"], ["1.29.0", "1.32.10"]);
    check("k8s.io/kubernetes", &events, Component::KubeControllerManager, &hit, &miss);
}

#[test]
fn a_leading_v_is_taken() {
    let events = ranges(r#"{"introduced":"v1.29.12"},{"fixed":"v1.29.13"}"#);
    check("k8s.io/kubelet", &events, Component::Kubelet, &["1.29.12"], &["1.29.11", "1.29.13"]);
}

#[test]
fn events_need_no_order() {
    let events = ranges(
        r#"{"introduced":"1.28.0"},{"fixed":"1.28.4"},{"introduced":"1.27.0"},{"fixed":"1.27.8"},
        {"introduced":"1.26.0"},{"fixed":"1.26.11"},{"introduced":"1.8.0"},{"fixed":"1.25.16"}"#,
    );
    let hit = ["1.8.0", "1.25.15", "1.26.10", "1.27.7", "1.28.3"];
    let miss = ["1.7.9", "1.25.16", "1.26.11", "1.27.8", "1.28.4", "1.29.0"];
    check("k8s.io/kubernetes", &events, Component::Kubelet, &hit, &miss);
}

#[test]
fn staged_modules_are_numbered_apart() {
    let events = ranges(r#"{"introduced":"0"},{"fixed":"0.17.0"}"#);
    check("k8s.io/client-go", &events, Component::ClientGo, &["1.16.9"], &["1.17.0", "1.30.0"]);
    let events = ranges(r#"{"introduced":"0.19.0"},{"fixed":"0.20.0-alpha.2"}"#);
    let (hit, miss) = (["1.19.5", "1.20.0-alpha.1"], ["1.18.9", "1.20.0-alpha.2", "1.20.0"]);
    check("k8s.io/client-go", &events, Component::ClientGo, &hit, &miss);
    let listed = r#","versions":["0.30.1","v0.30.2"]"#;
    let (hit, miss) = (["1.30.1", "1.30.2"], ["1.30.0", "1.30.3", "0.30.1"]);
    check("k8s.io/kubelet", listed, Component::Kubelet, &hit, &miss);
}

#[test]
fn implausible_dates_are_dropped() {
    let check = |published: &str, expected: Option<&str>| {
        let text = format!(
            r#"{{"id":"CVE-2024-3177","published":"{published}","affected":[
            {{"package":{{"name":"k8s.io/kubernetes"}}}}]}}"#
        );
        let table = Table::from_text(&text).unwrap();
        let found = table.find("CVE-2024-3177").unwrap().published();
        assert_eq!(found.map(|date| date.to_string()).as_deref(), expected, "{published}");
    };
    check("2024-04-16T00:00:00Z", Some("2024-04-16"));
    check("2018-04-16T00:00:00Z", None);
    check("0001-01-01T00:00:00Z", None);
}

#[test]
fn package_names_need_no_path() {
    let events = ranges(r#"{"introduced":"0"},{"fixed":"1.11.5"}"#);
    for name in ["/ingress-nginx", "ingress-nginx", "k8s.io/ingress-nginx"] {
        check(name, &events, Component::IngressNginx, &["1.11.4"], &["1.11.5"]);
    }
}

#[test]
fn custom_ranges_are_the_real_ones() {
    let members = format!(
        r#"{},"ecosystem_specific":{{"custom_ranges":[{{"type":"ECOSYSTEM","events":[
        {{"introduced":"2.0.0"}},{{"fixed":"2.13.9"}},{{"introduced":"3.0.0"}},{{"fixed":"3.0.14"}}]}}]}}"#,
        ranges(r#"{"introduced":"0"}"#)
    );
    let (hit, miss) = (["2.13.8", "3.0.13"], ["1.9.0", "2.13.9", "3.0.14", "3.9.0"]);
    check("github.com/argoproj/argo-cd", &members, Component::ArgoCd, &hit, &miss);
}

#[test]
fn last_affected_is_affected() {
    let events = ranges(r#"{"introduced":"0"},{"last_affected":"1.30.4"}"#);
    check("k8s.io/kubernetes", &events, Component::Kubelet, &["1.30.4"], &["1.30.5"]);
    let table = Table::from_text(&record("k8s.io/kubernetes", &events)).unwrap();
    let found = table.matches(Component::Kubelet, &Version::parse("1.30.4").unwrap());
    assert_eq!(found[0].fix, Fix::After(&Version::parse("1.30.4").unwrap()));
}

#[test]
fn versions_are_affected_beside_ranges() {
    let events = ranges(r#"{"introduced":"1.0.0"},{"fixed":"1.0.5"},{"limit":"2.0.0"}"#);
    let members = format!(r#"{events},"versions":["1.0.1","1.7.0"]"#);
    let (hit, miss) = (["1.0.1", "1.0.4", "1.7.0"], ["1.0.5", "1.6.9", "1.7.1"]);
    check("github.com/coredns/coredns", &members, Component::CoreDns, &hit, &miss);
}

#[test]
fn an_old_path_left_open_does_not_concern_newer_majors() {
    let text = format!(
        r#"{{"id":"CVE-2024-2","affected":[
        {{"package":{{"ecosystem":"Go","name":"github.com/traefik/traefik"}}{}}},
        {{"package":{{"ecosystem":"Go","name":"github.com/traefik/traefik/v2"}}{}}},
        {{"package":{{"ecosystem":"Go","name":"github.com/traefik/traefik/v3"}}{}}}]}}"#,
        ranges(r#"{"introduced":"0"}"#),
        ranges(r#"{"introduced":"0"}"#),
        ranges(r#"{"introduced":"3.0.0-beta3"},{"fixed":"3.1.3"}"#),
    );
    let table = Table::from_text(&text).unwrap();
    let check = |version: &str, expected: Option<bool>| {
        let found = table.matches(Component::Traefik, &Version::parse(version).unwrap());
        assert_eq!(found.first().map(crate::Match::is_open_ended), expected, "{version}");
    };
    check("3.9.9", None);
    check("3.1.3", None);
    check("3.1.2", Some(false));
    check("2.11.0", Some(true));
    check("1.7.0", Some(true));
    check("4.0.0", None);
}

#[test]
fn build_metadata_is_ignored() {
    let events = ranges(r#"{"introduced":"2.0.0+incompatible"},{"fixed":"2.16.11+incompatible"}"#);
    check("helm.sh/helm", &events, Component::Helm, &["2.16.10"], &["2.16.11", "3.0.0"]);
}

#[test]
fn severities_come_from_vectors_or_words() {
    let check = |members: &str, expected: Option<Severity>| {
        let text = format!(
            r#"{{"id":"CVE-2024-1","affected":[{{"package":{{"name":"runc"}}}}]{members}}}"#
        );
        let table = Table::from_text(&text).unwrap();
        assert_eq!(table.find("CVE-2024-1").unwrap().severity(), expected, "{members}");
    };
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    check(
        &format!(r#","severity":[{{"type":"CVSS_V3","score":"{vector}"}}]"#),
        Some(Severity::Critical),
    );
    check(r#","severity":[{"type":"CVSS_V3","score":"7.5"}]"#, Some(Severity::High));
    check(r#","database_specific":{"severity":"MODERATE"}"#, Some(Severity::Medium));
    check(
        r#","severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N"}],"database_specific":{"severity":"LOW"}"#,
        Some(Severity::Low),
    );
    check("", None);
}

#[test]
fn texts_of_every_shape_hold_records() {
    let one = record("k8s.io/kubernetes", "").replace('\n', "");
    let two = one.replace("CVE-2024-1", "CVE-2024-2");
    let check = |text: String, expected: usize| {
        assert_eq!(Table::from_text(&text).map(|table| table.len()), Ok(expected), "{text}");
    };
    check(one.clone(), 1);
    check(format!("[{one},{two}]"), 2);
    check(format!("{one}\n{two}\n"), 2);
    check(format!("\u{feff}{one}\r\n\r\n{two}"), 2);
    check(format!(r#"{{"vulns":[{one},{two}]}}"#), 2);
    check("[]".to_owned() + &one, 1);
    check(one.replace("k8s.io/kubernetes", "github.com/someone/something"), 0);
    check(one.replace("\"Go\"", "\"npm\"").replace("k8s.io/kubernetes", "helm"), 0);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_record() {
    let check = |text: &str, record: usize, id: Option<&str>, flaw: Flaw| {
        let Refused(errors) = Table::from_text(text).unwrap_err();
        let expected = ImportError { record, id: id.map(str::to_owned), flaw };
        assert_eq!(errors, [expected], "{text}");
    };
    let good = record("k8s.io/kubernetes", "");
    check("", 1, None, Flaw::Nothing);
    check("[]", 1, None, Flaw::Nothing);
    check("7", 1, None, Flaw::Object);
    check(r#"[{"affected":[]}]"#, 1, None, Flaw::Missing("id"));
    let bad = |members: &str| format!("{good}{}", record("k8s.io/kubernetes", members));
    let version = |text: &str| Flaw::Version(BadVersion(text.to_owned()));
    let id = Some("CVE-2024-1");
    check(&bad(&ranges(r#"{"introduced":"soon"}"#)), 2, id, version("soon"));
    check(&bad(&ranges(r#"{"introduced":"0"},{"fixed":"0"}"#)), 2, id, version("0"));
    check(&bad(&ranges(r#"{"fixed":7}"#)), 2, id, Flaw::Shape { field: "version", wanted: "text" });
    check(&bad(&ranges(r#"{"until":"1.2.3"}"#)), 2, id, Flaw::Event);
    check(&bad(r#","ranges":{}"#), 2, id, Flaw::Shape { field: "ranges", wanted: "list" });
    check(&bad(r#","versions":["x"]"#), 2, id, version("x"));
    let row = |members: &str| format!(r#"{{"id":"CVE-2024-9",{members}}}"#);
    let id = Some("CVE-2024-9");
    check(&row(r#""component":["nginx"]"#), 1, id, Flaw::Component("nginx".to_owned()));
    check(&row(r#""component":[1]"#), 1, id, Flaw::Shape { field: "component", wanted: "text" });
    check(
        &row(r#""component":"kops","affected":[{"fixed":"1.0.0"}]"#),
        1,
        id,
        Flaw::Missing("introduced"),
    );
    check(
        &row(
            r#""component":"etcd","go":"GO-1","affected":[{"module":"helm.sh/helm","events":[]}]"#,
        ),
        1,
        id,
        Flaw::Component("helm.sh/helm".to_owned()),
    );
}

#[test]
fn text_that_is_no_json_is_refused_where_it_stands() {
    let good = record("k8s.io/kubernetes", "");
    let Refused(errors) = Table::from_text(&format!("{good}\n{{\"id\":")).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].record, 2);
    assert!(matches!(errors[0].flaw, Flaw::Json(_)), "{:?}", errors[0]);
}

#[test]
fn all_flaws_are_told_at_once() {
    let bad = record("k8s.io/kubernetes", &ranges(r#"{"introduced":"soon"}"#));
    let refused = Table::from_text(&format!("{bad}\n7\n{bad}")).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "3 of the records cannot be read, the first of them: record 1 (CVE-2024-1): \
         \"soon\" is no version"
    );
}

proptest::proptest! {
    #[test]
    fn takes_any_text(text in "\\PC{0,80}|[\\[\\]{}\":,0-9.a-z ]{0,60}") {
        drop(Table::from_text(&text));
    }

    #[test]
    fn takes_any_events(events in proptest::collection::vec(("introduced|fixed|last_affected|limit", "v?[0-2]\\.[0-9](\\.[0-9])?(-rc[0-9])?|0"), 0..8)) {
        let events: Vec<String> =
            events.iter().map(|(kind, version)| format!(r#"{{"{kind}":"{version}"}}"#)).collect();
        let text = record("github.com/coredns/coredns", &ranges(&events.join(",")));
        if let Ok(table) = Table::from_text(&text) {
            for found in table.matches(Component::CoreDns, &Version::parse("1.5.0").unwrap()) {
                for fixed in found.fix.versions() {
                    proptest::prop_assert!(table.matches(Component::CoreDns, fixed).is_empty());
                }
            }
        }
    }
}
