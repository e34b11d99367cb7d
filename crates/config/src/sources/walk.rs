//! The files below a folder, in the order of their names.

use std::fs::{self, Metadata};
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use crate::files::describe;

/// A file that was found.
#[derive(Debug)]
pub(super) struct Found {
    /// Its path.
    pub(super) path: PathBuf,
    /// What the file system says of it; of a link, of what it leads to.
    pub(super) metadata: Metadata,
}

impl Found {
    /// Whether it may hold something that a scan understands.
    pub(super) fn is_worth_reading(&self) -> bool {
        if !self.metadata.is_file() {
            return false;
        }
        let name = self.path.file_name().map(|name| name.to_string_lossy().to_lowercase());
        let name = name.unwrap_or_default();
        match name.rsplit_once('.') {
            Some((_, extension)) => READ.contains(&extension),
            // kubeconfigs and unit files often have no extension.
            None => self.metadata.len() <= SMALL,
        }
    }
}

const READ: [&str; 18] = [
    "yaml",
    "yml",
    "json",
    "conf",
    "config",
    "kubeconfig",
    "crt",
    "cer",
    "pem",
    "key",
    "pub",
    "csr",
    "csv",
    "env",
    "service",
    "conflist",
    "kubelet",
    "toml",
];

/// Files without an extension are read up to this many bytes.
const SMALL: u64 = 1 << 20;

/// Folders that hold no configuration of a cluster.
const LEFT_OUT: [&str; 5] = [".git", ".hg", ".svn", ".terraform", "node_modules"];

/// How deep folders are looked into.
const DEEPEST: usize = 64;

/// The file of a path, or all files below the folder of that path.
///
/// # Errors
/// If it is not there or may not be read.
pub(super) fn files(path: &Path, ignored: &[String]) -> Result<Vec<Found>, String> {
    let metadata = fs::metadata(path).map_err(|error| describe(&error))?;
    let mut found = Vec::new();
    if metadata.is_dir() {
        // What cannot be listed at all is an error of whoever named it.
        fs::read_dir(path).map_err(|error| describe(&error))?;
        below(path, metadata, ignored, DEEPEST, &mut found);
    } else {
        found.push(Found { path: path.to_owned(), metadata });
    }
    Ok(found)
}

fn below(
    folder: &Path,
    metadata: Metadata,
    ignored: &[String],
    depth: usize,
    found: &mut Vec<Found>,
) {
    found.push(Found { path: folder.to_owned(), metadata });
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if is_ignored(&path, metadata.is_dir(), ignored) {
            continue;
        }
        if !metadata.is_dir() {
            let is_known = metadata.is_file() || metadata.file_type().is_socket();
            found.extend(is_known.then_some(Found { path, metadata }));
        } else if depth > 0 && !path.is_symlink() {
            // A link to a folder may lead around in a circle.
            below(&path, metadata, ignored, depth.saturating_sub(1), found);
        }
    }
}

fn is_ignored(path: &Path, is_folder: bool, ignored: &[String]) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let is_named = |one: &String| *one == *name || path.ends_with(one);
    (is_folder && LEFT_OUT.contains(&&*name)) || ignored.iter().any(is_named)
}

/// Where on its node a file is whose path leads through a copy of a node's folders.
pub(super) fn on_node(path: &str) -> Option<String> {
    const ROOTS: [&str; 9] = [
        "/etc/kubernetes",
        "/var/lib/kubelet",
        "/var/lib/etcd",
        "/etc/systemd/system",
        "/etc/cni/net.d",
        "/var/lib/kube-proxy",
        "/etc/default",
        "/etc/rancher",
        "/var/lib/rancher",
    ];
    let found = ROOTS.iter().filter_map(|root| {
        let at = path.find(root)?;
        let rest = path.get(at..)?;
        let behind = rest.strip_prefix(root)?;
        (at > 0 && (behind.is_empty() || behind.starts_with('/'))).then(|| rest.to_owned())
    });
    found.min_by_key(String::len)
}
