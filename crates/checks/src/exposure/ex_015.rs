//! EX-015: ingress-nginx, which nobody maintains any more.

use std::time::{Duration, SystemTime};

use advisories::Version;
use inventory::{Kind, Workload};

use super::api::EXPOSURE;
use crate::example::{Example, ExampleFile, Expected};
use crate::image::Image;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(crate) const EX_015: Check = Check {
    id: "EX-015",
    name: "ingress-nginx",
    title: "ingress-nginx is out of maintenance, vulnerable or takes snippets",
    severities: &[Severity::High],
    why: "Its controller reads the Secrets of all namespaces. CVE-2025-1974 gives it to everybody on the network of pods; snippets give it to whoever may write an ingress; from April 2026 on nobody mends what is found.",
    fails: "The controller's image is ingress-nginx/controller and it is April 2026 or later, its version is below 1.11.5 or is 1.12.0, or allow-snippet-annotations of its ConfigMap is true (the default below 1.9.0). The controller of the same server by its makers (nginx/nginx-ingress) is another program and passes.",
    fix: Fix::Steps(
        "1. Now: set allow-snippet-annotations: \"false\" in the ConfigMap of the controller, and upgrade to 1.12.1, 1.11.5 or later.\n2. Let a NetworkPolicy admit kube-apiserver alone to port 8443 of its pods.\n3. Move to a maintained controller or to the Gateway API; ingress2gateway writes the routes.",
    ),
    references: &[
        Reference::Cve("CVE-2025-1974"),
        Reference::Cve("CVE-2021-25742"),
        Reference::Owasp("K07"),
    ],
    judge: Judge::Workloads(&judge),
    examples: &[
        Example::of("its last release", Expected::Fail(Severity::High), &[LAST]),
        Example::of("a vulnerable one", Expected::Fail(Severity::High), &[OLD]),
        Example::of("snippets", Expected::Fail(Severity::High), &[LAST, SNIPPETS]),
        Example::of("the other one", Expected::Pass, &[OTHER]),
    ],
    ..EXPOSURE
};

fn judge(seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    let mut problems = Vec::new();
    for container in workload.containers() {
        let Some((name, tag)) = controller(container.image()) else { continue };
        let version = Version::reported(tag).ok();
        let retired = (seen.now() >= retirement())
            .then(|| ("retired", "gets no more fixes since the end of March 2026".to_owned()));
        let known = version
            .as_ref()
            .filter(|version| is_vulnerable(version))
            .map(|_| ("CVE-2025-1974", format!("{tag} is open to CVE-2025-1974")));
        let snippets = takes_snippets(seen, workload, version.as_ref())?
            .then(|| ("snippets", "takes snippets of configuration from every ingress".to_owned()));
        for (detail, what) in [retired, known, snippets].into_iter().flatten() {
            // Where no release mends it, none is named.
            let remedy = if detail == "retired" {
                Remedy::Steps(MOVE.to_owned())
            } else {
                Remedy::Explained
            };
            problems.push(
                Problem::new(Severity::High, format!("ingress-nginx {what}."))
                    .detail(format!("{} {detail}", container.name()))
                    .evidence(format!("{name}:{tag}"))
                    .at(container.path.then("image"))
                    .mended_by(remedy),
            );
        }
    }
    Ok(Verdict::of(problems))
}

const MOVE: &str = "Move to a maintained controller or to the Gateway API; ingress2gateway writes the routes.\nUntil then let a NetworkPolicy admit kube-apiserver alone to port 8443 of its pods.";

/// The name and the tag of an image of the controller.
fn controller(image: &str) -> Option<(&str, &str)> {
    let Image { repository, tag, .. } = Image::of(image);
    let is_it = repository.ends_with("/ingress-nginx/controller")
        || repository.ends_with("/ingress-nginx/controller-chroot");
    tag.filter(|_| is_it).map(|tag| (repository, tag))
}

/// The maintainers announced that they stop at the end of March 2026.
fn retirement() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(493_056)
}

/// Whether CVE-2025-1974 concerns a version: mended in 1.11.5 and in 1.12.1.
fn is_vulnerable(version: &Version) -> bool {
    let below = |bound: &str| Version::parse(bound).is_ok_and(|bound| *version < bound);
    below("1.11.5") || (!below("1.12.0-alpha") && below("1.12.1"))
}

/// Whether the controller's configuration lets ingresses bring snippets. Not given, the version
/// decides; a configuration that was not seen leaves it at that.
fn takes_snippets(
    seen: &Seen<'_>,
    workload: &Workload<'_>,
    version: Option<&Version>,
) -> Result<bool, inventory::Unknown> {
    let by_default =
        version.zip(Version::parse("1.9.0").ok()).is_some_and(|(version, bound)| *version < bound);
    let words = workload.containers().flat_map(|container| container.words());
    let named = words.filter_map(|(word, _)| word.strip_prefix("--configmap=").map(str::to_owned));
    let Some(named) = named.last() else { return Ok(by_default) };
    let name = named.rsplit('/').next().unwrap_or(&named);
    let Some(map) = seen.find(Kind::CONFIG_MAP, workload.namespace(), name) else {
        return Ok(by_default);
    };
    let given = map.tree().at(&["data", "allow-snippet-annotations"]).text();
    Ok(given.map_or(by_default, |given| given == "true"))
}

const LAST: ExampleFile = ExampleFile::at(
    "controller.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\nspec:\n  template:\n    spec:\n      containers:\n      - name: controller\n        image: registry.k8s.io/ingress-nginx/controller:v1.14.0@sha256:e4127065d0317bd11dc64c4dd38dcf7fb1c3d72e468110b4086e636dbaac943d\n        args: [/nginx-ingress-controller, --configmap=$(POD_NAMESPACE)/ingress-nginx-controller]\n",
);
const OLD: ExampleFile = ExampleFile::at(
    "controller.yaml",
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\nspec:\n  template:\n    spec:\n      containers: [{name: controller, image: 'registry.k8s.io/ingress-nginx/controller:v1.12.0'}]\n",
);
const SNIPPETS: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\ndata: {allow-snippet-annotations: 'true'}\n",
);
const OTHER: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: nginx-ingress, namespace: nginx-ingress}\nspec:\n  template:\n    spec:\n      containers: [{name: controller, image: 'nginx/nginx-ingress:5.0.0'}]\n",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_vulnerable_up_to_the_fix_of_their_line() {
        let check = |version: &str, expected: bool| {
            let version = Version::reported(version).unwrap();
            assert_eq!(is_vulnerable(&version), expected, "{version:?}");
        };
        check("v1.10.1", true);
        check("v1.11.4", true);
        check("v1.11.5", false);
        check("v1.12.0", true);
        check("v1.12.0-beta.0", true);
        check("v1.12.1", false);
        check("v1.14.0", false);
    }

    #[test]
    fn only_its_own_image_is_the_controller() {
        let check = |image: &str, expected: bool| {
            assert_eq!(controller(image).is_some(), expected, "{image}");
        };
        check("registry.k8s.io/ingress-nginx/controller:v1.14.0", true);
        check("mirror.example.com:5000/ingress-nginx/controller:v1.9.4@sha256:ab", true);
        check("registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.4.0", false);
        check("nginx/nginx-ingress:5.0.0", false);
    }
}
