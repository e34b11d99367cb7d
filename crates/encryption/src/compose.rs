//! A sound configuration, written: secretbox with the caller's keys, and plain text last so that
//! what is already stored can be read until it is rewritten.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tree::Path;
use zeroize::Zeroizing;

use crate::{Fault, Weakness, rules, weaknesses};

/// A key drawn by the caller. The first one writes.
#[derive(Clone, Copy)]
pub struct NewKey<'a> {
    /// Its name, which is stored with each object: letters, digits and hyphens.
    pub name: &'a str,
    /// Its random bytes.
    pub bytes: &'a [u8; 32],
}

/// Why no configuration is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no key.
    #[error("no key is given")]
    NoKeys,
    /// kube-apiserver would refuse the resources.
    #[error("the resources {0:?} would be refused")]
    BadResources(Vec<String>, #[source] Fault),
    /// The name is empty or holds what must not stand in it.
    #[error("the key name {0:?} is not made of letters, digits and hyphens")]
    BadName(String),
    /// Two keys have one name.
    #[error("two keys are named {0:?}")]
    DuplicateName(String),
    /// The key is easy to guess.
    #[error("the key {name:?} is weak: {weakness}")]
    WeakKey {
        /// Its name.
        name: String,
        /// Why.
        weakness: Weakness,
    },
    /// Two names for one key.
    #[error("the key {0:?} is the same as an earlier one")]
    SameKey(String),
}

/// The text of a configuration that encrypts `resources`. It holds the keys and is wiped when
/// dropped.
pub fn compose(resources: &[&str], keys: &[NewKey<'_>]) -> Result<Zeroizing<String>, Refusal> {
    check_resources(resources)?;
    check_keys(keys)?;
    let mut out = Zeroizing::new(String::with_capacity(room(resources, keys)));
    out.push_str("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n");
    out.push_str("resources:\n  - resources:\n");
    for resource in resources {
        for part in ["      - \"", resource, "\"\n"] {
            out.push_str(part);
        }
    }
    out.push_str("    providers:\n      - secretbox:\n          keys:\n");
    for key in keys {
        let secret = Zeroizing::new(STANDARD.encode(key.bytes));
        for part in
            ["            - name: \"", key.name, "\"\n              secret: \"", &secret, "\"\n"]
        {
            out.push_str(part);
        }
    }
    out.push_str("      - identity: {}\n");
    Ok(out)
}

fn check_resources(resources: &[&str]) -> Result<(), Refusal> {
    let names: Vec<String> = resources.iter().map(|name| (*name).to_owned()).collect();
    let first = rules::of_list(&names, &Path::root()).into_iter().next();
    let fault = first.map(|problem| problem.fault);
    let is_plain = |name: &String| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.*".contains(&byte))
    };
    match fault {
        Some(fault) => Err(Refusal::BadResources(names, fault)),
        None if names.iter().all(is_plain) => Ok(()),
        None => Err(Refusal::BadResources(names, Fault::WrongType("a resource or resource.group"))),
    }
}

fn check_keys(keys: &[NewKey<'_>]) -> Result<(), Refusal> {
    if keys.is_empty() {
        return Err(Refusal::NoKeys);
    }
    let (mut names, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for key in keys {
        let name = || key.name.to_owned();
        if !is_name(key.name) {
            return Err(Refusal::BadName(name()));
        }
        if !names.insert(key.name) {
            return Err(Refusal::DuplicateName(name()));
        }
        if let Some(weakness) = weaknesses(key.bytes).into_iter().next() {
            return Err(Refusal::WeakKey { name: name(), weakness });
        }
        if !seen.insert(key.bytes) {
            return Err(Refusal::SameKey(name()));
        }
    }
    Ok(())
}

/// A colon would end the name where it is stored.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(is_plain)
}

/// Enough for the text to be written without moving, which would leave copies of keys behind.
fn room(resources: &[&str], keys: &[NewKey<'_>]) -> usize {
    let resources: usize = resources.iter().map(|name| name.len().saturating_add(16)).sum();
    keys.len().saturating_mul(256).saturating_add(resources).saturating_add(512)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Provider, Reload, read};

    /// Bytes without a pattern.
    fn bytes(seed: u8) -> [u8; 32] {
        let mut state = u32::from(seed) + 1;
        std::array::from_fn(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
    }

    #[test]
    fn what_is_written_is_read_without_a_problem() {
        let (new, old) = (bytes(1), bytes(2));
        let keys = [NewKey { name: "k-2", bytes: &new }, NewKey { name: "k-1", bytes: &old }];
        let text = compose(&["secrets", "configmaps", "*.example.com"], &keys).unwrap();
        assert!(text.len() < room(&["secrets", "configmaps", "*.example.com"], &keys));
        let tree = tree::read(&text, &mut tree::Keys::default()).unwrap();
        let reading = read(&tree, Reload::Automatic).unwrap();
        assert_eq!(reading.problems, []);
        let found = reading.configuration.resolve("", "secrets").unwrap();
        assert_eq!(found.write.stored_prefix().as_deref(), Some("k8s:enc:secretbox:v1:k-2:"));
        assert_eq!(found.reads.last(), Some(&&Provider::Identity));
        assert!(found.write.keys().iter().all(|key| key.weaknesses.is_empty()));
        assert!(reading.configuration.resolve("example.com", "pandas").unwrap().write.encrypts());
    }

    #[test]
    fn what_would_be_refused_or_weak_is_not_written() {
        let (good, other) = (bytes(1), bytes(2));
        let check = |resources: &[&str], keys: &[(&str, &[u8; 32])], expected: Refusal| {
            let keys: Vec<NewKey<'_>> =
                keys.iter().map(|(name, bytes)| NewKey { name, bytes }).collect();
            assert_eq!(compose(resources, &keys).unwrap_err(), expected);
        };
        let resources = |names: &[&str], fault: Fault| {
            Refusal::BadResources(names.iter().map(|name| (*name).to_owned()).collect(), fault)
        };
        let name = || "k".to_owned();
        let secrets = &["secrets"][..];
        check(secrets, &[], Refusal::NoKeys);
        check(&[], &[("k", &good)], resources(&[], Fault::Empty));
        check(&["*"], &[("k", &good)], resources(&["*"], Fault::LoneStar));
        let odd = Fault::WrongType("a resource or resource.group");
        check(&["a\"b"], &[("k", &good)], resources(&["a\"b"], odd));
        check(secrets, &[("", &good)], Refusal::BadName(String::new()));
        check(secrets, &[("a:b", &good)], Refusal::BadName("a:b".to_owned()));
        check(secrets, &[("k", &good), ("k", &other)], Refusal::DuplicateName(name()));
        check(secrets, &[("j", &good), ("k", &good)], Refusal::SameKey(name()));
        let weakness = Weakness::AllZero;
        check(secrets, &[("k", &[0; 32])], Refusal::WeakKey { name: name(), weakness });
    }
}
