//! RT-003, RT-004: kubelets that renew their client certificate.

use edit::Edit;
use inventory::{ComponentKind, Kind, Object, Unknown};
use pki::Role;
use tree::Path;

use super::ROTATION;
use crate::credentials::kubeconfigs;
use crate::credentials::samples::certificates::KUBELET_CLIENT;
use crate::credentials::samples::objects::KUBELET_KUBECONFIG_INLINE;
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RT-003",
        name: "kubelet-does-not-renew",
        title: "A kubelet does not renew its client certificate",
        why: "When the certificate ends, the node is lost to the cluster; until then whoever has its key is that node.",
        fails: "rotateCertificates of a KubeletConfiguration is not true, and no --rotate-certificates says otherwise. Not given it is false; kubeadm writes true.",
        fix: Fix::Automatic("Sets rotateCertificates: true."),
        references: &[
            Reference::Cis("4.2.10"),
            Reference::Kubernetes("tasks/tls/certificate-rotation/"),
        ],
        judge: Judge::Whole(renewing),
        examples: &[
            Example::of(
                "not given",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at(
                    "/var/lib/kubelet/config.yaml",
                    "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
                )],
            ),
            Example::of(
                "as kubeadm writes it",
                Expected::Pass,
                &[ExampleFile::at(
                    "/var/lib/kubelet/config.yaml",
                    "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nrotateCertificates: true\n",
                )],
            ),
            Example::of(
                "by a flag",
                Expected::Pass,
                &[
                    ExampleFile::at(
                        "/var/lib/kubelet/config.yaml",
                        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
                    ),
                    ExampleFile::at(
                        "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
                        "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --rotate-certificates\n",
                    ),
                ],
            ),
            Example::of("no kubelet was seen", Expected::Unknown, &[]),
        ],
        ..ROTATION
    },
    Check {
        id: "RT-004",
        name: "kubelet-static-certificate",
        title: "A kubelet uses a certificate that it cannot renew",
        why: "The renewed certificate lies beside it unused; when the old one ends the node is lost to the cluster.",
        fails: "kubelet.conf holds client-certificate-data rather than naming /var/lib/kubelet/pki/kubelet-client-current.pem.",
        fix: Fix::Sometimes(
            "Names the file that the kubelet renews, if it was seen. Else it must be there first.",
        ),
        references: &[Reference::Kubernetes(
            "setup/production-environment/tools/kubeadm/troubleshooting-kubeadm/#kubelet-client-cert",
        )],
        judge: Judge::Whole(inline),
        examples: &[
            Example::of(
                "inside",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/etc/kubernetes/kubelet.conf", KUBELET_KUBECONFIG_INLINE)],
            ),
            Example::of(
                "inside, though the file is there",
                Expected::Fail(Severity::Medium),
                &[
                    ExampleFile::at("/etc/kubernetes/kubelet.conf", KUBELET_KUBECONFIG_INLINE),
                    ExampleFile::at(CURRENT, KUBELET_CLIENT),
                ],
            ),
            Example::of(
                "as kubeadm writes it",
                Expected::Pass,
                &[ExampleFile::at(
                    "/etc/kubernetes/kubelet.conf",
                    "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: default-auth\n  user:\n    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem\n",
                )],
            ),
            Example::of("it was not seen", Expected::Unknown, &[]),
        ],
        ..ROTATION
    },
];

const CURRENT: &str = "/var/lib/kubelet/pki/kubelet-client-current.pem";

fn renewing(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for object in seen.kubelet_configurations() {
        let path = Path::of(&["rotateCertificates"]);
        let field = object.tree().follow(&path);
        let is_on = flag(seen, object).unwrap_or(field.is_true());
        let problem = (!is_on).then(|| {
            Problem::new(Severity::Medium, "The kubelet does not renew its client certificate.")
                .detail("rotateCertificates")
                .evidence(field.plain().map_or_else(
                    || "rotateCertificates is not given".to_owned(),
                    |value| format!("rotateCertificates: {value}"),
                ))
                .mended_by(Remedy::set(path.clone(), true))
                .at(path)
        });
        tally.add(About::object(object), Ok(problem.into()));
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "the configuration of no kubelet was seen",
            "give /var/lib/kubelet/config.yaml of a node",
        ));
    }
    Ok(tally)
}

/// What a flag of the kubelet that reads this file says: it overrides the file.
fn flag(seen: &Seen<'_>, object: &Object) -> Option<bool> {
    let file = object.origin().file().and_then(|file| seen.file_at(file))?;
    seen.components(ComponentKind::Kubelet)
        .filter(|kubelet| kubelet.flags.value("config") == Some(file.path_on_node()))
        .find_map(|kubelet| kubelet.flags.bool("rotate-certificates"))
}

fn inline(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for object in seen.of(Kind::KUBECONFIG) {
        let about = kubeconfigs::about(seen, object);
        if kubeconfigs::role(&about) != Some(Role::KubeletKubeconfig) {
            continue;
        }
        let users =
            inventory::Kubeconfig::of(object).into_iter().flat_map(inventory::Kubeconfig::users);
        let problems = users
            .filter(|user| !user.user.get("client-certificate-data").is_null())
            .map(|user| problem(seen, user.name, &user.path));
        tally.add(about.clone(), Ok(Verdict::of(problems.collect())));
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "/etc/kubernetes/kubelet.conf was not seen",
            "scan /etc/kubernetes of a node, as root",
        ));
    }
    Ok(tally)
}

fn problem(seen: &Seen<'_>, name: &str, user: &Path) -> Problem {
    let remedy = if seen.file(CURRENT).is_some() {
        Remedy::Edit(vec![
            Edit::set(user.then("client-certificate"), CURRENT),
            Edit::set(user.then("client-key"), CURRENT),
            Edit::Remove { path: user.then("client-certificate-data") },
            Edit::Remove { path: user.then("client-key-data") },
        ])
    } else {
        Remedy::Steps(format!(
            "ls -l {CURRENT} must show a file; without it set rotateCertificates: true, give the kubelet a bootstrap kubeconfig and restart it\nThen name {CURRENT} as client-certificate and client-key of {name}, take client-certificate-data and client-key-data away, and restart the kubelet."
        ))
    };
    Problem::new(
        Severity::Medium,
        format!("The certificate of {name} stands in kubelet.conf itself."),
    )
    .detail(name)
    .evidence("client-certificate-data")
    .at(user.then("client-certificate-data"))
    .mended_by(remedy)
}
