//! AN-003: flags that the server refuses beside its authentication file.

use inventory::{Component, ComponentKind};

use super::BASE;
use super::effective::Effective;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::remove_flag;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const AN_003: Check = Check {
    id: "AN-003",
    name: "contradictory-authentication",
    title: "Flags contradict the authentication file, and the API server does not start",
    severities: &[Severity::Critical],
    why: "The server ends with an error at its next start, and with it every control plane node that has the same manifest.",
    fails: "--anonymous-auth is given and the file has anonymous, or an --oidc flag is given and the file has jwt. --oidc flags beside a file that has only anonymous pass.",
    fix: Fix::Automatic("Removes the flag; what the file says then counts."),
    references: &[Reference::Kubernetes("reference/access-authn-authz/authentication/")],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "anonymous in both",
            Expected::Fail(Severity::Critical),
            &[
                ExampleFile::at(
                    "/etc/kubernetes/manifests/kube-apiserver.yaml",
                    apiserver!(
                        "--anonymous-auth=false",
                        "--authentication-config=/etc/kubernetes/auth.yaml"
                    ),
                ),
                ExampleFile::at(
                    "/etc/kubernetes/auth.yaml",
                    "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous: {enabled: false}\n",
                ),
            ],
        ),
        Example::of(
            "issuers in both",
            Expected::Fail(Severity::Critical),
            &[
                ExampleFile::at(
                    "/etc/kubernetes/manifests/kube-apiserver.yaml",
                    apiserver!(
                        "--oidc-issuer-url=https://id.example.com",
                        "--oidc-client-id=cluster-1",
                        "--authentication-config=/etc/kubernetes/auth.yaml"
                    ),
                ),
                ExampleFile::at(
                    "/etc/kubernetes/auth.yaml",
                    structured!("claimMappings: {username: {claim: sub, prefix: 'oidc:'}}"),
                ),
            ],
        ),
        Example::of(
            "each says something else",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "/etc/kubernetes/manifests/kube-apiserver.yaml",
                    apiserver!(
                        "--oidc-issuer-url=https://id.example.com",
                        "--oidc-client-id=cluster-1",
                        "--authentication-config=/etc/kubernetes/auth.yaml"
                    ),
                ),
                ExampleFile::at(
                    "/etc/kubernetes/auth.yaml",
                    "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous: {enabled: true, conditions: [{path: /livez}]}\n",
                ),
            ],
        ),
        Example::of(
            "the file was not seen",
            Expected::Unknown,
            &[ExampleFile::manifest(apiserver!(
                "--anonymous-auth=false",
                "--authentication-config=/etc/kubernetes/auth.yaml"
            ))],
        ),
        Example::of(
            "the file was not seen, but no flag could contradict it",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--authentication-config=/etc/kubernetes/auth.yaml"
            ))],
        ),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let oidc = OIDC.iter().filter(|flag| component.flags.get(flag).is_some());
    let anonymous = component.flags.get("anonymous-auth").map(|_| &"anonymous-auth");
    let given: Vec<(&str, &str)> =
        oidc.map(|flag| (*flag, "jwt")).chain(anonymous.map(|flag| (*flag, "anonymous"))).collect();
    if given.is_empty() || component.flags.get("authentication-config").is_none() {
        return Ok(Verdict::Pass);
    }
    let Some(config) = Effective::of(seen, component).config()? else { return Ok(Verdict::Pass) };
    let is_there = |field: &str| {
        let node = config.tree().get(field);
        node.is_map() || !node.items().is_empty()
    };
    let problems = given.into_iter().filter(|(_, field)| is_there(field)).map(|(flag, field)| {
        let problem = Problem::new(
            Severity::Critical,
            format!("kube-apiserver does not start: --{flag} is given, and its authentication file has {field}."),
        )
        .detail(flag)
        .evidence(format!("--{flag} beside {field}"))
        .mended_by(remove_flag(component, flag));
        match component.flags.get(flag).and_then(|flag| flag.path.clone()) {
            Some(path) => problem.at(path),
            None => problem,
        }
    });
    Ok(Verdict::of(problems.collect()))
}

const OIDC: [&str; 9] = [
    "oidc-ca-file",
    "oidc-client-id",
    "oidc-groups-claim",
    "oidc-groups-prefix",
    "oidc-issuer-url",
    "oidc-required-claim",
    "oidc-signing-algs",
    "oidc-username-claim",
    "oidc-username-prefix",
];
