//! How far the looking went: which kinds were listed to the end, where, and what kept us out.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Kind, Unknown};

/// How far the looking went, kind by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Whether every object there is was given, whatever its kind.
    everything: bool,
    /// What a scan of files says about what is in none of them.
    kinds: BTreeMap<(String, String), KindCoverage>,
    /// Whether a running cluster was asked.
    live: bool,
    /// The groups that the cluster serves, where it told: of others it has no objects.
    served: Option<BTreeSet<String>>,
}

/// How far the looking went for one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindCoverage {
    /// Listed to the end in every namespace.
    pub everywhere: bool,
    /// Namespaces where it was listed to the end.
    pub namespaces: BTreeSet<String>,
    /// Why it was not, by namespace; the empty one is all of them.
    pub refused: BTreeMap<String, String>,
}

impl Coverage {
    /// Says that whatever was not given does not exist.
    pub(crate) fn set_everything(&mut self) {
        self.everything = true;
    }

    pub(crate) fn set_live(&mut self) {
        self.live = true;
    }

    pub(crate) fn set_served(&mut self, groups: BTreeSet<String>) {
        self.served = Some(groups);
    }

    pub(crate) fn add_listed(&mut self, kind: Kind<'_>, namespace: Option<&str>) {
        let entry = self.entry(kind);
        match namespace {
            None => entry.everywhere = true,
            Some(namespace) => {
                entry.namespaces.insert(namespace.to_owned());
            }
        }
    }

    pub(crate) fn add_refused(&mut self, kind: Kind<'_>, namespace: Option<&str>, why: &str) {
        let namespace = namespace.unwrap_or_default().to_owned();
        self.entry(kind).refused.insert(namespace, why.to_owned());
    }

    fn entry(&mut self, kind: Kind<'_>) -> &mut KindCoverage {
        self.kinds.entry((kind.group.to_owned(), kind.kind.to_owned())).or_default()
    }

    /// Whether a running cluster was asked.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Whether what was given is said to be all there is.
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// Kinds that were listed or refused.
    pub fn kinds(&self) -> impl Iterator<Item = (Kind<'_>, &KindCoverage)> {
        self.kinds.iter().map(|((group, kind), coverage)| (Kind { group, kind }, coverage))
    }

    /// Whether a kind was listed to the end, in a namespace or in all of them.
    ///
    /// # Errors
    /// If it was not: why, and what would do it.
    pub fn listed(&self, kind: Kind<'_>, namespace: Option<&str>) -> Result<(), Unknown> {
        if self.everything {
            return Ok(());
        }
        if kind.is_configuration() {
            return Err(no_file(kind));
        }
        let is_served = |served: &BTreeSet<String>| served.contains(kind.group);
        if !kind.group.is_empty() && self.served.as_ref().is_some_and(|served| !is_served(served)) {
            return Ok(());
        }
        let key = (kind.group.to_owned(), kind.kind.to_owned());
        let Some(known) = self.kinds.get(&key) else { return Err(self.never_looked(kind)) };
        let here = namespace.is_some_and(|namespace| known.namespaces.contains(namespace));
        if known.everywhere || here {
            return Ok(());
        }
        let refused = namespace.and_then(|namespace| known.refused.get(namespace));
        let why =
            refused.or_else(|| known.refused.get("")).or_else(|| known.refused.values().next());
        let what = kind.describe();
        Err(match why {
            Some(why) => Unknown::new(
                format!("{what} objects could not be listed: {why}"),
                format!("allow list on {what}"),
            ),
            None => Unknown::new(
                format!("{what} objects were listed in some namespaces only"),
                "scan all namespaces",
            ),
        })
    }

    fn never_looked(&self, kind: Kind<'_>) -> Unknown {
        let what = kind.describe();
        if self.live {
            return Unknown::new(
                format!("{what} objects were not listed"),
                if kind == Kind::SECRET {
                    "use --with-secrets".to_owned()
                } else {
                    format!(
                        "see whether this shows them: kubectl get {} -A",
                        kind.describe().to_lowercase()
                    )
                },
            );
        }
        Unknown::new(
            format!("only files were read, and other {what} objects may exist"),
            "scan the cluster, or say --complete if these files are all there is",
        )
    }
}

fn no_file(kind: Kind<'_>) -> Unknown {
    let what = if kind == Kind::KUBECONFIG { "kubeconfig" } else { kind.kind };
    Unknown::new(format!("no {what} was given"), format!("give the file with the {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_counts_only_where_it_was_looked_for() {
        let mut coverage = Coverage::default();
        let check = |coverage: &Coverage, kind: Kind<'_>, namespace: Option<&str>, known: bool| {
            assert_eq!(coverage.listed(kind, namespace).is_ok(), known, "{kind:?} {namespace:?}");
        };
        check(&coverage, Kind::POD, None, false);
        coverage.add_listed(Kind::POD, Some("apps"));
        check(&coverage, Kind::POD, Some("apps"), true);
        check(&coverage, Kind::POD, Some("other"), false);
        check(&coverage, Kind::POD, None, false);
        coverage.add_refused(Kind::SECRET, None, "forbidden");
        check(&coverage, Kind::SECRET, None, false);
        check(&coverage, Kind::SECRET, Some("apps"), false);
        let unknown = coverage.listed(Kind::SECRET, None).unwrap_err();
        assert_eq!(unknown.reason, "Secret objects could not be listed: forbidden");
        coverage.add_listed(Kind::POD, None);
        check(&coverage, Kind::POD, None, true);
        check(&coverage, Kind::NODE, None, false);
        check(&coverage, Kind::KUBECONFIG, None, false);
        let policy = Kind { group: "kyverno.io", kind: "ClusterPolicy" };
        check(&coverage, policy, None, false);
        coverage.set_served(BTreeSet::from(["apps".to_owned()]));
        check(&coverage, policy, None, true);
        check(&coverage, Kind::DEPLOYMENT, None, false);
        coverage.set_everything();
        check(&coverage, Kind::NODE, None, true);
    }
}
