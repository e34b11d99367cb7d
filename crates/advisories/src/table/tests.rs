//! Which advisories concern which versions, counted over the tables that the binary carries.

use super::*;
use crate::{Confidence, Fix, Mitigation, Only, Severity};

fn matches(component: Component, version: &str) -> Vec<Match<'static>> {
    Table::embedded().matches(component, &Version::reported(version).unwrap())
}

fn find(component: Component, version: &str, id: &str) -> Match<'static> {
    let found = matches(component, version).into_iter().find(|found| found.id == id);
    found.unwrap_or_else(|| panic!("no {id} for {component} {version}"))
}

#[test]
fn the_embedded_tables_are_whole() {
    let count = |text: &str| Table::from_text(text).unwrap().len();
    assert_eq!(count(embedded::KUBERNETES), 97);
    assert_eq!(count(embedded::ECOSYSTEM), 287);
    let table = Table::embedded();
    assert_eq!((table.len(), table.date()), (384, Some(embedded::DAY)));
    let title_only = table.advisories().filter(|advisory| advisory.is_title_only);
    assert_eq!(title_only.count(), 23);
    assert!(table.advisories().all(|advisory| advisory.url().starts_with("https://")));
    assert!(table.advisories().all(|advisory| !advisory.summary().is_empty()));
    assert_eq!(table.find("GO-2022-0304").map(Advisory::id), Some("CVE-2022-24348"));
}

#[test]
fn scores_of_the_table_are_those_of_its_vectors() {
    let rows = embedded::KUBERNETES.lines();
    let rows = rows.map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap());
    let mut scored = 0;
    for row in rows {
        let Some(vector) = row["vector"].as_str() else { continue };
        let score = crate::cvss::base_score(vector).unwrap();
        assert_eq!(Some(format!("{score:.1}")), row["cvss"].as_f64().map(|it| format!("{it:.1}")));
        let severity = Severity::of_score(score).unwrap();
        assert_eq!(row["severity"], severity.to_string(), "{}", row["id"]);
        scored += 1;
    }
    assert!(scored >= 58, "{scored}");
}

#[test]
fn kubernetes_versions_have_these_advisories() {
    let check = |version: &str, count: usize| {
        assert_eq!(matches(Component::Kubernetes, version).len(), count, "{version}");
    };
    check("1.22.1", 26);
    check("1.27.10", 13);
    check("1.31.3", 10);
    check("1.33.5", 7);
    check("1.35.0", 6);
    check("1.36.1", 6);
}

#[test]
fn the_unfixed_concern_every_version() {
    let check = |version: &str, more: &[&str]| {
        let unfixed = [
            "CVE-2020-8554",
            "CVE-2020-8561",
            "CVE-2020-8562",
            "CVE-2021-25740",
            "CVE-2024-7598",
            "CVE-2025-1767",
        ];
        let mut expected: Vec<&str> = unfixed.iter().chain(more).copied().collect();
        expected.sort_unstable();
        let found = matches(Component::Kubernetes, version);
        let ids: Vec<&str> = found.iter().map(|found| found.id).collect();
        assert_eq!(ids, expected, "{version}");
        for found in found.iter().filter(|found| unfixed.contains(&found.id)) {
            assert_eq!((&found.fix, found.confidence), (&Fix::Never, Confidence::High));
            assert!(!found.is_open_ended() && found.mitigation.is_some(), "{}", found.id);
        }
    };
    check("1.36.1", &[]);
    check("1.35.0", &[]);
    check("v1.35.0-eks-abc123", &[]);
    check("1.33.5", &["CVE-2025-13281"]);
    check("1.31.3", &["CVE-2024-9042", "CVE-2025-0426", "CVE-2025-13281", "CVE-2025-5187"]);
}

#[test]
fn products_have_these_advisories() {
    let check = |component: Component, version: &str, hits: usize, open: usize| {
        let found = matches(component, version);
        let is_open = |found: &&Match<'_>| found.is_open_ended();
        let counts = (
            found.len() - found.iter().filter(is_open).count(),
            found.iter().filter(is_open).count(),
        );
        assert_eq!(counts, (hits, open), "{component} {version}");
        assert!(found.iter().all(|found| found.confidence == Confidence::Low));
        assert!(found.iter().all(|found| found.severity == Severity::Medium));
    };
    check(Component::Runc, "1.1.11", 6, 0);
    check(Component::Runc, "1.1.12", 5, 0);
    check(Component::Runc, "1.2.8", 1, 0);
    check(Component::Containerd, "1.7.26", 5, 3);
    check(Component::Containerd, "2.1.4", 8, 0);
    check(Component::Etcd, "3.5.9", 4, 0);
    check(Component::Etcd, "3.6.8", 4, 0);
    check(Component::CoreDns, "1.11.1", 11, 0);
    check(Component::Cilium, "1.15.0", 18, 0);
    check(Component::ArgoCd, "2.11.0", 11, 3);
    check(Component::ArgoCd, "3.0.0", 7, 0);
    check(Component::Traefik, "2.11.0", 38, 12);
    check(Component::Traefik, "3.1.0", 36, 1);
    check(Component::Helm, "3.14.0", 8, 0);
    check(Component::Kyverno, "1.10.0", 12, 3);
    check(Component::CriO, "1.28.0", 3, 2);
    check(Component::ExternalSecrets, "0.10.0", 3, 0);
    check(Component::CertManager, "1.15.0", 1, 0);
    // Newer than every fix: by name alone these have 41 and 57. The one that is left has no fix
    // for any line.
    check(Component::ArgoCd, "3.9.0", 0, 0);
    check(Component::Traefik, "3.9.9", 0, 1);
    assert_eq!(matches(Component::Traefik, "3.9.9")[0].id, "CVE-2020-9321");
}

#[test]
fn a_product_without_a_path_for_its_major_is_matched_by_the_path_it_has() {
    let check = |component: Component, version: &str, id: &str, expected: bool| {
        let found = matches(component, version).iter().any(|found| found.id == id);
        assert_eq!(found, expected, "{component} {version} {id}");
    };
    check(Component::Dex, "2.37.0", "CVE-2024-23656", true);
    check(Component::Dex, "2.38.0", "CVE-2024-23656", false);
    check(Component::Helm, "2.15.1", "CVE-2019-18658", true);
    check(Component::Helm, "2.15.2", "CVE-2019-18658", false);
    check(Component::Helm, "3.0.0", "CVE-2019-18658", false);
    check(Component::Helm, "3.18.4", "CVE-2025-55199", true);
    check(Component::Helm, "3.18.5", "CVE-2025-55199", false);
}

#[test]
fn advisories_that_name_commits_are_told_apart() {
    let check = |component: Component, version: &str, expected: &[&str]| {
        let version = Version::parse(version).unwrap();
        let found = Table::embedded().undecided(component, &version);
        let ids: Vec<&str> = found.into_iter().map(Advisory::id).collect();
        assert_eq!(ids, expected, "{component} {version}");
        let matched = Table::embedded().matches(component, &version);
        assert!(!matched.iter().any(|matched| expected.contains(&matched.id)));
    };
    check(Component::Istio, "1.22.0", &["CVE-2026-39350", "CVE-2026-41413"]);
    check(Component::Dex, "2.37.0", &["GHSA-7qjx-gp9h-65qj"]);
    check(
        Component::Kyverno,
        "1.10.0",
        &["CVE-2023-42813", "CVE-2023-42814", "CVE-2023-42815", "CVE-2023-42816"],
    );
    check(Component::Etcd, "3.3.10", &["CVE-2018-16886", "CVE-2020-15106"]);
    check(Component::Runc, "1.1.12", &[]);
    check(Component::Kubernetes, "1.31.3", &[]);
}

#[test]
fn a_match_names_the_nearest_fix_first() {
    let check = |component: Component, version: &str, id: &str, expected: &[&str]| {
        let found = find(component, version, id);
        let fixes: Vec<String> = found.fix.versions().iter().map(ToString::to_string).collect();
        assert_eq!(fixes, expected, "{component} {version} {id}");
        assert_eq!(found.fix.nearest().map(ToString::to_string), fixes.first().cloned());
    };
    check(Component::Kubelet, "1.27.7", "CVE-2023-5528", &["1.27.8", "1.28.4"]);
    check(Component::Kubelet, "1.28.0", "CVE-2023-5528", &["1.28.4"]);
    check(Component::IngressNginx, "1.11.4", "CVE-2025-1974", &["1.11.5", "1.12.1"]);
    check(Component::IngressNginx, "1.12.0", "CVE-2025-1974", &["1.12.1"]);
    check(Component::Traefik, "3.1.0", "CVE-2020-9321", &[]);
}

#[test]
fn a_match_says_how_sure_it_is() {
    let check = |component: Component, version: &str, id: &str, expected: Confidence| {
        let found = find(component, version, id);
        assert_eq!(found.confidence, expected, "{component} {version} {id}");
    };
    check(Component::KubeControllerManager, "1.31.3", "CVE-2025-13281", Confidence::High);
    check(Component::Kubelet, "v1.31.3-gke.100", "CVE-2025-0426", Confidence::Medium);
    check(Component::Kubelet, "v1.31.3-eks-abc123", "CVE-2025-1767", Confidence::High);
    check(Component::KubeStateMetrics, "1.7.1", "CVE-2019-10223", Confidence::Low);
    check(Component::Runc, "1.0.3", "CVE-2021-43784", Confidence::Low);
    check(Component::Minikube, "0.29.0", "CVE-2018-1002103", Confidence::Low);
}

#[test]
fn a_match_carries_what_a_check_needs() {
    let found = find(Component::KubeApiserver, "1.35.0", "CVE-2020-8561");
    assert_eq!(found.severity, Severity::Medium);
    assert_eq!(found.mitigation, Some(Mitigation::QuietWithoutProfiling));
    let found = find(Component::IngressNginx, "v1.11.4", "CVE-2025-1974");
    assert_eq!((found.severity, found.only), (Severity::Critical, None));
    let found = find(Component::Kubelet, "1.27.7", "CVE-2023-5528");
    assert_eq!(found.only, Some(Only::WindowsNodes));
    let found = find(Component::KubernetesClientCsharp, "17.0.13", "CVE-2025-9708");
    assert_eq!(found.fix, Fix::After(&Version::parse("17.0.13").unwrap()));
    assert_eq!(matches(Component::KubernetesClientCsharp, "17.0.14"), []);
    assert!(find(Component::Minikube, "0.29.0", "CVE-2018-1002103").is_open_ended());
    assert_eq!(matches(Component::KubeScheduler, "1.35.0"), []);
}

fn update(text: &str) -> (Table, Merged) {
    let mut table = Table::embedded().clone();
    let merged = table.merge(Table::from_text(text).unwrap());
    (table, merged)
}

#[test]
fn the_newer_record_wins() {
    let record = |id: &str, modified: &str| {
        format!(
            r#"{{"id":"{id}","aliases":["CVE-2025-1974"],"modified":"{modified}","summary":"s","details":"d",
              "affected":[{{"package":{{"ecosystem":"Go","name":"k8s.io/ingress-nginx"}},
              "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"1.99.0"}}]}}]}}]}}"#
        )
    };
    let check = |modified: &str, expected: (usize, usize, usize), fixed: &str| {
        let (table, merged) = update(&record("GO-2025-3565", modified));
        assert_eq!((merged.added, merged.replaced, merged.kept), expected, "{modified}");
        let found = table.matches(Component::IngressNginx, &Version::parse("1.11.4").unwrap());
        let found = found.iter().find(|found| found.id == "CVE-2025-1974").unwrap();
        assert_eq!(found.fix.nearest().unwrap().to_string(), fixed, "{modified}");
        assert_eq!(found.severity, Severity::Critical);
        assert_eq!(table.find("GO-2025-3565").unwrap().id(), "CVE-2025-1974");
        assert_eq!(table.len(), 384);
    };
    check("2026-10-01T00:00:00Z", (0, 1, 0), "1.99.0");
    check("2026-07-01T00:00:00Z", (0, 0, 1), "1.11.5");
    check("", (0, 0, 1), "1.11.5");
    let both = [record("GO-1", "2026-10-01T00:00:00Z"), record("GO-2", "2026-09-01T00:00:00Z")];
    assert_eq!(Table::from_text(&both.join("\n")).unwrap().len(), 1);
    let (table, _) = update(&record("GO-1", "2026-10-01T00:00:00Z"));
    assert_eq!(table.date().unwrap().to_string(), "2026-10-01");
}

#[test]
fn records_that_turn_out_to_be_one_become_one() {
    let record = |id: &str, aliases: &str, day: &str| {
        format!(
            r#"{{"id":"{id}","aliases":[{aliases}],"modified":"2026-10-{day}","affected":[
            {{"package":{{"name":"runc"}}}}]}}"#
        )
    };
    let check = |last: &str| {
        let ghsa = record("GHSA-a", "", "05");
        let go = record("GO-1", "", "06");
        let both = record("CVE-2026-1", r#""GO-1","GHSA-a""#, last);
        let table = Table::from_text(&format!("{ghsa}{go}{both}")).unwrap();
        let ids: Vec<&str> = table.advisories().map(Advisory::id).collect();
        assert_eq!(ids, ["CVE-2026-1"], "{last}");
        for id in ["GHSA-a", "GO-1", "CVE-2026-1"] {
            let found = table.find(id).unwrap();
            assert_eq!(found.aliases().collect::<Vec<_>>(), ["GHSA-a", "GO-1"], "{last} {id}");
        }
    };
    check("01");
    check("05");
    check("09");
}

#[test]
fn an_advisory_goes_by_its_best_known_id_and_merging_twice_changes_nothing() {
    let row = |id: &str, go: &str| {
        format!(
            r#"{{"id":"{id}","go":"{go}","component":"etcd","affected":[{{"module":
            "go.etcd.io/etcd/v3","events":[{{"introduced":"0"}}]}}]}}"#
        )
    };
    let check = |id: &str, go: &str| {
        let table = Table::from_text(&row(id, go)).unwrap();
        let mut twice = table.clone();
        assert_eq!(twice.merge(table.clone()), Merged { kept: 1, ..Merged::default() });
        assert_eq!(twice, table);
        let found = table.advisories().next().unwrap();
        assert_eq!(found.id(), "CVE-2026-1");
        assert_eq!(found.aliases().collect::<Vec<_>>(), ["GO-2026-1"]);
    };
    check("CVE-2026-1", "GO-2026-1");
    check("GO-2026-1", "CVE-2026-1");
}

#[test]
fn an_update_keeps_what_it_does_not_say() {
    let (table, _) = update(
        r#"{"id":"CVE-2023-5528","modified":"2026-10-01T00:00:00Z","affected":[
        {"package":{"ecosystem":"Go","name":"k8s.io/kubernetes"},"ranges":[{"type":"SEMVER",
        "events":[{"introduced":"0"},{"fixed":"1.29.0"}]}]}]}"#,
    );
    let version = Version::parse("1.28.9").unwrap();
    let found = table.matches(Component::Kubelet, &version);
    let found = found.iter().find(|found| found.id == "CVE-2023-5528").unwrap();
    assert_eq!((found.severity, found.only), (Severity::High, Some(Only::WindowsNodes)));
    assert!(!found.summary.is_empty());
    let other = table.matches(Component::KubeApiserver, &version);
    assert!(!other.iter().any(|found| found.id == "CVE-2023-5528"));
}

#[test]
fn a_withdrawn_advisory_concerns_nothing() {
    let withdrawn = |when: &str| {
        let (table, _) = update(&format!(
            r#"{{"id":"CVE-2025-1974","modified":"{when}","withdrawn":"{when}","affected":[
            {{"package":{{"name":"/ingress-nginx"}}}}]}}"#
        ));
        let found = table.matches(Component::IngressNginx, &Version::parse("1.11.4").unwrap());
        !found.iter().any(|found| found.id == "CVE-2025-1974")
    };
    assert!(withdrawn("2026-10-01T00:00:00Z"));
    assert!(!withdrawn("2025-10-01T00:00:00Z"));
}

#[test]
fn a_feed_does_not_withdraw_what_was_checked() {
    let (table, merged) = update(
        r#"{"id":"GO-2022-0617","aliases":["CVE-2020-8562"],"modified":"2026-10-01T00:00:00Z",
        "withdrawn":"2026-10-01T00:00:00Z","affected":[{"package":{"name":"k8s.io/kubernetes"}}]}"#,
    );
    assert_eq!(merged, Merged { kept: 1, ..Merged::default() });
    let found = table.matches(Component::Kubernetes, &Version::parse("1.36.1").unwrap());
    assert_eq!(found.len(), 6);
    assert_eq!(table.advisories().filter(|advisory| advisory.is_verified).count(), 12);
}

#[test]
fn new_records_are_added() {
    let (table, merged) = update(
        r#"{"id":"CVE-2026-59818","modified":"2026-10-01T00:00:00Z","affected":[{"package":
        {"ecosystem":"Go","name":"go.etcd.io/etcd/server/v3"},"ranges":[{"type":"SEMVER","events":[
        {"introduced":"0"},{"fixed":"3.5.32"},{"introduced":"3.6.0"},{"fixed":"3.6.13"}]}]}]}"#,
    );
    assert_eq!((merged.added, table.len()), (1, 385));
    let found = table.matches(Component::Etcd, &Version::parse("3.6.8").unwrap());
    assert_eq!(found.len(), 5);
}
