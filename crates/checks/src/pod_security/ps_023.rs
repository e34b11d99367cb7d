//! PS-023: API servers that ask no policy, or not of everybody.

use admission::PolicyVersion;
use edit::Edit;
use inventory::{Component, ComponentKind, Kind, Unknown};
use tree::Path;

use super::plugin::{Configured, SYSTEM, configured};
use super::toll::{Toll, all_seen};
use crate::Expected::{Fail, Pass};
use crate::Severity::High;
use crate::flag::{remove_flag, set_flag};
use crate::{
    About, Check, Confidence, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem,
    Reference, Remedy, Seen, Span, Verdict,
};

pub(super) const PS_023: Check = Check {
    id: "PS-023",
    name: "pod-security-weakened",
    title: "The API server asks no Pod Security policy, or lets too many past it",
    practice: Practice::PodSecurity,
    severities: &[High],
    versions: Span::ALL,
    why: "The labels of namespaces look strict and mean nothing: a privileged pod is admitted all the same.",
    fails: "PodSecurity is disabled by flag or, before 1.25, by feature gate; or its configuration exempts a controller, which makes the pods that anybody else describes, a runtime class that is no sandbox, the namespace default, or a namespace in which nothing goes beyond the baseline.",
    fix: Fix::Sometimes(
        "Takes PodSecurity out of --disable-admission-plugins, and exemptions of namespaces that do not need them out of the configuration. For a user or a runtime class: label the namespaces that need it with enforce: privileged, then take the exemption out and restart the API server.",
    ),
    references: &[
        Reference::Cis("5.2.1"),
        Reference::Nsa("Pod security"),
        Reference::Owasp("K04"),
        Reference::Kubernetes(
            "tasks/configure-pod-container/enforce-standards-admission-controller/",
        ),
    ],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "disabled, with another",
            Fail(High),
            &[ExampleFile::manifest(server!(
                "--disable-admission-plugins=PodSecurity,DefaultStorageClass"
            ))],
        ),
        Example::of(
            "disabled alone",
            Fail(High),
            &[ExampleFile::manifest(server!("--disable-admission-plugins=PodSecurity"))],
        ),
        Example::of(
            "turned off by its gate",
            Fail(High),
            &[ExampleFile::manifest(server!("--feature-gates=PodSecurity=false"))],
        )
        .on(24),
        Example::of(
            "exempt: a controller, a class, namespaces",
            Fail(High),
            &[
                ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", CONFIGURED),
                ExampleFile::at("/etc/kubernetes/admission/all.yaml", BY_FILE),
                ExampleFile::at("/etc/kubernetes/admission/pods.yaml", BROAD),
            ],
        ),
        Example::of(
            "exempt: the cluster itself, and a sandbox",
            Pass,
            &[
                ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", CONFIGURED),
                ExampleFile::at("/etc/kubernetes/admission/all.yaml", NARROW),
            ],
        ),
        Example::of(
            "nothing said: it is on",
            Pass,
            &[ExampleFile::manifest(server!("--disable-admission-plugins=DefaultStorageClass"))],
        ),
        Example::of(
            "the configuration was not seen",
            crate::Expected::Unknown,
            &[ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", CONFIGURED)],
        ),
        Example::of(
            "whether a namespace needs it is not known",
            crate::Expected::Unknown,
            &[
                ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", CONFIGURED),
                ExampleFile::at("/etc/kubernetes/admission/all.yaml", STORAGE),
            ],
        )
        .partial(),
    ],
};

fn judge(seen: &Seen<'_>, server: &Component) -> Judged {
    if let Some(problem) = disabled(seen, server) {
        return Ok(Verdict::fail(problem));
    }
    let Some(found) = configured(seen.inventory(), server)? else { return Ok(Verdict::Pass) };
    let (mut problems, mut unknown) = (Vec::new(), None);
    problems.extend(users(&found));
    problems.extend(classes(seen, &found));
    for judged in namespaces(seen, &found) {
        match judged {
            Ok(problem) => problems.extend(problem),
            Err(why) => unknown = unknown.or(Some(why)),
        }
    }
    match unknown {
        Some(why) if problems.is_empty() => Err(why),
        Some(_) | None => Ok(Verdict::of(problems)),
    }
}

fn disabled(seen: &Seen<'_>, server: &Component) -> Option<Problem> {
    let flag = "disable-admission-plugins";
    let plugins: Vec<&str> = server.flags.values(flag).collect();
    let gate = "PodSecurity=false";
    if plugins.contains(&"PodSecurity") {
        let rest: Vec<&str> =
            plugins.into_iter().filter(|plugin| *plugin != "PodSecurity").collect();
        let remedy = if rest.is_empty() {
            remove_flag(server, flag)
        } else {
            set_flag(seen.inventory(), server, flag, &rest.join(","))
        };
        let problem = Problem::new(High, "PodSecurity is disabled: no policy is asked of any pod.")
            .detail(flag)
            .evidence(format!("--{flag}={}", server.flags.value(flag).unwrap_or_default()))
            .mended_by(remedy);
        let path = server.flags.get(flag).and_then(|flag| flag.path.clone());
        return Some(match path {
            Some(path) => problem.at(path),
            None => problem,
        });
    }
    // The gate is locked from 1.25 on.
    let is_off = server.flags.values("feature-gates").any(|one| one == gate);
    (is_off && seen.minor_of(server).number() < 25).then(|| {
        Problem::new(High, "PodSecurity is turned off: no policy is asked of any pod.")
            .detail("feature-gates")
            .evidence(format!("--feature-gates={gate}"))
            .mended_by(Remedy::Steps(format!("take {gate} out of --feature-gates")))
    })
}

fn users(found: &Configured<'_>) -> Vec<Problem> {
    let names = found.says.exemptions.usernames.iter();
    let broad = names.filter(|name| MAKERS.contains(&name.as_str()));
    broad
        .map(|name| {
            let message = format!(
                "Pods made by {name} are exempt: whoever may create what it makes pods of may run any pod."
            );
            exemption(found, "usernames", name, message)
        })
        .collect()
}

fn classes(seen: &Seen<'_>, found: &Configured<'_>) -> Vec<Problem> {
    let names = found.says.exemptions.runtime_classes.iter();
    let broad = names.filter_map(|name| {
        let class = seen.find(RUNTIME_CLASS, "", name);
        let handler = class.map_or(name.as_str(), |class| class.tree().get("handler").str());
        let is_sandbox = SANDBOXES.iter().any(|sandbox| handler.contains(sandbox));
        let confidence = if class.is_some() { Confidence::High } else { Confidence::Medium };
        (!is_sandbox).then_some((name, confidence))
    });
    broad
        .map(|(name, confidence)| {
            let message = format!(
                "Pods of runtime class {name} are exempt: whoever names it in a pod may run any pod."
            );
            exemption(found, "runtimeClasses", name, message).confidence(confidence)
        })
        .collect()
}

fn namespaces(seen: &Seen<'_>, found: &Configured<'_>) -> Vec<Result<Option<Problem>, Unknown>> {
    let names = found.says.exemptions.namespaces.iter();
    names
        .filter(|name| !SYSTEM.contains(&name.as_str()))
        .map(|name| {
            let toll = Toll::of(seen, name, PolicyVersion::Latest);
            if name != "default" {
                all_seen(seen, name)?;
            }
            if !toll.baseline.is_empty() && name != "default" {
                return Ok(None);
            }
            let message = format!("Namespace {name} is exempt: its labels count for nothing.");
            let problem = exemption(found, "namespaces", name, message);
            let can_go = toll.is_whole && toll.baseline.is_empty();
            let remedy = if can_go {
                Remedy::Edit(vec![Edit::Remove { path: place(found, "namespaces", name) }])
            } else {
                Remedy::Explained
            };
            Ok(Some(problem.evidence(toll.evidence()).mended_by(remedy)))
        })
        .collect()
}

fn exemption(found: &Configured<'_>, list: &str, name: &str, message: String) -> Problem {
    Problem::new(High, message)
        .detail(format!("{list} {name}"))
        .evidence(format!("exemptions.{list}: {name}"))
        .at(place(found, list, name))
        .about(About::object(found.object))
}

fn place(found: &Configured<'_>, list: &str, name: &str) -> Path {
    let list = found.path.join(&["exemptions", list]);
    let mut items = found.object.tree().follow(&list).items().iter();
    match items.position(|item| item.str() == name) {
        Some(index) => list.then(index),
        None => list,
    }
}

const RUNTIME_CLASS: Kind<'static> = Kind { group: "node.k8s.io", kind: "RuntimeClass" };

/// Parts of the names of handlers that put a wall of their own between pod and node.
const SANDBOXES: [&str; 4] = ["kata", "runsc", "gvisor", "firecracker"];

/// Users that make pods which others describe, or that anybody is.
const MAKERS: [&str; 9] = [
    "system:anonymous",
    "system:kube-controller-manager",
    "system:serviceaccount:kube-system:cronjob-controller",
    "system:serviceaccount:kube-system:daemon-set-controller",
    "system:serviceaccount:kube-system:deployment-controller",
    "system:serviceaccount:kube-system:job-controller",
    "system:serviceaccount:kube-system:replicaset-controller",
    "system:serviceaccount:kube-system:replication-controller",
    "system:serviceaccount:kube-system:statefulset-controller",
];

const CONFIGURED: &str =
    server!("--admission-control-config-file=/etc/kubernetes/admission/all.yaml");

const BY_FILE: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  path: pods.yaml
";

const BROAD: &str = "\
apiVersion: pod-security.admission.config.k8s.io/v1
kind: PodSecurityConfiguration
exemptions:
  usernames:
  - system:serviceaccount:kube-system:replicaset-controller
  runtimeClasses: [runc]
  namespaces:
  - kube-system
  - build # left over
  - default
";

const NARROW: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    exemptions:
      runtimeClasses: [kata-qemu]
      namespaces: [kube-system]
";

const STORAGE: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    exemptions: {namespaces: [storage]}
";
