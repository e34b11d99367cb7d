//! RB-001, RB-002, RB-064 and RB-065: who may do everything.

use std::collections::BTreeSet;

use inventory::{Object, Unknown};
use paths::{Scope, Subject};
use tree::Path;

use super::row::through;
use super::samples::{bound, bound_in, everywhere, example, inside};
use super::subject::{self, BINDINGS};
use super::{RIGHT, absence, words};
use crate::example::Expected;
use crate::{
    About, Check, Confidence, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity,
    Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-001",
        name: "cluster-admin-bound",
        title: "Somebody is cluster-admin",
        severities: &[Severity::Critical],
        why: "cluster-admin is every verb on everything: whoever takes over one of its holders has the cluster.",
        fails: "A binding to ClusterRole cluster-admin, everywhere or in a namespace, names anybody but the groups system:masters and kubeadm:cluster-admins. The checks of single rights say nothing more about such a binding.",
        fix: Fix::Steps(
            "Keep a copy for the way back (kubectl get clusterrolebinding NAME -o yaml), bind a role with what is used (ravelin audit learn makes it from an audit log), then delete the binding. Keep one break-glass account whose use raises an alarm.",
        ),
        references: &[
            Reference::Cis("5.1.1"),
            Reference::Nsa("Authentication and authorization"),
            Reference::Mitre("T1098.006"),
            Reference::Owasp("K02"),
        ],
        judge: Judge::Objects(BINDINGS, &cluster_admin),
        examples: &[
            example!(
                "a service account",
                Expected::Fail(Severity::Critical),
                bound!("cluster-admin", "{kind: ServiceAccount, name: deployer, namespace: ci}")
            ),
            example!(
                "in one namespace",
                Expected::Fail(Severity::Critical),
                bound_in!(
                    "apps",
                    "cluster-admin",
                    "{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "the group that kubeadm makes",
                Expected::Pass,
                bound!(
                    "cluster-admin",
                    "{kind: Group, name: \"kubeadm:cluster-admins\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "another role",
                Expected::Pass,
                bound!("view", "{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-002",
        name: "everything-bound",
        title: "A role that allows everything is held everywhere",
        severities: &[Severity::Critical],
        why: "It is cluster-admin by another name, which a search for cluster-admin does not find.",
        fails: "A role other than cluster-admin has a rule with verbs *, resources * and API groups * or the core group, and a ClusterRoleBinding gives it. The checks of single rights say nothing more about such a binding. Bound in a namespace it is judged right by right; RB-003 to RB-005 tell of the role itself.",
        fix: Fix::Steps(
            "Name what is used: ravelin audit learn makes the rules from an audit log. Bind the narrower role, then delete the binding.",
        ),
        references: &[
            Reference::Cis("5.1.1"),
            Reference::Mitre("T1098.006"),
            Reference::Owasp("K02"),
        ],
        judge: Judge::Whole(everything),
        examples: &[
            example!(
                "everything",
                Expected::Fail(Severity::Critical),
                everywhere!("{apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}")
            ),
            example!(
                "of the core group",
                Expected::Fail(Severity::Critical),
                everywhere!("{apiGroups: [\"\"], resources: [\"*\"], verbs: [\"*\"]}")
            ),
            example!(
                "in a namespace",
                Expected::Pass,
                inside!("apps", "{apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}")
            ),
            example!(
                "reading everything",
                Expected::Pass,
                everywhere!("{apiGroups: [\"*\"], resources: [\"*\"], verbs: [get, list, watch]}")
            ),
            example!(
                "in three rules that do not add up to it",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"*\"], resources: [pods], verbs: [get]}",
                    "{apiGroups: [apps], resources: [\"*\"], verbs: [get]}",
                    "{apiGroups: [apps], resources: [deployments], verbs: [\"*\"]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-064",
        name: "many-admins",
        title: "Several people are cluster-admin one by one",
        severities: &[Severity::Medium],
        why: "People who are bound by name stay administrators when they change their work; nobody counts them.",
        fails: "More than one user is bound to a role that allows everything, each by name. Users whose names begin with system: are no people. One user passes: a break-glass account.",
        fix: Fix::Steps(
            "Bind a group that the identity provider keeps, with at most three members, and give the rest rights for the hour they need them, through the gateway. Then delete the bindings of single users.",
        ),
        references: &[Reference::Cis("5.1.1"), Reference::Owasp("K02")],
        judge: Judge::Whole(people),
        examples: &[
            example!(
                "two",
                Expected::Fail(Severity::Medium),
                bound!(
                    "cluster-admin",
                    "{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}",
                    "{kind: User, name: joe, apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "one",
                Expected::Pass,
                bound!(
                    "cluster-admin",
                    "{kind: User, name: break-glass, apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "a group",
                Expected::Pass,
                bound!(
                    "cluster-admin",
                    "{kind: Group, name: admins, apiGroup: rbac.authorization.k8s.io}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-065",
        name: "tool-is-admin",
        title: "A tool with a web page is cluster-admin",
        severities: &[Severity::Critical],
        why: "Dashboards and build servers are what attackers look for: whoever gets into one has the cluster.",
        fails: "The service account of kubernetes-dashboard, Headlamp, Argo, Jenkins or Tiller, known by its name, holds everything everywhere. That is a guess from the name.",
        fix: Fix::Steps(
            "Give the tool the rights its own documentation asks for (kubernetes-dashboard: none, its users bring their own tokens; Argo CD: a role per project), and delete the binding. Uninstall Tiller: Helm 3 needs none.",
        ),
        references: &[Reference::Owasp("K06")],
        judge: Judge::Whole(tools),
        examples: &[
            example!(
                "the dashboard",
                Expected::Fail(Severity::Critical),
                bound!(
                    "cluster-admin",
                    "{kind: ServiceAccount, name: kubernetes-dashboard, namespace: kubernetes-dashboard}"
                )
            ),
            example!("a role of everything", Expected::Fail(Severity::Critical), TILLER),
            example!(
                "the dashboard may view",
                Expected::Pass,
                bound!(
                    "view",
                    "{kind: ServiceAccount, name: kubernetes-dashboard, namespace: kubernetes-dashboard}"
                )
            ),
            example!(
                "another account",
                Expected::Pass,
                bound!("cluster-admin", "{kind: ServiceAccount, name: cargo, namespace: apps}")
            ),
        ],
        ..RIGHT
    },
];

fn cluster_admin(_seen: &Seen<'_>, object: &Object) -> Judged {
    if subject::role_of(object) != "ClusterRole cluster-admin" {
        return Ok(Verdict::Pass);
    }
    let picked: Vec<usize> = subject::subjects(object)
        .filter(|(_, subject)| !is_bootstrap(subject))
        .map(|(index, _)| index)
        .collect();
    if picked.is_empty() {
        return Ok(Verdict::Pass);
    }
    let place = match object.namespace() {
        "" => "holds".to_owned(),
        namespace => format!("holds, in namespace {namespace},"),
    };
    let problem = subject::problem(object, &picked, Severity::Critical, &place);
    Ok(Verdict::fail(problem.mended_by(Remedy::Steps(replaced(object)))))
}

/// How to give less in place of a binding.
fn replaced(object: &Object) -> String {
    let binding = words::kubectl(object);
    format!(
        "keep the way back: kubectl get {binding} -o yaml > {}.yaml\nbind a role with what is used: ravelin audit learn\nkubectl delete {binding}",
        object.name()
    )
}

fn is_bootstrap(subject: &Subject) -> bool {
    match subject {
        Subject::Group(name) => matches!(&**name, "system:masters" | "kubeadm:cluster-admins"),
        Subject::User(_) | Subject::ServiceAccount { .. } => false,
    }
}

fn everything(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let holdings = seen.holdings();
    let mut tally = Tally::new();
    for bound in holdings.bindings.iter().filter(|bound| !bound.is_default) {
        let role = holdings.role_of(bound).filter(|role| {
            let is_it = role.is_everything && !role.is_cluster_admin();
            is_it && bound.scope == Scope::Cluster && !bound.subjects.iter().all(is_bootstrap)
        });
        let problem = role.map(|role| {
            let subjects = words::whos(&bound.subjects);
            let who = words::some_of(&subjects);
            let name = words::role(&role.key);
            Problem::new(Severity::Critical, format!("{who} can do everything, by {name}."))
                .detail("everything")
                .evidence(through(bound, &role.key))
                .at(Path::of(&["roleRef"]))
                .subjects(subjects)
                .mended_by(Remedy::Steps(replaced(bound.object)))
        });
        tally.add(About::object(bound.object), Ok(Verdict::from(problem)));
    }
    absence::note(&mut tally, seen);
    Ok(tally)
}

/// Those who hold everything everywhere, by their own bindings.
fn admins(seen: &Seen<'_>) -> BTreeSet<Subject> {
    let holdings = seen.holdings();
    let admin = holdings.bindings.iter().filter(|bound| {
        let is_everything = holdings.role_of(bound).is_some_and(|role| role.is_everything);
        is_everything && bound.scope == Scope::Cluster && !bound.is_default
    });
    admin.flat_map(|bound| bound.subjects.iter().cloned()).collect()
}

fn people(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let people: Vec<String> = admins(seen)
        .iter()
        .filter(|subject| match subject {
            Subject::User(name) => !name.starts_with("system:"),
            Subject::Group(_) | Subject::ServiceAccount { .. } => false,
        })
        .map(words::who)
        .collect();
    let problem = (people.len() > 1).then(|| {
        let message = format!(
            "{} people are cluster-admin by name: {}.",
            people.len(),
            words::some_of(&people)
        );
        Problem::new(Severity::Medium, message).evidence(people.join(", ")).subjects(people)
    });
    let mut tally = Tally::new();
    tally.add(About::cluster(), Ok(Verdict::from(problem)));
    absence::note(&mut tally, seen);
    Ok(tally)
}

fn tools(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for admin in admins(seen) {
        let Subject::ServiceAccount { namespace, name } = &admin else { continue };
        let tool = TOOLS.iter().find(|tool| is_of_tool(namespace, name, tool));
        let problem = tool.map(|tool| {
            let who = words::who(&admin);
            Problem::new(
                Severity::Critical,
                format!("{who}, which {tool} runs as, is cluster-admin."),
            )
            .confidence(Confidence::Medium)
            .detail(who.clone())
            .evidence(who.clone())
            .subjects(vec![who])
        });
        let about = About::named("ServiceAccount", namespace, name);
        tally.add(about, Ok(Verdict::from(problem)));
    }
    absence::note(&mut tally, seen);
    Ok(tally)
}

/// Whether one of the words of a namespace or name is that of the tool.
fn is_of_tool(namespace: &str, name: &str, tool: &str) -> bool {
    [namespace, name].iter().any(|text| {
        *text == tool || text.split('-').any(|word| word == tool || word == format!("{tool}cd"))
    })
}

const TOOLS: &[&str] =
    &["kubernetes-dashboard", "dashboard", "headlamp", "argo", "jenkins", "tiller"];

const TILLER: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: tiller}
rules:
- {apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: tiller}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: tiller}
subjects:
- {kind: ServiceAccount, name: tiller, namespace: kube-system}
";
