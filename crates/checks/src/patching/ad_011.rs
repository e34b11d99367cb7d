//! AD-011: images of the control plane from elsewhere than its project.

use advisories::{Component, ImageReference};
use inventory::{Unknown, Workload};

use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen,
    Severity, Span, Tally, Verdict,
};

pub(crate) const AD_011: Check = Check {
    id: "AD-011",
    name: "control-plane-images",
    title: "An image of the control plane is not the project's",
    practice: Practice::Patching,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "Whoever builds that image has every key of the cluster. The old registry k8s.gcr.io is frozen: fixes do not arrive there.",
    fails: "The image of kube-apiserver, kube-controller-manager, kube-scheduler, kube-proxy or etcd is from k8s.gcr.io or gcr.io/google-containers, or from a registry that is neither registry.k8s.io nor a distribution's. A mirror of one's own fails with low confidence: nothing tells what is in it. Digests are not compared.",
    fix: Fix::Steps(
        "Set imageRepository: registry.k8s.io in the ClusterConfiguration and upgrade, or change the image in the manifest. For a mirror: compare its digests with crane digest registry.k8s.io/IMAGE:TAG, and accept the finding with a waiver.",
    ),
    references: &[
        Reference::Nsa("Upgrading"),
        Reference::Mitre("T1195.002"),
        Reference::Owasp("K07"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "the frozen registry",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec: {containers: [{name: a, image: \"k8s.gcr.io/kube-apiserver:v1.24.0\"}]}\n",
            )],
        ),
        Example::of(
            "somebody's own",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec: {containers: [{name: a, image: \"docker.io/somebody/etcd:3.5.9\"}]}\n",
            )],
        ),
        Example::of(
            "the project's",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec: {containers: [{name: a, image: \"registry.k8s.io/kube-apiserver:v1.36.1\"}]}\n",
            )],
        ),
        Example::of(
            "a distribution's",
            Expected::Exempt,
            &[ExampleFile::manifest(
                "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: kube-proxy, namespace: kube-system}\nspec: {template: {spec: {containers: [{name: a, image: \"602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/kube-proxy:v1.34.0-eksbuild.2\"}]}}}\n",
            )],
        ),
        Example::of("no control plane was seen", Expected::Unknown, &[]),
    ],
};

const PROGRAMS: [Component; 5] = [
    Component::KubeApiserver,
    Component::KubeControllerManager,
    Component::KubeScheduler,
    Component::KubeProxy,
    Component::Etcd,
];

/// Who else builds them, by the beginning or the end of the registry and repository.
const DISTRIBUTIONS: [(&str, &str); 9] = [
    ("docker.io/rancher/", ""),
    ("registry.rancher.com/rancher/", ""),
    ("public.ecr.aws/eks-distro/", ""),
    ("mcr.microsoft.com/oss/", ""),
    ("quay.io/openshift-release-dev/", ""),
    ("ghcr.io/siderolabs/", ""),
    ("gke.gcr.io/", ""),
    ("602401143452.dkr.ecr.", ""),
    ("quay.io/coreos/etcd", ""),
];

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for workload in seen.inventory().workloads().filter(is_of_control_plane) {
        for container in workload.containers() {
            let Ok(image) = ImageReference::parse(container.image()) else { continue };
            let Some(component) = Component::in_image(&image).filter(|one| PROGRAMS.contains(one))
            else {
                continue;
            };
            let at = container.path.then("image");
            let judged = one(component, &image, container.image());
            tally.add(About::object(workload.object()), placed(judged, &at));
        }
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "no image of the control plane was seen",
            "scan the cluster, or /etc/kubernetes/manifests of a control plane node",
        ));
    }
    Ok(tally)
}

/// An etcd of an application's own is none of the control plane's.
fn is_of_control_plane(workload: &Workload<'_>) -> bool {
    matches!(workload.namespace(), "kube-system" | "")
}

fn placed(judged: Judged, at: &tree::Path) -> Judged {
    Ok(match judged? {
        Verdict::Fail(problems) => {
            Verdict::Fail(problems.into_iter().map(|one| one.at(at.clone())).collect())
        }
        other @ (Verdict::Pass | Verdict::Exempt(_) | Verdict::NotApplicable(_)) => other,
    })
}

fn one(component: Component, image: &ImageReference, text: &str) -> Judged {
    let name = image.name();
    if image.registry() == "registry.k8s.io" {
        return Ok(Verdict::Pass);
    }
    let is_distribution =
        DISTRIBUTIONS.iter().any(|(start, end)| name.starts_with(start) && name.ends_with(end));
    if is_distribution {
        return Ok(Verdict::Exempt(format!("{name} is built by a distribution")));
    }
    let is_frozen = image.registry() == "k8s.gcr.io"
        || name.starts_with("gcr.io/google-containers/")
        || name.starts_with("gcr.io/google_containers/");
    let (message, sure) = if is_frozen {
        (
            format!("{component} runs from {name}, a registry that gets no fixes any more."),
            Confidence::High,
        )
    } else {
        (format!("{component} runs from {name}, which is not its project's."), Confidence::Low)
    };
    let own = format!("registry.k8s.io/{component}:{}", image.tag().unwrap_or("VERSION"));
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, message)
            .detail(component.name())
            .evidence(text)
            .confidence(sure)
            .mended_by(Remedy::Steps(format!("run {own}; compare: crane digest {own}"))),
    ))
}
