//! What a check is asked about: each object of some kinds, each workload, each process, or all
//! that was seen at once.

use inventory::{Component, ComponentKind, Kind, Object, Unknown, Workload};

use crate::{Judged, Seen, Tally};

/// What a check is asked about, and how it answers.
#[derive(Clone, Copy)]
pub enum Judge {
    /// All that was seen at once.
    Whole(fn(&Seen<'_>) -> Result<Tally, Unknown>),
    /// Each object of some kinds.
    Objects(&'static [Kind<'static>], &'static dyn JudgeObject),
    /// Each object that makes pods.
    Workloads(&'static dyn JudgeWorkload),
    /// Each process of a kind.
    Components(ComponentKind, &'static dyn JudgeComponent),
    /// Nothing yet, and why.
    NotImplemented(&'static str),
}

impl std::fmt::Debug for Judge {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Whole(_) => "Whole",
            Self::Objects(..) => "Objects",
            Self::Workloads(_) => "Workloads",
            Self::Components(..) => "Components",
            Self::NotImplemented(_) => "NotImplemented",
        })
    }
}

/// Judges one object. A function does, and so does a row of a table.
pub trait JudgeObject: Sync {
    /// What is wrong with it.
    fn judge(&self, seen: &Seen<'_>, object: &Object) -> Judged;
}

impl<F: Fn(&Seen<'_>, &Object) -> Judged + Sync> JudgeObject for F {
    fn judge(&self, seen: &Seen<'_>, object: &Object) -> Judged {
        self(seen, object)
    }
}

/// Judges one workload. A function does, and so does a row of a table.
pub trait JudgeWorkload: Sync {
    /// What is wrong with it.
    fn judge(&self, seen: &Seen<'_>, workload: &Workload<'_>) -> Judged;
}

impl<F: Fn(&Seen<'_>, &Workload<'_>) -> Judged + Sync> JudgeWorkload for F {
    fn judge(&self, seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
        self(seen, workload)
    }
}

/// Judges one process. A function does, and so does a row of a table.
pub trait JudgeComponent: Sync {
    /// What is wrong with it.
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged;
}

impl<F: Fn(&Seen<'_>, &Component) -> Judged + Sync> JudgeComponent for F {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        self(seen, component)
    }
}
