//! Where a user's files are kept, by the XDG Base Directory Specification: a variable that is
//! empty counts as not set.

use std::env;
use std::path::PathBuf;

use anyhow::Context as _;

/// What is kept for good: `$XDG_DATA_HOME`, or `~/.local/share`.
pub(crate) fn data() -> anyhow::Result<PathBuf> {
    of("XDG_DATA_HOME", ".local/share")
}

/// What is worth keeping from run to run: `$XDG_STATE_HOME`, or `~/.local/state`.
pub(crate) fn state() -> anyhow::Result<PathBuf> {
    of("XDG_STATE_HOME", ".local/state")
}

fn of(variable: &str, below_home: &str) -> anyhow::Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || Some(set("HOME")?.join(below_home));
    set(variable).or_else(home).with_context(|| format!("neither {variable} nor HOME is set"))
}
