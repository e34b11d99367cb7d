//! Who owns files, by name, and the folders above them. Each folder is looked at once.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use inventory::{File, Folder, Owner};

use super::walk::Found;

/// Names of users and groups, and folders seen so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    users: Option<BTreeMap<u32, String>>,
    groups: Option<BTreeMap<u32, String>>,
    folders: BTreeMap<PathBuf, Option<Folder>>,
    /// The folders above what is in a folder: one list for all of it.
    above: BTreeMap<PathBuf, Arc<[Folder]>>,
}

impl Names {
    /// Says of a file who may read and write it.
    pub(super) fn describe(&mut self, file: &mut File, found: &Found) {
        let metadata = &found.metadata;
        file.mode = Some(metadata.mode() & 0o7777);
        file.owner = Some(self.owner(metadata.uid(), metadata.gid()));
        file.modified = metadata.modified().ok();
        file.is_folder = metadata.is_dir();
        file.is_socket = metadata.file_type().is_socket();
        file.folders = self.above(&found.path);
    }

    fn above(&mut self, path: &Path) -> Arc<[Folder]> {
        // What is called `.` or `..` lies elsewhere than its path says.
        let parent = path.file_name().and(path.parent());
        if let Some(known) = parent.and_then(|parent| self.above.get(parent)) {
            return Arc::clone(known);
        }
        let absolute = std::path::absolute(path).unwrap_or_else(|_gone| path.to_owned());
        let above = absolute.ancestors().skip(1);
        let above: Arc<[Folder]> = above.filter_map(|folder| self.folder(folder)).collect();
        if let Some(parent) = parent {
            self.above.insert(parent.to_owned(), Arc::clone(&above));
        }
        above
    }

    fn folder(&mut self, path: &Path) -> Option<Folder> {
        if let Some(known) = self.folders.get(path) {
            return known.clone();
        }
        let folder = fs::metadata(path).ok().map(|metadata| Folder {
            path: path.to_string_lossy().into_owned(),
            mode: metadata.mode() & 0o7777,
            owner: self.owner(metadata.uid(), metadata.gid()),
        });
        self.folders.insert(path.to_owned(), folder.clone());
        folder
    }

    fn owner(&mut self, uid: u32, gid: u32) -> Owner {
        let users = self.users.get_or_insert_with(|| names("/etc/passwd"));
        let user = users.get(&uid).cloned().unwrap_or_else(|| uid.to_string());
        let groups = self.groups.get_or_insert_with(|| names("/etc/group"));
        let group = groups.get(&gid).cloned().unwrap_or_else(|| gid.to_string());
        Owner { uid, gid, user, group }
    }
}

/// Number and name of each line of `/etc/passwd` or `/etc/group`; the first of a number counts.
fn names(file: &str) -> BTreeMap<u32, String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut names = BTreeMap::new();
    for line in text.lines() {
        let mut fields = line.split(':');
        let (Some(name), Some(number)) = (fields.next(), fields.nth(1)) else { continue };
        if let Ok(number) = number.parse() {
            names.entry(number).or_insert_with(|| name.to_owned());
        }
    }
    names
}
