//! SC-022: kubeconfigs of administrators kept in the cluster.

use inventory::{Kind, Object, Unknown};
use leaks::{EntryClass, LeakKind, SecretEntry, secret_entries};
use tree::{Path, Tree};

use super::found::Part;
use super::listed::complete;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(super) const SC_022: Check = Check {
    id: "SC-022",
    name: "admin-kubeconfig-stored",
    title: "The kubeconfig of an administrator is kept in the cluster",
    severities: &[Severity::High],
    why: "Whoever reads one object of one namespace is administrator of a cluster, until the certificate ends; it cannot be revoked.",
    fails: "A Secret or a ConfigMap holds a kubeconfig whose certificate names system:masters or kubeadm:cluster-admins. Kubeconfigs of others pass here. What Cluster API keeps of the clusters it makes is let off: it is how it reaches them.",
    fix: Fix::Steps(
        "Delete it, and give what used it a service account with the rights it needs. Where the certificate names system:masters, only a new authority of the cluster ends it before its time.",
    ),
    references: &[Reference::Mitre("T1552"), Reference::Owasp("K03"), Reference::Owasp("K09")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "in a Secret",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(SECRET)],
        ),
        Example::of(
            "in a ConfigMap",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(MAP)],
        ),
        Example::of("of a deployer", Expected::Pass, &[ExampleFile::manifest(DEPLOYER)]),
        Example::of("of Cluster API", Expected::Exempt, &[ExampleFile::manifest(CLUSTER_API)]),
        Example::of("nothing was seen", Expected::Unknown, &[]).partial(),
    ],
    ..super::SECRETS
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let (inventory, found) = (seen.inventory(), seen.secrets_in_sight());
    let mut tally = Tally::new();
    for (index, entries) in &found.secrets {
        let Some(object) = inventory.object(*index) else { continue };
        tally.add(About::object(object), judge_entries(object, entries, "data"));
    }
    let maps = inventory.of(Kind::CONFIG_MAP);
    let is_kubeconfig = |sight: &&super::found::Sight| {
        sight.part == Part::ConfigMap && sight.leak.kind == LeakKind::Kubeconfig
    };
    let mut failing: Vec<usize> =
        found.sights.iter().filter(is_kubeconfig).map(|sight| sight.object).collect();
    failing.dedup();
    tally.passes = tally.passes.saturating_add(maps.len().saturating_sub(failing.len()));
    for object in failing.into_iter().filter_map(|index| inventory.object(index)) {
        tally.add(About::object(object), judge_entries(object, &as_secret(object), "data"));
    }
    complete(seen, tally, &[Kind::SECRET, Kind::CONFIG_MAP])
}

/// The entries of a `ConfigMap`, read as those of a Secret are.
fn as_secret(object: &Object) -> Vec<SecretEntry> {
    let data = object.tree().get("data").clone();
    secret_entries(&Tree::Map([("stringData".into(), data)].into()))
}

fn judge_entries(object: &Object, entries: &[SecretEntry], field: &str) -> Judged {
    let is_admin = |entry: &&SecretEntry| entry.class == EntryClass::Kubeconfig { is_admin: true };
    let keys: Vec<&SecretEntry> = entries.iter().filter(is_admin).collect();
    if !keys.is_empty() && is_of_cluster_api(object) {
        return Ok(Verdict::Exempt(
            "Cluster API reaches the clusters it makes with these".to_owned(),
        ));
    }
    let problems = keys.iter().map(|entry| {
        Problem::new(
            Severity::High,
            format!("The key {:?} is the kubeconfig of an administrator.", entry.key),
        )
        .detail(entry.key.clone())
        .evidence(entry.preview.clone())
        .at(Path::of(&[field, &entry.key]))
        .mended_by(Remedy::Steps(format!(
            "give what uses it a service account, then: kubectl --namespace {} delete {} {}",
            object.namespace(),
            object.kind().kind.to_lowercase(),
            object.name()
        )))
    });
    Ok(Verdict::of(problems.collect()))
}

/// Its type, its label and its name say so, and the type is Cluster API's own.
fn is_of_cluster_api(object: &Object) -> bool {
    let cluster = object.label("cluster.x-k8s.io/cluster-name").unwrap_or_default();
    object.tree().get("type").str() == "cluster.x-k8s.io/secret"
        && !cluster.is_empty()
        && object.name() == format!("{cluster}-kubeconfig")
}

/// A certificate of system:masters.
macro_rules! admin {
    () => {
        concat!(
            "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJ2RENDQVdPZ0F3SUJBZ0lVUW03ZUd4Y29B",
            "QXVJWENQbUhUYU5adHZLNGZVd0NnWUlLb1pJemowRUF3SXcKTkRFWE1CVUdBMVVFQ2d3T2MzbHpk",
            "R1Z0T20xaGMzUmxjbk14R1RBWEJnTlZCQU1NRUd0MVltVnlibVYwWlhNdApZV1J0YVc0d0hoY05N",
            "all4TVRJMU1UVTFNekkwV2hjTk16WXhNVEl5TVRVMU16STBXakEwTVJjd0ZRWURWUVFLCkRBNXpl",
            "WE4wWlcwNmJXRnpkR1Z5Y3pFWk1CY0dBMVVFQXd3UWEzVmlaWEp1WlhSbGN5MWhaRzFwYmpCWk1C",
            "TUcKQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQUJEanJCcGxXNGNkZzQwQnpPUnN2Vi9ZWThx",
            "K2QwaVVZVjZXNwp1dE5pMXBQR3g1T045RVFrRGh1YTdQSkZsQ0FydnQ2bjNLc0tFdTBmbDlWNCs5",
            "R043RldqVXpCUk1CMEdBMVVkCkRnUVdCQlJDTytoUDhPeGhWOW1vc2htVzltYU4xR0pnQ3pBZkJn",
            "TlZIU01FR0RBV2dCUkNPK2hQOE94aFY5bW8Kc2htVzltYU4xR0pnQ3pBUEJnTlZIUk1CQWY4RUJU",
            "QURBUUgvTUFvR0NDcUdTTTQ5QkFNQ0EwY0FNRVFDSUdRago5WDlmdmVQREE3TjNXZUMzaEptMjVO",
            "Sjc3Z1J0R3Rqdms4R1RxZXJpQWlCME1GdjNaQzZGc1lqOGVFaisrZjVDCmhOK2RONjVGMVZMYW4r",
            "T3NTbFZhd1E9PQotLS0tLUVORCBDRVJUSUZJQ0FURS0tLS0tCg==",
        )
    };
}

/// A certificate of the group deployers.
macro_rules! deployer {
    () => {
        concat!(
            "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJwRENDQVVtZ0F3SUJBZ0lVSysyOE4zZU1L",
            "RVpqb0dmdUVrcnkwRENWczJvd0NnWUlLb1pJemowRUF3SXcKSnpFU01CQUdBMVVFQ2d3SlpHVndi",
            "Rzk1WlhKek1SRXdEd1lEVlFRRERBaGtaWEJzYjNsbGNqQWVGdzB5TmpFeApNalV4TlRVek1qUmFG",
            "dzB6TmpFeE1qSXhOVFV6TWpSYU1DY3hFakFRQmdOVkJBb01DV1JsY0d4dmVXVnljekVSCk1BOEdB",
            "MVVFQXd3SVpHVndiRzk1WlhJd1dUQVRCZ2NxaGtqT1BRSUJCZ2dxaGtqT1BRTUJCd05DQUFSUHE0",
            "TE4KNkgrZE93ejdCbm4yR1pId2pkc1QreHM1cHpHb0lUV3lhekl3eEhVU0h0NE9XdUlDRi8yd2k0",
            "bEUwRno0Ry9xegozWmgzL0ZJc1doNXRETnpvbzFNd1VUQWRCZ05WSFE0RUZnUVVacGhGdTRHWVJR",
            "SHowSnlOd3lIN2tvMmpJQ3d3Ckh3WURWUjBqQkJnd0ZvQVVacGhGdTRHWVJRSHowSnlOd3lIN2tv",
            "MmpJQ3d3RHdZRFZSMFRBUUgvQkFVd0F3RUIKL3pBS0JnZ3Foa2pPUFFRREFnTkpBREJHQWlFQTZo",
            "Y0lyMGJ1c2NJWjJ4VUZIaHl4amNNcElxRWJiRW8vYkYxTwpyTTY4amNBQ0lRQzlIWG84elFOQ1Br",
            "U2pnZ3prT3BVRWhGWFZoVFVlQ20xaWFYVTRHVTFzYWc9PQotLS0tLUVORCBDRVJUSUZJQ0FURS0t",
            "LS0tCg==",
        )
    };
}

/// A kubeconfig under a key, in an object.
macro_rules! kubeconfig {
    ($head:literal, $certificate:expr) => {
        concat!(
            $head,
            "  value: |\n    apiVersion: v1\n    kind: Config\n    clusters: [{name: c, cluster: {server: \"https://10.0.0.1:6443\"}}]\n    users: [{name: u, user: {client-certificate-data: ",
            $certificate,
            ", client-key-data: ",
            super::other_key!(),
            "}}]\n"
        )
    };
}

const SECRET: &str = kubeconfig!(
    "apiVersion: v1\nkind: Secret\nmetadata: {name: ci, namespace: apps}\nstringData:\n",
    admin!()
);

const MAP: &str = kubeconfig!(
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ci, namespace: apps}\ndata:\n",
    admin!()
);

const DEPLOYER: &str = kubeconfig!(
    "apiVersion: v1\nkind: Secret\nmetadata: {name: ci, namespace: apps}\nstringData:\n",
    deployer!()
);

const CLUSTER_API: &str = kubeconfig!(
    "apiVersion: v1\nkind: Secret\nmetadata: {name: edge-kubeconfig, namespace: clusters, labels: {cluster.x-k8s.io/cluster-name: edge}}\ntype: cluster.x-k8s.io/secret\nstringData:\n",
    admin!()
);
