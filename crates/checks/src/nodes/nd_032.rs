//! ND-032: who can read the data of etcd.

use inventory::{ComponentKind, File, Unknown};

use crate::example::{Example, ExampleFile, Expected};
use crate::rights::{is_as_on_node, not_seen, unknown_rights};
use crate::{
    About, Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span,
    Tally, Verdict,
};

pub(crate) const ND_032: Check = Check {
    id: "ND-032",
    name: "etcd-data",
    title: "Others may get at the data of etcd",
    practice: Practice::Nodes,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "Whoever reads it has every Secret of the cluster; whoever writes it is its administrator.",
    fails: "The folder of --data-dir (/var/lib/etcd if it is not given) has a mode above 700, or belongs neither to etcd nor to root. root:root is let off: kubeadm's etcd runs as root.",
    fix: Fix::Sometimes(
        "Sets the mode to 700. Whom the folder should belong to depends on who runs etcd: chown by hand.",
    ),
    references: &[Reference::Cis("1.1.11"), Reference::Cis("1.1.12"), Reference::Owasp("K03")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "others may list it",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/var/lib/etcd/", "").rights(0o755, 0, 0)],
        ),
        Example::of(
            "somebody else's",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/var/lib/etcd/", "").rights(0o700, 1000, 1000)],
        ),
        Example::of(
            "of the user that etcd runs as",
            Expected::Pass,
            &[
                ExampleFile::at("/etc/kubernetes/manifests/etcd.yaml", ETCD),
                ExampleFile::at("/data/etcd/", "").rights(0o700, 999, 999),
            ],
        ),
        Example::of(
            "kubeadm's etcd runs as root",
            Expected::Exempt,
            &[ExampleFile::at("/var/lib/etcd/", "").rights(0o700, 0, 0)],
        ),
        Example::of(
            "a node without etcd",
            Expected::NotApplicable,
            &[ExampleFile::at("/etc/kubernetes/manifests/", "").rights(0o755, 0, 0)],
        ),
        Example::of("no node was looked at", Expected::Unknown, &[]),
    ],
};

const USUAL: &str = "/var/lib/etcd";

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let given =
        seen.components(ComponentKind::Etcd).filter_map(|etcd| etcd.flags.value("data-dir"));
    let mut places: Vec<&str> = given.collect();
    places.push(USUAL);
    let files: Vec<&File> = seen
        .inventory()
        .files()
        .iter()
        .filter(|file| places.contains(&file.path_on_node().trim_end_matches('/')))
        .collect();
    if files.is_empty() {
        return none(seen, &places);
    }
    let mut tally = Tally::new();
    for file in files {
        tally.add(About::file(file), one(seen, file));
    }
    Ok(tally)
}

/// A node whose static pods were looked at and hold no etcd has none of its data.
fn none(seen: &Seen<'_>, places: &[&str]) -> Result<Tally, Unknown> {
    let folder = "/etc/kubernetes/manifests";
    let is_seen = seen.inventory().files().iter().any(|file| file.is_folder && file.is_at(folder));
    if is_seen && seen.components(ComponentKind::Etcd).next().is_none() {
        return Ok(Verdict::NotApplicable("no etcd runs on this node".to_owned()).into());
    }
    Err(not_seen(places.first().unwrap_or(&USUAL)))
}

fn one(seen: &Seen<'_>, file: &File) -> Judged {
    let (Some(mode), Some(owner)) = (file.mode, &file.owner) else {
        return Err(unknown_rights(file));
    };
    let is_own = (owner.user == "etcd" && owner.group == "etcd") || runs_as(seen, owner.uid);
    if !is_as_on_node(file) && !is_own {
        return Err(unknown_rights(file));
    }
    let path = file.path_on_node();
    let mut problems = Vec::new();
    if mode & 0o077 != 0 {
        let message = format!("{path} has mode {mode:o}; 700 is enough.");
        problems.push(
            Problem::new(Severity::High, message)
                .detail("mode")
                .evidence(format!("mode {mode:o}"))
                .mended_by(Remedy::Rights { mode: Some(mode & 0o700), owner: None }),
        );
    }
    if !owner.is_root() && !is_own {
        let found = owner.describe();
        let message = format!("{path} belongs to {found}, neither to etcd nor to root.");
        problems.push(
            Problem::new(Severity::High, message)
                .detail("owner")
                .evidence(format!("owner {found}"))
                .mended_by(Remedy::Steps(format!(
                    "chown -R etcd:etcd {path}   # root:root where etcd runs as root, as kubeadm's does"
                ))),
        );
    }
    if problems.is_empty() && owner.is_root() {
        let why = "belongs to root: kubeadm's etcd runs as root, and root reads everything anyway";
        return Ok(Verdict::Exempt(format!("{path} {why}")));
    }
    Ok(Verdict::of(problems))
}

/// Whether a pod runs etcd as that user.
fn runs_as(seen: &Seen<'_>, uid: u32) -> bool {
    seen.components(ComponentKind::Etcd).filter_map(|etcd| etcd.object(seen.inventory())).any(
        |pod| {
            let spec = pod.tree().get("spec");
            let of_containers = spec.get("containers").items().iter();
            let users =
                of_containers.chain([spec]).map(|one| one.at(&["securityContext", "runAsUser"]));
            users.filter_map(tree::Tree::int).any(|user| user != 0 && user == i64::from(uid))
        },
    )
}

const ETCD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: etcd, namespace: kube-system}
spec:
  securityContext: {runAsUser: 999}
  containers:
  - name: etcd
    command: [etcd, --data-dir=/data/etcd]
";
