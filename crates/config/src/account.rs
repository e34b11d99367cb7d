//! What a configuration means, section by section, for `ravelin gateway --check`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use authn::Anonymous;
use pki::Facts;

use crate::gateway::Gateway;
use crate::gateway::audit::{Audit, Mode, Output, Rotation};
use crate::gateway::authentication::Authentication;
use crate::gateway::authorization::Authorization;
use crate::gateway::certificate;
use crate::gateway::clients::ClientAuthorities;
use crate::gateway::limits::Limits;
use crate::gateway::listener::Listener;
use crate::gateway::network::Network;
use crate::gateway::tls::Tls;
use crate::gateway::upstream::{Identity, Upstream};
use crate::mistake::{Note, Weight};
use model::duration;

/// A readable account of `gateway`, and of what was noted about it, warnings first.
pub fn account(gateway: &Gateway, notes: &[Note]) -> String {
    let sections = [
        ("Cluster behind the gateway", upstream(&gateway.upstream)),
        ("Listener", listener(&gateway.listener)),
        ("TLS", tls(&gateway.tls)),
        ("Who may log in", authentication(&gateway.clients, &gateway.authentication)),
        ("Who may do what", authorization(&gateway.authorization)),
        ("Audit", audit(&gateway.audit)),
        ("Limits", limits(&gateway.limits)),
        ("Network", network(&gateway.network)),
    ];
    let mut text = String::from("The configuration can be started.\n");
    for (title, lines) in sections {
        section(&mut text, title, &lines);
    }
    for (title, weight) in [("Warnings", Weight::Warning), ("Notes", Weight::Hint)] {
        let told = notes.iter().filter(|note| note.weight == weight);
        section(&mut text, title, &told.map(|note| note.text.clone()).collect::<Vec<_>>());
    }
    text
}

/// A title and its lines; nothing if there are none.
fn section(text: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    // Writing to a String cannot fail.
    write!(text, "\n{title}\n").unwrap_or_default();
    for line in lines {
        writeln!(text, "  {line}").unwrap_or_default();
    }
}

fn upstream(upstream: &Upstream) -> Vec<String> {
    let mut lines = vec![format!("{}, by {}", upstream.server, upstream.kubeconfig.display())];
    match &upstream.identity {
        Identity::FrontProxy(proxy) => lines.push(format!(
            "Callers are told to it with X-Remote headers, believed because of {}",
            shown(&proxy.certificate.facts)
        )),
        Identity::Impersonation { allowed } => {
            lines.push("Callers are told to it by impersonation".to_owned());
            let powerful = "system:masters, nodes and service accounts of kube-system";
            lines.push(match allowed.as_slice() {
                [] => format!("{powerful} get 403"),
                allowed => format!("{powerful} get 403, except {}", allowed.join(", ")),
            });
        }
    }
    lines
}

fn listener(listener: &Listener) -> Vec<String> {
    vec![
        format!("Clients: https://{}", listener.address),
        format!("Health and metrics: http://{}", listener.health),
        format!(
            "A handshake may take {}, the head of a request {}, a request {}",
            duration::write(listener.handshake_timeout),
            duration::write(listener.header_timeout),
            duration::write(listener.request_timeout)
        ),
        format!(
            "Told to stop, it goes on for {}, then gives running requests {}",
            duration::write(listener.shutdown_delay),
            duration::write(listener.shutdown_grace)
        ),
    ]
}

fn tls(tls: &Tls) -> Vec<String> {
    let facts = &tls.certificate.facts;
    let addresses = facts.ip_addresses.iter().map(ToString::to_string);
    let names: Vec<String> = facts.dns_names.iter().cloned().chain(addresses).collect();
    let versions = if tls.versions.len() > 1 { "TLS 1.2 and 1.3" } else { "TLS 1.3" };
    vec![
        format!("Certificate: {}", shown(facts)),
        format!("Clients may call it {}", names.join(", ")),
        format!("{versions}, {} cipher suites", tls.provider.cipher_suites.len()),
    ]
}

fn authentication(clients: &ClientAuthorities, others: &Authentication) -> Vec<String> {
    let mut lines = Vec::new();
    lines.push(match clients.subjects.as_slice() {
        [] => "No client certificates are taken".to_owned(),
        subjects => format!("Client certificates issued by {}", quoted(subjects)),
    });
    if !clients.crl_files.is_empty() {
        lines.push(format!("but none that {} revokes", paths(&clients.crl_files)));
    }
    for issuer in &others.issuers {
        let audiences = issuer.audiences().join(", ");
        lines.push(format!("OpenID Connect tokens of {} for {audiences}", issuer.url()));
    }
    lines.push(match &others.cluster_tokens {
        None => "No tokens of the cluster's own are taken".to_owned(),
        Some(tokens) if tokens.issuers.is_empty() => {
            "Tokens that the cluster vouches for".to_owned()
        }
        Some(tokens) => {
            format!(
                "Tokens that the cluster vouches for; it issues as {}",
                tokens.issuers.join(", ")
            )
        }
    });
    lines.push(match &others.anonymous {
        Anonymous::Refused => "Nobody without credentials".to_owned(),
        Anonymous::DangerAnywhere => "Anybody without credentials, as system:anonymous".to_owned(),
        Anonymous::OnPaths(paths) => {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            format!("Without credentials only {}", paths.join(", "))
        }
    });
    lines
}

fn authorization(authorization: &Authorization) -> Vec<String> {
    let staleness = duration::write(authorization.max_staleness);
    let mut lines = vec![
        "What the cluster's RBAC allows".to_owned(),
        format!("503 once its rules have not been heard of for {staleness}"),
    ];
    if let Some(narrowing) = &authorization.narrowing {
        let policy = &narrowing.policy;
        lines.push(format!(
            "Of that only what {} allows too: roles {}, bindings {}, files {}",
            narrowing.folder.display(),
            policy.roles.len().saturating_add(policy.cluster_roles.len()),
            policy.role_bindings.len().saturating_add(policy.cluster_role_bindings.len()),
            narrowing.files
        ));
    }
    lines
}

fn audit(audit: &Audit) -> Vec<String> {
    let policy = audit.policy_file.as_ref().map(|path| path.display().to_string());
    let mut lines = vec![format!("Policy: {}", policy.as_deref().unwrap_or("built-in"))];
    match &audit.output {
        Output::Stdout => lines.push("Records go to standard output".to_owned()),
        Output::File { path, rotation } => {
            lines.push(format!("Records go to {}", path.display()));
            lines.push(kept(rotation));
        }
    }
    lines.push(match audit.mode {
        Mode::Batch { buffer, .. } => format!(
            "Requests do not wait for their records; up to {buffer} are lost when the process is killed"
        ),
        Mode::Blocking => {
            "Requests wait until their record is written; if it cannot be, they go on".to_owned()
        }
        Mode::BlockingStrict => {
            "Requests wait until their record is written; if it cannot be, they fail".to_owned()
        }
    });
    lines
}

fn kept(rotation: &Rotation) -> String {
    let size = rotation.max_bytes >> 20;
    let backups = match rotation.max_backups {
        None => "all closed ones are kept".to_owned(),
        Some(count) => format!("{count} closed ones are kept"),
    };
    let age = match rotation.max_age {
        None => "without end".to_owned(),
        Some(age) => format!("for {} days", age.as_secs() / SECONDS_A_DAY),
    };
    format!("A new file every {size} MB; {backups}, {age}")
}

fn limits(limits: &Limits) -> Vec<String> {
    let count =
        |limit: u32| if limit == 0 { "any number of".to_owned() } else { limit.to_string() };
    vec![
        format!(
            "At once {} reading and {} other requests",
            count(limits.in_flight),
            count(limits.mutating_in_flight)
        ),
        match limits.caller_rate {
            0 => "A caller may make any number of requests".to_owned(),
            rate => format!(
                "A caller may make {rate} requests a second, {} at once",
                limits.caller_burst
            ),
        },
        format!(
            "Open {} watches ({} a caller) and {} upgraded connections ({} a caller)",
            count(limits.watches.0),
            count(limits.watches.1),
            count(limits.upgrades.0),
            count(limits.upgrades.1)
        ),
        format!(
            "Open {} connections, {} an address",
            count(limits.connections.0),
            count(limits.connections.1)
        ),
        failed_logins(
            limits.failed_logins,
            limits.failed_login_window,
            limits.failed_login_refusal,
        ),
    ]
}

fn failed_logins(most: u32, window: Duration, refusal: Duration) -> String {
    if most == 0 {
        return "An address may fail to log in without end".to_owned();
    }
    let (window, refusal) = (duration::write(window), duration::write(refusal));
    format!("An address that fails to log in {most} times in {window} is refused for {refusal}")
}

fn network(network: &Network) -> Vec<String> {
    let rules: Vec<String> = network.rules.rules().iter().map(|rule| rule.name.clone()).collect();
    let proxies: Vec<String> =
        network.trusted_proxies.networks().iter().map(ToString::to_string).collect();
    vec![
        match rules.as_slice() {
            [] => "Callers may come from anywhere".to_owned(),
            rules => format!("Callers may come from where these rules let them: {}", quoted(rules)),
        },
        match (proxies.as_slice(), network.expects_proxy_header) {
            ([], _) => "Nobody is believed about where a client comes from".to_owned(),
            (proxies, false) => format!("X-Forwarded-For is believed from {}", proxies.join(", ")),
            (proxies, true) => format!("PROXY headers are expected from {}", proxies.join(", ")),
        },
    ]
}

fn shown(facts: &Facts) -> String {
    let end = certificate::timestamp(facts.not_after);
    format!("{:?}, issued by {:?}, until {end}", facts.subject, facts.issuer)
}

fn paths(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    paths.join(", ")
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    names.join(", ")
}

const SECONDS_A_DAY: u64 = 24 * 60 * 60;
