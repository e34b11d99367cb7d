//! What a level would refuse of what a namespace runs, and the labels that refuse nothing of it.

use admission::{Level, LevelVersion, Mode, Pod, PolicyVersion, evaluate};
use edit::Edit;
use inventory::Unknown;
use tree::{Path, Tree};

use crate::{Remedy, Seen};

/// How many workloads of a namespace each level would refuse.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Toll {
    /// How many there are.
    pub(super) workloads: usize,
    /// Those that the baseline refuses.
    pub(super) baseline: Vec<String>,
    /// Those that the restricted level refuses.
    pub(super) restricted: Vec<String>,
    /// Whether there are no others.
    pub(super) is_whole: bool,
}

impl Toll {
    /// Counts what was seen in a namespace, by the rules of a version as the cluster knows it.
    pub(super) fn of(seen: &Seen<'_>, namespace: &str, version: PolicyVersion) -> Self {
        let at = |level| LevelVersion { level, version: version.as_of(release(seen)) };
        let is_whole = all_seen(seen, namespace).is_ok();
        let mut toll = Self { is_whole, ..Self::default() };
        for workload in seen.workloads_in(namespace) {
            let pod = Pod::created_from(workload.template());
            let name = || format!("{} {}", workload.object().kind().kind, workload.object().name());
            toll.workloads = toll.workloads.saturating_add(1);
            if !evaluate(&pod, at(Level::Baseline)).is_allowed() {
                toll.baseline.push(name());
                toll.restricted.push(name());
            } else if !evaluate(&pod, at(Level::Restricted)).is_allowed() {
                toll.restricted.push(name());
            }
        }
        toll
    }

    /// The strictest level that refuses nothing that was seen.
    pub(super) fn strictest(&self) -> Level {
        match (self.baseline.as_slice(), self.restricted.as_slice()) {
            (_, []) => Level::Restricted,
            ([], _) => Level::Baseline,
            (_, _) => Level::Privileged,
        }
    }

    /// What would break if the namespace were restricted.
    pub(super) fn evidence(&self) -> String {
        let seen = if self.is_whole { "" } else { " seen" };
        match self.workloads {
            0 => format!("no workload was{seen} there"),
            1 => format!(
                "of 1 workload{seen}, baseline would refuse {}, restricted {}",
                named(&self.baseline),
                named(&self.restricted)
            ),
            all => format!(
                "of {all} workloads{seen}, baseline would refuse {}, restricted {}",
                named(&self.baseline),
                named(&self.restricted)
            ),
        }
    }

    /// Labels a namespace with the strictest level that breaks nothing, and with warnings of the
    /// strictest there is; or says what comes first.
    pub(super) fn remedy(&self, namespace: &str, labels: &Tree) -> Remedy {
        let level = self.strictest();
        if level == Level::Privileged {
            return Remedy::Steps(format!(
                "kubectl label --overwrite namespace {namespace} {WARN}\nmend what baseline refuses: {}\nkubectl label --overwrite namespace {namespace} {}=baseline",
                self.baseline.join(", "),
                Mode::Enforce.level_label()
            ));
        }
        if !self.is_whole {
            let label = format!(
                "--overwrite namespace {namespace} {}={level}",
                Mode::Enforce.level_label()
            );
            return Remedy::Steps(format!(
                "kubectl label --overwrite namespace {namespace} {WARN}\nkubectl label --dry-run=server {label} # names the pods it would refuse\nkubectl label {label}"
            ));
        }
        let set =
            |mode: Mode, level: Level| Edit::set(label_path(mode.level_label()), level.as_str());
        let others = [Mode::Audit, Mode::Warn].into_iter();
        let unset = others.filter(|mode| labels.get(mode.level_label()).is_null());
        let told = unset.map(|mode| set(mode, Level::Restricted));
        Remedy::Edit(std::iter::once(set(Mode::Enforce, level)).chain(told).collect())
    }
}

/// Whether all that makes pods in a namespace was seen. What a file leaves without a namespace may
/// be applied to any.
pub(super) fn all_seen(seen: &Seen<'_>, namespace: &str) -> Result<(), Unknown> {
    seen.all_workloads_in(namespace)?;
    match seen.workloads_in("").first() {
        None => Ok(()),
        Some(workload) => Err(Unknown::new(
            format!("{} names no namespace", workload.object().describe()),
            "name the namespace that it is applied to in its metadata",
        )),
    }
}

/// Where a label of a namespace stands.
pub(super) fn label_path(label: &str) -> Path {
    Path::of(&["metadata", "labels", label])
}

/// The release whose rules count: the cluster's, or the newest where nothing tells it.
pub(super) fn release(seen: &Seen<'_>) -> PolicyVersion {
    let known = seen.inventory().minor();
    known.map_or(PolicyVersion::NEWEST, |minor| PolicyVersion::V1(u64::from(minor.number())))
}

/// `3 (Deployment a, Deployment b, …)`.
fn named(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "none".to_owned(),
        count if count > SHOWN => format!("{count} ({shown}, …)"),
        count => format!("{count} ({shown})"),
    }
}

const SHOWN: usize = 3;

const WARN: &str =
    "pod-security.kubernetes.io/warn=restricted pod-security.kubernetes.io/audit=restricted";
