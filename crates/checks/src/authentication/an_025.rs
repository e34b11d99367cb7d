//! AN-025: people who work as a service account.

use inventory::{Kind, Object};

use super::BASE;
use super::kubeconfigs::{Place, about, place, service_account, tokens, users};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Confidence, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict,
};

pub(crate) const AN_025: Check = Check {
    id: "AN-025",
    name: "people-as-service-accounts",
    title: "A person works with the token of a service account",
    severities: &[Severity::Medium],
    why: "The audit log shows the account, not the person; nobody's leaving takes the token back, and no second factor is asked for.",
    fails: "A kubeconfig outside the folders of a node's services (/etc, /var/lib, /run, /opt) holds the token of a service account. Those of programs pass: the folder tells them.",
    fix: Fix::Steps(
        "Let the person come by OpenID Connect, and bind what they need to their own name. Then delete the account, or its token Secret, and take the token out of the kubeconfig.",
    ),
    references: &[Reference::Cis("3.1.2"), Reference::Mitre("T1078.004"), Reference::Owasp("K09")],
    judge: Judge::Objects(&[Kind::KUBECONFIG], &judge),
    examples: &[
        Example::of(
            "in somebody's home",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("jane/.kube/config", TOKEN)],
        ),
        Example::of(
            "of the network plugin",
            Expected::Pass,
            &[ExampleFile::at("/etc/cni/net.d/calico-kubeconfig", TOKEN)],
        ),
        Example::of(
            "a program fetches a credential",
            Expected::Pass,
            &[ExampleFile::at(
                "jane/.kube/config",
                "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: jane\n  user:\n    exec: {apiVersion: client.authentication.k8s.io/v1, command: /usr/local/bin/kubelogin, interactiveMode: IfAvailable}\n",
            )],
        ),
        Example::of("no kubeconfig was seen", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    if place(seen, object) != Place::Person {
        return Ok(Verdict::Pass);
    }
    let about = about(seen, object);
    let mut problems = Vec::new();
    for user in users(object) {
        for (claims, path) in tokens(&user) {
            let Some(account) = service_account(&claims) else { continue };
            let (namespace, name) = account.split_once('/').unwrap_or(("", account.as_str()));
            problems.push(
                Problem::new(
                    Severity::Medium,
                    format!("{} holds the token of the service account {account}.", about.name),
                )
                .detail(user.name)
                .evidence(format!("sub system:serviceaccount:{namespace}:{name}"))
                .confidence(Confidence::Medium)
                .about(about.clone())
                .at(path)
                .mended_by(Remedy::Steps(format!(
                    "kubectl get rolebindings,clusterrolebindings -A -o wide | grep -w {name}   # what the person needs\nBind that to the person's own name, then: kubectl -n {namespace} delete serviceaccount {name}, unless programs use it too.\nkubectl config unset users.{}.token", user.name
                ))),
            );
        }
    }
    Ok(Verdict::of(problems))
}

const TOKEN: &str = "\
apiVersion: v1
kind: Config
clusters: [{name: prod, cluster: {server: https://10.0.0.2:6443}}]
users:
- name: deployer
  user:
    token: eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2t1YmVybmV0ZXMuZGVmYXVsdC5zdmMuY2x1c3Rlci5sb2NhbCIsInN1YiI6InN5c3RlbTpzZXJ2aWNlYWNjb3VudDpjaTpkZXBsb3llciIsImV4cCI6MTc5MDAwMDAwMH0.c2ln
";
