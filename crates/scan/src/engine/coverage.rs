//! How far the looking went, as the report says it.

use std::collections::{BTreeMap, BTreeSet};

use inventory::{Inventory, Kind, KindCoverage as Seen, Object};

use crate::report::{Coverage, Files, KindCoverage, Reach, SourceRead, Unreadable};

pub(super) fn coverage(
    inventory: &Inventory,
    sources: Vec<SourceRead>,
    checks_run: u64,
) -> Coverage {
    let kinds = kinds(inventory);
    let broken = inventory.unreadable().iter().filter(|one| !one.is_template);
    let unreadable: Vec<Unreadable> = broken
        .map(|one| Unreadable {
            file: place(&one.file, one.line, one.column),
            reason: one.problem.clone(),
        })
        .collect();
    let incomplete = incomplete(&kinds, &unreadable);
    let read = inventory.files().iter().filter(|file| !file.is_folder).count();
    let files = Files { read: u64::try_from(read).unwrap_or(u64::MAX), unreadable };
    let minor = inventory.minor().map(|minor| ("kubernetes".to_owned(), minor.to_string()));
    let versions: BTreeMap<String, String> = minor.into_iter().collect();
    Coverage { sources, kinds, files, versions, checks_run, incomplete }
}

/// What was asked of a cluster, and what files held.
fn kinds(inventory: &Inventory) -> Vec<KindCoverage> {
    let asked: BTreeMap<Kind<'_>, &Seen> = inventory.coverage().kinds().collect();
    let seen = inventory.objects().iter().map(Object::kind);
    let all: BTreeSet<Kind<'_>> = asked.keys().copied().chain(seen).collect();
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    all.into_iter()
        .map(|kind| KindCoverage {
            api_version: kind.group.to_owned(),
            kind: kind.kind.to_owned(),
            reach: asked.get(&kind).map_or(given(inventory), |seen| reach(seen)),
            objects: number(inventory.of(kind).len()),
            reason: asked.get(&kind).and_then(|seen| reason(seen)),
        })
        .collect()
}

fn given(inventory: &Inventory) -> Reach {
    if inventory.coverage().is_everything() { Reach::Listed } else { Reach::Given }
}

fn reason(seen: &Seen) -> Option<String> {
    seen.refused.iter().next().map(|(namespace, why)| match namespace.as_str() {
        "" => why.clone(),
        namespace => format!("in {namespace}: {why}"),
    })
}

fn reach(seen: &Seen) -> Reach {
    if !seen.refused.is_empty() {
        return Reach::Denied;
    }
    if seen.everywhere || !seen.namespaces.is_empty() { Reach::Listed } else { Reach::Failed }
}

fn incomplete(kinds: &[KindCoverage], unreadable: &[Unreadable]) -> Vec<String> {
    let refused = kinds.iter().filter(|kind| kind.reach == Reach::Denied).map(|kind| {
        let why = kind.reason.as_deref().unwrap_or("no reason was given");
        format!("{} objects could not be listed: {why}.", kind.kind)
    });
    let broken = unreadable.iter().map(|one| format!("{} could not be read.", one.file));
    refused.chain(broken).collect()
}

fn place(file: &str, line: usize, column: usize) -> String {
    if line == 0 { file.to_owned() } else { format!("{file}:{line}:{column}") }
}
