//! Which admission plugins an API server runs: its two lists and the defaults of its version; and
//! the change of its command line that puts one on a list or takes it off.

use std::collections::BTreeSet;

use inventory::{Component, Inventory, Minor};

use crate::Remedy;
use crate::flag::{remove_flag, set_flag};

/// The flag that lists plugins beyond the defaults.
pub(crate) const ENABLE: &str = "enable-admission-plugins";
/// The flag that lists defaults to do without.
pub(crate) const DISABLE: &str = "disable-admission-plugins";
/// The flag that once listed all plugins, in their order.
const ALL: &str = "admission-control";

/// The admission plugins of one API server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plugins<'a> {
    /// Those it is told to run, in its words.
    pub(crate) enabled: Vec<&'a str>,
    /// Those it is told to do without.
    pub(crate) disabled: Vec<&'a str>,
    running: BTreeSet<&'a str>,
}

impl<'a> Plugins<'a> {
    /// Those of an API server of a version. A plugin on both lists runs, where the server starts.
    pub(crate) fn of(component: &'a Component, minor: Minor) -> Self {
        let list = |flag| component.flags.values(flag).collect::<Vec<&str>>();
        let (enabled, disabled, all) = (list(ENABLE), list(DISABLE), list(ALL));
        if !all.is_empty() {
            let running = all.iter().copied().collect();
            return Self { enabled: all, disabled, running };
        }
        let mut running: BTreeSet<&str> = defaults(minor).collect();
        running.retain(|plugin| !disabled.contains(plugin));
        running.extend(&enabled);
        Self { enabled, disabled, running }
    }

    /// Whether it runs a plugin.
    pub(crate) fn runs(&self, plugin: &str) -> bool {
        self.running.contains(plugin)
    }
}

/// The plugins that run where nothing is said, in a version.
pub(crate) fn defaults(minor: Minor) -> impl Iterator<Item = &'static str> {
    DEFAULTS.iter().filter(move |(_, from)| *from <= minor.number()).map(|(plugin, _)| *plugin)
}

/// What became of a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The version has it.
    There,
    /// It was taken away in a version, whose number is given.
    RemovedIn(u8),
    /// It comes with a later version, whose number is given.
    ComesWith(u8),
    /// No version of Kubernetes has it.
    NeverHeardOf,
}

/// Whether a version has a plugin. Names with a slash are those of distributions.
pub(crate) fn standing(plugin: &str, minor: Minor) -> Standing {
    let number = minor.number();
    if let Some((_, gone)) = REMOVED.iter().find(|(name, _)| *name == plugin) {
        return if *gone <= number { Standing::RemovedIn(*gone) } else { Standing::There };
    }
    let known = DEFAULTS.iter().chain(&OTHERS).find(|(name, _)| *name == plugin);
    match (known, FIRST.iter().find(|(name, _)| *name == plugin)) {
        (_, Some((_, first))) if *first > number => Standing::ComesWith(*first),
        (Some(_), _) => Standing::There,
        (None, _) if plugin.contains('/') => Standing::There,
        (None, _) => Standing::NeverHeardOf,
    }
}

/// Runs a plugin: puts it on the list of those enabled.
pub(crate) fn enable(inventory: &Inventory, component: &Component, plugin: &str) -> Remedy {
    let flag = if component.flags.get(ALL).is_some() { ALL } else { ENABLE };
    let mut list: Vec<&str> = component.flags.values(flag).collect();
    list.push(plugin);
    set_flag(inventory, component, flag, &list.join(","))
}

/// Takes plugins off a list.
pub(crate) fn strike(
    inventory: &Inventory,
    component: &Component,
    flag: &str,
    plugins: &[&str],
) -> Remedy {
    let list: Vec<&str> =
        component.flags.values(flag).filter(|plugin| !plugins.contains(plugin)).collect();
    if list.is_empty() {
        return remove_flag(component, flag);
    }
    set_flag(inventory, component, flag, &list.join(","))
}

/// Takes plugins off the list of those enabled.
pub(crate) fn strike_enabled(
    inventory: &Inventory,
    component: &Component,
    plugins: &[&str],
) -> Remedy {
    let flag = if component.flags.get(ALL).is_some() { ALL } else { ENABLE };
    strike(inventory, component, flag, plugins)
}

/// The defaults, and the minor version from which each is one that does its work.
const DEFAULTS: [(&str, u8); 22] = [
    ("CertificateApproval", 0),
    ("CertificateSigning", 0),
    ("CertificateSubjectRestriction", 0),
    ("ClusterTrustBundleAttest", 27),
    ("DefaultIngressClass", 0),
    ("DefaultStorageClass", 0),
    ("DefaultTolerationSeconds", 0),
    ("LimitRanger", 0),
    ("MutatingAdmissionPolicy", 36),
    ("MutatingAdmissionWebhook", 0),
    ("NamespaceLifecycle", 0),
    ("PersistentVolumeClaimResize", 0),
    ("PodSecurity", 23),
    ("PodTopologyLabels", 33),
    ("Priority", 0),
    ("ResourceQuota", 0),
    ("RuntimeClass", 0),
    ("ServiceAccount", 0),
    ("StorageObjectInUseProtection", 0),
    ("TaintNodesByCondition", 0),
    ("ValidatingAdmissionPolicy", 30),
    ("ValidatingAdmissionWebhook", 0),
];

/// The plugins that are no defaults.
const OTHERS: [(&str, u8); 19] = [
    ("AlwaysAdmit", 0),
    ("AlwaysDeny", 0),
    ("AlwaysPullImages", 0),
    ("DenyServiceExternalIPs", 0),
    ("EventRateLimit", 0),
    ("ExtendedResourceToleration", 0),
    ("ImagePolicyWebhook", 0),
    ("JobValidation", 0),
    ("LimitPodHardAntiAffinityTopology", 0),
    ("NamespaceAutoProvision", 0),
    ("NamespaceExists", 0),
    ("NodeDeclaredFeatureValidator", 0),
    ("NodeRestriction", 0),
    ("OwnerReferencesPermissionEnforcement", 0),
    ("PodGroupProtection", 0),
    ("PodGroupWorkloadExists", 0),
    ("PodNodeSelector", 0),
    ("PodResizeValidator", 0),
    ("PodTolerationRestriction", 0),
];

/// The minor version that first knows a plugin, where it is newer than the oldest we know.
const FIRST: [(&str, u8); 6] = [
    ("ClusterTrustBundleAttest", 27),
    ("DenyServiceExternalIPs", 21),
    ("MutatingAdmissionPolicy", 32),
    ("PodSecurity", 22),
    ("PodTopologyLabels", 33),
    ("ValidatingAdmissionPolicy", 26),
];

/// Plugins that are gone, and the minor version that has them no more.
const REMOVED: [(&str, u8); 7] = [
    ("DenyEscalatingExec", 21),
    ("DenyExecOnPrivileged", 21),
    ("InitialResources", 20),
    ("Initializers", 20),
    ("PersistentVolumeLabel", 31),
    ("PodSecurityPolicy", 25),
    ("SecurityContextDeny", 30),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn server(words: &str) -> Component {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        Component::of_process(1, None, &words).unwrap()
    }

    #[test]
    fn lists_and_defaults_make_what_runs() {
        let check = |words: &str, minor: u8, plugin: &str, expected: bool| {
            let server = server(&format!("kube-apiserver {words}"));
            let runs = Plugins::of(&server, Minor::of(minor)).runs(plugin);
            assert_eq!(runs, expected, "{words} on 1.{minor}: {plugin}");
        };
        check("", 36, "NamespaceLifecycle", true);
        check("", 36, "NodeRestriction", false);
        check("--enable-admission-plugins=NodeRestriction", 36, "NodeRestriction", true);
        check("--enable-admission-plugins=NodeRestriction", 36, "ServiceAccount", true);
        check("--enable-admission-plugins NodeRestriction,A", 36, "NodeRestriction", true);
        check("--enable_admission_plugins=A --enable-admission-plugins=B", 36, "A", true);
        check("--disable-admission-plugins=ServiceAccount", 36, "ServiceAccount", false);
        check("--disable-admission-plugins=B --enable-admission-plugins=B", 36, "B", true);
        check("", 22, "PodSecurity", false);
        check("", 23, "PodSecurity", true);
        check("", 29, "ValidatingAdmissionPolicy", false);
        check("", 35, "MutatingAdmissionPolicy", false);
        check("--admission-control=NamespaceLifecycle", 20, "NamespaceLifecycle", true);
        check("--admission-control=NamespaceLifecycle", 20, "ServiceAccount", false);
    }

    #[test]
    fn a_plugin_comes_and_goes_with_versions() {
        let check = |plugin: &str, minor: u8, expected: Standing| {
            assert_eq!(standing(plugin, Minor::of(minor)), expected, "{plugin} on 1.{minor}");
        };
        check("PodSecurityPolicy", 24, Standing::There);
        check("PodSecurityPolicy", 25, Standing::RemovedIn(25));
        check("SecurityContextDeny", 29, Standing::There);
        check("SecurityContextDeny", 30, Standing::RemovedIn(30));
        check("MutatingAdmissionPolicy", 31, Standing::ComesWith(32));
        check("NodeRestriction", 20, Standing::There);
        check("NodeRestrictions", 36, Standing::NeverHeardOf);
        check("security.example.com/Own", 36, Standing::There);
    }
}
