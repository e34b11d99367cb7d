//! EX-017: names of the public DNS in the certificate of the API server.

use inventory::{ComponentKind, File, Unknown};
use pki::Inspection;

use super::api::EXPOSURE;
use crate::address::{is_private_name, is_public};
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const EX_017: Check = Check {
    id: "EX-017",
    name: "public-name-in-api-certificate",
    title: "The certificate of the API server holds a public name",
    severities: &[Severity::Info],
    why: "It says that the API is meant to be reached from outside; who connects to the address learns the names of the cluster from it.",
    fails: "A DNS name of the certificate may be known to the public DNS, or an address of it is public. Names of Kubernetes' own services, of nodes, and below local, internal and the like pass.",
    fix: Fix::Steps(
        "If the API is to be private: take the name out of apiServer.certSANs in kubeadm-config, move /etc/kubernetes/pki/apiserver.crt and .key away, kubeadm init phase certs apiserver, and restart kube-apiserver.",
    ),
    references: &[Reference::Owasp("K06")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of("a public name", Expected::Fail(Severity::Info), &[PUBLIC]),
        Example::of("what kubeadm writes", Expected::Pass, &[PRIVATE]),
        Example::of("the certificate was not seen", Expected::Unknown, &[]),
    ],
    ..EXPOSURE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let (file, text) = certificate(seen).ok_or_else(|| {
        Unknown::new(
            "the certificate of kube-apiserver was not seen",
            format!("give {USUAL} of a control plane node"),
        )
    })?;
    let inspection = Inspection::of_pem(text).map_err(|fault| {
        Unknown::new(
            format!("{} cannot be read: {fault}", file.path_on_node()),
            "look at it with openssl x509 -text",
        )
    })?;
    let facts = &inspection.facts;
    let names = facts.dns_names.iter().map(|name| name.to_ascii_lowercase());
    let names = names.filter(|name| !is_private_name(name));
    let addresses = facts.ip_addresses.iter().filter(|address| is_public(**address));
    let found: Vec<String> = names.chain(addresses.map(ToString::to_string)).collect();
    let problems = found.into_iter().map(|name| {
        Problem::new(
            Severity::Info,
            format!("The certificate of the API server is for {name} too."),
        )
        .detail(name.clone())
        .evidence(format!("subjectAltName {name}"))
    });
    let mut tally = Tally::new();
    tally.add(About::file(file), Ok(Verdict::of(problems.collect())));
    Ok(tally)
}

/// The certificate that a server is started with, or that stands where kubeadm puts it.
fn certificate<'i>(seen: &Seen<'i>) -> Option<(&'i File, &'i str)> {
    let inventory = seen.inventory();
    let mut servers = inventory.components(ComponentKind::ApiServer);
    let named = servers.find_map(|server| server.flags.value("tls-cert-file"));
    let file = inventory.file(named.unwrap_or(USUAL))?;
    Some((file, file.text.as_deref()?))
}

const USUAL: &str = "/etc/kubernetes/pki/apiserver.crt";

const PUBLIC: ExampleFile = ExampleFile::at(
    "/etc/kubernetes/pki/apiserver.crt",
    "-----BEGIN CERTIFICATE-----\nMIIB3DCCAYOgAwIBAgIUBGpn6dewHNkv3vfBaih/RUhSvckwCgYIKoZIzj0EAwIw\nGTEXMBUGA1UEAwwOa3ViZS1hcGlzZXJ2ZXIwHhcNMjYxMTI1MTYwMDIzWhcNMzYx\nMTIyMTYwMDIzWjAZMRcwFQYDVQQDDA5rdWJlLWFwaXNlcnZlcjBZMBMGByqGSM49\nAgEGCCqGSM49AwEHA0IABLyIJf4114SZV0yA8dCwB44AhTqQHGJpGfn0/Mv5dN+x\nRqfR+Ij0NjQBE+t05JRT5lK8P768+F8Ib8RAOi7LToCjgagwgaUwHQYDVR0OBBYE\nFGWY7CTodJlblRbxULk742TNcezkMB8GA1UdIwQYMBaAFGWY7CTodJlblRbxULk7\n42TNcezkMA8GA1UdEwEB/wQFMAMBAf8wUgYDVR0RBEswSYIKa3ViZXJuZXRlc4Ik\na3ViZXJuZXRlcy5kZWZhdWx0LnN2Yy5jbHVzdGVyLmxvY2Fsgg9hcGkuZXhhbXBs\nZS5jb22HBApgAAEwCgYIKoZIzj0EAwIDRwAwRAIgWUMYL6TIZDT5QQ0JjtvoXKaZ\nxuplQfLtbcGudPjqog8CIBoPcWwkvfE7paSEXCcERb9KfP4mLBBlGYd3dxxOnmRZ\n-----END CERTIFICATE-----\n",
);
const PRIVATE: ExampleFile = ExampleFile::at(
    "/etc/kubernetes/pki/apiserver.crt",
    "-----BEGIN CERTIFICATE-----\nMIIB6zCCAZGgAwIBAgIUUSMgmNYGUxXy1//uh/4Prs6MWF8wCgYIKoZIzj0EAwIw\nGTEXMBUGA1UEAwwOa3ViZS1hcGlzZXJ2ZXIwHhcNMjYxMTI1MTYwMDIzWhcNMzYx\nMTIyMTYwMDIzWjAZMRcwFQYDVQQDDA5rdWJlLWFwaXNlcnZlcjBZMBMGByqGSM49\nAgEGCCqGSM49AwEHA0IABFTzHK53+tEqXeMbpuH93pclDgR6IssF3Nj6si7/jw9P\nWwz6oO29735P1KvDgrC1LHBBRWii+zcgCkswB7boCMCjgbYwgbMwHQYDVR0OBBYE\nFBxw3RTU+az9gMJUpxyw/qgy3jbgMB8GA1UdIwQYMBaAFBxw3RTU+az9gMJUpxyw\n/qgy3jbgMA8GA1UdEwEB/wQFMAMBAf8wYAYDVR0RBFkwV4IKa3ViZXJuZXRlc4Ik\na3ViZXJuZXRlcy5kZWZhdWx0LnN2Yy5jbHVzdGVyLmxvY2FsggZub2RlLTGCD25v\nZGUtMS5pbnRlcm5hbIcECmAAAYcECgAACjAKBggqhkjOPQQDAgNIADBFAiEA1dct\nJA8mNvFmS/GonYNlDwX5/TKuEJcaLQM3OhwT4rcCIArTQAVfFyv5GPwbEChhFzvO\nA9auahLw6fmlBtq6SO7g\n-----END CERTIFICATE-----\n",
);
