//! What each version knows: the flags of its components, and its feature gates with their
//! defaults. Taken from the sources of 1.20 to 1.37.

mod api_server;
mod controller_manager;
mod kubelet;
mod scheduler;

use inventory::{ComponentKind, Minor};

/// Flags that came and went together.
struct Lifetime {
    /// The minor version that has them first; 0 if that is older than 1.20.
    from: u8,
    /// The minor version that does not have them any more.
    gone: Option<u8>,
    /// Their names, parted by spaces.
    names: &'static str,
}

/// What becomes of a flag in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// The version has it.
    Yes,
    /// It comes in a later version.
    From(u8),
    /// It was taken away in this or an earlier version.
    Until(u8),
    /// No version has it.
    Never,
}

/// Whether a component has a flag in a version; none for components whose flags are not listed.
pub(crate) fn flag_in(kind: ComponentKind, flag: &str, minor: Minor) -> Option<Known> {
    let table = flags_of(kind)?;
    let found = table.iter().find(|row| row.names.split_whitespace().any(|name| name == flag));
    let gone = || OLDER.iter().find(|(name, _)| *name == flag && kind == ComponentKind::ApiServer);
    Some(match found {
        Some(row) if minor.number() < row.from => Known::From(row.from),
        Some(Lifetime { gone: Some(gone), .. }) if minor.number() >= *gone => Known::Until(*gone),
        Some(_) => Known::Yes,
        None => gone().map_or(Known::Never, |(_, gone)| Known::Until(*gone)),
    })
}

/// The next version after `minor` in which a component does not have a flag any more.
pub(crate) fn removal_after(kind: ComponentKind, flag: &str, minor: Minor) -> Option<u8> {
    let table = flags_of(kind)?;
    let row = table.iter().find(|row| row.names.split_whitespace().any(|name| name == flag))?;
    row.gone.filter(|gone| *gone > minor.number())
}

fn flags_of(kind: ComponentKind) -> Option<&'static [Lifetime]> {
    match kind {
        ComponentKind::ApiServer => Some(api_server::FLAGS),
        ComponentKind::ControllerManager => Some(controller_manager::FLAGS),
        ComponentKind::Scheduler => Some(scheduler::FLAGS),
        ComponentKind::Kubelet => Some(kubelet::FLAGS),
        ComponentKind::Etcd | ComponentKind::KubeProxy => None,
    }
}

/// Flags of kube-apiserver that went before 1.20.
const OLDER: [(&str, u8); 3] = [
    ("basic-auth-file", 19),
    ("audit-dynamic-configuration", 19),
    ("repair-malformed-updates", 14),
];

/// A feature gate in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gate {
    /// `alpha`, `beta`, `ga` or `deprecated`.
    pub(crate) stage: &'static str,
    /// What it is where nobody sets it.
    pub(crate) is_on: bool,
    /// Whether nothing else may be set.
    pub(crate) is_locked: bool,
}

/// What becomes of a feature gate in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GateIn {
    /// The version has it.
    Known(Gate),
    /// It comes in a later version.
    From(u8),
    /// It was taken away in this or an earlier version.
    Until(u8),
    /// No version has it.
    Never,
}

/// A feature gate in a version, if that has it.
pub(crate) fn gate_in(name: &str, minor: Minor) -> Option<Gate> {
    match history_of_gate(name, minor) {
        GateIn::Known(gate) => Some(gate),
        GateIn::From(_) | GateIn::Until(_) | GateIn::Never => None,
    }
}

/// What becomes of a feature gate in a version.
pub(crate) fn history_of_gate(name: &str, minor: Minor) -> GateIn {
    let line = GATES.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let Some(line) = line else { return GateIn::Never };
    let mut state = GateIn::Never;
    for (from, change) in line.split(' ').filter_map(change) {
        if from > minor.number() && from > Minor::OLDEST.number() {
            return if state == GateIn::Never { GateIn::From(from) } else { state };
        }
        state = change.map_or(GateIn::Until(from), GateIn::Known);
    }
    state
}

/// `24:beta:on`, `30:ga:locked-on`, `33:gone`.
fn change(word: &'static str) -> Option<(u8, Option<Gate>)> {
    let (from, what) = word.split_once(':')?;
    let from = from.parse().ok()?;
    let Some((stage, value)) = what.split_once(':') else { return Some((from, None)) };
    let free = value.strip_prefix("locked-");
    let gate = Gate { stage, is_on: free.unwrap_or(value) == "on", is_locked: free.is_some() };
    Some((from, Some(gate)))
}

/// One gate a line, by name: its name, and from which minor version on it is what.
const GATES: &str = include_str!("known/gates.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_come_and_go() {
        let check = |flag: &str, minor: u8, expected: Known| {
            let found = flag_in(ComponentKind::ApiServer, flag, Minor::of(minor));
            assert_eq!(found, Some(expected), "{flag} 1.{minor}");
        };
        check("insecure-port", 23, Known::Yes);
        check("insecure-port", 24, Known::Until(24));
        check("authorization-config", 28, Known::From(29));
        check("authorization-config", 29, Known::Yes);
        check("kubelet-https", 22, Known::Until(22));
        check("basic-auth-file", 20, Known::Until(19));
        check("apiserver-count", 37, Known::Yes);
        check("audit-policy", 36, Known::Never);
        check("cloud-provider", 33, Known::Until(33));
        assert_eq!(flag_in(ComponentKind::Etcd, "name", Minor::of(30)), None);
        let kubelet = |flag, minor| flag_in(ComponentKind::Kubelet, flag, Minor::of(minor));
        assert_eq!(kubelet("pod-infra-container-image", 34), Some(Known::Yes));
        assert_eq!(kubelet("pod-infra-container-image", 35), Some(Known::Until(35)));
        assert_eq!(kubelet("network-plugin", 24), Some(Known::Until(24)));
    }

    #[test]
    fn every_flag_is_listed_once() {
        for kind in ComponentKind::ALL {
            let rows = flags_of(kind).unwrap_or_default();
            let mut names: Vec<_> =
                rows.iter().flat_map(|row| row.names.split_whitespace()).collect();
            let listed = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), listed, "{kind:?}");
        }
    }

    #[test]
    fn gates_come_lock_and_go() {
        let check = |name: &str, minor: u8, expected: GateIn| {
            assert_eq!(history_of_gate(name, Minor::of(minor)), expected, "{name} 1.{minor}");
        };
        let gate = |stage, is_on, is_locked| GateIn::Known(Gate { stage, is_on, is_locked });
        check("KubeletFineGrainedAuthz", 31, GateIn::From(32));
        check("KubeletFineGrainedAuthz", 32, gate("alpha", false, false));
        check("KubeletFineGrainedAuthz", 35, gate("beta", true, false));
        check("KubeletFineGrainedAuthz", 36, gate("ga", true, true));
        check("APIPriorityAndFairness", 28, gate("beta", true, false));
        check("APIPriorityAndFairness", 31, GateIn::Until(31));
        check("UnauthenticatedHTTP2DOSMitigation", 29, gate("beta", true, false));
        check("KMSv1", 29, gate("deprecated", false, false));
        check("NoSuchGate", 30, GateIn::Never);
    }
}
