//! ND-017: kubelets that listen on an address of the internet.

use std::net::IpAddr;

use super::kubelet::{Right, Rule, Setting, judge};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Practice, Reference, Severity, Span};

pub(crate) const ND_017: Check = Check {
    id: "ND-017",
    name: "kubelet-address",
    title: "A kubelet listens on a public address",
    practice: Practice::Nodes,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "The kubelet runs commands in every container of its node; from the internet one mistake in its authentication is enough.",
    fails: "address is one that the internet routes. All addresses, which is the default, pass: which of them is public is a matter of firewalls.",
    fix: Fix::Steps(
        "Set address in the file of --config to the node's private address, then systemctl restart kubelet.",
    ),
    references: &[Reference::Nsa("Network separation"), Reference::Owasp("K06")],
    judge: Judge::Whole(|seen| judge(seen, &ADDRESS)),
    examples: &[
        kubelet!("public", Expected::Fail(Severity::Medium), "address: 8.8.4.4\n"),
        kubelet!(
            "public, of the new kind",
            Expected::Fail(Severity::Medium),
            "address: \"2a00:1450::1\"\n"
        ),
        kubelet!("private", Expected::Pass, "address: 10.0.0.5\n"),
        kubelet!("all, by default", Expected::Pass, ""),
        kubelet!("private, of the new kind", Expected::Pass, "address: fd00::5\n"),
    ],
};

const ADDRESS: Rule = Rule {
    setting: Setting {
        field: &["address"],
        flag: "address",
        with_config: "0.0.0.0",
        without: "0.0.0.0",
        by_kubeadm: None,
    },
    is_right: |value| !value.parse().is_ok_and(is_public),
    severity: Severity::Medium,
    message: "The kubelet listens on an address of the internet.",
    right: Right::Choose("address: the node's private address"),
};

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_documentation()
                || address.is_multicast()
                || is_shared)
        }
        // Global unicast is 2000::/3; 2001:db8::/32 is for documents.
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            first & 0xe000 == 0x2000 && !(first == 0x2001 && second == 0x0db8)
        }
    }
}
