//! How a resource is stored: the first entry that names it, and in there the first provider.

use crate::names::Name;
use crate::{Configuration, Provider};

/// How a resource is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution<'a> {
    /// The entry that decides, from 0.
    pub entry: usize,
    /// Which of its resources names it.
    pub pattern: &'a str,
    /// The provider that writes: the first of the entry.
    pub write: &'a Provider,
    /// The providers that read, in order; the one that writes is the first of them.
    pub reads: Vec<&'a Provider>,
    /// Later entries that name it as well and do not decide.
    pub shadowed: Vec<usize>,
}

impl Configuration {
    /// How `resource` of `group` (empty for core) is stored; none if in plain text, because no
    /// entry names it. Events are always stored in the core group.
    pub fn resolve(&self, group: &str, resource: &str) -> Option<Resolution<'_>> {
        let is_event = resource == "events" && group == "events.k8s.io";
        let wanted = Name { resource, group: if is_event { "" } else { group } };
        let mut naming = self.naming(wanted);
        let (entry, pattern) = naming.next()?;
        let later: Vec<(usize, &str)> = naming.collect();
        let mut reads: Vec<&Provider> = self.providers(entry).collect();
        // Entries that spell the resource the same way are joined: the later ones only read.
        for (other, spelled) in &later {
            if *spelled == pattern {
                reads.extend(self.providers(*other));
            }
        }
        let write = self.providers(entry).next().unwrap_or(&Provider::Unusable);
        let shadowed = later.into_iter().map(|(entry, _)| entry).collect();
        Some(Resolution { entry, pattern, write, reads, shadowed })
    }

    fn naming(&self, wanted: Name<'_>) -> impl Iterator<Item = (usize, &str)> {
        self.entries.iter().enumerate().filter_map(move |(index, entry)| {
            let names = |pattern: &&String| Name::parse(pattern).covers(wanted);
            entry.resources.iter().find(names).map(|pattern| (index, pattern.as_str()))
        })
    }

    fn providers(&self, entry: usize) -> impl Iterator<Item = &Provider> {
        self.entries.get(entry).into_iter().flat_map(|entry| &entry.providers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entry;

    fn configuration(entries: &[(&[&str], &[Provider])]) -> Configuration {
        let entry = |(resources, providers): &(&[&str], &[Provider])| Entry {
            resources: resources.iter().map(|name| (*name).to_owned()).collect(),
            providers: providers.to_vec(),
        };
        Configuration { entries: entries.iter().map(entry).collect() }
    }

    #[test]
    fn the_first_entry_that_names_a_resource_decides() {
        let secretbox = || Provider::Secretbox(Vec::new());
        let gcm = || Provider::AesGcm(Vec::new());
        let configuration = configuration(&[
            (&["events"], &[Provider::Identity]),
            (&["secrets", "pandas.example.com"], &[secretbox(), Provider::Identity]),
            (&["secrets"], &[gcm()]),
            (&["*.apps"], &[gcm()]),
            (&["*."], &[Provider::Identity, gcm()]),
            (&["*.*"], &[secretbox()]),
        ]);
        let check =
            |group: &str, resource: &str, entry: usize, write: Provider, shadowed: &[usize]| {
                let found = configuration.resolve(group, resource).unwrap();
                assert_eq!((found.entry, found.write), (entry, &write), "{resource}.{group}");
                assert_eq!(found.shadowed, shadowed, "{resource}.{group}");
                assert_eq!(found.reads.first(), Some(&&write), "{resource}.{group}");
            };
        check("", "secrets", 1, secretbox(), &[2, 4, 5]);
        check("", "events", 0, Provider::Identity, &[4, 5]);
        check("events.k8s.io", "events", 0, Provider::Identity, &[4, 5]);
        check("", "configmaps", 4, Provider::Identity, &[5]);
        check("apps", "deployments", 3, gcm(), &[5]);
        check("example.com", "pandas", 1, secretbox(), &[5]);
        check("batch", "jobs", 5, secretbox(), &[]);
        let reads = configuration.resolve("", "secrets").unwrap().reads;
        assert_eq!(reads, [&secretbox(), &Provider::Identity, &gcm()]);
    }

    #[test]
    fn what_no_entry_names_is_plain_text() {
        let plain = configuration(&[(&["secrets"], &[Provider::Identity])]);
        assert_eq!(plain.resolve("", "configmaps"), None);
        assert_eq!(plain.resolve("example.com", "secrets"), None);
        assert_eq!(Configuration::default().resolve("", "secrets"), None);
    }

    #[test]
    fn an_entry_without_providers_still_decides() {
        let broken = configuration(&[(&["secrets"], &[]), (&["*."], &[Provider::Identity])]);
        let found = broken.resolve("", "secrets").unwrap();
        assert_eq!((found.entry, found.write), (0, &Provider::Unusable));
    }
}
