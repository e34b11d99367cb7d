//! The checks. Each is a file with one table: its name, its level, what it stands in for, and its
//! revisions, by the version that brought them. A version of the standards is those tables read at
//! that version.

mod allow_privilege_escalation;
mod app_armor_profile;
mod capabilities_baseline;
mod capabilities_restricted;
mod host_namespaces;
mod host_path_volumes;
mod host_ports;
mod host_probes;
mod privileged;
mod proc_mount;
mod restricted_volumes;
mod run_as_non_root;
mod run_as_user;
mod se_linux_options;
mod seccomp_baseline;
mod seccomp_restricted;
mod sysctls;
mod windows_host_process;

#[cfg(test)]
mod tests;

use std::fmt;

use tree::Path;

use crate::{Level, Pod, PolicyVersion};

/// A check of the standards, in the order in which upstream reports them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckId {
    /// `appArmorProfile`
    AppArmorProfile,
    /// `capabilities_baseline`
    CapabilitiesBaseline,
    /// `hostNamespaces`
    HostNamespaces,
    /// `hostPathVolumes`
    HostPathVolumes,
    /// `hostPorts`
    HostPorts,
    /// `hostProbesAndHostLifecycle`
    HostProbesAndHostLifecycle,
    /// `privileged`
    Privileged,
    /// `procMount`
    ProcMount,
    /// `seLinuxOptions`
    SeLinuxOptions,
    /// `seccompProfile_baseline`
    SeccompProfileBaseline,
    /// `sysctls`
    Sysctls,
    /// `windowsHostProcess`
    WindowsHostProcess,
    /// `allowPrivilegeEscalation`
    AllowPrivilegeEscalation,
    /// `capabilities_restricted`
    CapabilitiesRestricted,
    /// `procMount_restricted`
    ProcMountRestricted,
    /// `restrictedVolumes`
    RestrictedVolumes,
    /// `runAsNonRoot`
    RunAsNonRoot,
    /// `runAsUser`
    RunAsUser,
    /// `seccompProfile_restricted`
    SeccompProfileRestricted,
}

impl CheckId {
    /// Every check, in the order of reports.
    pub const ALL: [Self; 19] = [
        Self::AppArmorProfile,
        Self::CapabilitiesBaseline,
        Self::HostNamespaces,
        Self::HostPathVolumes,
        Self::HostPorts,
        Self::HostProbesAndHostLifecycle,
        Self::Privileged,
        Self::ProcMount,
        Self::SeLinuxOptions,
        Self::SeccompProfileBaseline,
        Self::Sysctls,
        Self::WindowsHostProcess,
        Self::AllowPrivilegeEscalation,
        Self::CapabilitiesRestricted,
        Self::ProcMountRestricted,
        Self::RestrictedVolumes,
        Self::RunAsNonRoot,
        Self::RunAsUser,
        Self::SeccompProfileRestricted,
    ];

    /// Upstream's name of it.
    pub fn as_str(self) -> &'static str {
        self.check().name
    }

    /// The level it belongs to. Those of the baseline hold in the restricted level too, unless a
    /// check of that level stands in for them.
    pub fn level(self) -> Level {
        self.check().level
    }

    /// The versions in which it came and changed, the oldest first.
    pub fn revised(self) -> impl Iterator<Item = PolicyVersion> {
        self.check().revisions.iter().map(|revision| PolicyVersion::V1(revision.since))
    }

    /// Whether that version has it.
    pub fn is_in(self, version: PolicyVersion) -> bool {
        self.check().at(version).is_some()
    }

    /// The check of the baseline that need not run where this one does.
    pub fn overrides(self) -> Option<Self> {
        self.check().overrides
    }

    /// What this check alone holds against a pod, at that version.
    pub fn judge(self, pod: &Pod<'_>, version: PolicyVersion) -> Option<Denial> {
        let Objection { reason, detail, places } = (self.check().at(version)?.rule)(pod)?;
        Some(Denial { check: self, reason, detail, places })
    }

    fn check(self) -> &'static Check {
        match self {
            Self::AppArmorProfile => &app_armor_profile::CHECK,
            Self::CapabilitiesBaseline => &capabilities_baseline::CHECK,
            Self::HostNamespaces => &host_namespaces::CHECK,
            Self::HostPathVolumes => &host_path_volumes::CHECK,
            Self::HostPorts => &host_ports::CHECK,
            Self::HostProbesAndHostLifecycle => &host_probes::CHECK,
            Self::Privileged => &privileged::CHECK,
            Self::ProcMount => &proc_mount::BASELINE,
            Self::SeLinuxOptions => &se_linux_options::CHECK,
            Self::SeccompProfileBaseline => &seccomp_baseline::CHECK,
            Self::Sysctls => &sysctls::CHECK,
            Self::WindowsHostProcess => &windows_host_process::CHECK,
            Self::AllowPrivilegeEscalation => &allow_privilege_escalation::CHECK,
            Self::CapabilitiesRestricted => &capabilities_restricted::CHECK,
            Self::ProcMountRestricted => &proc_mount::RESTRICTED,
            Self::RestrictedVolumes => &restricted_volumes::CHECK,
            Self::RunAsNonRoot => &run_as_non_root::CHECK,
            Self::RunAsUser => &run_as_user::CHECK,
            Self::SeccompProfileRestricted => &seccomp_restricted::CHECK,
        }
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// What a check holds against a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Which check.
    pub check: CheckId,
    /// What is wrong, in upstream's words.
    pub reason: &'static str,
    /// Who does it and how, in upstream's words. Empty of one sysctl without a name.
    pub detail: String,
    /// The fields it is about, from the root of the pod: those that are set to what may not be,
    /// or those that are not set and must be. Never empty.
    pub places: Vec<Path>,
}

/// As upstream prints it: `reason (detail)`, or the reason alone if the detail is empty.
impl fmt::Display for Denial {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.reason)?;
        if self.detail.is_empty() { Ok(()) } else { write!(out, " ({})", self.detail) }
    }
}

/// What a check is.
pub(crate) struct Check {
    name: &'static str,
    level: Level,
    overrides: Option<CheckId>,
    /// The oldest first.
    revisions: &'static [Revision],
}

/// The rule of a check from a version on.
struct Revision {
    since: u64,
    rule: fn(&Pod<'_>) -> Option<Objection>,
}

/// What a rule answers: a denial that does not know yet of which check.
pub(crate) struct Objection {
    pub(crate) reason: &'static str,
    pub(crate) detail: String,
    pub(crate) places: Vec<Path>,
}

impl Check {
    const fn baseline(name: &'static str, revisions: &'static [Revision]) -> Self {
        Self { name, level: Level::Baseline, overrides: None, revisions }
    }

    const fn restricted(name: &'static str, revisions: &'static [Revision]) -> Self {
        Self { name, level: Level::Restricted, overrides: None, revisions }
    }

    const fn instead_of(self, check: CheckId) -> Self {
        Self { overrides: Some(check), ..self }
    }

    fn at(&self, version: PolicyVersion) -> Option<&Revision> {
        let is_known = |revision: &&Revision| PolicyVersion::V1(revision.since) <= version;
        self.revisions.iter().rev().find(is_known)
    }
}

impl Revision {
    const fn since(since: u64, rule: fn(&Pod<'_>) -> Option<Objection>) -> Self {
        Self { since, rule }
    }
}
