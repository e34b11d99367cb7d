//! AD-013: nodes whose operating system gets no fixes any more.

use inventory::{Kind, Object, Unknown};
use jiff::civil::{Date, date};

use super::ad_001::today;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span,
    Tally, Verdict,
};

pub(crate) const AD_013: Check = Check {
    id: "AD-013",
    name: "node-system",
    title: "The operating system of a node gets no fixes any more",
    practice: Practice::Patching,
    severities: &[Severity::Low],
    versions: Span::ALL,
    why: "A hole in the kernel is a way out of every container of the node.",
    fails: "The day of the scan is after the end of the maintenance of the system that the node reports (status.nodeInfo.osImage), by the dates of its maker. Paid extensions are not counted. Systems that are not on the list are unknown; a kernel is judged with its system, whose maker mends it.",
    fix: Fix::Steps(
        "Add nodes with a system that is maintained, then kubectl drain NODE --ignore-daemonsets and kubectl delete node NODE for each old one.",
    ),
    references: &[Reference::Nsa("Upgrading"), Reference::Owasp("K07")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "ended",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Node\nmetadata: {name: worker-1}\nstatus: {nodeInfo: {osImage: Ubuntu 20.04.6 LTS, kernelVersion: 5.4.0-190-generic}}\n",
            )],
        ),
        Example::of(
            "maintained",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Node\nmetadata: {name: worker-1}\nstatus: {nodeInfo: {osImage: Ubuntu 24.04.2 LTS}}\n",
            )],
        ),
        Example::of(
            "not on the list",
            Expected::Unknown,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Node\nmetadata: {name: worker-1}\nstatus: {nodeInfo: {osImage: Haiku R1}}\n",
            )],
        ),
        Example::of("no node was seen", Expected::Unknown, &[]).partial(),
    ],
};

/// The last day of the general maintenance of a system, by how its name begins.
const SYSTEMS: [(&str, Date); 30] = [
    ("Ubuntu 16.04", date(2021, 4, 30)),
    ("Ubuntu 18.04", date(2023, 5, 31)),
    ("Ubuntu 20.04", date(2025, 5, 31)),
    ("Ubuntu 22.04", date(2027, 4, 30)),
    ("Ubuntu 24.04", date(2029, 4, 30)),
    ("Ubuntu 26.04", date(2031, 4, 30)),
    ("Debian GNU/Linux 9", date(2022, 6, 30)),
    ("Debian GNU/Linux 10", date(2024, 6, 30)),
    ("Debian GNU/Linux 11", date(2026, 8, 31)),
    ("Debian GNU/Linux 12", date(2028, 6, 30)),
    ("Debian GNU/Linux 13", date(2030, 6, 30)),
    ("CentOS Linux 7", date(2024, 6, 30)),
    ("CentOS Linux 8", date(2021, 12, 31)),
    ("CentOS Stream 8", date(2024, 5, 31)),
    ("CentOS Stream 9", date(2027, 5, 31)),
    ("Red Hat Enterprise Linux Server 7", date(2024, 6, 30)),
    ("Red Hat Enterprise Linux 8", date(2029, 5, 31)),
    ("Red Hat Enterprise Linux 9", date(2032, 5, 31)),
    ("Rocky Linux 8", date(2029, 5, 31)),
    ("Rocky Linux 9", date(2032, 5, 31)),
    ("AlmaLinux 8", date(2029, 3, 1)),
    ("AlmaLinux 9", date(2032, 5, 31)),
    ("Oracle Linux Server 7", date(2024, 12, 31)),
    ("Oracle Linux Server 8", date(2029, 7, 31)),
    ("Oracle Linux Server 9", date(2032, 6, 30)),
    ("Amazon Linux 2023", date(2029, 6, 30)),
    ("Amazon Linux 2", date(2026, 6, 30)),
    ("Windows Server 2019", date(2029, 1, 9)),
    ("Windows Server 2022", date(2031, 10, 14)),
    ("CBL-Mariner/Linux", date(2025, 7, 31)),
];

/// Systems that update themselves, line after line: what they report names no end.
const ROLLING: [&str; 6] = [
    "Container-Optimized OS",
    "Bottlerocket",
    "Talos",
    "Flatcar Container Linux",
    "Fedora CoreOS",
    "Red Hat Enterprise Linux CoreOS",
];

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for node in seen.inventory().of(Kind::NODE) {
        tally.add(About::object(node), one(node, today(seen)));
    }
    if tally.is_empty() {
        return Err(Unknown::new("no node was seen", "scan the cluster"));
    }
    Ok(tally)
}

fn one(node: &Object, today: Date) -> Judged {
    let system = node.tree().at(&["status", "nodeInfo", "osImage"]).str();
    if ROLLING.iter().any(|name| system.starts_with(name)) {
        return Ok(Verdict::Pass);
    }
    let Some((_, end)) = SYSTEMS.iter().find(|(name, _)| is_of(system, name)) else {
        return Err(Unknown::new(
            format!("when the maintenance of {system:?} ends is not on the list"),
            "look at the pages of its maker",
        ));
    };
    if today <= *end {
        return Ok(Verdict::Pass);
    }
    let kernel = node.tree().at(&["status", "nodeInfo", "kernelVersion"]).str();
    let name = node.name();
    Ok(Verdict::fail(
        Problem::new(Severity::Low, format!("The maintenance of {system} on {name} ended on {end}."))
            .detail("osImage")
            .evidence(format!("osImage: {system}, kernelVersion: {kernel}"))
            .at(tree::Path::of(&["status", "nodeInfo", "osImage"]))
            .mended_by(Remedy::Steps(format!(
                "add a node with a newer system, then:\nkubectl drain {name} --ignore-daemonsets\nkubectl delete node {name}"
            ))),
    ))
}

/// Whether a system is one of that name: `Amazon Linux 2` is not `Amazon Linux 2023`.
fn is_of(system: &str, name: &str) -> bool {
    system
        .strip_prefix(name)
        .is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_ascii_digit()))
}
