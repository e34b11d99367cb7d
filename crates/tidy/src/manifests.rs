//! What the manifests say, as Cargo reads them.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::tree::SourceFile;
use crate::{Unreadable, Violation};

/// A crate of the workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    /// The manifest's path from the root, and its text.
    pub(crate) manifest: String,
    pub(crate) text: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A line of a manifest that asks for another crate.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev` or `build`; nothing for a normal one.
    pub(crate) kind: Option<String>,
    /// The folder of a crate of our own.
    pub(crate) path: Option<String>,
}

impl Package {
    /// A violation at the line of the manifest that starts with `name`.
    pub(crate) fn violation(&self, name: &str, what: String) -> Violation {
        let is_named = |line: &str| {
            let rest = line.strip_prefix(name).unwrap_or("~");
            rest.starts_with([' ', '.', '='])
        };
        let index = self.text.lines().position(is_named);
        let line = index.map_or(0, |index| index.saturating_add(1));
        Violation { file: self.manifest.clone(), line, what }
    }
}

/// The crates of the workspace at `root`.
pub(crate) fn packages(root: &Path, files: &[SourceFile]) -> Result<Vec<Package>, Unreadable> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| Unreadable(format!("cannot run cargo metadata: {error}")))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(Unreadable(format!("cargo metadata failed: {text}")));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| Unreadable(format!("cannot read what cargo metadata says: {error}")))?;
    let root = Path::new(&metadata.workspace_root);
    Ok(metadata.packages.into_iter().map(|read| read.package(root, files)).collect())
}

/// Every crate takes the workspace's lints: a crate without them would not be held to the rules.
pub(crate) fn check(packages: &[Package], found: &mut Vec<Violation>) {
    for package in packages {
        let mut lines = package.text.lines().skip_while(|line| line.trim() != "[lints]").skip(1);
        if lines.next().map(str::trim) != Some("workspace = true") {
            found.push(
                package.violation("[lints]", "must have [lints] workspace = true".to_owned()),
            );
        }
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Read>,
    workspace_root: String,
}

#[derive(Deserialize)]
struct Read {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

impl Read {
    fn package(self, root: &Path, files: &[SourceFile]) -> Package {
        let path = Path::new(&self.manifest_path);
        let manifest = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let file = files.iter().find(|file| file.path == manifest);
        let text = file.map_or_else(String::new, |file| file.text.clone());
        Package { name: self.name, manifest, text, dependencies: self.dependencies }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Vec<String> {
        let package = Package {
            name: "a".to_owned(),
            manifest: "crates/a/Cargo.toml".to_owned(),
            text: text.to_owned(),
            dependencies: Vec::new(),
        };
        let mut found = Vec::new();
        super::check(&[package], &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn asks_for_the_lints() {
        assert_eq!(check("[package]\n\n[lints]\nworkspace = true\n"), [""; 0]);
        for text in ["[package]\n", "[lints]\n\nworkspace = true", "[lints.rust]\nworkspace = true"]
        {
            assert_eq!(check(text).len(), 1, "{text}");
        }
    }
}
