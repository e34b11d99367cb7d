//! All checks of a policy at once.

use std::fmt;

use crate::words::listed;
use crate::{CheckId, Denial, Level, LevelVersion, Pod};

/// What a policy holds against a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What each check that denies the pod says, in upstream's order.
    pub denials: Vec<Denial>,
}

impl Evaluation {
    /// Whether the policy allows the pod.
    pub fn is_allowed(&self) -> bool {
        self.denials.is_empty()
    }

    /// The reasons alone, as upstream prints them of many pods at once.
    pub fn reasons(&self) -> String {
        listed(self.denials.iter().map(|denial| denial.reason), ", ")
    }
}

/// `reason (detail), reason (detail)`, as upstream prints it of one pod.
impl fmt::Display for Evaluation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, denial) in self.denials.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(out, "{comma}{denial}")?;
        }
        Ok(())
    }
}

/// Judges a pod by a policy.
pub fn evaluate(pod: &Pod<'_>, policy: LevelVersion) -> Evaluation {
    let denials = checks(policy).filter_map(|check| check.judge(pod, policy.version));
    Evaluation { denials: denials.collect() }
}

/// The checks of a policy, in the order in which they are reported.
pub fn checks(policy: LevelVersion) -> impl Iterator<Item = CheckId> {
    CheckId::ALL.into_iter().filter(move |check| applies(*check, policy))
}

/// The restricted level has the checks of the baseline too, but for those it has a stricter one of.
fn applies(check: CheckId, policy: LevelVersion) -> bool {
    let stricter = |other: &CheckId| {
        other.overrides() == Some(check)
            && other.level() <= policy.level
            && other.is_in(policy.version)
    };
    policy.level != Level::Privileged
        && check.level() <= policy.level
        && check.is_in(policy.version)
        && !CheckId::ALL.iter().any(stricter)
}

#[cfg(test)]
mod tests {
    use tree::{Keys, read};

    use super::*;
    use crate::PolicyVersion;

    fn policy(level: Level, minor: u64) -> LevelVersion {
        LevelVersion { level, version: PolicyVersion::V1(minor) }
    }

    #[test]
    fn the_restricted_level_replaces_what_it_has_stricter_checks_for() {
        let check = |policy: LevelVersion, expected: &str| {
            let names = checks(policy).map(CheckId::as_str);
            assert_eq!(names.collect::<Vec<_>>().join(" "), expected, "{policy}");
        };
        check(policy(Level::Privileged, 30), "");
        check(
            policy(Level::Baseline, 0),
            "appArmorProfile capabilities_baseline hostNamespaces hostPathVolumes hostPorts \
             privileged procMount seLinuxOptions seccompProfile_baseline sysctls \
             windowsHostProcess",
        );
        check(
            policy(Level::Restricted, 0),
            "appArmorProfile capabilities_baseline hostNamespaces hostPorts privileged procMount \
             seLinuxOptions seccompProfile_baseline sysctls windowsHostProcess restrictedVolumes \
             runAsNonRoot",
        );
        check(
            policy(Level::Restricted, 22),
            "appArmorProfile hostNamespaces hostPorts privileged procMount seLinuxOptions sysctls \
             windowsHostProcess allowPrivilegeEscalation capabilities_restricted \
             restrictedVolumes runAsNonRoot seccompProfile_restricted",
        );
        check(
            LevelVersion { level: Level::Restricted, version: PolicyVersion::Latest },
            "appArmorProfile hostNamespaces hostPorts hostProbesAndHostLifecycle privileged \
             seLinuxOptions sysctls windowsHostProcess allowPrivilegeEscalation \
             capabilities_restricted procMount_restricted restrictedVolumes runAsNonRoot \
             runAsUser seccompProfile_restricted",
        );
    }

    #[test]
    fn versions_newer_than_all_known_have_the_newest_rules() {
        for level in Level::ALL {
            let at = |version: PolicyVersion| {
                checks(LevelVersion { level, version }).collect::<Vec<_>>()
            };
            let newest = at(PolicyVersion::NEWEST);
            assert_eq!(at(PolicyVersion::Latest), newest);
            assert_eq!(at(PolicyVersion::V1(u64::MAX)), newest);
        }
        let last = CheckId::ALL.into_iter().flat_map(CheckId::revised).max();
        assert_eq!(last, Some(PolicyVersion::NEWEST));
    }

    #[test]
    fn prints_details_of_one_pod_and_reasons_of_many() {
        let pod = "{spec: {hostPID: true, hostIPC: true, containers: [{name: a, ports: \
                   [{hostPort: 90}]}]}}";
        let tree = read(pod, &mut Keys::default()).unwrap();
        let evaluation = evaluate(&Pod::exactly(&tree), policy(Level::Baseline, 30));
        assert!(!evaluation.is_allowed());
        assert_eq!(evaluation.reasons(), "host namespaces, hostPort");
        assert_eq!(
            evaluation.to_string(),
            "host namespaces (hostPID=true, hostIPC=true), hostPort (container \"a\" uses \
             hostPort 90)"
        );
        let evaluation = evaluate(&Pod::exactly(&tree), LevelVersion::PRIVILEGED);
        assert!(evaluation.is_allowed());
        assert_eq!((evaluation.reasons(), evaluation.to_string()), Default::default());
    }
}
