//! Who decides in kube-apiserver: the authorizers that its flags or its configuration file name,
//! in order.

use inventory::{Component, Kind, Object, Unknown};
use tree::{Path, Tree};

use crate::Seen;
use crate::flag::objects_named;

/// The authorizers of an API server.
#[derive(Debug)]
pub(super) struct Authorizers<'i> {
    /// `Node`, `RBAC`, `Webhook`, …, in the order they are asked.
    pub(super) modes: Vec<String>,
    /// Where that is said.
    pub(super) source: Source<'i>,
}

/// Where it is said who decides.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'i> {
    /// Nowhere: the default is `AlwaysAllow`.
    Default,
    /// In `--authorization-mode`.
    Flag,
    /// In the file that `--authorization-config` names.
    File(&'i Object),
}

/// The authorizers of an API server.
///
/// # Errors
/// If they are in a file that was not seen.
pub(super) fn authorizers<'i>(
    seen: &Seen<'i>,
    component: &Component,
) -> Result<Authorizers<'i>, Unknown> {
    if let Some(file) = configuration(seen, component)? {
        let types = entries(file).map(|(entry, _)| entry.get("type").str().to_owned());
        return Ok(Authorizers { modes: types.collect(), source: Source::File(file) });
    }
    let given: Vec<_> = component.flags.values("authorization-mode").map(str::to_owned).collect();
    Ok(if given.is_empty() {
        Authorizers { modes: vec!["AlwaysAllow".to_owned()], source: Source::Default }
    } else {
        Authorizers { modes: given, source: Source::Flag }
    })
}

/// The `AuthorizationConfiguration` that an API server reads, if it is told to read one.
///
/// # Errors
/// If the file was not seen.
pub(super) fn configuration<'i>(
    seen: &Seen<'i>,
    component: &Component,
) -> Result<Option<&'i Object>, Unknown> {
    let path = component.flags.value("authorization-config").filter(|path| !path.is_empty());
    let Some(path) = path else { return Ok(None) };
    let objects = objects_named(seen, component, path, Kind::AUTHORIZATION_CONFIGURATION)?;
    Ok(objects.first().copied())
}

/// The entries of an `AuthorizationConfiguration`, each with its place.
pub(super) fn entries(file: &Object) -> impl Iterator<Item = (&Tree, Path)> {
    let items = file.tree().get("authorizers").items().iter();
    items.enumerate().map(|(index, entry)| (entry, Path::of(&["authorizers"]).then(index)))
}

impl Authorizers<'_> {
    /// Whether an authorizer of a type is among them.
    pub(super) fn has(&self, mode: &str) -> bool {
        self.modes.iter().any(|one| one == mode)
    }

    /// They, where they are as they should be: `Node` and `RBAC` among them, nobody that allows
    /// everything.
    pub(super) fn mended(&self) -> Vec<String> {
        let missing = ["Node", "RBAC"].into_iter().filter(|mode| !self.has(mode));
        let kept = self.modes.iter().map(String::as_str).filter(|mode| *mode != "AlwaysAllow");
        missing.chain(kept).map(str::to_owned).collect()
    }
}
