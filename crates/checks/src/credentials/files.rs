//! Certificates and keys in files of their own.

use inventory::File;

use super::roles::Roles;
use super::{Credentials, Place};
use crate::{About, Seen};

pub(super) fn read(seen: &Seen<'_>, found: &mut Credentials) {
    let roles = Roles::of(seen);
    for file in seen.files() {
        let Some(text) = file.text.as_deref().filter(|text| text.contains("-----BEGIN ")) else {
            continue;
        };
        let (role, used) = (roles.role(file.path_on_node()), roles.used(file.path_on_node()));
        if is_superseded(seen, file) || (role.is_none() && is_trust_store(text)) {
            continue;
        }
        found.add_pem(&place(file), role, used, text);
    }
}

fn place(file: &File) -> Place {
    let text = file.path_on_node().to_owned();
    let pair = super::stem(file.path()).to_owned();
    Place { about: About::file(file), path: None, text, detail: String::new(), pair }
}

/// What a kubelet has replaced stays beside what it uses: files named by their day. Only the link
/// to the last of them counts, or that last one where links were not seen.
fn is_superseded(seen: &Seen<'_>, file: &File) -> bool {
    let Some((folder, stem)) = dated(file) else { return false };
    let current = format!("{folder}/{stem}-current.pem");
    let is_newer = |other: &File| {
        other.path() == current
            || (dated(other) == Some((folder, stem)) && other.path() > file.path())
    };
    seen.files().iter().any(|other| other.text.is_some() && is_newer(other))
}

/// The folder and the beginning of the name of a file like `kubelet-client-2026-01-02-03-04-05.pem`.
fn dated(file: &File) -> Option<(&str, &str)> {
    let (folder, name) = file.path().rsplit_once('/')?;
    ["kubelet-client", "kubelet-server"].into_iter().find_map(|stem| {
        let day = name.strip_prefix(stem)?.strip_prefix('-')?.strip_suffix(".pem")?;
        day.starts_with(|letter: char| letter.is_ascii_digit()).then_some((folder, stem))
    })
}

/// What an operating system trusts is kept by its packages.
fn is_trust_store(text: &str) -> bool {
    text.matches("-----BEGIN CERTIFICATE-----").count() > MANY
}

/// No bundle of a cluster's own authorities has more.
const MANY: usize = 10;
