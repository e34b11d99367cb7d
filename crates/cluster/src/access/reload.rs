//! Files that are read again and again, and what is done when they change.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretSlice};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tracing::{info, warn};

use super::material::Material;
use crate::ClusterError;
use crate::error::chain;

/// Who uses what files hold.
pub(super) trait Take: Send + Sync {
    /// Uses what the files hold now; an error leaves in use what they held before.
    fn take(&self, contents: &[SecretSlice<u8>], origin: &str) -> Result<(), ClusterError>;
}

/// Files that are looked at together, and who takes them when they have changed.
pub(super) struct Watched {
    files: Vec<Material>,
    taker: Arc<dyn Take>,
    seen: [u8; 32],
    complained: bool,
    /// Whether connections depend on it.
    counts: bool,
}

impl Watched {
    /// Watches `files`, of which `contents` has already been taken.
    pub(super) fn new(
        files: Vec<Material>,
        contents: &[SecretSlice<u8>],
        taker: Arc<dyn Take>,
    ) -> Self {
        Self { files, taker, seen: fingerprint(contents), complained: false, counts: true }
    }

    /// Connections do not depend on it.
    pub(super) fn uncounted(self) -> Self {
        Self { counts: false, ..self }
    }

    /// Whether anything of it is a file.
    pub(super) fn can_change(&self) -> bool {
        self.files.iter().any(Material::is_file)
    }

    /// Looks every `every` and counts `changes` up when something new has been taken. What
    /// cannot be read or taken is told once and tried again; what was in use stays in use.
    pub(super) async fn keep(mut self, every: Duration, changes: watch::Sender<u64>) {
        loop {
            tokio::time::sleep(every).await;
            let files = self.files.clone();
            // One thread at most, even on a file system that hangs.
            let read =
                tokio::task::spawn_blocking(move || files.iter().map(Material::read).collect());
            let Ok(read) = read.await else { continue };
            if self.look(read) && self.counts {
                changes.send_modify(|count| *count += 1);
            }
        }
    }

    fn look(&mut self, read: Result<Vec<SecretSlice<u8>>, ClusterError>) -> bool {
        let taken = read.and_then(|contents| {
            let now = fingerprint(&contents);
            if now == self.seen {
                return Ok(false);
            }
            self.taker.take(&contents, &origin(&self.files))?;
            self.seen = now;
            Ok(true)
        });
        let files = origin(&self.files);
        match taken {
            Ok(changed) => {
                if changed {
                    info!(files, "Files have changed and are in use now.");
                }
                self.complained = false;
                changed
            }
            Err(problem) => {
                if !self.complained {
                    let problem = chain(&problem);
                    warn!(
                        files,
                        problem, "Files cannot be used; what they held before stays in use."
                    );
                }
                self.complained = true;
                false
            }
        }
    }
}

/// Where it all stands, for errors.
pub(super) fn origin(files: &[Material]) -> String {
    let origins: Vec<String> = files.iter().map(Material::origin).collect();
    origins.join(" with ")
}

fn fingerprint(contents: &[SecretSlice<u8>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in contents {
        hash.update(Sha256::digest(part.expose_secret()));
    }
    hash.finalize().into()
}
