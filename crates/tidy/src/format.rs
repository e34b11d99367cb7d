//! Formatting: what rustfmt would change is a violation, in the workspace and in `fuzz/`.

use std::path::Path;
use std::process::Command;

use crate::{Unreadable, Violation};

pub(crate) fn check(root: &Path, found: &mut Vec<Violation>) -> Result<(), Unreadable> {
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        if root.join(manifest).exists() {
            found.extend(unformatted(root, manifest)?);
        }
    }
    Ok(())
}

fn unformatted(root: &Path, manifest: &str) -> Result<Vec<Violation>, Unreadable> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["fmt", "--all", "--manifest-path", manifest, "--check", "--", "-l"])
        .current_dir(root)
        .output()
        .map_err(|error| Unreadable(format!("cannot run cargo fmt: {error}")))?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let files: Vec<Violation> = listed.lines().map(|file| violation(root, file)).collect();
    if files.is_empty() && !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(Unreadable(format!("cargo fmt failed: {text}")));
    }
    Ok(files)
}

fn violation(root: &Path, file: &str) -> Violation {
    let file = Path::new(file);
    let file = file.strip_prefix(root).unwrap_or(file);
    let what = "must be formatted with `cargo fmt`".to_owned();
    Violation { file: file.display().to_string(), line: 0, what }
}
