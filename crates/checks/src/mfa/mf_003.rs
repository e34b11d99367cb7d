//! MF-003: ways for people that ask for no second factor.

use inventory::{ComponentKind, Kind, Unknown};

use super::BASE;
use crate::authentication::apiserver;
use crate::authentication::certificates::{client_certificates, samples};
use crate::authentication::kubeconfigs::{Place, about, place, service_account, tokens, users};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict,
};

pub(crate) const MF_003: Check = Check {
    id: "MF-003",
    name: "ways-around-mfa",
    title: "People have a way in that asks for no second factor",
    severities: &[Severity::High],
    why: "Whatever the identity provider asks for, whoever gets such a credential goes around it.",
    fails: "A person's client certificate was seen (as AN-007 tells them), a person's kubeconfig holds the token of a service account, or kube-apiserver takes tokens or passwords from a file. Client certificates as such pass: the control plane needs them.",
    fix: Fix::Steps(
        "Let people come by the identity provider only. Delete the bindings of names in certificates (AN-007), the accounts that people use (AN-025) and the files of tokens (AN-004, AN-005).",
    ),
    references: &[
        Reference::Cis("3.1.1"),
        Reference::Cis("3.1.2"),
        Reference::Cis("3.1.3"),
        Reference::Mitre("T1078"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "jane's certificate",
            Expected::Fail(Severity::High),
            &[
                ExampleFile::at(
                    "apiserver.yaml",
                    apiserver!("--client-ca-file=/etc/kubernetes/pki/ca.crt"),
                ),
                ExampleFile::at("jane/.kube/config", samples::JANE),
            ],
        ),
        Example::of(
            "tokens from a file",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(apiserver!("--token-auth-file=/etc/kubernetes/tokens.csv"))],
        ),
        Example::of(
            "certificates of the control plane",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "apiserver.yaml",
                    apiserver!("--client-ca-file=/etc/kubernetes/pki/ca.crt"),
                ),
                ExampleFile::at("/etc/kubernetes/kubelet.conf", samples::NODE),
                ExampleFile::at("/etc/kubernetes/admin.conf", samples::ADMINS),
            ],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for component in seen.components(ComponentKind::ApiServer) {
        let about = About::component(component, seen.inventory());
        let given = FILES
            .iter()
            .filter(|(flag, _)| component.flags.value(flag).is_some_and(|value| !value.is_empty()));
        let problems = given.map(|(flag, what)| {
            Problem::new(
                Severity::High,
                format!("Whoever has one of the {what} comes in with it alone."),
            )
            .detail(*flag)
            .evidence(format!("--{flag}"))
        });
        tally.add(about, Ok(Verdict::of(problems.collect())));
    }
    for one in client_certificates(seen) {
        let problem = (one.is_of_a_person() && !one.is_of_kubeadm()).then(|| {
            let name = &one.facts.common_name;
            one.place(Problem::new(
                Severity::High,
                format!("{name} comes in with a client certificate alone."),
            ))
        });
        tally.add(one.about.clone(), Ok(problem.into()));
    }
    accounts(seen, &mut tally);
    if tally.is_empty() {
        return Err(Unknown::new(
            "neither kube-apiserver nor a kubeconfig was seen",
            "give /etc/kubernetes/manifests of a control plane node, and the kubeconfigs that people use",
        ));
    }
    Ok(tally)
}

const FILES: [(&str, &str); 2] =
    [("token-auth-file", "tokens in a file"), ("basic-auth-file", "passwords in a file")];

fn accounts(seen: &Seen<'_>, tally: &mut Tally) {
    for object in seen.of(Kind::KUBECONFIG).iter().filter(|one| place(seen, one) == Place::Person) {
        for user in users(object) {
            for (claims, path) in tokens(&user) {
                let Some(account) = service_account(&claims) else { continue };
                let message = format!(
                    "{} comes in as the service account {account}, with its token alone.",
                    user.name
                );
                let problem = Problem::new(Severity::High, message)
                    .detail(user.name)
                    .confidence(Confidence::Medium)
                    .at(path);
                tally.add(about(seen, object), Ok(Verdict::fail(problem)));
            }
        }
    }
}
