//! An example of what a check looks at, with what it must say. They are run as tests, shown by
//! `explain`, and what is flagged must pass once it is mended.

use std::time::{Duration, SystemTime};

use inventory::{Completeness, File, Inventory, Minor, Owner};

use crate::Severity;

/// An example.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it shows.
    pub name: &'static str,
    /// What the check must say.
    pub expected: Expected,
    /// The files it consists of.
    pub files: &'static [ExampleFile],
    /// The minor version of the cluster; none if nothing tells it.
    pub minor: Option<u8>,
    /// Whether these files are all there is.
    pub is_everything: bool,
    /// How many days after [`Example::now`] it is looked at.
    pub days_later: u16,
}

/// A file of an example.
#[derive(Debug, Clone, Copy)]
pub struct ExampleFile {
    /// Its path.
    pub path: &'static str,
    /// What it holds.
    pub text: &'static str,
    /// Permission bits and owner (uid, gid).
    pub rights: Option<(u32, u32, u32)>,
    /// For how many days nobody has written to it.
    pub untouched: Option<u64>,
}

/// What a check must say of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// It passes.
    Pass,
    /// It fails, at worst like this.
    Fail(Severity),
    /// Something it needs was not seen.
    Unknown,
    /// The question does not arise.
    NotApplicable,
    /// It is let off.
    Exempt,
}

impl Example {
    /// An example of files that are all there is.
    pub const fn of(name: &'static str, expected: Expected, files: &'static [ExampleFile]) -> Self {
        Self { name, expected, files, minor: None, is_everything: true, days_later: 0 }
    }

    /// At a minor version of Kubernetes.
    #[must_use]
    pub const fn on(self, minor: u8) -> Self {
        Self { minor: Some(minor), ..self }
    }

    /// Where there may be more than these files.
    #[must_use]
    pub const fn partial(self) -> Self {
        Self { is_everything: false, ..self }
    }

    /// Looked at so many days after the others.
    #[must_use]
    pub const fn later(self, days_later: u16) -> Self {
        Self { days_later, ..self }
    }

    /// When it is looked at.
    pub fn time(&self) -> SystemTime {
        Self::now() + Duration::from_hours(24 * u64::from(self.days_later))
    }

    /// What a scan of it has seen.
    pub fn inventory(&self) -> Inventory {
        let mut builder = Inventory::builder();
        for one in self.files {
            builder.add_file(one.file(), one.text);
        }
        if let Some(minor) = self.minor {
            builder.set_minor(Minor::of(minor));
        }
        if self.is_everything {
            builder.set_completeness(Completeness::Everything);
        }
        builder.build()
    }

    /// When examples are looked at, if they do not say otherwise: 2026-06-01, at midnight.
    pub fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_hours(494_520)
    }
}

impl ExampleFile {
    /// A manifest.
    pub const fn manifest(text: &'static str) -> Self {
        Self { path: "manifest.yaml", text, rights: None, untouched: None }
    }

    /// A file at a path; a folder if that ends in a slash.
    pub const fn at(path: &'static str, text: &'static str) -> Self {
        Self { path, text, rights: None, untouched: None }
    }

    /// With permission bits and an owner.
    #[must_use]
    pub const fn rights(self, mode: u32, uid: u32, gid: u32) -> Self {
        Self { rights: Some((mode, uid, gid)), ..self }
    }

    /// That nobody has written to for so many days.
    #[must_use]
    pub const fn untouched(self, days: u64) -> Self {
        Self { untouched: Some(days), ..self }
    }

    /// The file as an inventory takes it.
    pub fn file(&self) -> File {
        let folder = self.path.strip_suffix('/');
        let mut file = File::new(folder.unwrap_or(self.path));
        file.is_folder = folder.is_some();
        file.is_socket = self.path.rsplit_once('.').is_some_and(|(_, ending)| ending == "sock");
        let age = self.untouched.map(|days| Duration::from_hours(24 * days));
        file.modified = age.and_then(|age| Example::now().checked_sub(age));
        if let Some((mode, uid, gid)) = self.rights {
            let name = |id: u32| if id == 0 { "root".to_owned() } else { id.to_string() };
            file.mode = Some(mode);
            file.owner = Some(Owner { uid, gid, user: name(uid), group: name(gid) });
        }
        file
    }
}
