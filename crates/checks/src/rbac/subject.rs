//! Bindings by whom they name: which subjects are picked out, and how they are taken out again.

use edit::Edit;
use inventory::{Kind, Object};
use paths::Subject;
use tree::{Path, Tree};

use super::likeness::likeness;
use super::words;
use crate::{JudgeObject, Judged, Problem, Remedy, Seen, Severity, UNNAMED, Verdict};
use paths::bootstrap::Likeness;

/// A rule about whom a binding names.
pub(crate) struct Naming {
    /// Whether a subject is meant.
    pub(crate) picks: fn(&Subject) -> bool,
    /// How bad it is; nothing where it is as it should be.
    pub(crate) severity: fn(&Seen<'_>, &Object) -> Option<Severity>,
    /// What to say of it, after those who are meant.
    pub(crate) says: &'static str,
    /// What mends it.
    pub(crate) mend: Mend,
}

/// What mends a binding that names somebody it should not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mend {
    /// Taking the subjects out.
    TakeOut,
    /// What the check says.
    Explained,
}

impl JudgeObject for Naming {
    fn judge(&self, seen: &Seen<'_>, object: &Object) -> Judged {
        let picked: Vec<usize> = subjects(object)
            .filter(|(_, subject)| (self.picks)(subject))
            .map(|(index, _)| index)
            .collect();
        if picked.is_empty() {
            return Ok(Verdict::Pass);
        }
        if is_default(seen, object) {
            return Ok(Verdict::Exempt("Kubernetes makes this binding, as it is".to_owned()));
        }
        let Some(severity) = (self.severity)(seen, object) else { return Ok(Verdict::Pass) };
        let mended = match self.mend {
            Mend::TakeOut => without(object, &picked),
            Mend::Explained => Remedy::Explained,
        };
        Ok(Verdict::fail(problem(object, &picked, severity, self.says).mended_by(mended)))
    }
}

/// A problem of some subjects of a binding.
pub(crate) fn problem(
    object: &Object,
    picked: &[usize],
    severity: Severity,
    says: &str,
) -> Problem {
    let named: Vec<Subject> = subjects(object)
        .filter(|(index, _)| picked.contains(index))
        .map(|(_, subject)| subject)
        .collect();
    let who = words::whos(&named);
    let role = role_of(object);
    let says = if who.len() == 1 { says.to_owned() } else { of_many(says) };
    let message = format!("{} {says} {role}, by {}.", words::some_of(&who), object.describe());
    let path = picked.first().map(|index| Path::of(&["subjects"]).then(*index));
    Problem::new(severity, message)
        .detail(who.join(", "))
        .evidence(format!("{} → {role}", who.join(", ")))
        .at(path.unwrap_or_else(|| Path::of(&["roleRef"])))
        .subjects(who)
}

fn of_many(says: &str) -> String {
    says.replacen("holds", "hold", 1).replacen("does not", "do not", 1)
}

/// The subjects that match anybody, each with its place.
pub(crate) fn subjects(object: &Object) -> impl Iterator<Item = (usize, Subject)> {
    let namespace = match (object.kind(), object.namespace()) {
        (Kind::ROLE_BINDING, "") => UNNAMED,
        (_, namespace) => namespace,
    };
    let all = object.tree().get("subjects").items().iter().enumerate();
    all.filter_map(move |(index, subject)| Some((index, read(subject, namespace)?)))
}

fn read(subject: &Tree, namespace: &str) -> Option<Subject> {
    let own = |key: &str| subject.get(key).str().to_owned();
    let raw = authz::Subject { kind: own("kind"), name: own("name"), namespace: own("namespace") };
    Subject::read(&raw, namespace).map(|(subject, _)| subject)
}

/// A binding without some of its subjects; nothing is left of one without any.
pub(crate) fn without(object: &Object, picked: &[usize]) -> Remedy {
    let count = object.tree().get("subjects").items().len();
    if picked.len() >= count {
        return Remedy::Delete;
    }
    // From the back, so that no removal moves what another one names.
    let mut picked = picked.to_vec();
    picked.sort_unstable_by(|one, other| other.cmp(one));
    let remove = |index: usize| Edit::Remove { path: Path::of(&["subjects"]).then(index) };
    Remedy::Edit(picked.into_iter().map(remove).collect())
}

/// `ClusterRole edit`.
pub(crate) fn role_of(object: &Object) -> String {
    let role = object.tree().get("roleRef");
    format!("{} {}", role.get("kind").str(), role.get("name").str())
}

/// Whether a binding names a `ClusterRole` of these names that is as Kubernetes makes it.
pub(crate) fn is_of(seen: &Seen<'_>, object: &Object, names: &[&str]) -> bool {
    let role = object.tree().get("roleRef");
    role.get("kind").str() == "ClusterRole"
        && names.contains(&role.get("name").str())
        && is_untouched(seen, role.get("name").str())
}

/// Whether a default `ClusterRole` was not seen to be anything else.
fn is_untouched(seen: &Seen<'_>, name: &str) -> bool {
    let seen = seen.inventory().find(Kind::CLUSTER_ROLE, "", name);
    seen.is_none_or(|role| likeness(role) == Likeness::Same)
}

/// Whether Kubernetes makes a binding and its role, and both are as it makes them.
pub(crate) fn is_default(seen: &Seen<'_>, object: &Object) -> bool {
    match seen.holdings().of_object(object) {
        Some(bound) => bound.is_default,
        None => likeness(object) == Likeness::Same,
    }
}

pub(crate) const BINDINGS: &[Kind<'static>] = &[Kind::CLUSTER_ROLE_BINDING, Kind::ROLE_BINDING];
