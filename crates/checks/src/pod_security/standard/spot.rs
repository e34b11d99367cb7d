//! The places of one denial, sorted by what they belong to: a container, a volume, the pod.

use admission::Denial;
use inventory::Workload;
use tree::{Path, Step, Tree};

/// One container, volume, annotation or field of a pod that a denial is about.
#[derive(Debug)]
pub(super) struct Spot<'t> {
    /// The object.
    pub(super) object: &'t Tree,
    /// Where in it the pod stands.
    pub(super) pod: &'t Path,
    /// Where in it the container stands, or whatever it is.
    pub(super) holder: Path,
    /// The fields, each from the root of the object.
    pub(super) places: Vec<Path>,
}

impl<'t> Spot<'t> {
    /// The spots of a denial, in its order.
    pub(super) fn all(workload: &'t Workload<'_>, denial: &Denial) -> Vec<Self> {
        let (object, pod) = (workload.object().tree(), workload.template_path());
        let mut spots: Vec<Self> = Vec::new();
        for place in &denial.places {
            let inside = |length: usize| joined(pod, place.steps().iter().take(length));
            let holder = inside(holder_length(place));
            let place = inside(usize::MAX);
            match spots.iter_mut().find(|spot| spot.holder == holder) {
                Some(spot) => spot.places.push(place),
                None => spots.push(Self { object, pod, holder, places: vec![place] }),
            }
        }
        spots
    }

    /// What it is, as a sentence begins.
    pub(super) fn who(&self) -> String {
        match self.kind() {
            SpotKind::Pod | SpotKind::Sysctl => "The pod".to_owned(),
            SpotKind::Container => format!("Container {}", self.name()),
            SpotKind::Volume => format!("Volume {}", self.name()),
            SpotKind::Annotation => "An annotation of the pod".to_owned(),
        }
    }

    /// What tells it from others of the same denial.
    pub(super) fn detail(&self) -> String {
        match (self.kind(), self.holder.steps().last()) {
            (SpotKind::Container | SpotKind::Volume | SpotKind::Sysctl, _) => {
                self.name().to_owned()
            }
            (SpotKind::Annotation, Some(Step::Key(key))) => key.to_string(),
            (SpotKind::Pod, Some(Step::Key(key))) if &**key != "spec" => key.to_string(),
            (SpotKind::Annotation | SpotKind::Pod, _) => "pod".to_owned(),
        }
    }

    /// The fields and what they say.
    pub(super) fn evidence(&self) -> String {
        let skipped = match self.kind() {
            SpotKind::Container | SpotKind::Volume => self.holder.steps().len(),
            SpotKind::Pod | SpotKind::Sysctl => self.pod.steps().len().saturating_add(1),
            SpotKind::Annotation => self.pod.steps().len().saturating_add(2),
        };
        let told = self.places.iter().map(|place| {
            let field: Path = place.steps().iter().skip(skipped).cloned().collect();
            match self.object.follow(place) {
                Tree::Null => format!("{field} is not set"),
                Tree::Text(text) => format!("{field}: {text}"),
                value @ (Tree::Bool(_)
                | Tree::Int(_)
                | Tree::Float(_)
                | Tree::List(_)
                | Tree::Map(_)) => format!("{field}: {value}"),
            }
        });
        told.collect::<Vec<_>>().join(", ")
    }

    /// The first field, or the nearest to it that is there.
    pub(super) fn nearest(&self) -> Path {
        let steps = self.places.first().unwrap_or(&self.holder).steps();
        let mut node = self.object;
        let is_there = |step: &&Step| {
            node = match step {
                Step::Key(key) => node.get(key),
                Step::Index(index) => node.items().get(*index).unwrap_or(&NOTHING),
            };
            !node.is_null()
        };
        steps.iter().take_while(is_there).cloned().collect()
    }

    /// What stands at a place of the container.
    pub(super) fn held(&self, keys: &[&str]) -> &'t Tree {
        self.object.follow(&self.holder).at(keys)
    }

    /// The pod's `spec`.
    pub(super) fn spec(&self) -> &'t Tree {
        self.object.follow(self.pod).get("spec")
    }

    /// A place of the pod's `spec`, from the root of the object.
    pub(super) fn of_spec(&self, keys: &[&str]) -> Path {
        self.pod.then("spec").join(keys)
    }

    /// All containers of the pod.
    pub(super) fn containers(&self) -> impl Iterator<Item = &'t Tree> {
        let spec = self.spec();
        LISTS.into_iter().flat_map(|list| spec.get(list).items())
    }

    fn name(&self) -> &'t str {
        self.held(&["name"]).str()
    }

    fn kind(&self) -> SpotKind {
        let steps = self.holder.steps().get(self.pod.steps().len()..).unwrap_or_default();
        let key = |at: usize| match steps.get(at) {
            Some(Step::Key(key)) => &**key,
            Some(Step::Index(_)) | None => "",
        };
        match (key(0), key(1)) {
            ("metadata", _) => SpotKind::Annotation,
            (_, list) if LISTS.contains(&list) => SpotKind::Container,
            (_, "volumes") => SpotKind::Volume,
            (_, "securityContext") => SpotKind::Sysctl,
            (_, _) => SpotKind::Pod,
        }
    }
}

enum SpotKind {
    Pod,
    Container,
    Volume,
    Sysctl,
    Annotation,
}

/// How much of a place of a pod names what it belongs to.
fn holder_length(place: &Path) -> usize {
    let keys = place.steps().iter().take(3).map(|step| match step {
        Step::Key(key) => &**key,
        Step::Index(_) => "",
    });
    let keys: Vec<&str> = keys.collect();
    match keys.as_slice() {
        ["metadata", ..] | ["spec", "volumes", ..] => 3,
        ["spec", "securityContext", "sysctls"] => 4,
        ["spec", list, ..] if LISTS.contains(list) => 3,
        ["spec", "securityContext", ..] => 1,
        _ => 2,
    }
}

fn joined<'a>(root: &'a Path, steps: impl Iterator<Item = &'a Step>) -> Path {
    root.steps().iter().chain(steps).cloned().collect()
}

static NOTHING: Tree = Tree::Null;

const LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];
