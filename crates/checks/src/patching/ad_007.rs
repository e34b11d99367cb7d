//! AD-007: vulnerabilities that need a feature, a flag or a kind of node to matter.

use advisories::{Component, Version};
use inventory::{Kind, Unknown, Workload};

use super::found::{concerned, severity};
use super::policies::refusing;
use crate::example::{Example, ExampleFile, Expected};
use crate::nodes::kubelets;
use crate::{
    About, Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span,
    Tally, Verdict,
};

pub(crate) const AD_007: Check = Check {
    id: "AD-007",
    name: "conditional-advisories",
    title: "A vulnerability that needs a feature meets that feature here",
    practice: Practice::Patching,
    severities: &[Severity::High, Severity::Medium, Severity::Low],
    versions: Span::ALL,
    why: "Whether these matter hangs on what is used: gitRepo volumes run what a repository says on the node, network policies end before the pods they protect, nodes with Windows have holes of their own.",
    fails: "CVE-2025-1767 and CVE-2024-10220: a pod has a gitRepo volume, or nothing refuses one, before 1.33, from which the kubelet does; CVE-2024-7598: there are network policies, and namespaces are not deleted in order (OrderedNamespaceDeletion, on from 1.33); advisories on nodes with Windows: such a node's kubelet lies in their range. Why one does not matter here is told.",
    fix: Fix::Steps(
        "Upgrade to 1.33 or later. Until then: replace gitRepo volumes by an init container that clones into an emptyDir, refuse them by a ValidatingAdmissionPolicy, and start kube-apiserver and kube-controller-manager with --feature-gates=OrderedNamespaceDeletion=true.",
    ),
    references: &[
        Reference::Cve("CVE-2025-1767"),
        Reference::Cve("CVE-2024-10220"),
        Reference::Cve("CVE-2024-7598"),
        Reference::Owasp("K07"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a node with Windows",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(WINDOWS)],
        )
        .on(27),
        Example::of(
            "a gitRepo volume",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(GIT)],
        )
        .on(32),
        Example::of(
            "a gitRepo volume, where no kubelet mounts it",
            Expected::Pass,
            &[ExampleFile::manifest(GIT)],
        )
        .on(36),
        Example::of(
            "network policies, before namespaces were deleted in order",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(REFUSED), ExampleFile::at("policy.yaml", NETWORK)],
        )
        .on(31),
        Example::of(
            "no network policy, and gitRepo refused",
            Expected::Exempt,
            &[ExampleFile::manifest(REFUSED)],
        )
        .on(31),
        Example::of("there may be others", Expected::Unknown, &[]).partial().on(31),
    ],
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    tally.add(About::named("Advisory", "", "CVE-2025-1767"), git_repo(seen));
    tally.add(About::named("Advisory", "", "CVE-2024-7598"), namespaces(seen));
    windows(seen, &mut tally);
    Ok(tally)
}

/// From this minor version on both are on by default.
const SAFE: u8 = 33;

fn git_repo(seen: &Seen<'_>) -> Judged {
    let mut turned_on = false;
    for kubelet in kubelets(seen) {
        turned_on |= matches!(kubelet.gate("GitRepoVolumeDriver"), Ok(Some((true, _))));
    }
    if seen.minor().number() >= SAFE && !turned_on {
        return Ok(Verdict::Pass);
    }
    let volumes: Vec<Problem> =
        seen.inventory().workloads().flat_map(|one| mounted(seen, &one)).collect();
    if !volumes.is_empty() {
        return Ok(Verdict::Fail(volumes));
    }
    for kind in Workload::kinds().filter(|kind| *kind != Kind::POD_TEMPLATE) {
        seen.all(kind)?;
    }
    if let Some(policy) = refusing(seen, "gitRepo") {
        return Ok(Verdict::Exempt(format!(
            "CVE-2025-1767: no pod has a gitRepo volume, and the policy {policy} refuses them"
        )));
    }
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, "CVE-2025-1767: nothing refuses a pod with a gitRepo volume, which reads the clones of other pods.")
            .detail("CVE-2025-1767")
            .evidence("no pod has a gitRepo volume; no policy speaks of them")
            .mended_by(Remedy::Steps(REFUSE.to_owned())),
    ))
}

/// The gitRepo volumes of a workload.
fn mounted(seen: &Seen<'_>, workload: &Workload<'_>) -> Vec<Problem> {
    let mut all = workload.spec().get("volumes").items().iter();
    if all.all(|volume| volume.get("gitRepo").is_null()) {
        return Vec::new();
    }
    let volumes = workload.volumes().filter(|(volume, _)| !volume.get("gitRepo").is_null());
    let runs_code = concerned(seen, "CVE-2024-10220", &[Component::Kubelet]).is_some();
    let ids = if runs_code { "CVE-2024-10220 and CVE-2025-1767" } else { "CVE-2025-1767" };
    let problems = volumes.map(|(volume, path)| {
        let name = volume.get("name").str();
        let repository = volume.at(&["gitRepo", "repository"]).str();
        Problem::new(Severity::Medium, format!("Volume {name} is cloned by the kubelet: {ids}."))
            .detail(format!("CVE-2025-1767 {name}"))
            .evidence(format!("gitRepo: {}", repository.rsplit('@').next().unwrap_or_default()))
            .at(path)
            .about(About::object(workload.object()))
            .mended_by(Remedy::Steps(
                "clone in an init container into an emptyDir, and mount that instead".to_owned(),
            ))
    });
    problems.collect()
}

fn namespaces(seen: &Seen<'_>) -> Judged {
    const GATE: &str = "OrderedNamespaceDeletion";
    let components = inventory::ComponentKind::ALL.into_iter();
    let mut told = components
        .flat_map(|kind| seen.inventory().components(kind))
        .flat_map(|one| one.flags.values("feature-gates"))
        .filter_map(|pair| pair.split_once('='))
        .filter(|(gate, _)| *gate == GATE)
        .map(|(_, value)| value.eq_ignore_ascii_case("true"));
    let told = told.next();
    if told.unwrap_or(seen.minor().number() >= SAFE) {
        return Ok(Verdict::Pass);
    }
    let policies = seen.inventory().of(Kind::NETWORK_POLICY).len();
    if policies == 0 {
        seen.all(Kind::NETWORK_POLICY)?;
        return Ok(Verdict::Exempt("CVE-2024-7598: there is no network policy to lose".to_owned()));
    }
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, "CVE-2024-7598: while a namespace is deleted, its pods run on without their network policies.")
            .detail("CVE-2024-7598")
            .evidence(format!("{policies} network policies; {GATE} is off"))
            .mended_by(Remedy::Steps(format!(
                "delete the pods of a namespace before the namespace; from 1.30 on start kube-apiserver and kube-controller-manager with --feature-gates={GATE}=true"
            ))),
    ))
}

/// Advisories that need a node with Windows.
fn windows(seen: &Seen<'_>, tally: &mut Tally) {
    let nodes = seen.inventory().of(Kind::NODE).iter();
    let windows = nodes.filter(|node| node.label("kubernetes.io/os") == Some("windows"));
    let mut found = false;
    for node in windows {
        found = true;
        let text = node.tree().at(&["status", "nodeInfo", "kubeletVersion"]).str();
        let judged = Version::reported(text)
            .map(|version| Verdict::of(of_windows(seen, &version)))
            .map_err(|_unreadable| {
                Unknown::new("the version of the kubelet is not known", "look at status.nodeInfo")
            });
        tally.add(About::object(node), judged);
    }
    if found {
        return;
    }
    let about = About::named("Advisory", "", "windows-nodes");
    match seen.all(Kind::NODE) {
        Ok(_) => {
            let why = "advisories on nodes with Windows: no node has it".to_owned();
            tally.add(about, Ok(Verdict::NotApplicable(why)));
        }
        Err(unknown) => tally.add_gap(about, unknown),
    }
}

fn of_windows(seen: &Seen<'_>, version: &Version) -> Vec<Problem> {
    let matches = seen.advisories().matches(Component::Kubelet, version).into_iter();
    let problems = matches.filter(|one| one.only.is_some()).map(|one| {
        let fixed = one
            .fix
            .nearest()
            .map_or_else(String::new, |fixed| format!("upgrade the kubelet to {fixed} or later\n"));
        Problem::new(severity(one.severity), format!("{}: {}", one.id, one.summary))
            .detail(one.id)
            .evidence(format!("kubelet {version} on Windows"))
            .mended_by(Remedy::Steps(format!("{fixed}read {}", one.url)))
    });
    problems.collect()
}

const REFUSE: &str = "\
kubectl apply -f - <<'EOF'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-git-repo}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [\"\"], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}]}
  validations: [{expression: \"!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.gitRepo))\"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-git-repo}
spec: {policyName: no-git-repo, validationActions: [Deny]}
EOF";

const WINDOWS: &str = "\
apiVersion: v1
kind: Node
metadata: {name: win-1, labels: {kubernetes.io/os: windows}}
status: {nodeInfo: {kubeletVersion: v1.27.1}}
";
const GIT: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers: [{name: web, image: \"example.com/web:1\"}]
  volumes: [{name: code, gitRepo: {repository: \"https://git.example.com/web.git\"}}]
";
const NETWORK: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: apps}
spec: {podSelector: {}}
";
const REFUSED: &str = "\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-git-repo}
spec: {validations: [{expression: \"!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.gitRepo))\"}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-git-repo}
spec: {policyName: no-git-repo, validationActions: [Deny]}
";
