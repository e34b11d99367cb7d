//! TL-035: browsers that are told to use TLS only.

use std::net::IpAddr;

use inventory::{Component, ComponentKind, Kind, Unknown};

use super::TLS;
use super::setting::{host, placed, setting, value};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "TL-035",
    name: "strict-transport-security",
    title: "An API on the internet does not tell browsers to use TLS only",
    severities: &[Severity::Low],
    why: "A browser that follows a link in plain text can be led elsewhere before it reaches the API.",
    fails: "--strict-transport-security-directives is not given, and --advertise-address or a kubeconfig names a public address. Private addresses do not ask for it; by a name alone nothing can be told.",
    fix: Fix::Automatic("Sets --strict-transport-security-directives=max-age=31536000."),
    references: &[Reference::Owasp("K06")],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "a public address",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --advertise-address=203.0.113.7\n",
            )],
        ),
        Example::of(
            "told",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --advertise-address=203.0.113.7, --strict-transport-security-directives=max-age=31536000]\n",
            )],
        ),
        Example::of(
            "a private address",
            Expected::NotApplicable,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --advertise-address=10.0.0.5]\n",
            )],
        ),
        Example::of(
            "no address is known",
            Expected::Unknown,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver]\n",
            )],
        ),
    ],
    ..TLS
}];

fn judge(seen: &Seen<'_>, server: &Component) -> Judged {
    const FLAG: &str = "strict-transport-security-directives";
    if value(seen, server, FLAG)?.is_some() {
        return Ok(Verdict::Pass);
    }
    let advertised = value(seen, server, "advertise-address")?;
    let kubeconfigs = seen.of(Kind::KUBECONFIG).iter();
    let named = kubeconfigs.flat_map(|object| object.tree().get("clusters").items());
    let named = named.map(|one| host(one.at(&["cluster", "server"]).str()));
    let known: Vec<IpAddr> =
        advertised.into_iter().chain(named).filter_map(|host| host.parse().ok()).collect();
    let Some(public) = known.iter().find(|address| is_public(**address)) else {
        return if known.is_empty() { Err(unknown()) } else { Ok(private()) };
    };
    let problem = Problem::new(
        Severity::Low,
        format!(
            "The API is at {public}, a public address, and sends no Strict-Transport-Security."
        ),
    )
    .detail(FLAG)
    .evidence(format!("--{FLAG} is not given"))
    .mended_by(set_flag(seen.inventory(), server, FLAG, "max-age=31536000"));
    Ok(Verdict::fail(placed(problem, seen, server, setting(seen, server, FLAG)?.as_ref())))
}

fn private() -> Verdict {
    Verdict::NotApplicable("only private addresses of the API are known".to_owned())
}

fn unknown() -> Unknown {
    Unknown::new(
        "nothing tells by which address the API is reached",
        "give --advertise-address, or scan a kubeconfig that people use",
    )
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || is_shared)
        }
        IpAddr::V6(address) => {
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local())
        }
    }
}
