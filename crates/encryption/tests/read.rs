//! Configurations as people write them, and what is found in them.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test ends at the first surprise")]

use std::time::Duration;

use encryption::{Kms, KmsVersion, NotAConfiguration, Provider, Reading, Reload, Weakness, read};

fn reading(text: &str, reload: Reload) -> Reading {
    let tree = tree::read(text, &mut tree::Keys::default()).unwrap();
    read(&tree, reload).unwrap()
}

/// A configuration of one entry with these providers, written as flow.
fn with(providers: &str) -> String {
    format!(
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n\
         resources:\n- resources: [secrets]\n  providers: {providers}\n"
    )
}

fn problems(text: &str, reload: Reload) -> Vec<String> {
    reading(text, reload).problems.iter().map(ToString::to_string).collect()
}

const KEY: &str = "9D8x0pNsVuI5B6zcTeWQaK1hR7mLfYg2jXqCkZbUPsE=";
const OTHER: &str = "Tq3mZ8vYx1LwB7cRkN5dHjU9sGfEaP2oXiWzQtKyVrA=";

#[test]
fn providers_keep_their_order_names_and_lengths() {
    let text = with(&format!(
        "[{{secretbox: {{keys: [{{name: b, secret: {KEY}}}, {{name: a, secret: {OTHER}}}]}}}},
          {{kms: {{name: v, endpoint: 'unix:///run/kms.sock'}}}},
          {{kms: {{apiVersion: v2, name: w, endpoint: 'unix:///run/kms.sock', timeout: 1m}}}},
          {{aescbc: {{keys: [{{name: c, secret: {KEY}}}]}}}}, {{identity: {{}}}}]"
    ));
    let found = reading(&text, Reload::Automatic);
    assert_eq!(found.problems, []);
    let entry = found.configuration.entries.first().unwrap();
    assert_eq!(entry.resources, ["secrets"]);
    let fields: Vec<&str> = entry.providers.iter().map(Provider::field).collect();
    assert_eq!(fields, ["secretbox", "kms", "kms", "aescbc", "identity"]);
    let keys: Vec<(&str, Option<usize>)> = entry
        .providers
        .iter()
        .flat_map(Provider::keys)
        .map(|key| (key.name.as_str(), key.length))
        .collect();
    assert_eq!(keys, [("b", Some(32)), ("a", Some(32)), ("c", Some(32))]);
    let kms = |version, name: &str, seconds, cache_size| {
        Provider::Kms(Kms {
            version,
            name: name.to_owned(),
            endpoint: "unix:///run/kms.sock".to_owned(),
            timeout: Some(Duration::from_secs(seconds)),
            cache_size,
        })
    };
    assert!(entry.providers.contains(&kms(KmsVersion::V1, "v", 3, Some(1000))));
    assert!(entry.providers.contains(&kms(KmsVersion::V2, "w", 60, None)));
}

#[test]
fn the_old_kind_is_read_and_other_kinds_are_not() {
    let kinds = |kind: &str, version: &str| {
        let text = format!("apiVersion: {version}\nkind: {kind}\nresources: []\n");
        let tree = tree::read(&text, &mut tree::Keys::default()).unwrap();
        read(&tree, Reload::AtStart).map(drop)
    };
    let refused = |kind: &str, version: &str| {
        Err(NotAConfiguration { kind: kind.to_owned(), api_version: version.to_owned() })
    };
    assert_eq!(kinds("EncryptionConfiguration", "apiserver.config.k8s.io/v1"), Ok(()));
    assert_eq!(kinds("EncryptionConfig", "v1"), Ok(()));
    for (kind, version) in [
        ("EncryptionConfiguration", "v1"),
        ("EncryptionConfig", "apiserver.config.k8s.io/v1"),
        ("EncryptionConfiguration", "apiserver.config.k8s.io/v1beta1"),
        ("Secret", "v1"),
    ] {
        assert_eq!(kinds(kind, version), refused(kind, version));
    }
}

/// Holds what is told of a list of providers against what should be.
fn refuses(providers: &str, expected: &[&str]) {
    let expected: Vec<String> =
        expected.iter().map(|line| format!("resources[0].providers{line}")).collect();
    assert_eq!(problems(&with(providers), Reload::AtStart), expected, "{providers}");
}

#[test]
fn what_kube_apiserver_refuses_is_told_at_its_place() {
    refuses("[]", &[": at least one is needed"]);
    refuses("{}", &[": a list is wanted here"]);
    refuses("[{}]", &["[0]: one of aescbc, aesgcm, secretbox, kms and identity is wanted here"]);
    refuses(
        "[{rot13: {}}]",
        &[
            "[0].rot13: there is no such field",
            "[0]: one of aescbc, aesgcm, secretbox, kms and identity is wanted here",
        ],
    );
    refuses(
        &format!("[{{identity: {{}}, aesgcm: {{keys: [{{name: a, secret: {KEY}}}]}}}}]"),
        &["[0]: more than one provider in one item"],
    );
    refuses("[{aesgcm: {}}]", &["[0].aesgcm.keys: at least one is needed"]);
    refuses(
        "[{aescbc: {keys: [{}]}}]",
        &["[0].aescbc.keys[0].name: must be set", "[0].aescbc.keys[0].secret: must be set"],
    );
    refuses(
        "[{aescbc: {keys: [{name: 1, secret: AAAA, size: 3}]}}]",
        &[
            "[0].aescbc.keys[0].name: a text is wanted here",
            "[0].aescbc.keys[0].size: there is no such field",
            "[0].aescbc.keys[0].secret: the key has 3 bytes, not one of [16, 24, 32]",
        ],
    );
    refuses(
        "[{secretbox: {keys: [{name: a, secret: AAAAAAAAAAAAAAAAAAAAAA==}]}}]",
        &["[0].secretbox.keys[0].secret: the key has 16 bytes, not one of [32]"],
    );
    refuses(
        "[{secretbox: {keys: [{name: a, secret: <key>}]}}]",
        &["[0].secretbox.keys[0].secret: the key is not base64"],
    );
}

#[test]
fn a_plugin_that_cannot_work_is_refused() {
    let unix = "endpoint: 'unix:///a'";
    refuses("[{kms: {}}]", &["[0].kms.name: must be set", "[0].kms.endpoint: must be set"]);
    refuses(
        "[{kms: {name: a, endpoint: 'tcp://a', timeout: 0s, cachesize: 0}}]",
        &[
            "[0].kms.timeout: must be above zero",
            "[0].kms.endpoint: \"tcp\" is not supported, only unix is",
            "[0].kms.cachesize: must be above zero, or below to switch it off",
        ],
    );
    refuses(
        &format!("[{{kms: {{apiVersion: v2, name: 'a:b', {unix}, timeout: 3, cachesize: 1}}}}]"),
        &[
            "[0].kms.timeout: a duration like 3s is wanted here",
            "[0].kms.name: the name of a plugin must not contain a colon",
            "[0].kms.cachesize: v2 has no such cache",
        ],
    );
    refuses(
        &format!("[{{kms: {{apiVersion: v3, name: a, {unix}, timeout: soon}}}}]"),
        &[
            "[0].kms.timeout: not a duration like 3s",
            "[0].kms.apiVersion: \"v3\" is no version of the protocol, v1 and v2 are",
        ],
    );
}

#[test]
fn plugins_of_one_name_are_refused_where_they_meet() {
    let kms = |version: &str| {
        format!("{{kms: {{apiVersion: {version}, name: a, endpoint: 'unix:///a'}}}}")
    };
    let check = |first: &str, second: &str, reload: Reload, refused: bool| {
        let text = with(&format!("[{}, {}]", kms(first), kms(second)));
        let problem = "resources[0].providers[1].kms.name: another plugin is named \"a\" too";
        let expected: Vec<String> = refused.then(|| problem.to_owned()).into_iter().collect();
        assert_eq!(problems(&text, reload), expected, "{first} {second} {reload:?}");
    };
    check("v1", "v1", Reload::AtStart, false);
    check("v1", "v1", Reload::Automatic, true);
    check("v1", "v2", Reload::AtStart, true);
    check("v2", "v1", Reload::AtStart, false);
    check("v2", "v2", Reload::AtStart, true);
}

#[test]
fn lists_and_entries_follow_the_rules_of_resources() {
    let text = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n\
        - resources: ['*.', secrets]\n  providers: [{identity: {}}]\n\
        - resources: []\n  providers: [{identity: {}}]\n";
    assert_eq!(
        problems(text, Reload::AtStart),
        [
            "resources[0].resources: a wildcard covers another resource of this list",
            "resources[1].resources: at least one is needed",
            "resources[0].resources[1]: \"secrets\" comes after \"*.\", which covers it",
        ]
    );
    let empty = "apiVersion: v1\nkind: EncryptionConfig\n";
    assert_eq!(problems(empty, Reload::AtStart), ["resources: at least one is needed"]);
}

#[test]
fn weak_and_repeated_keys_are_known_but_not_refused() {
    let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let text = with(&format!(
        "[{{aescbc: {{keys: [{{name: a, secret: {zero}}}, {{name: a, secret: {KEY}}}]}}}},
          {{secretbox: {{keys: [{{name: b, secret: {KEY}}}, {{name: a, secret: {KEY}}}]}}}}]"
    ));
    let found = reading(&text, Reload::AtStart);
    assert_eq!(found.problems, []);
    let entry = found.configuration.entries.first().unwrap();
    let weak: Vec<Vec<Weakness>> =
        entry.providers.iter().flat_map(Provider::keys).map(|key| key.weaknesses.clone()).collect();
    let same = |name: &str| Weakness::SameAs(name.to_owned());
    assert_eq!(
        weak,
        [vec![Weakness::AllZero], vec![Weakness::DuplicateName], vec![same("a")], vec![same("b")]]
    );
}

#[test]
fn no_key_is_shown() {
    let text = with(&format!(
        "[{{aescbc: {{keys: [{{name: a, secret: {KEY}}}, {{name: b, secret: '{KEY}!'}}]}}}}]"
    ));
    let found = reading(&text, Reload::AtStart);
    assert_eq!(found.problems.len(), 1);
    let shown = format!("{found:?}{:?}", problems(&text, Reload::AtStart));
    assert!(!shown.contains(&KEY[..8]), "{shown}");
    assert!(!shown.contains("244, 63, 49"), "{shown}");
}

proptest::proptest! {
    #[test]
    fn any_tree_ends_in_a_value(
        providers in "(\\[|\\{|\\}|\\]|, |: |kms|aescbc|secretbox|keys|name|secret|identity|a|1|''|AAAA){0,24}",
        resources in "(\\[|\\]|, |'\\*\\.'|'\\*\\.\\*'|secrets|A|events.events.k8s.io|1){0,8}",
    ) {
        let text = format!(
            "apiVersion: v1\nkind: EncryptionConfig\nresources: [{{resources: {resources}, providers: {providers}}}]\n"
        );
        if let Ok(tree) = tree::read(&text, &mut tree::Keys::default()) {
            let found = read(&tree, Reload::Automatic).unwrap();
            let resolved = found.configuration.resolve("", "secrets");
            let names = found.configuration.entries.iter().any(|entry| {
                entry.resources.iter().any(|name| ["secrets", "*.", "*.*"].contains(&name.as_str()))
            });
            proptest::prop_assert_eq!(resolved.is_some(), names);
        }
    }
}
