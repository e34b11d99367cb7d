//! Ranges of versions, made from the events of a feed whatever their order.

use std::cmp::Ordering;

use crate::Version;

/// A run of affected versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interval {
    /// The first; none means from the beginning.
    pub(crate) introduced: Option<Version>,
    pub(crate) end: End,
}

/// Where a run of affected versions ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Before this version.
    Fixed(Version),
    /// With this version.
    Last(Version),
    /// Nowhere that is known.
    Open,
}

/// Something that happens at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// From here on affected; none means from the beginning.
    Introduced(Option<Version>),
    /// From here on not affected.
    Fixed(Version),
    /// After this not affected.
    LastAffected(Version),
}

impl Interval {
    /// All versions, with no end known.
    pub(crate) const ALL: Self = Self { introduced: None, end: End::Open };

    /// Just one version.
    pub(crate) fn only(version: Version) -> Self {
        Self { introduced: Some(version.clone()), end: End::Last(version) }
    }

    /// Whether a version lies in it.
    pub(crate) fn contains(&self, version: &Version) -> bool {
        let has_begun = self.introduced.as_ref().is_none_or(|introduced| introduced <= version);
        has_begun
            && match &self.end {
                End::Fixed(fixed) => version < fixed,
                End::Last(last) => version <= last,
                End::Open => true,
            }
    }

    /// The version that ends it with a fix.
    pub(crate) fn fixed(&self) -> Option<&Version> {
        match &self.end {
            End::Fixed(fixed) => Some(fixed),
            End::Last(_) | End::Open => None,
        }
    }

    /// Whether one of its bounds is a pseudo-version.
    pub(crate) fn has_pseudo_bound(&self) -> bool {
        let end = match &self.end {
            End::Fixed(version) | End::Last(version) => Some(version),
            End::Open => None,
        };
        self.introduced.iter().chain(end).any(Version::is_pseudo)
    }
}

/// The intervals of a list of events. They are sorted first. What is introduced while still
/// affected changes nothing; what is fixed before anything was introduced was so from the
/// beginning; an interval of no width is none.
pub(crate) fn intervals(mut events: Vec<Event>) -> Vec<Interval> {
    events.sort_by(Event::order);
    let mut walk = Walk { found: Vec::new(), state: State::Untouched };
    let mut rest = events.as_slice();
    while let Some((first, more)) = rest.split_first() {
        rest = match (first, more.split_first()) {
            // Fixed and introduced in one release: while affected, the fix ends that first.
            (Event::Introduced(at), Some((Event::Fixed(fixed), after)))
                if at.as_ref() == Some(fixed) =>
            {
                walk.step_both(fixed);
                after
            }
            _ => {
                walk.step(first);
                more
            }
        };
    }
    walk.finish()
}

impl Event {
    fn version(&self) -> Option<&Version> {
        match self {
            Self::Introduced(version) => version.as_ref(),
            Self::Fixed(version) | Self::LastAffected(version) => Some(version),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Introduced(_) => 0,
            Self::Fixed(_) => 1,
            Self::LastAffected(_) => 2,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        self.version().cmp(&other.version()).then(self.rank().cmp(&other.rank()))
    }
}

struct Walk {
    found: Vec<Interval>,
    state: State,
}

enum State {
    Untouched,
    Affected(Option<Version>),
    Ended,
}

impl Walk {
    fn step(&mut self, event: &Event) {
        match event {
            Event::Introduced(version) => self.begin(version.clone()),
            Event::Fixed(version) => self.end(End::Fixed(version.clone())),
            Event::LastAffected(version) => self.end(End::Last(version.clone())),
        }
    }

    fn step_both(&mut self, version: &Version) {
        if matches!(self.state, State::Affected(_)) {
            self.end(End::Fixed(version.clone()));
            self.begin(Some(version.clone()));
        }
    }

    fn begin(&mut self, version: Option<Version>) {
        if !matches!(self.state, State::Affected(_)) {
            self.state = State::Affected(version);
        }
    }

    fn end(&mut self, end: End) {
        let introduced = match std::mem::replace(&mut self.state, State::Ended) {
            State::Untouched => None,
            State::Affected(introduced) => introduced,
            State::Ended => return,
        };
        self.found.push(Interval { introduced, end });
    }

    fn finish(mut self) -> Vec<Interval> {
        if matches!(self.state, State::Affected(_)) {
            self.end(End::Open);
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> Event {
        let (kind, version) = text.split_at(1);
        let read = Version::parse(version).unwrap();
        match kind {
            "i" if version == "0" => Event::Introduced(None),
            "i" => Event::Introduced(Some(read)),
            "f" => Event::Fixed(read),
            _ => Event::LastAffected(read),
        }
    }

    fn shown(interval: &Interval) -> String {
        let begin = interval.introduced.as_ref().map_or("0".to_owned(), Version::to_string);
        match &interval.end {
            End::Fixed(fixed) => format!("[{begin},{fixed})"),
            End::Last(last) => format!("[{begin},{last}]"),
            End::Open => format!("[{begin},∞)"),
        }
    }

    #[test]
    fn events_of_any_order_become_intervals() {
        let check = |events: &str, expected: &str| {
            let events = events.split_whitespace().map(event).collect();
            let found: Vec<String> = intervals(events).iter().map(shown).collect();
            assert_eq!(found.join(" "), expected);
        };
        check("i0 f1.2.0", "[0,1.2.0)");
        check("i0", "[0,∞)");
        check("i1.3.0", "[1.3.0,∞)");
        check("i1.15.0 f1.15.0", "");
        check("i0 f1.13.8 i1.14.0 f1.14.4 i1.15.0 f1.15.0", "[0,1.13.8) [1.14.0,1.14.4)");
        check("i0 f1.15.0 i1.15.0 f1.15.1", "[0,1.15.0) [1.15.0,1.15.1)");
        check("i1.30.0 i1.31.0 l1.31.13", "[1.30.0,1.31.13]");
        check(
            "i1.28.0 f1.28.4 i1.27.0 f1.27.8 i1.26.0 f1.26.11 i1.8.0 f1.25.16",
            "[1.8.0,1.25.16) [1.26.0,1.26.11) [1.27.0,1.27.8) [1.28.0,1.28.4)",
        );
        check("i1.0.0 l1.0.0", "[1.0.0,1.0.0]");
        check("f1.2.0", "[0,1.2.0)");
        check("l17.0.13", "[0,17.0.13]");
        check("i0 f1.2.0 f1.3.0", "[0,1.2.0)");
        check("i0 f1.2.0 i1.5.0", "[0,1.2.0) [1.5.0,∞)");
        check("", "");
    }

    #[test]
    fn prereleases_come_before_their_release() {
        let interval =
            |events: &str| intervals(events.split_whitespace().map(event).collect()).remove(0);
        let check = |events: &str, version: &str, expected: bool| {
            let version = Version::parse(version).unwrap();
            assert_eq!(interval(events).contains(&version), expected, "{events} {version}");
        };
        check("i0 f1.2.0", "1.2.0-rc.1", true);
        check("i0 f1.2.0", "1.2.0", false);
        check("i1.2.0 f1.2.3", "1.2.0-rc.1", false);
        check("i1.2.0 l1.2.3", "1.2.3", true);
        check("i1.2.0 l1.2.3", "1.2.4", false);
        check("i1.2.0", "9.0.0", true);
    }
}
