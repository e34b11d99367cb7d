//! The place a decoded path names: prefix, group, version, namespace, resource, name.

/// What a path addresses.
pub(super) enum Address<'a> {
    /// No resource: discovery, health, metrics and all else.
    Path {
        /// `apis` if the path starts so and is too short for a resource; else empty.
        prefix: &'a str,
    },
    /// An old path verb with nothing behind it.
    Nothing,
    /// A resource.
    Resource(Place<'a>),
}

/// The parts of a resource path. Absent parts are empty.
#[derive(Default)]
pub(super) struct Place<'a> {
    pub(super) prefix: &'a str,
    pub(super) group: &'a str,
    pub(super) version: &'a str,
    /// The verb of the old forms `/api/v1/watch/…` and `/api/v1/proxy/…`.
    pub(super) path_verb: Option<&'static str>,
    pub(super) namespace: &'a str,
    pub(super) resource: &'a str,
    pub(super) name: &'a str,
    pub(super) subresource: &'a str,
    /// How many segments come before the resource.
    pub(super) resource_at: usize,
}

impl<'a> Address<'a> {
    pub(super) fn read(path: &'a str) -> Self {
        let mut segments = Segments::of(path);
        let other = Self::Path { prefix: "" };
        if !segments.has(3) {
            return other;
        }
        let mut place = Place { prefix: segments.take(), ..Place::default() };
        match place.prefix {
            "api" => {}
            "apis" if !segments.has(3) => return Self::Path { prefix: place.prefix },
            "apis" => place.group = segments.take(),
            _ => return other,
        }
        place.version = segments.take();
        place.path_verb = match segments.first() {
            "watch" => Some("watch"),
            "proxy" => Some("proxy"),
            _ => None,
        };
        if place.path_verb.is_some() {
            if !segments.has(2) {
                return Self::Nothing;
            }
            segments.take();
        }
        place.read_namespace(&mut segments);
        place.read_object(segments);
        Self::Resource(place)
    }
}

impl<'a> Place<'a> {
    /// `namespaces/{name}` is a prefix if a resource follows, and a resource itself if nothing,
    /// or one of its two subresources, follows. Either way it is the namespace.
    fn read_namespace(&mut self, segments: &mut Segments<'a>) {
        if segments.first() != "namespaces" {
            return;
        }
        let mut behind = *segments;
        behind.take();
        self.namespace = behind.take();
        if behind.has(1) && !matches!(behind.first(), "status" | "finalize") {
            *segments = behind;
        }
    }

    fn read_object(&mut self, mut segments: Segments<'a>) {
        self.resource_at = segments.taken;
        self.resource = segments.take();
        self.name = segments.take();
        if self.path_verb != Some("proxy") {
            self.subresource = segments.first();
        }
    }
}

/// The segments of a path that are not yet read. Past the end they are empty.
#[derive(Clone, Copy)]
struct Segments<'a> {
    rest: Option<&'a str>,
    taken: usize,
}

impl<'a> Segments<'a> {
    fn of(path: &'a str) -> Self {
        Self { rest: Some(path.trim_matches('/')), taken: 0 }
    }

    fn has(&self, count: usize) -> bool {
        self.rest.is_some_and(|rest| count < 2 || rest.split('/').nth(count - 1).is_some())
    }

    fn first(&self) -> &'a str {
        let rest = self.rest.unwrap_or_default();
        rest.split_once('/').map_or(rest, |(first, _)| first)
    }

    fn take(&mut self) -> &'a str {
        let rest = self.rest.unwrap_or_default();
        let (first, rest) = match rest.split_once('/') {
            Some((first, behind)) => (first, Some(behind)),
            None => (rest, None),
        };
        self.rest = rest;
        self.taken += 1;
        first
    }
}
