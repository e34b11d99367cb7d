//! EX-009, EX-010 and EX-019: what stands outside of the cluster's objects and files.

use super::api::EXPOSURE;
use crate::{Check, Fix, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "EX-009",
        name: "open-cloud-endpoint",
        title: "The provider opens the API to every address",
        severities: &[Severity::High],
        why: "Everybody may try tokens and the next flaw of kube-apiserver on it, from anywhere.",
        fails: "EKS has endpointPublicAccess for 0.0.0.0/0, GKE no masterAuthorizedNetworks, AKS neither authorizedIPRanges nor a private cluster.",
        fix: Fix::Steps(
            "EKS: aws eks update-cluster-config --name NAME --resources-vpc-config endpointPrivateAccess=true,publicAccessCidrs=NETWORK\nGKE: gcloud container clusters update NAME --enable-master-authorized-networks --master-authorized-networks=NETWORK\nAKS: az aks update --name NAME --resource-group GROUP --api-server-authorized-ip-ranges NETWORK",
        ),
        references: &[Reference::Mitre("T1133"), Reference::Owasp("K06")],
        judge: Judge::NotImplemented("descriptions of cloud providers are not read"),
        ..EXPOSURE
    },
    Check {
        id: "EX-010",
        name: "proxy-forwards-identity",
        title: "A reverse proxy in front of the API forwards who a client says it is",
        severities: &[Severity::Critical],
        why: "With X-Remote-User or Impersonate-User from the client, everybody is whoever they write there.",
        fails: "The configuration of nginx, haproxy, envoy, traefik or caddy forwards X-Remote-* or Impersonate-* of clients, or sends on by plain HTTP or without verifying the API's certificate.",
        fix: Fix::Steps(
            "Drop both families of headers at the proxy (proxy_set_header X-Remote-User \"\"; proxy_set_header Impersonate-User \"\";), and verify the API's certificate with the cluster's authority.",
        ),
        references: &[Reference::Mitre("T1550"), Reference::Owasp("K09")],
        judge: Judge::NotImplemented("configurations of reverse proxies are not read"),
        ..EXPOSURE
    },
    Check {
        id: "EX-019",
        name: "health-check-needs-anonymous",
        title: "A load balancer checks the health of the API without a credential",
        severities: &[Severity::Medium],
        why: "It stops the API from being reached as soon as anonymous requests are refused, and so keeps them allowed.",
        fails: "The health check of a load balancer in front of the API asks for a path that needs anonymous access.",
        fix: Fix::Steps(
            "Let it check the TCP port, or /livez alone, allowed by the anonymous conditions of an AuthenticationConfiguration.",
        ),
        references: &[Reference::Owasp("K09")],
        judge: Judge::NotImplemented("health checks of load balancers are not seen"),
        ..EXPOSURE
    },
];
