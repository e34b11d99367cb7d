//! PS-027: containers that may forge packets.

use edit::Edit;
use inventory::{Container, Workload};
use tree::Tree;

use super::accepted::verdict;
use crate::Expected::{Exempt, Fail, Pass};
use crate::Severity::Medium;
use crate::{
    Check, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen,
    Span, Verdict,
};

pub(super) const PS_027: Check = Check {
    id: "PS-027",
    name: "raw-sockets",
    title: "A container may send packets that it makes up",
    practice: Practice::PodSecurity,
    severities: &[Medium],
    versions: Span::ALL,
    why: "With NET_RAW it answers for other pods and for DNS on networks that do not check addresses, and reads what was meant for them.",
    fails: "capabilities.drop has neither NET_RAW nor ALL, or capabilities.add takes NET_RAW back after ALL. What drops nothing and does not add NET_RAW passes: that it should drop ALL is said by PS-018. Case does not matter here: container runtimes do not care. Windows pods pass.",
    fix: Fix::Automatic(
        "Drops NET_RAW and does not add it. A program that pings needs the sysctl net.ipv4.ping_group_range instead, which runtimes set by default.",
    ),
    references: &[
        Reference::Cis("5.2.8"),
        Reference::Mitre("T1557"),
        Reference::Nsa("Pod security"),
        Reference::Owasp("K01"),
    ],
    judge: Judge::Workloads(&judge),
    examples: &[
        container!("nothing is dropped, which PS-018 tells", Pass, "{}"),
        container!(
            "nothing is dropped, and it is added",
            Fail(Medium),
            "{capabilities: {add: [NET_RAW]}}"
        ),
        container!(
            "others are dropped",
            Fail(Medium),
            "{capabilities: {drop: [MKNOD, SYS_CHROOT]}}"
        ),
        container!(
            "taken back",
            Fail(Medium),
            "{capabilities: {drop: [ALL], add: [NET_RAW, CHOWN]}}"
        ),
        container!("in lower case", Pass, "{capabilities: {drop: [all]}}"),
        container!("by name", Pass, "{capabilities: {drop: [NET_RAW]}}"),
        pod!(
            "Windows",
            Pass,
            "  os: {name: windows}\n  containers: [{name: web, image: example.com/web:1}]\n"
        ),
        Example::of(
            "a static pod of the control plane",
            Exempt,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd-node-1, namespace: kube-system}\nspec:\n  containers: [{name: etcd, image: registry.k8s.io/etcd:3.6.1-0, command: [etcd], securityContext: {capabilities: {drop: [MKNOD]}}}]\n",
            )],
        ),
    ],
};

fn judge(_seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    let is_for_windows = workload.spec().at(&["os", "name"]).str() == "windows";
    if is_for_windows || !workload.container_trees().any(may_forge) {
        return Ok(Verdict::Pass);
    }
    let forging = workload.containers().filter(|container| may_forge(container.tree));
    let problems = forging.map(|container| problem(&container));
    Ok(verdict(workload, problems.collect()))
}

/// What is dropped by name goes last; what is added by name comes after ALL goes.
fn may_forge(container: &Tree) -> bool {
    let capabilities = container.at(&["securityContext", "capabilities"]);
    let drop = capabilities.get("drop");
    let is_added = has(capabilities.get("add"), "NET_RAW");
    if drop.items().is_empty() {
        return is_added;
    }
    !has(drop, "NET_RAW") && (!has(drop, "ALL") || is_added)
}

fn has(list: &Tree, name: &str) -> bool {
    list.texts().any(|capability| capability.eq_ignore_ascii_case(name))
}

fn problem(container: &Container<'_>) -> Problem {
    let capabilities = container.security().get("capabilities");
    let place = container.path.join(&["securityContext", "capabilities"]);
    let evidence = match capabilities {
        Tree::Map(_) => format!("capabilities: {capabilities}"),
        Tree::Null
        | Tree::Bool(_)
        | Tree::Int(_)
        | Tree::Float(_)
        | Tree::Text(_)
        | Tree::List(_) => "capabilities are not set".to_owned(),
    };
    let problem = Problem::new(Medium, format!("Container {} keeps NET_RAW.", container.name()));
    let at = if capabilities.is_map() { place } else { container.path.clone() };
    problem.detail(container.name()).evidence(evidence).at(at).mended_by(remedy(container))
}

fn remedy(container: &Container<'_>) -> Remedy {
    let capabilities = container.security().get("capabilities");
    let place = container.path.join(&["securityContext", "capabilities"]);
    let drop = capabilities.get("drop");
    let path = place.then("drop");
    let mut edits = match drop.items().len() {
        _ if has(drop, "ALL") => Vec::new(),
        0 => vec![Edit::set(path, vec!["NET_RAW"])],
        index => vec![Edit::Insert { path, index, value: "NET_RAW".into() }],
    };
    let list = place.then("add");
    let added = capabilities.get("add").items();
    let is_raw = |one: &Tree| one.str().eq_ignore_ascii_case("NET_RAW");
    if !added.is_empty() && added.iter().all(is_raw) {
        edits.push(Edit::Remove { path: list });
    } else {
        let raw = added.iter().enumerate().rev().filter(|(_, one)| is_raw(one));
        edits.extend(raw.map(|(index, _)| Edit::Remove { path: list.then(index) }));
    }
    Remedy::Edit(edits)
}
