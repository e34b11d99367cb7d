//! A folder of RBAC manifests to a policy. Whatever is not surely meant stops it: a misspelt kind
//! would leave a rule out, a misspelt field of a rule would make it wider.

use std::fs;
use std::path::{Path, PathBuf};

use authz::{BadSelector, Policy, aggregate, policy};

use crate::document::Document;
use crate::files;
use crate::gateway::authorization::fields;
use crate::mistake::{Mistake, Place};
use crate::tree::Node;
use crate::yaml;

/// What a folder holds.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) policy: Policy,
    pub(super) files: usize,
    /// Files that are no manifests by their names.
    pub(super) skipped: Vec<PathBuf>,
}

/// Why a folder cannot be taken.
#[derive(Debug)]
pub(super) enum Unloaded {
    Folder(String),
    Files(Vec<Mistake>),
}

/// Reads every manifest of `folder`, sub-folders not included.
pub(super) fn load(folder: &Path) -> Result<Loaded, Unloaded> {
    let (paths, skipped) = list(folder).map_err(Unloaded::Folder)?;
    let (mut documents, mut mistakes) = (Vec::new(), Vec::new());
    for path in &paths {
        match read(path) {
            Ok(found) => documents.extend(found),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    for document in &documents {
        mistakes.extend(fields::judge(document));
    }
    let read = policy(&documents).map_err(|found| mistakes.extend(found));
    match read {
        Ok(policy) if mistakes.is_empty() => Ok(Loaded { policy, files: paths.len(), skipped }),
        Ok(_) | Err(()) => Err(Unloaded::Files(mistakes)),
    }
}

/// The manifests of a folder by name, and the other files in it.
pub(super) fn list(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), String> {
    let unreadable = |error| files::describe(&error);
    let entries = fs::read_dir(folder).map_err(unreadable)?.take(MOST_FILES.saturating_add(1));
    let entries: Result<Vec<_>, _> = entries.collect();
    let paths = entries.map_err(unreadable)?.into_iter().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths.collect();
    if paths.len() > MOST_FILES {
        return Err(format!("holds more than {MOST_FILES} files"));
    }
    // A mounted ConfigMap keeps its files behind hidden links (`..data`).
    paths.retain(|path| !is_hidden(path) && path.is_file());
    paths.sort();
    Ok(paths.into_iter().partition(|path| is_manifest(path)))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json")
}

fn read(path: &Path) -> Result<Vec<Document>, Mistake> {
    let file = path.display().to_string();
    let text = files::read_text(path, LONGEST).map_err(|problem| {
        let place = Place::File { file: file.clone(), position: None };
        Mistake { place, value: None, problem }
    })?;
    let nodes = yaml::all(&file, &text)?;
    Ok(nodes.into_iter().map(|node| Document { file: file.clone(), node }).collect())
}

fn policy(documents: &[Document]) -> Result<Policy, Vec<Mistake>> {
    let objects: Vec<_> = documents.iter().map(Document::value).collect();
    let read = policy::from_objects(&objects).map_err(|problems| {
        let mistake = |problem: &policy::Problem| {
            Some(documents.get(problem.object)?.mistake(&problem.path, &problem.problem))
        };
        problems.iter().filter_map(mistake).collect::<Vec<_>>()
    })?;
    // No controller has filled the aggregated roles of a folder.
    aggregate(read).map_err(|bad| bad.iter().map(|bad| selector(documents, bad)).collect())
}

/// A bad selector with its place.
fn selector(documents: &[Document], bad: &BadSelector) -> Mistake {
    let is_named = |object: &Node| {
        let name = object.get("metadata").and_then(|metadata| metadata.get("name"));
        object.get("aggregationRule").is_some()
            && name.and_then(Node::text).is_some_and(|name| name == bad.role)
    };
    for document in documents {
        let mut objects = fields::objects(&document.node).into_iter();
        if let Some((path, _)) = objects.find(|(_, object)| is_named(object)) {
            let path =
                if path.is_empty() { bad.path.clone() } else { format!("{path}.{}", bad.path) };
            return document.mistake(&path, &bad.problem);
        }
    }
    let place = Place::File { file: String::new(), position: None };
    Mistake { place, value: Some(bad.role.clone()), problem: bad.problem.clone() }
}

const MOST_FILES: usize = 10_000;
const LONGEST: u64 = 4 << 20;
