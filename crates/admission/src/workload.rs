//! Where an object has its pod. A kind is its group and its name: other groups have kinds of the
//! same names, and their templates are nobody's pods.

use tree::{Path, Tree};

/// The part of an object that a pod is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Template<'t> {
    /// Where it stands in the object. The root for a pod.
    pub path: Path,
    /// The part itself: metadata and spec.
    pub tree: &'t Tree,
}

impl Template<'_> {
    /// A place of the pod as a place of the object.
    pub fn locate(&self, place: &Path) -> Path {
        self.path.steps().iter().chain(place.steps()).cloned().collect()
    }
}

/// The pod, or the template of pods, of an object; none of what makes no pods, or has no template.
pub fn template(object: &Tree) -> Option<Template<'_>> {
    let keys = keys(group(object.get("apiVersion").str()), object.get("kind").str())?;
    let tree = object.at(keys);
    tree.is_map().then(|| Template { path: Path::of(keys), tree })
}

fn group(version: &str) -> &str {
    version.split_once('/').map_or("", |(group, _)| group)
}

fn keys(group: &str, kind: &str) -> Option<&'static [&'static str]> {
    match (group, kind) {
        ("", "Pod") => Some(&[]),
        ("", "PodTemplate") => Some(&["template"]),
        ("", "ReplicationController")
        // Manifests from before 1.16 say `extensions`.
        | ("apps" | "extensions", "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet")
        | ("batch", "Job") => Some(&["spec", "template"]),
        ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tree::{Keys, read};

    use super::*;

    #[test]
    fn finds_the_pod_of_every_kind_that_has_one() {
        let check = |version: &str, kind: &str, expected: Option<&str>| {
            let all = "spec: {template: {spec: {}}, jobTemplate: {spec: {template: {spec: {}}}}}";
            let text =
                format!("apiVersion: {version}\nkind: {kind}\ntemplate: {{spec: {{}}}}\n{all}");
            let tree = read(&text, &mut Keys::default()).unwrap();
            let found = template(&tree).map(|found| {
                assert_eq!(tree.follow(&found.path), found.tree);
                found.locate(&Path::of(&["spec", "hostPID"])).to_string()
            });
            assert_eq!(found.as_deref(), expected, "{version} {kind}");
        };
        check("v1", "Pod", Some("spec.hostPID"));
        check("v1", "PodTemplate", Some("template.spec.hostPID"));
        for (version, kind) in [
            ("v1", "ReplicationController"),
            ("apps/v1", "Deployment"),
            ("apps/v1", "ReplicaSet"),
            ("apps/v1", "StatefulSet"),
            ("apps/v1beta2", "DaemonSet"),
            ("extensions/v1beta1", "Deployment"),
            ("batch/v1", "Job"),
        ] {
            check(version, kind, Some("spec.template.spec.hostPID"));
        }
        for version in ["batch/v1", "batch/v1beta1"] {
            check(version, "CronJob", Some("spec.jobTemplate.spec.template.spec.hostPID"));
        }
        for (version, kind) in [
            ("v1", "Service"),
            ("v1", "Deployment"),
            ("apps/v1", "Pod"),
            ("batch.volcano.sh/v1alpha1", "Job"),
            ("\"\"", "\"\""),
        ] {
            check(version, kind, None);
        }
    }

    #[test]
    fn what_is_not_there_is_no_template() {
        let check = |text: &str| {
            let tree = read(text, &mut Keys::default()).unwrap();
            assert_eq!(template(&tree), None, "{text}");
        };
        check("{apiVersion: v1, kind: ReplicationController, spec: {replicas: 1}}");
        check("{apiVersion: apps/v1, kind: Deployment, spec: {template: ~}}");
        check("{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: []}}");
        check("[]");
        check("");
    }
}
