//! What a check looks at: the inventory, at a time, at a version of Kubernetes.

use std::cell::{Cell, OnceCell};
use std::ops::Deref;
use std::time::SystemTime;

use advisories::Table;
use inventory::{Component, Inventory, Minor};

use crate::credentials::Credentials;
use crate::grants::{self, Rbac};
use crate::patching::Fleet;

/// The inventory as checks see it. Where nothing tells the version, a check that asks for it is
/// judged once for each version there is, and its verdict counts only if they all agree.
#[derive(Debug)]
pub struct Seen<'i> {
    inventory: &'i Inventory,
    now: SystemTime,
    assumed: Cell<Minor>,
    asked: Cell<bool>,
    rbac: OnceCell<Rbac<'i>>,
    advisories: &'i Table,
    credentials: OnceCell<Credentials>,
    fleet: OnceCell<Fleet>,
}

impl<'i> Seen<'i> {
    /// What was seen, looked at `now`.
    pub fn new(inventory: &'i Inventory, now: SystemTime) -> Self {
        let known = inventory.minor().map_or(Minor::NEWEST, Minor::known);
        Self {
            inventory,
            now,
            assumed: Cell::new(known),
            asked: Cell::new(false),
            rbac: OnceCell::new(),
            advisories: Table::embedded(),
            credentials: OnceCell::new(),
            fleet: OnceCell::new(),
        }
    }

    /// With these advisories rather than the embedded ones.
    #[must_use]
    pub fn with_advisories(self, advisories: &'i Table) -> Self {
        Self { advisories, ..self }
    }

    /// The published advisories to match versions against.
    pub fn advisories(&self) -> &'i Table {
        self.advisories
    }

    /// The inventory, for as long as it lives.
    pub fn inventory(&self) -> &'i Inventory {
        self.inventory
    }

    /// The time.
    pub fn now(&self) -> SystemTime {
        self.now
    }

    /// Every credential that was seen, read once.
    pub(crate) fn credentials(&self) -> &Credentials {
        self.credentials.get_or_init(|| Credentials::of(self))
    }

    /// What runs at which version, found once.
    pub(crate) fn fleet(&self) -> &Fleet {
        self.fleet.get_or_init(|| Fleet::of(self.inventory))
    }

    /// The version of the cluster.
    pub fn minor(&self) -> Minor {
        if self.inventory.minor().is_none() {
            self.asked.set(true);
        }
        self.assumed.get()
    }

    /// The version of a component: its own where that is known, else the cluster's.
    pub fn minor_of(&self, component: &Component) -> Minor {
        component.minor.map_or_else(|| self.minor(), Minor::known)
    }

    /// Whether nothing tells the version.
    pub(crate) fn minor_is_unknown(&self) -> bool {
        self.inventory.minor().is_none()
    }

    /// Who holds what by RBAC. Default roles that are missing are those of the newest version where
    /// nothing tells it.
    pub fn rbac(&self) -> &Rbac<'i> {
        let minor = self.inventory.minor().unwrap_or(Minor::NEWEST);
        self.rbac.get_or_init(|| grants::rbac(self.inventory, minor))
    }

    /// Assumes a version, and forgets whether it was asked for.
    pub(crate) fn assume(&self, minor: Minor) {
        self.assumed.set(minor);
        self.asked.set(false);
    }

    /// Whether the version made a difference that nobody can tell.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.get()
    }
}

impl Deref for Seen<'_> {
    type Target = Inventory;

    fn deref(&self) -> &Inventory {
        self.inventory
    }
}
