//! How secrets in variables, command lines, `ConfigMap`s and annotations are told.

use inventory::{Kind, Object, Unknown, Workload};

use crate::secrets::found::{Part, Sight};
use crate::secrets::listed::complete;
use crate::{About, Problem, Remedy, Seen, Severity, Tally, Verdict};

/// Those in a part of what makes pods.
pub(super) fn workloads(seen: &Seen<'_>, part: Part) -> Result<Tally, Unknown> {
    let found = seen.secrets_in_sight();
    let tally = tally(seen, part, found.workloads, |object, sight| {
        let (container, leak) = (sight.container(object), &sight.leak);
        let what = if part == Part::Variable {
            format!("variable {} of container {container}", leak.name)
        } else {
            format!("command line of container {container}")
        };
        let detail = if leak.name.is_empty() { leak.kind.name() } else { leak.name.as_str() };
        (what, format!("{container}: {detail}"), steps(object, container, sight))
    });
    let kinds: Vec<_> = Workload::kinds().filter(|kind| *kind != Kind::POD_TEMPLATE).collect();
    complete(seen, tally, &kinds)
}

/// Those in `ConfigMap`s.
pub(super) fn config_maps(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let count = seen.inventory().of(Kind::CONFIG_MAP).len();
    let tally = tally(seen, Part::ConfigMap, count, |_, sight| {
        let (key, name) = (sight.key(), sight.leak.name.as_str());
        let detail =
            if name.is_empty() || name == key { key.to_owned() } else { format!("{key}: {name}") };
        let steps = format!(
            "move {key:?} to a Secret and mount or refer to that instead\n{}",
            sight.leak.kind.mend()
        );
        (format!("key {key:?} of the ConfigMap"), detail, steps)
    });
    complete(seen, tally, &[Kind::CONFIG_MAP])
}

/// Those in annotations.
pub(super) fn annotations(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let count = seen.inventory().objects().len();
    let mut tally = tally(seen, Part::Annotation, count, |object, sight| {
        let key = sight.key();
        let namespace = match object.namespace() {
            "" => String::new(),
            namespace => format!("--namespace {namespace} "),
        };
        let steps = format!(
            "kubectl {namespace}annotate {} {} '{key}-'\n{}",
            object.kind().kind.to_lowercase(),
            object.name(),
            sight.leak.kind.mend()
        );
        let note = sight.leak.note.as_deref().unwrap_or_default();
        (format!("annotation {key:?}"), format!("{key}: {}{note}", sight.leak.name), steps)
    });
    for (_, problem) in &mut tally.problems {
        problem.severity = Severity::Medium;
    }
    complete(seen, tally, &[Kind::SECRET])
}

/// The secrets in a part of objects: what it stands in, what tells it from others, and the steps.
fn tally(
    seen: &Seen<'_>,
    part: Part,
    looked_at: usize,
    tell: impl Fn(&Object, &Sight) -> (String, String, String),
) -> Tally {
    let mut tally = Tally::new();
    let mut failing = std::collections::BTreeSet::new();
    let sights = seen.secrets_in_sight().sights.iter();
    for sight in sights.filter(|sight| sight.part == part && !sight.is_grave()) {
        let Some(object) = seen.inventory().object(sight.object) else { continue };
        failing.insert(sight.object);
        let (what, detail, steps) = tell(object, sight);
        let problem = Problem::new(
            sight.severity(),
            format!("{} in plain sight: {what}.", sentence(sight.leak.kind.title())),
        )
        .confidence(sight.confidence())
        .detail(detail)
        .evidence(sight.leak.preview.clone())
        .at(sight.leak.path.clone())
        .mended_by(Remedy::Steps(steps));
        tally.add(About::object(object), Ok(Verdict::fail(problem)));
    }
    tally.passes = looked_at.saturating_sub(failing.len());
    tally
}

/// As a sentence begins.
fn sentence(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A Secret of its own, and the reference to it. Nothing is changed before the Secret is there:
/// pods that refer to a missing one do not start.
fn steps(object: &Object, container: &str, sight: &Sight) -> String {
    let namespace = match object.namespace() {
        "" => String::new(),
        namespace => format!("--namespace {namespace} "),
    };
    let secret = format!("{}-{container}", object.name());
    let key = match sight.leak.name.trim_start_matches('-') {
        "" => sight.leak.kind.name().to_owned(),
        name => name.to_owned(),
    };
    let variable: String = key
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
        .collect();
    let variable = if sight.part == Part::Variable { key.clone() } else { variable.to_uppercase() };
    let last = if sight.part == Part::Variable {
        format!("instead of value: in {}", sight.leak.path)
    } else {
        format!("and write $({variable}) in {} where the value stands", sight.leak.path)
    };
    format!(
        "{}\n\
         create the Secret, with the new value typed or piped in:\n\
         kubectl {namespace}create secret generic {secret} --from-file={key}=/dev/stdin\n\
         then give it to container {container}, {last}:\n\
         env:\n\
         - name: {variable}\n\
         \x20 valueFrom:\n\
         \x20   secretKeyRef: {{name: {secret}, key: {key}}}",
        sight.leak.kind.mend()
    )
}
