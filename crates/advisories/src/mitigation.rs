//! Advisories that will never be fixed, and some that a configuration defuses: what has to be seen
//! in a cluster so that they do no harm there.

/// What defuses an advisory where no fixed version does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mitigation {
    /// Admission denies `externalIPs` of Services (`DenyServiceExternalIPs`, or a policy), and only
    /// trusted identities may patch `services/status`. CVE-2020-8554.
    ExternalIpsDenied,
    /// kube-apiserver runs with `--v` below 10 and `--profiling=false`. CVE-2020-8561.
    QuietWithoutProfiling,
    /// The control plane resolves names through a cache that keeps answers for a minimum time. The
    /// API does not show this: somebody has to attest it. CVE-2020-8562.
    CachingResolver,
    /// `system:aggregate-to-edit` has no write on `endpoints` and `endpointslices`; clusters born
    /// before 1.22 keep it. CVE-2021-25740.
    EndpointsNotAggregated,
    /// No pod has a `gitRepo` volume, and a policy refuses new ones. CVE-2025-1767, CVE-2024-10220.
    GitRepoRefused,
    /// There is no `NetworkPolicy`; or `OrderedNamespaceDeletion` is on; or pods are deleted before
    /// their namespace. CVE-2024-7598.
    PodsDeletedFirst,
}

/// What an advisory needs to be there, to matter at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Only {
    /// A node with the label `kubernetes.io/os=windows`.
    WindowsNodes,
}

impl Mitigation {
    /// What defuses the advisory of an id.
    pub fn of(id: &str) -> Option<Self> {
        match id {
            "CVE-2020-8554" => Some(Self::ExternalIpsDenied),
            "CVE-2020-8561" => Some(Self::QuietWithoutProfiling),
            "CVE-2020-8562" => Some(Self::CachingResolver),
            "CVE-2021-25740" => Some(Self::EndpointsNotAggregated),
            "CVE-2025-1767" | "CVE-2024-10220" => Some(Self::GitRepoRefused),
            "CVE-2024-7598" => Some(Self::PodsDeletedFirst),
            _ => None,
        }
    }

    /// What to do, as an instruction.
    pub fn advice(self) -> &'static str {
        match self {
            Self::ExternalIpsDenied => {
                "Deny externalIPs of Services by admission (DenyServiceExternalIPs or a policy), and \
                 let only trusted identities patch services/status."
            }
            Self::QuietWithoutProfiling => {
                "Run kube-apiserver with --v below 10 and --profiling=false."
            }
            Self::CachingResolver => {
                "Resolve names on the control plane through a local cache with a minimum time to \
                 live, such as dnsmasq with min-cache-ttl, and attest it."
            }
            Self::EndpointsNotAggregated => {
                "Take the write verbs on endpoints and endpointslices out of the ClusterRole \
                 system:aggregate-to-edit."
            }
            Self::GitRepoRefused => "Refuse gitRepo volumes by a policy, and remove those in use.",
            Self::PodsDeletedFirst => {
                "Delete the pods of a namespace before the namespace, or turn on the feature gate \
                 OrderedNamespaceDeletion."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Table;

    #[test]
    fn every_row_with_a_mitigation_has_a_rule() {
        let described: Vec<&str> = include_str!("../data/advisories.jsonl")
            .lines()
            .filter(|line| line.contains("\"mitigation\":"))
            .filter_map(|line| line.split('"').nth(3))
            .collect();
        assert_eq!(described.len(), 6);
        for id in described {
            assert!(Mitigation::of(id).is_some(), "{id}");
        }
        assert_eq!(Mitigation::of("CVE-2024-10220"), Some(Mitigation::GitRepoRefused));
        assert_eq!(Mitigation::of("CVE-2018-1002105"), None);
    }

    #[test]
    fn every_rule_is_about_an_advisory_of_the_table() {
        let table = Table::embedded();
        let ruled = table.advisories().filter(|advisory| Mitigation::of(advisory.id()).is_some());
        assert_eq!(ruled.count(), 7);
    }

    #[test]
    fn windows_rows_say_so() {
        let table = Table::embedded();
        let only = |advisory: &&crate::Advisory| advisory.only() == Some(Only::WindowsNodes);
        assert_eq!(table.advisories().filter(only).count(), 9);
    }
}
