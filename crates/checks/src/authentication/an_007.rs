//! AN-007: people who are known by a client certificate.

use inventory::Unknown;

use super::BASE;
use super::certificates::{client_certificates, samples};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(crate) const AN_007: Check = Check {
    id: "AN-007",
    name: "people-with-certificates",
    title: "A person is known by a client certificate",
    severities: &[Severity::High],
    why: "Kubernetes takes no certificate back: who copies it and its key is that person until it ends, whatever became of their account, and no second factor is asked for.",
    fails: "A client certificate that kube-apiserver takes and that has not ended names a person: neither its CN nor an O of it begins with system:, and it is none that kubeadm gives the control plane. Those of system:masters are AN-008. kubeadm's own admin.conf, where kubeadm puts it, is let off.",
    fix: Fix::Steps(
        "Let people come by OpenID Connect (AN-011), or through a gateway that does. Bind the roles to their new names:\n  kubectl get clusterrolebindings,rolebindings -A -o wide | grep NAME\nThen delete the bindings of the old name; the certificate is worth nothing from then on. Do not use the name again before the certificate ends.",
    ),
    references: &[
        Reference::Cis("3.1.1"),
        Reference::Nsa("Authentication and authorization"),
        Reference::Mitre("T1078"),
        Reference::Owasp("K09"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "jane, for a year",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("jane/config", samples::JANE)],
        ),
        Example::of(
            "jane, for a week, in a file",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("jane.crt", samples::JANE_FOR_A_WEEK)],
        ),
        Example::of(
            "a kubelet",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/kubelet.conf", samples::NODE)],
        ),
        Example::of(
            "the control plane itself",
            Expected::Pass,
            &[ExampleFile::at(
                "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
                samples::KUBELET_CLIENT,
            )],
        ),
        Example::of(
            "kubeadm's administrator, where kubeadm puts it",
            Expected::Exempt,
            &[ExampleFile::at("/etc/kubernetes/admin.conf", samples::ADMINS)],
        ),
        Example::of(
            "and where somebody copied it to",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("jane/.kube/config", samples::ADMINS)],
        ),
        Example::of("no certificate was seen", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let all = client_certificates(seen);
    if all.is_empty() {
        return Err(unseen());
    }
    let mut tally = Tally::new();
    for one in &all {
        tally.add(one.about.clone(), verdict(one));
    }
    Ok(tally)
}

pub(super) fn unseen() -> Unknown {
    Unknown::new(
        "no client certificate was seen",
        "give the kubeconfigs that people use, and /etc/kubernetes of a control plane node",
    )
}

fn verdict(one: &super::certificates::ClientCertificate) -> Judged {
    if !one.is_of_a_person() {
        return Ok(Verdict::Pass);
    }
    if one.is_of_kubeadm() {
        return Ok(Verdict::Exempt(
            "kubeadm makes it for the administrator, and it lies where kubeadm puts it".to_owned(),
        ));
    }
    let name = &one.facts.common_name;
    let days = one.lifetime.as_secs() / 86_400;
    let problem = one.place(Problem::new(
        Severity::High,
        format!("{name} is known by a client certificate that holds for {days} days."),
    ));
    Ok(Verdict::fail(problem.mended_by(Remedy::Steps(format!(
        "Let {name} come by OpenID Connect, and bind the roles of {name} to the new name.\nFind them: kubectl get clusterrolebindings,rolebindings -A -o wide | grep -w {name}\nDelete the old bindings; do not use the name again before the certificate ends."
    )))))
}
