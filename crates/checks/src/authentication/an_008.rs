//! AN-008 and AN-009: certificates that authorization does not stop.

use inventory::{Minor, Unknown};

use super::BASE;
use super::an_007::unseen;
use super::certificates::{ClientCertificate, client_certificates, samples};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Span, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "AN-008",
        name: "masters-certificates",
        title: "A client certificate is of system:masters",
        severities: &[Severity::High],
        why: "The group passes every authorization and no binding can take that away; the certificate is root in the cluster until it ends.",
        fails: "A client certificate that kube-apiserver takes has O=system:masters. super-admin.conf where kubeadm puts it, admin.conf there before 1.29, and the certificate that older versions of kubeadm make for kube-apiserver towards kubelets, where kubeadm puts it, are let off. What the authorities of etcd or of the front proxy signed passes: kube-apiserver takes it from no user. admin.conf from 1.29 on is AN-009.",
        fix: Fix::Steps(
            "Issue another certificate without that group, and bind what is needed:\n  kubeadm kubeconfig user --client-name NAME --org kubeadm:cluster-admins --validity-period 24h > NAME.conf\nDelete the old one everywhere. If it may have been copied, replace the cluster's authority: nothing else takes it back.",
        ),
        references: &[Reference::Cis("5.1.7"), Reference::Mitre("T1078"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| each(seen, masters)),
        examples: &[
            Example::of(
                "a kubeconfig at somebody's home",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("jane/.kube/config", samples::MASTERS)],
            ),
            Example::of(
                "kubeadm's administrator from 1.29 on",
                Expected::Pass,
                &[ExampleFile::at("jane/.kube/config", samples::ADMINS)],
            ),
            Example::of(
                "what older versions make for kube-apiserver",
                Expected::Exempt,
                &[ExampleFile::at(
                    "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
                    samples::KUBELET_CLIENT,
                )],
            ),
            Example::of(
                "the same certificate where nobody but a person would keep it",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("jane/client.crt", samples::KUBELET_CLIENT)],
            ),
            Example::of(
                "admin.conf before 1.29",
                Expected::Exempt,
                &[ExampleFile::at("/etc/kubernetes/admin.conf", samples::MASTERS)],
            )
            .on(28),
            Example::of(
                "signed by etcd's authority",
                Expected::Pass,
                &[
                    ExampleFile::at(
                        "/etc/kubernetes/pki/apiserver-etcd-client.crt",
                        samples::ETCD_CLIENT,
                    ),
                    ExampleFile::at("/etc/kubernetes/kubelet.conf", samples::NODE),
                ],
            ),
            Example::of("no certificate was seen", Expected::Unknown, &[]).partial(),
        ],
        ..BASE
    },
    Check {
        id: "AN-009",
        name: "admin-conf-masters",
        title: "admin.conf is still of system:masters",
        severities: &[Severity::Medium],
        versions: Span::from(29),
        why: "kubeadm made it before 1.29 and an upgrade keeps it: RBAC cannot limit whoever holds it, though a group that can be limited is there for it.",
        fails: "From 1.29 on, the certificate in /etc/kubernetes/admin.conf has O=system:masters.",
        fix: Fix::Steps(
            "kubectl get clusterrolebinding kubeadm:cluster-admins   # made by kubeadm upgrade; make it if it is missing\nmv /etc/kubernetes/admin.conf /etc/kubernetes/admin.conf.old\nkubeadm init phase kubeconfig admin\nshred -u /etc/kubernetes/admin.conf.old   # once kubectl works with the new one",
        ),
        references: &[Reference::Cis("5.1.7")],
        judge: Judge::Whole(|seen| each(seen, admin)),
        examples: &[
            Example::of(
                "kept over upgrades",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/etc/kubernetes/admin.conf", samples::MASTERS)],
            )
            .on(36),
            Example::of(
                "made anew",
                Expected::Pass,
                &[ExampleFile::at("/etc/kubernetes/admin.conf", samples::ADMINS)],
            )
            .on(36),
            Example::of(
                "before 1.29",
                Expected::NotApplicable,
                &[ExampleFile::at("/etc/kubernetes/admin.conf", samples::MASTERS)],
            )
            .on(28),
            Example::of("not seen", Expected::Unknown, &[]).on(36).partial(),
        ],
        ..BASE
    },
];

fn each(
    seen: &Seen<'_>,
    judge: fn(&Seen<'_>, &ClientCertificate) -> Option<Judged>,
) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for one in client_certificates(seen) {
        if let Some(judged) = judge(seen, &one) {
            tally.add(one.about.clone(), judged);
        }
    }
    if tally.is_empty() { Err(unseen()) } else { Ok(tally) }
}

fn masters(seen: &Seen<'_>, one: &ClientCertificate) -> Option<Judged> {
    if !one.is_of_masters() {
        return Some(Ok(Verdict::Pass));
    }
    let exempt = |why: &str| Some(Ok(Verdict::Exempt(why.to_owned())));
    match (one.file.as_str(), one.facts.common_name.as_str()) {
        ("/etc/kubernetes/super-admin.conf", "kubernetes-super-admin") => {
            exempt("kubeadm makes it for emergencies; AN-010 judges that it lies on the node")
        }
        (ADMIN, _) if seen.minor() >= Minor::of(29) => None,
        (ADMIN, "kubernetes-admin") => {
            exempt("before 1.29 kubeadm makes admin.conf so; upgrade to have another group in it")
        }
        (KUBELET_CLIENT, "kube-apiserver-kubelet-client") => exempt(
            "older versions of kubeadm make it so, and only kube-apiserver has its key; kubeadm certs renew apiserver-kubelet-client makes it anew",
        ),
        (file, name) => {
            let whose = if file.is_empty() { name } else { file };
            let message =
                format!("The certificate of {name} ({whose}) passes every authorization.");
            let steps = format!(
                "kubeadm kubeconfig user --client-name {name} --org kubeadm:cluster-admins --validity-period 24h\nPut the result in place of the old one, and delete that everywhere.\nIf it may have been copied, replace the cluster's authority: nothing else takes it back."
            );
            let problem = one.place(Problem::new(Severity::High, message));
            Some(Ok(Verdict::fail(problem.mended_by(Remedy::Steps(steps)))))
        }
    }
}

fn admin(_seen: &Seen<'_>, one: &ClientCertificate) -> Option<Judged> {
    if one.file != ADMIN {
        return None;
    }
    let problem = one.is_of_masters().then(|| {
        one.place(Problem::new(
            Severity::Medium,
            "admin.conf passes every authorization: its certificate is of system:masters.",
        ))
    });
    Some(Ok(problem.into()))
}

const ADMIN: &str = "/etc/kubernetes/admin.conf";

/// Where kubeadm keeps the certificate of kube-apiserver towards kubelets.
const KUBELET_CLIENT: &str = "/etc/kubernetes/pki/apiserver-kubelet-client.crt";
