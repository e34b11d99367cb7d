//! What mends a finding, in words that a person can carry out.

use checks::{About, Check, Remedy};
use edit::Edit;

/// What mends it.
pub(super) fn text(check: &Check, about: &About, remedy: &Remedy) -> String {
    match remedy {
        Remedy::Explained => check.fix.text().to_owned(),
        Remedy::Steps(steps) => steps.clone(),
        Remedy::Edit(changes) => changes.iter().map(change).collect::<Vec<_>>().join("\n"),
        Remedy::Rights { mode, owner } => rights(&about.file, *mode, *owner),
        Remedy::Delete => delete(about),
        Remedy::Create(object) => format!("create:\n{}", edit::write_yaml(object).trim_end()),
    }
}

fn change(edit: &Edit) -> String {
    match edit {
        Edit::Set { path, value } => format!("set {path} to {value}"),
        Edit::Remove { path } => format!("remove {path}"),
        Edit::Append { path, value } => format!("add {value} to {path}"),
        Edit::Insert { path, index, value } => format!("insert {value} into {path} at {index}"),
    }
}

fn rights(file: &str, mode: Option<u32>, owner: Option<&str>) -> String {
    let mode = mode.map(|mode| format!("chmod {mode:o} {file}"));
    let owner = owner.map(|owner| format!("chown {owner} {file}"));
    mode.into_iter().chain(owner).collect::<Vec<_>>().join("\n")
}

fn delete(about: &About) -> String {
    let kind = about.kind.to_lowercase();
    let namespace = match about.namespace.as_str() {
        "" => String::new(),
        namespace => format!(" --namespace {namespace}"),
    };
    format!("kubectl delete {kind} {}{namespace}", about.name)
}
