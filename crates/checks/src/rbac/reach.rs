//! RB-061: paths from somebody who is no administrator to everything.

use std::collections::{BTreeMap, BTreeSet};

use inventory::{Kind, Minor, Unknown, Workload};
use paths::{
    AttackPath, BindingKey, Graph, Place, Pod, RoleKey, Sink, StepKind, Subject, Surroundings,
    TokenSecret, bootstrap,
};

use super::holdings::{given, named};
use super::places::{self, KUBE_SYSTEM};
use super::samples::{bound, bound_in, everywhere, example, inside};
use super::{RIGHT, absence, words};
use crate::example::Expected;
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "RB-061",
    name: "attack-path",
    title: "A few steps lead from a small right to the whole cluster",
    severities: &[Severity::Critical],
    why: "Each step takes a right that looks harmless: creating pods in a namespace is being any service account there. Attackers walk the path, not the list of rights.",
    fails: "From a user, group or service account that is no administrator at most six steps lead to cluster-admin, system:masters, root on a node, the secrets of kube-system or all secrets. Bindings that Kubernetes makes start no path, nor does who holds everything already (RB-001, RB-002). That somebody reads secrets is no path by itself: RB-006 and RB-007 say it. Where pods, secrets and namespaces were not listed, paths that need one that may be there are not told, but that there may be some.",
    fix: Fix::Steps(
        "Remove one binding of each path: each finding names those of the smallest set that breaks all paths at once.",
    ),
    references: &[
        Reference::Nsa("Authentication and authorization"),
        Reference::Owasp("K02"),
        Reference::Owasp("K08"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        example!(
            "pods beside a strong account",
            Expected::Fail(Severity::Critical),
            inside!("ops", "{apiGroups: [\"\"], resources: [pods], verbs: [create]}"),
            concat!(
                bound!("cluster-admin", "{kind: ServiceAccount, name: deployer, namespace: ops}"),
                "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: deployer, namespace: ops}\n---\n",
                "apiVersion: v1\nkind: Namespace\nmetadata: {name: ops, labels: {pod-security.kubernetes.io/enforce: restricted}}\n"
            )
        ),
        example!(
            "kubelets",
            Expected::Fail(Severity::Critical),
            everywhere!("{apiGroups: [\"\"], resources: [nodes/proxy], verbs: [get]}")
        ),
        example!(
            "pods where nobody is strong",
            Expected::Pass,
            inside!("apps", "{apiGroups: [\"\"], resources: [pods], verbs: [create]}"),
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {pod-security.kubernetes.io/enforce: restricted}}\n"
        ),
        example!(
            "a controller that reads secrets, which RB-006 tells",
            Expected::Pass,
            everywhere!("{apiGroups: [\"\"], resources: [secrets], verbs: [get, list, watch]}")
        ),
        example!(
            "an administrator needs no path",
            Expected::Pass,
            bound!(
                "cluster-admin",
                "{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}"
            )
        ),
        example!(
            "commands in pods that were not listed",
            Expected::Unknown,
            inside!("ops", "{apiGroups: [\"\"], resources: [pods/exec], verbs: [create]}"),
            bound!("cluster-admin", "{kind: ServiceAccount, name: deployer, namespace: ops}")
        )
        .partial(),
        example!(
            "pods in a namespace that was not seen",
            Expected::Unknown,
            inside!("apps", "{apiGroups: [\"\"], resources: [pods], verbs: [create]}")
        )
        .partial(),
        example!(
            "reading",
            Expected::Pass,
            bound_in!(
                "apps",
                "view",
                "{kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}"
            )
        ),
    ],
    ..RIGHT
}];

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let around = Around::of(seen);
    let admits = |namespace: &str| places::admits_privileged(seen, namespace);
    // The parts of Kubernetes themselves run privileged there.
    let surely = |namespace: &str| admits(namespace).or(Some(namespace == KUBE_SYSTEM));
    let grants = &seen.rbac().grants;
    let sure = Graph::of(grants, around.surroundings(true, &surely));
    let paths = told(seen, &sure);
    let mut tally = Tally::new();
    tally.passes = seen.holdings().subjects().count();
    if !paths.is_empty() {
        let cut: BTreeSet<BindingKey> = sure.minimum_cut().bindings.into_iter().collect();
        for path in &paths {
            let (about, problem) = finding(seen, path, &cut, &around);
            tally.passes = tally.passes.saturating_sub(1);
            tally.add(about, Ok(Verdict::fail(problem)));
        }
    }
    if let Err(unknown) = &around.is_complete {
        let possible = Graph::of(grants, around.surroundings(false, &admits));
        let more = told(seen, &possible).len().saturating_sub(paths.len());
        if more > 0 {
            let reason = format!("{more} more paths may be there: {}", unknown.reason);
            tally.add_gap(About::cluster(), Unknown::new(reason, unknown.remedy.clone()));
        }
    }
    absence::note(&mut tally, seen);
    Ok(tally)
}

/// The paths of those who are no administrators. Pods walk those of their service accounts.
fn told(seen: &Seen<'_>, graph: &Graph<'_>) -> Vec<AttackPath> {
    let holdings = seen.holdings();
    let mut paths = graph.attack_paths();
    paths.retain(|path| match &path.from {
        Place::Subject(subject) => !holdings.is_admin(subject) && !is_told_elsewhere(path),
        Place::Pod { .. } | Place::Sink(_) => false,
    });
    // Who can have everything can have any part of it.
    let whole: BTreeSet<Place> = paths
        .iter()
        .filter(|path| matches!(path.sink, Sink::ClusterAdmin | Sink::SystemMasters))
        .map(|path| path.from.clone())
        .collect();
    paths.retain(|path| {
        matches!(path.sink, Sink::ClusterAdmin | Sink::SystemMasters) || !whole.contains(&path.from)
    });
    paths
}

/// Whether the path is one step that says no more than RB-006 does, or is by a role that RB-001 or
/// RB-056 says all of.
fn is_told_elsewhere(path: &AttackPath) -> bool {
    let is_whole = |role: &RoleKey| {
        role.namespace.is_none() && matches!(&*role.name, "cluster-admin" | "system:node")
    };
    match path.steps.as_slice() {
        [only] if only.kind == StepKind::ReadSecrets => true,
        [only] => only.why.iter().all(|reason| is_whole(&reason.role)),
        _ => false,
    }
}

fn finding(
    seen: &Seen<'_>,
    path: &AttackPath,
    cut: &BTreeSet<BindingKey>,
    around: &Around,
) -> (About, Problem) {
    let who = match &path.from {
        Place::Subject(subject) => words::who(subject),
        Place::Pod { .. } | Place::Sink(_) => path.from.to_string(),
    };
    let steps = path.steps.len();
    let plural = if steps == 1 { "" } else { "s" };
    let message = format!("{who} gets to {} in {steps} step{plural}.", path.sink);
    let mut lines: Vec<String> =
        path.steps.iter().map(|step| format!("{} {step}", step.from)).collect();
    if let Place::Subject(subject) = &path.from
        && let Some(pods) = around.runs_as.get(subject)
    {
        let pods: Vec<String> = pods.iter().cloned().collect();
        let verb = if pods.len() == 1 { "runs" } else { "run" };
        lines.push(format!("{} {verb} as {who}", words::some_of(&pods)));
    }
    let problem = Problem::new(Severity::Critical, message)
        .detail(path.sink.to_string())
        .evidence(lines.join("\n"))
        .subjects(vec![who])
        .mended_by(Remedy::Steps(broken(path, cut)));
    (start(seen, path), problem)
}

/// Which bindings to remove.
fn broken(path: &AttackPath, cut: &BTreeSet<BindingKey>) -> String {
    let own: BTreeSet<&BindingKey> =
        path.steps.iter().flat_map(|step| &step.why).map(|reason| &reason.binding).collect();
    let both: Vec<String> =
        own.iter().filter(|binding| cut.contains(**binding)).map(|one| kubectl(one)).collect();
    let all: Vec<String> = own.iter().map(|one| kubectl(one)).collect();
    let which = if both.is_empty() { all } else { both };
    let lines: Vec<String> = which.iter().map(|one| format!("kubectl delete {one}")).collect();
    let whole = match cut.len() {
        1 => "That one binding is in every path of the cluster.".to_owned(),
        count => format!("At least {count} bindings must go for the cluster to have no such path."),
    };
    format!("{}\nor take the rule out of its role. {whole}", lines.join("\n"))
}

fn kubectl(binding: &BindingKey) -> String {
    match binding.namespace.as_deref() {
        None => format!("clusterrolebinding {}", binding.name),
        Some(namespace) if given(namespace).is_empty() => format!("rolebinding {}", binding.name),
        Some(namespace) => format!("rolebinding {} -n {namespace}", binding.name),
    }
}

fn start(seen: &Seen<'_>, path: &AttackPath) -> About {
    match &path.from {
        Place::Subject(Subject::ServiceAccount { namespace, name }) => {
            let own = given(namespace);
            let object = seen.inventory().find(Kind::SERVICE_ACCOUNT, own, name);
            object.map_or_else(|| About::named("ServiceAccount", own, name), About::object)
        }
        Place::Subject(Subject::User(name)) => About::named("User", "", name),
        Place::Subject(Subject::Group(name)) => About::named("Group", "", name),
        Place::Pod { namespace, name } => About::named("Pod", namespace, name),
        Place::Sink(_) => About::cluster(),
    }
}

/// What paths lead through besides grants.
struct Around {
    version: Option<bootstrap::Minor>,
    accounts: Vec<(String, String)>,
    pods: Vec<Pod>,
    secrets: Vec<TokenSecret>,
    runs_as: BTreeMap<Subject, BTreeSet<String>>,
    has_pods: bool,
    has_secrets: bool,
    is_complete: Result<(), Unknown>,
}

impl Around {
    fn of(seen: &Seen<'_>) -> Self {
        let inventory = seen.inventory();
        let minor = inventory.minor().map(|minor| u16::from(minor.known().number()));
        let accounts = inventory.of(Kind::SERVICE_ACCOUNT).iter();
        let mut runs_as: BTreeMap<Subject, BTreeSet<String>> = BTreeMap::new();
        let mut pods = Vec::new();
        for workload in inventory.workloads().filter(|workload| !seen.is_static_pod(workload)) {
            let subject =
                Subject::service_account(named(workload.namespace()), workload.service_account());
            runs_as.entry(subject).or_default().insert(workload.object().describe());
            pods.push(pod(&workload));
        }
        let (pods_listed, secrets_listed) = (seen.all(Kind::POD), seen.all(Kind::SECRET));
        Self {
            version: minor.map(bootstrap::Minor),
            accounts: accounts
                .map(|one| (named(one.namespace()).to_owned(), one.name().to_owned()))
                .collect(),
            pods,
            secrets: inventory.of(Kind::SECRET).iter().filter_map(token).collect(),
            runs_as,
            has_pods: pods_listed.is_ok(),
            has_secrets: secrets_listed.is_ok(),
            is_complete: pods_listed
                .and(secrets_listed)
                .and(seen.all(Kind::NAMESPACE))
                .map(|_| ())
                .and_then(|()| minor.map(|_| ()).ok_or_else(no_version)),
        }
    }

    /// What is sure, or what is possible: what was not listed may be there.
    fn surroundings<'a>(
        &'a self,
        is_sure: bool,
        admits_privileged: &'a dyn Fn(&str) -> Option<bool>,
    ) -> Surroundings<'a> {
        Surroundings {
            version: self.version.or(is_sure.then(newest)),
            service_accounts: &self.accounts,
            pods: (is_sure || self.has_pods).then_some(self.pods.as_slice()),
            token_secrets: (is_sure || self.has_secrets).then_some(self.secrets.as_slice()),
            admits_privileged,
        }
    }
}

/// The version that asks for most.
fn newest() -> bootstrap::Minor {
    bootstrap::Minor(u16::from(Minor::NEWEST.number()))
}

fn no_version() -> Unknown {
    Unknown::new("nothing tells the version", "name it with --kubernetes-version")
}

fn pod(workload: &Workload<'_>) -> Pod {
    let spec = workload.spec();
    let has_token = spec.get("automountServiceAccountToken").bool() != Some(false);
    let account = if has_token { workload.service_account() } else { "" };
    let is_privileged = spec.get("hostPID").is_true()
        || workload.containers().any(|container| container.security().get("privileged").is_true())
        || workload.volumes().any(|(volume, _)| {
            let path = volume.at(&["hostPath", "path"]).str();
            !path.is_empty() && ROOTS.contains(&path.trim_end_matches('/'))
        });
    Pod {
        namespace: named(workload.namespace()).to_owned(),
        name: workload.object().name().to_owned(),
        service_account: account.to_owned(),
        is_privileged,
    }
}

fn token(secret: &inventory::Object) -> Option<TokenSecret> {
    if secret.tree().get("type").str() != "kubernetes.io/service-account-token" {
        return None;
    }
    let account = secret.annotation("kubernetes.io/service-account.name")?;
    Some(TokenSecret {
        namespace: named(secret.namespace()).to_owned(),
        name: secret.name().to_owned(),
        service_account: account.to_owned(),
    })
}

/// Directories of a node that are the node; the empty one is its root.
const ROOTS: [&str; 6] = [
    "",
    "/etc",
    "/etc/kubernetes",
    "/root",
    "/run/containerd/containerd.sock",
    "/var/run/docker.sock",
];
