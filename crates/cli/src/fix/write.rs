//! Files are changed whole or not at all: written beside the folder they are in, where nothing
//! watches for new files, and moved into place. What they held before is kept.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use fix::{FileChange, Plan, RightsChange};

use super::told::Outcome;

/// Makes the changes of files. The first that fails is told and stops nothing else.
///
/// # Errors
/// If nothing says where to keep the files as they were, or that is where a scan would find them.
pub(super) fn write(
    plan: &Plan,
    backup: Option<&Path>,
    scanned: &[PathBuf],
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    if plan.files.is_empty() && plan.rights.is_empty() {
        return Ok(());
    }
    if let Some(folder) =
        backup.and_then(|backup| scanned.iter().find(|path| lies_in(backup, path)))
    {
        bail!(
            "the backup would lie in {}, which is scanned; give another --backup",
            folder.display()
        );
    }
    let backup = backup.map_or_else(standard_backup, |folder| Ok(folder.to_owned()))?;
    let mut restarted: Option<&str> = None;
    for file in &plan.files {
        if is_static_pod(&file.path) && restarted.is_some() {
            outcome.later.push(file.path.clone());
            continue;
        }
        match replace(file, &backup) {
            Ok(kept) => {
                outcome.written.push(format!("{} (as it was: {})", file.path, kept.display()));
                restarted = restarted.or_else(|| is_static_pod(&file.path).then_some(&file.path));
            }
            Err(error) => outcome.failed.push(format!("{}: {error:#}", file.path)),
        }
    }
    for change in &plan.rights {
        match set_rights(change) {
            Ok(()) => outcome.written.push(format!("the rights of {}", change.path)),
            Err(error) => outcome.failed.push(format!("{}: {error:#}", change.path)),
        }
    }
    Ok(())
}

fn lies_in(path: &Path, folder: &Path) -> bool {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_relative| path.to_owned());
    let (path, folder) =
        (whole(path), fs::canonicalize(folder).unwrap_or_else(|_gone| whole(folder)));
    path.starts_with(folder)
}

/// Whether the kubelet starts what stands in the file, anew whenever it changes.
fn is_static_pod(path: &str) -> bool {
    path.contains("/manifests/") && path.contains("kubernetes")
}

/// Below the state folder of the user, away from everything that is watched.
fn standard_backup() -> anyhow::Result<PathBuf> {
    let state = crate::folders::state()
        .context("nothing says where to keep the files as they were; give --backup")?;
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    Ok(state.join("ravelin/backup").join(now))
}

fn replace(file: &FileChange, backup: &Path) -> anyhow::Result<PathBuf> {
    let path = Path::new(&file.path);
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        bail!("it is no regular file any more");
    }
    if fs::read_to_string(path)? != file.old {
        bail!("it changed since it was read; run this again");
    }
    let kept = keep(path, backup).context("it cannot be kept as it was, so it is not changed")?;
    let folder = working_folder(path, metadata.dev());
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let fresh = folder.join(format!(".{name}.ravelin-{}", std::process::id()));
    let written = write_fresh(&fresh, &file.new, &metadata)
        .and_then(|()| fs::rename(&fresh, path).map_err(anyhow::Error::from));
    if written.is_err() {
        let _removed = fs::remove_file(&fresh);
    }
    written.map(|()| kept)
}

fn write_fresh(path: &Path, text: &str, like: &fs::Metadata) -> anyhow::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(fs::Permissions::from_mode(like.mode() & 0o7777))?;
    if (file.metadata()?.uid(), file.metadata()?.gid()) != (like.uid(), like.gid()) {
        chown(path, Some(like.uid()), Some(like.gid())).context("cannot keep its owner")?;
    }
    file.sync_all()?;
    Ok(())
}

/// The folder above that of the file, if it is on the same file system and can be written; the
/// kubelet runs whatever appears in its folder of manifests.
fn working_folder(path: &Path, device: u64) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    let usable = above.filter(|above| {
        fs::metadata(above)
            .is_ok_and(|found| found.dev() == device && !found.permissions().readonly())
    });
    usable.unwrap_or(folder).to_owned()
}

/// Keeps the file below the backup folder, under its whole path.
fn keep(path: &Path, backup: &Path) -> anyhow::Result<PathBuf> {
    let whole = std::path::absolute(path)?;
    let kept = backup.join(whole.strip_prefix("/").unwrap_or(&whole));
    let folder = kept.parent().unwrap_or(backup);
    fs::create_dir_all(folder)?;
    fs::copy(path, &kept)?;
    Ok(kept)
}

fn set_rights(change: &RightsChange) -> anyhow::Result<()> {
    let path = Path::new(&change.path);
    if fs::symlink_metadata(path)?.file_type().is_symlink() {
        bail!("it is a link; change the file that it leads to");
    }
    if let Some(mode) = change.mode {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    match change.owner {
        None => Ok(()),
        Some("root:root") => Ok(chown(path, Some(0), Some(0))?),
        Some(owner) => bail!("chown {owner} {} is left to you", change.path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &Path, old: &str, new: &str) -> FileChange {
        let path = path.to_string_lossy().into_owned();
        FileChange { path, old: old.to_owned(), new: new.to_owned(), mended: Vec::new() }
    }

    #[test]
    fn a_file_is_replaced_whole_and_kept_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifests/a.yaml");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let kept = replace(&change(&path, "old", "new"), &folder.path().join("kept")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_to_string(kept).unwrap(), "old");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_changed_meanwhile_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "other").unwrap();
        let error = replace(&change(&path, "old", "new"), &folder.path().join("kept")).unwrap_err();
        assert_eq!(error.to_string(), "it changed since it was read; run this again");
        let link = folder.path().join("b.yaml");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(replace(&change(&link, "other", "new"), folder.path()).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "other");
    }
}
