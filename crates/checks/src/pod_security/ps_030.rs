//! PS-030: images that can change under the same name.

use inventory::{Container, Kind, Workload};
use tree::Tree;

use super::accepted::verdict;
use crate::Expected::{Fail, Pass};
use crate::Severity::Low;
use crate::image::Image;
use crate::{
    Check, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen,
    Span, Verdict,
};

pub(super) const PS_030: Check = Check {
    id: "PS-030",
    name: "mutable-image",
    title: "A container's image is named by a tag, which can move",
    practice: Practice::PodSecurity,
    severities: &[Low],
    versions: Span::ALL,
    why: "Whoever may push to the repository, or takes it over, changes what runs at the next start, and nothing in the cluster shows it.",
    fails: "The image has no digest. With a digest it passes, with a tag beside it too.",
    fix: Fix::Sometimes(
        "Adds the digest that the pod runs, where its status tells it. Else ask the registry (crane digest IMAGE, or skopeo inspect docker://IMAGE) and write it behind the tag: IMAGE@sha256:…. Let a program such as Renovate move both.",
    ),
    references: &[
        Reference::Mitre("T1525"),
        Reference::Nsa("Pod security"),
        Reference::Owasp("K01"),
        Reference::Kubernetes("concepts/containers/images/"),
    ],
    judge: Judge::Workloads(&judge),
    examples: &[
        pod!(
            "no tag",
            Fail(Low),
            "  containers: [{name: web, image: registry.example:5000/web}]\n"
        ),
        pod!("a tag", Fail(Low), "  containers: [{name: web, image: example.com/web:1.2.3}]\n"),
        Example::of(
            "a tag, and the status tells the digest",
            Fail(Low),
            &[ExampleFile::manifest(RUNNING)],
        ),
        pod!(
            "a digest",
            Pass,
            "  containers: [{name: web, image: 'example.com/web:1@sha256:9f2c1c8f4c3f0c8b7f9d6c1d7a0f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5'}]\n"
        ),
    ],
};

fn judge(_seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    let is_mutable = |container: &Tree| {
        let image = container.get("image").str();
        !image.is_empty() && !image.contains('@')
    };
    if !workload.container_trees().any(is_mutable) {
        return Ok(Verdict::Pass);
    }
    let mutable = workload.containers().filter(|container| is_mutable(container.tree));
    let problems = mutable.map(|container| problem(workload, &container));
    Ok(verdict(workload, problems.collect()))
}

fn problem(workload: &Workload<'_>, container: &Container<'_>) -> Problem {
    let text = container.image();
    let image = Image::of(text);
    let what = match image.tag {
        Some("latest") => "whatever is the latest",
        Some(_) => "whatever has the tag",
        None => "whatever is the latest, since it names no tag",
    };
    let path = container.path.then("image");
    let remedy = match running(workload, container, image) {
        Some(digest) => Remedy::set(path.clone(), format!("{text}@{digest}")),
        None => Remedy::Explained,
    };
    Problem::new(Low, format!("Container {} runs {what}: {text}.", container.name()))
        .detail(container.name())
        .evidence(format!("image: {text}"))
        .at(path)
        .mended_by(remedy)
}

/// The digest that a pod runs of an image, if its status tells that of the same repository.
fn running<'a>(
    workload: &Workload<'a>,
    container: &Container<'_>,
    image: Image<'_>,
) -> Option<&'a str> {
    if workload.object().kind() != Kind::POD {
        return None;
    }
    let status = workload.object().tree().get("status");
    let lists = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"];
    let mut told = lists.into_iter().flat_map(|list| status.get(list).items());
    let named = |one: &&Tree| one.get("name").str() == container.name();
    let id = told.find(named)?.get("imageID").text()?;
    let running = Image::of(id.rsplit_once("://").map_or(id, |(_, id)| id));
    running.digest.filter(|digest| running.is(image.repository) && digest.starts_with("sha256:"))
}

const RUNNING: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    image: example.com/web:1
status:
  containerStatuses:
  - name: web
    image: example.com/web:1
    imageID: example.com/web@sha256:9f2c1c8f4c3f0c8b7f9d6c1d7a0f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5
";
