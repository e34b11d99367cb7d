//! The plan in words: diffs first, then what else the program does, then what is left to a person.

use fix::{LiveChange, Mended, Patch, Plan, RightsChange};
use serde_json::{Value, json};

/// What came of making the changes.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What was done.
    pub(super) written: Vec<String>,
    /// What waits for another run: the control plane is changed one component at a time.
    pub(super) later: Vec<String>,
    /// What could not be done.
    pub(super) failed: Vec<String>,
}

impl Outcome {
    /// What was done and what is still to do, for standard error.
    pub(super) fn text(&self, plan: &Plan, write: bool, apply: bool) -> String {
        let mut lines = Vec::new();
        lines.extend(self.written.iter().map(|one| format!("changed: {one}")));
        lines.extend(self.later.iter().map(|one| {
            format!(
                "not yet changed: {one}; run this again once the component changed first is back"
            )
        }));
        lines.extend(self.failed.iter().map(|one| format!("not changed: {one}")));
        if !write && (!plan.files.is_empty() || !plan.rights.is_empty()) {
            lines.push("Nothing was changed; --write changes the files.".to_owned());
        }
        if !apply && !plan.live.is_empty() {
            lines.push("Nothing was changed in the cluster; --apply does it.".to_owned());
        }
        lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect()
    }
}

/// The plan for people.
pub(super) fn text(plan: &Plan) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(plan.files.iter().map(|file| edit::diff(&file.path, &file.old, &file.new)));
    parts.extend(plan.rights.iter().map(|change| format!("{}\n", rights(change))));
    parts.extend(plan.created.iter().map(|created| {
        let why = format!("{}: {}", created.mended.check.id, created.mended.message);
        format!("# {why}\n{}", edit::write_yaml(&created.object))
    }));
    parts.extend(plan.live.iter().map(|change| format!("{}\n", live(change))));
    let left: Vec<String> = plan
        .refused
        .iter()
        .map(|one| format!("  {}\n    not mended: {}\n", found(&one.found), one.why))
        .chain(
            plan.by_hand
                .iter()
                .map(|one| format!("  {}\n{}", found(&one.found), indented(&one.steps))),
        )
        .collect();
    parts.push(summary(plan));
    if !left.is_empty() {
        parts.push(format!("Left to you:\n{}", left.concat()));
    }
    parts.join("\n")
}

fn summary(plan: &Plan) -> String {
    let left = plan.by_hand.len().saturating_add(plan.refused.len());
    format!("Mends {} findings; {left} are left to you.\n", plan.mended())
}

fn found(mended: &Mended) -> String {
    format!("{} {}: {}", mended.check.id, mended.about.describe(), mended.message)
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}

fn rights(change: &RightsChange) -> String {
    let mode = change.mode.map(|mode| format!("chmod {mode:o} {}", change.path));
    let owner = change.owner.map(|owner| format!("chown {owner} {}", change.path));
    mode.into_iter().chain(owner).collect::<Vec<_>>().join("\n")
}

/// The command that makes a change of a live object.
fn live(change: &LiveChange) -> String {
    let about = &change.about;
    let group =
        about.api_version.split_once('/').map_or(String::new(), |(group, _)| format!(".{group}"));
    let what = format!("{}{group} {}", about.kind.to_lowercase(), about.name);
    let namespace = match about.namespace.as_str() {
        "" => String::new(),
        namespace => format!(" --namespace {namespace}"),
    };
    match &change.patch {
        Patch::Delete => format!("kubectl delete {what}{namespace}"),
        Patch::Change(operations) => {
            let patch = Value::from(operations.clone()).to_string().replace('\'', "'\\''");
            format!("kubectl patch {what}{namespace} --type json --patch '{patch}'")
        }
    }
}

/// The plan for programs.
pub(super) fn json(plan: &Plan) -> Value {
    let mended = |mended: &Mended| {
        json!({
            "check": mended.check.id,
            "severity": mended.severity.name(),
            "about": mended.about.describe(),
            "message": mended.message,
        })
    };
    let all = |list: &[Mended]| list.iter().map(mended).collect::<Vec<_>>();
    json!({
        "schemaVersion": 1,
        "files": plan.files.iter().map(|file| json!({
            "path": file.path,
            "diff": edit::diff(&file.path, &file.old, &file.new),
            "mends": all(&file.mended),
        })).collect::<Vec<_>>(),
        "rights": plan.rights.iter().map(|change| json!({
            "path": change.path,
            "mode": change.mode.map(|mode| format!("{mode:o}")),
            "owner": change.owner,
            "mends": [mended(&change.mended)],
        })).collect::<Vec<_>>(),
        "create": plan.created.iter().map(|created| json!({
            "object": created.object,
            "mends": [mended(&created.mended)],
        })).collect::<Vec<_>>(),
        "live": plan.live.iter().map(|change| json!({
            "about": change.about.describe(),
            "command": live(change),
            "mends": all(&change.mended),
        })).collect::<Vec<_>>(),
        "refused": plan.refused.iter().map(|one| json!({
            "found": mended(&one.found),
            "why": one.why,
        })).collect::<Vec<_>>(),
        "byHand": plan.by_hand.iter().map(|one| json!({
            "found": mended(&one.found),
            "steps": one.steps,
        })).collect::<Vec<_>>(),
    })
}
