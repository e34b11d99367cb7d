//! Runs one check over all that was seen.

use std::collections::BTreeSet;

use inventory::{ComponentKind, Kind, Minor, Unknown, Workload};

use crate::{About, Check, Gap, Judge, Judged, Seen, Tally, Verdict};

/// What came of a check.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The check.
    pub check: &'static Check,
    /// What it said.
    pub tally: Tally,
}

/// Runs a check. Unknowns and what does not apply are told once for each reason and scope.
pub fn run(check: &'static Check, seen: &Seen<'_>) -> Outcome {
    let mut tally = match check.judge {
        Judge::Whole(judge) => whole(check, seen, judge),
        Judge::Objects(kinds, judge) => {
            let mut tally = Tally::new();
            for object in kinds.iter().flat_map(|kind| seen.inventory().of(*kind)) {
                let judged = one(check, seen, || judge.judge(seen, object));
                tally.add_lazily(|| About::object(object), judged);
            }
            unlisted(&mut tally, seen, kinds.iter().copied());
            tally
        }
        Judge::Workloads(judge) => {
            let mut tally = Tally::new();
            for workload in seen.each_workload() {
                let judged = one(check, seen, || judge.judge(seen, workload));
                tally.add_lazily(|| About::object(workload.object()), judged);
            }
            unlisted(
                &mut tally,
                seen,
                Workload::kinds().filter(|kind| *kind != Kind::POD_TEMPLATE),
            );
            tally
        }
        Judge::Components(kind, judge) => {
            let mut tally = Tally::new();
            for component in seen.inventory().components(kind) {
                let judged = one(check, seen, || judge.judge(seen, component));
                tally.add(About::component(component, seen.inventory()), judged);
            }
            if tally.is_empty() {
                tally.add_gap(About::cluster(), no_component(kind));
            }
            tally
        }
        Judge::NotImplemented(why) => {
            let unknown = Unknown::new(format!("not looked at: {why}"), "look at it by hand");
            let mut tally = Tally::new();
            tally.add_gap(About::cluster(), unknown);
            tally
        }
    };
    once_each(&mut tally.gaps);
    once_each(&mut tally.not_applicable);
    once_each(&mut tally.exempt);
    Outcome { check, tally }
}

/// A judgement at the version there is, or at every version where none is known.
fn one(check: &Check, seen: &Seen<'_>, judge: impl Fn() -> Judged) -> Judged {
    let at = |minor: Minor| {
        seen.assume(minor);
        if check.versions.holds(minor) { judge() } else { Ok(not_at(check)) }
    };
    let first = at(newest(seen));
    if !depends_on(check, seen) {
        return first;
    }
    match Minor::all().map(|minor| (minor, at(minor))).find(|(_, judged)| *judged != first) {
        Some((minor, _)) => Err(depends_on_version(minor)),
        None => first,
    }
}

fn whole(
    check: &'static Check,
    seen: &Seen<'_>,
    judge: fn(&Seen<'_>) -> Result<Tally, Unknown>,
) -> Tally {
    let at = |minor: Minor| -> Tally {
        seen.assume(minor);
        if !check.versions.holds(minor) {
            return not_at(check).into();
        }
        judge(seen).unwrap_or_else(|unknown| {
            let mut tally = Tally::new();
            tally.add_gap(About::cluster(), unknown);
            tally
        })
    };
    let first = at(newest(seen));
    if !depends_on(check, seen) {
        return first;
    }
    agreed(&first, Minor::all().map(|minor| (minor, at(minor))))
}

/// Whether what was just said may be another thing at another version, and nothing tells which.
fn depends_on(check: &Check, seen: &Seen<'_>) -> bool {
    seen.was_asked() || (check.versions != crate::Span::ALL && seen.minor_is_unknown())
}

/// What is said at every version; what is not is a gap.
fn agreed(first: &Tally, all: impl Iterator<Item = (Minor, Tally)>) -> Tally {
    let mut agreed = first.clone();
    let mut differs = None;
    for (minor, other) in all.filter(|(_, other)| other != first) {
        agreed.problems.retain(|problem| other.problems.contains(problem));
        agreed.passes = agreed.passes.min(other.passes);
        differs = Some(minor);
    }
    if let Some(minor) = differs {
        agreed.add_gap(About::cluster(), depends_on_version(minor));
    }
    agreed
}

fn newest(seen: &Seen<'_>) -> Minor {
    seen.inventory().minor().map_or(Minor::NEWEST, Minor::known)
}

fn not_at(check: &Check) -> Verdict {
    Verdict::NotApplicable(format!("holds for Kubernetes {} only", check.versions.describe()))
}

fn depends_on_version(other: Minor) -> Unknown {
    Unknown::new(
        format!(
            "the verdict for Kubernetes {} is another than for {}, and nothing tells the version",
            Minor::NEWEST,
            other
        ),
        "name the version with --kubernetes-version",
    )
}

fn no_component(kind: ComponentKind) -> Unknown {
    let program = kind.program();
    let remedy = match kind {
        ComponentKind::Kubelet => {
            "give the node's /var/lib/kubelet/config.yaml and /etc/systemd/system/kubelet.service.d"
                .to_owned()
        }
        ComponentKind::KubeProxy => {
            "give the manifest or the configuration of kube-proxy".to_owned()
        }
        ComponentKind::ApiServer
        | ComponentKind::ControllerManager
        | ComponentKind::Scheduler
        | ComponentKind::Etcd => format!(
            "give /etc/kubernetes/manifests of a control plane node, or use --processes on it ({program} runs there)"
        ),
    };
    Unknown::new(format!("the flags of {program} were not seen"), remedy)
}

/// What of these kinds was not listed: a gap where nothing was seen, or where a cluster was asked
/// and would not tell all.
pub(crate) fn unlisted(
    tally: &mut Tally,
    seen: &Seen<'_>,
    kinds: impl Iterator<Item = Kind<'static>>,
) {
    let nothing = tally.is_empty();
    let coverage = seen.inventory().coverage();
    if !nothing && !coverage.is_live() {
        return;
    }
    let gaps: Vec<Unknown> = kinds.filter_map(|kind| coverage.listed(kind, None).err()).collect();
    let most = if nothing { gaps.len().min(1) } else { gaps.len() };
    for unknown in gaps.into_iter().take(most) {
        tally.add_gap(About::cluster(), unknown);
    }
}

/// Of equal reasons in a namespace one is enough: the first.
fn once_each<T: Told>(told: &mut Vec<T>) {
    let mut known = BTreeSet::new();
    told.retain(|one| known.insert(one.what()));
}

/// Something told about a scope.
trait Told {
    /// The scope and the reason.
    fn what(&self) -> (String, String);
}

impl Told for Gap {
    fn what(&self) -> (String, String) {
        (self.about.namespace.clone(), self.unknown.to_string())
    }
}

impl Told for (About, String) {
    fn what(&self) -> (String, String) {
        (self.0.namespace.clone(), self.1.clone())
    }
}
