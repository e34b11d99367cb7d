//! Flags of components as data: one row a flag, judged alike; and the change of a command line
//! that gives a flag another value or takes it away.

mod boolean;
mod duration;
mod file;
mod started;

pub(crate) use self::boolean::{is_off, is_on};
pub(crate) use self::duration::seconds;
pub(crate) use self::file::{
    file_named, is_mounted, mount_file, objects_named, set_flag_with_file,
};
pub(crate) use self::started::started;

use edit::Edit;
use inventory::{Component, Inventory, Minor, Started};
use tree::Path;

use crate::{JudgeComponent, Judged, Problem, Remedy, Seen, Severity, Verdict};

/// A rule about one flag of one component.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FlagRule {
    /// The flag, without dashes.
    pub(crate) flag: &'static str,
    /// Whether a value is right. Gets what counts: the flag's value, else the default.
    pub(crate) is_right: fn(&str) -> bool,
    /// What it is where it is not given; none where it then is unset.
    pub(crate) default: fn(Minor) -> Option<&'static str>,
    /// How bad a wrong value is.
    pub(crate) severity: Severity,
    /// What is wrong then, in a sentence.
    pub(crate) message: &'static str,
    /// The value to give it; none where a person must choose it or where it is to be taken away.
    pub(crate) mend: Mend,
}

/// What makes a flag right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mend {
    /// A value.
    Set(&'static str),
    /// Not giving it.
    Remove,
    /// What a person has to choose.
    Choose,
}

impl JudgeComponent for FlagRule {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let given = component.flags.get(self.flag);
        let default = || (self.default)(seen.minor_of(component));
        let value = given.map(|flag| flag.value.as_str()).or_else(default);
        if value.is_some_and(self.is_right) {
            return Ok(Verdict::Pass);
        }
        let evidence = match (given, value) {
            (Some(flag), _) => format!("--{}={}", self.flag, flag.value),
            (None, Some(value)) => format!("--{} is not given; the default is {value}", self.flag),
            (None, None) => format!("--{} is not given", self.flag),
        };
        let remedy = match self.mend {
            Mend::Set(value) => set_flag(seen.inventory(), component, self.flag, value),
            Mend::Remove => remove_flag(component, self.flag),
            Mend::Choose => Remedy::Explained,
        };
        let problem = flag_problem(component, self.flag, self.severity, self.message);
        Ok(Verdict::fail(problem.evidence(evidence).mended_by(remedy)))
    }
}

/// A problem of one flag, pointed at where it is given, with what it is as evidence.
pub(crate) fn flag_problem(
    component: &Component,
    flag: &str,
    severity: Severity,
    message: impl Into<String>,
) -> Problem {
    let given = component.flags.get(flag);
    let evidence = given.map_or_else(
        || format!("--{flag} is not given"),
        |given| format!("--{flag}={}", given.value),
    );
    let problem = Problem::new(severity, message).detail(flag).evidence(evidence);
    match given.and_then(|given| given.path.clone()).or_else(|| container(component)) {
        Some(path) => problem.at(path),
        None => problem,
    }
}

/// No default: the flag is then unset.
pub(crate) fn unset(_minor: Minor) -> Option<&'static str> {
    None
}

/// Where the container of a component stands in its object.
pub(crate) fn container(component: &Component) -> Option<Path> {
    match &component.started {
        Started::Container { container, .. } => Some(container.clone()),
        Started::Process { .. } | Started::File { .. } => None,
    }
}

/// Gives a flag of a component a value, in the list of words that starts it.
pub(crate) fn set_flag(
    inventory: &Inventory,
    component: &Component,
    flag: &str,
    value: &str,
) -> Remedy {
    let Some(container) = container(component) else {
        return by_hand(
            component,
            &format!("start {} with --{flag}={value}", component.kind.program()),
        );
    };
    let word = format!("--{flag}={value}");
    let given: Vec<_> = component.flags.iter().filter(|one| one.name == flag).collect();
    let Some((last, before)) = given.split_last() else {
        let tree = component.object(inventory).map(|object| object.tree().follow(&container));
        let has_command = tree.is_some_and(|tree| !tree.get("command").is_null());
        let list = container.then(if has_command { "command" } else { "args" });
        return Remedy::Edit(vec![Edit::Append { path: list, value: word.into() }]);
    };
    let mut changes = Vec::new();
    changes.extend(last.path.clone().map(|path| Edit::set(path, word)));
    changes.extend(removals(before.iter().copied()));
    changes.extend(last.value_path.clone().map(|path| Edit::Remove { path }));
    Remedy::Edit(in_safe_order(changes))
}

/// Takes a flag away from a component.
pub(crate) fn remove_flag(component: &Component, flag: &str) -> Remedy {
    if container(component).is_none() {
        return by_hand(component, &format!("start {} without --{flag}", component.kind.program()));
    }
    let given = component.flags.iter().filter(|one| one.name == flag);
    Remedy::Edit(in_safe_order(removals(given).collect()))
}

fn removals<'a>(flags: impl Iterator<Item = &'a inventory::Flag>) -> impl Iterator<Item = Edit> {
    flags
        .flat_map(|flag| [flag.path.clone(), flag.value_path.clone()])
        .flatten()
        .map(|path| Edit::Remove { path })
}

/// Removals from the back of a list to its front, so that none moves what another one names; what
/// is set comes first for the same reason.
fn in_safe_order(mut changes: Vec<Edit>) -> Vec<Edit> {
    let key = |change: &Edit| match change {
        Edit::Set { path, .. } | Edit::Append { path, .. } | Edit::Insert { path, .. } => {
            (0, path.clone())
        }
        Edit::Remove { path } => (1, path.clone()),
    };
    changes.sort_by(|one, other| match (key(one), key(other)) {
        ((0, one), (0, other)) => one.cmp(&other),
        ((1, one), (1, other)) => other.cmp(&one),
        ((one, _), (other, _)) => one.cmp(&other),
    });
    changes
}

pub(crate) fn by_hand(component: &Component, what: &str) -> Remedy {
    match &component.started {
        Started::File { path } => Remedy::Steps(format!("in {path}: {what}; then restart it")),
        Started::Process { .. } | Started::Container { .. } => {
            Remedy::Steps(format!("where {} is started from: {what}", component.kind.program()))
        }
    }
}
