//! A file: what it holds is elsewhere; here is who may read and write it.

use std::sync::Arc;
use std::time::SystemTime;

use crate::FileId;

/// A file that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub(crate) id: FileId,
    pub(crate) path: String,
    /// The path from the root of the node it was copied from, where that is known.
    pub(crate) on_node: Option<String>,
    /// Permission bits, as 0o600; unknown for streams and for copies that lost them.
    pub mode: Option<u32>,
    /// Who owns it.
    pub owner: Option<Owner>,
    /// When it was last written, as far as that is known: what it holds is at least as old.
    pub modified: Option<SystemTime>,
    /// The folders above it, the nearest first, as far as they were looked at.
    pub folders: Arc<[Folder]>,
    /// Whether it is a folder itself.
    pub is_folder: bool,
    /// Whether it is a socket.
    pub is_socket: bool,
    /// Its text, kept for what is no Kubernetes object: certificates, unit files, token files.
    pub text: Option<Arc<str>>,
}

/// A folder above a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its path.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// Who owns it.
    pub owner: Owner,
}

/// Who owns a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Number of the user.
    pub uid: u32,
    /// Number of the group.
    pub gid: u32,
    /// Name of the user, or its number.
    pub user: String,
    /// Name of the group, or its number.
    pub group: String,
}

impl Owner {
    /// `root:root`.
    pub fn describe(&self) -> String {
        format!("{}:{}", self.user, self.group)
    }

    /// Whether both are root.
    pub fn is_root(&self) -> bool {
        self.uid == 0 && self.gid == 0
    }
}

impl File {
    /// A file of a path, of which nothing else is known.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            id: FileId(0),
            path: path.into(),
            on_node: None,
            mode: None,
            owner: None,
            modified: None,
            folders: Arc::default(),
            is_folder: false,
            is_socket: false,
            text: None,
        }
    }

    /// Its number in the inventory.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The path as it was given.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path as the node knows it: `/etc/kubernetes/admin.conf` also for a copy of a node's
    /// files in some other folder.
    pub fn path_on_node(&self) -> &str {
        self.on_node.as_deref().unwrap_or(&self.path)
    }

    /// Says where on its node a copied file was.
    #[must_use]
    pub fn on_node(mut self, path: impl Into<String>) -> Self {
        self.on_node = Some(path.into());
        self
    }

    /// Whether it is the file that the node knows by `path`.
    pub fn is_at(&self, path: &str) -> bool {
        self.path_on_node() == path
    }

    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}
