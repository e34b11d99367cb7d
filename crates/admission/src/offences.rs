//! What a check has found wrong so far: who did it, with which values, and where. Costs nothing
//! until something is wrong.

use std::borrow::Cow;
use std::collections::BTreeSet;

use tree::Path;

use crate::check::Objection;
use crate::pod::{Holder, Seat};
use crate::words::{listed, plural, quoted};

#[derive(Debug, Default)]
pub(crate) struct Offences<'t> {
    by_pod: bool,
    containers: Vec<(Seat, &'t str)>,
    values: BTreeSet<Cow<'t, str>>,
    places: Vec<Path>,
}

impl<'t> Offences<'t> {
    /// One more of a holder, at these keys of it.
    pub(crate) fn add(&mut self, holder: &Holder<'t>, keys: &[&str]) {
        self.add_at(holder, holder.path(keys));
    }

    /// One more of a holder. A container counts once, however much is wrong in it.
    pub(crate) fn add_at(&mut self, holder: &Holder<'t>, place: Path) {
        self.places.push(place);
        match holder.seat() {
            Seat::Pod => self.by_pod = true,
            seat @ Seat::Container(..) => {
                if self.containers.last().is_none_or(|(last, _)| *last != seat) {
                    self.containers.push((seat, holder.name()));
                }
            }
        }
    }

    /// A place that is nobody's in particular.
    pub(crate) fn add_place(&mut self, place: Path) {
        self.places.push(place);
    }

    /// A value that may not be.
    pub(crate) fn value(&mut self, value: impl Into<Cow<'t, str>>) {
        self.values.insert(value.into());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn values(&self) -> &BTreeSet<Cow<'t, str>> {
        &self.values
    }

    /// How many containers.
    pub(crate) fn count(&self) -> usize {
        self.containers.len()
    }

    /// `containers "a", "b"`.
    pub(crate) fn containers(&self) -> String {
        named(self.containers.iter().map(|(_, name)| *name), self.count())
    }

    /// The names of the containers, each once, sorted.
    pub(crate) fn names(&self) -> BTreeSet<&'t str> {
        self.containers.iter().map(|(_, name)| *name).collect()
    }

    /// `pod and container "a"`.
    pub(crate) fn setters(&self) -> String {
        listed(self.each_setter(), " and ")
    }

    pub(crate) fn each_setter(&self) -> impl Iterator<Item = Cow<'static, str>> {
        let pod = self.by_pod.then_some(Cow::Borrowed("pod"));
        let containers = (!self.containers.is_empty()).then(|| Cow::Owned(self.containers()));
        pod.into_iter().chain(containers)
    }

    /// The objection that `detail` words, if anything is wrong.
    pub(crate) fn object(
        self,
        reason: &'static str,
        detail: impl FnOnce(&Self) -> String,
    ) -> Option<Objection> {
        if self.is_empty() {
            return None;
        }
        let detail = detail(&self);
        Some(Objection { reason, detail, places: self.places })
    }
}

/// `containers "a", "b"`.
pub(crate) fn named<'a>(names: impl Iterator<Item = &'a str>, count: usize) -> String {
    format!("{} {}", plural(count, "container", "containers"), quoted(names))
}
