//! ND-038: who can talk to the container runtime, which is root on the node.

use inventory::{File, Unknown};

use crate::example::{Example, ExampleFile, Expected};
use crate::rights::{is_as_on_node, unknown_rights};
use crate::{
    About, Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span,
    Tally, Verdict,
};

pub(crate) const ND_038: Check = Check {
    id: "ND-038",
    name: "runtime-access",
    title: "Others than root may talk to the container runtime",
    practice: Practice::Nodes,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "The runtime starts a privileged container for whoever reaches its socket: that is root on the node, past every check of the API.",
    fails: "The mode of a socket of containerd, CRI-O or Docker is more than 660, or the groups docker or containerd of /etc/group have members. A group without members passes.",
    fix: Fix::Sometimes("Sets the socket's mode to 660. Members leave their group by gpasswd -d."),
    references: &[Reference::Mitre("T1611"), Reference::Owasp("K06")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a socket for everybody",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/run/containerd/containerd.sock", "").rights(0o666, 0, 0)],
        ),
        Example::of(
            "a person in the group docker",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/group", "root:x:0:\ndocker:x:998:jane,joe\n")],
        ),
        Example::of(
            "root's, and a group without members",
            Expected::Pass,
            &[
                ExampleFile::at("/run/containerd/containerd.sock", "").rights(0o660, 0, 0),
                ExampleFile::at("/etc/group", "root:x:0:\ndocker:x:998:\nadm:x:4:syslog\n"),
            ],
        ),
        Example::of("neither was seen", Expected::Unknown, &[]),
    ],
};

const SOCKETS: [&str; 7] = [
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/docker.sock",
    "/run/podman/podman.sock",
    "/run/dockershim.sock",
];

const GROUPS: [&str; 3] = ["docker", "containerd", "crio"];

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for file in seen.inventory().files() {
        // /var/run leads to /run.
        let path = file.path_on_node();
        let path =
            path.strip_prefix("/var").filter(|rest| rest.starts_with("/run/")).unwrap_or(path);
        if SOCKETS.contains(&path) {
            tally.add(About::file(file), socket(file));
        } else if path.ends_with("/etc/group")
            && let Some(text) = &file.text
        {
            tally.add(About::file(file), Ok(Verdict::of(members(text))));
        }
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "neither a socket of the container runtime nor /etc/group was seen",
            "scan them on the node, as root: ravelin scan /run/containerd /etc/group",
        ));
    }
    Ok(tally)
}

fn socket(file: &File) -> Judged {
    let mode = file.mode.filter(|_| is_as_on_node(file)).ok_or_else(|| unknown_rights(file))?;
    let surplus = mode & 0o117;
    if surplus == 0 {
        return Ok(Verdict::Pass);
    }
    let path = file.path_on_node();
    Ok(Verdict::fail(
        Problem::new(Severity::High, format!("{path} has mode {mode:o}; 660 is enough."))
            .detail("mode")
            .evidence(format!("mode {mode:o}"))
            .mended_by(Remedy::Rights { mode: Some(mode & 0o660), owner: None }),
    ))
}

/// Those whom `/etc/group` lets talk to a runtime.
fn members(text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        let [group, _, _, members] = fields.as_slice() else { continue };
        if !GROUPS.contains(group) {
            continue;
        }
        for member in
            members.split(',').map(str::trim).filter(|one| !one.is_empty() && *one != "root")
        {
            let message = format!("{member} is in the group {group}, and so root on this node.");
            problems.push(
                Problem::new(Severity::High, message)
                    .detail(format!("{group} {member}"))
                    .evidence(format!("{group}: {members}"))
                    .subjects(vec![format!("User {member}")])
                    .mended_by(Remedy::Steps(format!("gpasswd -d {member} {group}"))),
            );
        }
    }
    problems
}
