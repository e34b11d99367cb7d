//! EX-011 and EX-012: programs that carry the outside to the API: `kubectl proxy` for everybody,
//! and agents of tunnels.

use inventory::{File, Kind, Unknown, Workload};
use tree::Path;

use super::api::EXPOSURE;
use crate::address::{Host, host};
use crate::example::{Example, ExampleFile, Expected};
use crate::image::Image;
use crate::{
    About, Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "EX-011",
        name: "kubectl-proxy-for-everybody",
        title: "kubectl proxy hands the API to whoever connects",
        severities: &[Severity::Critical],
        why: "Every request that reaches it becomes one of its own user; nobody is asked who they are.",
        fails: "A container, or a unit of a node, starts kubectl proxy with an --address beyond loopback. Its --accept-hosts is no guard: a client names any host it likes. Beside a program in its own pod, on loopback, it passes.",
        fix: Fix::Steps(
            "Take --address and --accept-hosts away, so that it listens on 127.0.0.1 alone, or better stop it: let clients use their own credentials.",
        ),
        references: &[Reference::Mitre("T1133"), Reference::Owasp("K06")],
        judge: Judge::Whole(proxies),
        examples: &[
            Example::of("on every address", Expected::Fail(Severity::Critical), &[PROXY]),
            Example::of("through a shell", Expected::Fail(Severity::Critical), &[SHELL]),
            Example::of("a unit of a node", Expected::Fail(Severity::Critical), &[UNIT]),
            Example::of("for its own pod", Expected::Pass, &[LOOPBACK]),
            Example::of("no workload was seen", Expected::Unknown, &[]).partial(),
        ],
        ..EXPOSURE
    },
    Check {
        id: "EX-012",
        name: "tunnel-agent",
        title: "An agent of a tunnel runs in the cluster",
        severities: &[Severity::Medium],
        why: "It opens a way in past every firewall, which whoever holds its account can lead to the API.",
        fails: "A container, or a unit of a node, is an agent of a tunnel: cloudflared, ngrok, frpc, inlets, chisel, bore, rathole, or tailscale with funnel. A tailscale without funnel passes.",
        fix: Fix::Steps(
            "Look what it leads to and who holds its account. Stop it, or waive this finding with the reason; let a NetworkPolicy keep its pods from the API.",
        ),
        references: &[Reference::Mitre("T1572"), Reference::Owasp("K06")],
        judge: Judge::Whole(tunnels),
        examples: &[
            Example::of("cloudflared", Expected::Fail(Severity::Medium), &[TUNNEL]),
            Example::of("tailscale with funnel", Expected::Fail(Severity::Medium), &[FUNNEL]),
            Example::of("tailscale as it is", Expected::Pass, &[TAILSCALE]),
            Example::of("a name that has it in it", Expected::Pass, &[NAMESAKE]),
        ],
        ..EXPOSURE
    },
];

/// Looks at the words of every container and every unit.
fn each(seen: &Seen<'_>, judge: Looks) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for workload in seen.by_namespace().values().flatten() {
        let problems = in_workload(workload, judge);
        tally.add(About::object(workload.object()), Ok(Verdict::of(problems)));
    }
    for file in seen.files().iter().filter(|file| file.name().ends_with(".service")) {
        tally.add(About::file(file), Ok(in_unit(file, judge).into()));
    }
    if tally.is_empty() {
        seen.all(Kind::POD)?;
    }
    Ok(tally)
}

/// Looks at an image and the words of a command.
type Looks = fn(&str, &[&str]) -> Option<Problem>;

fn in_workload(workload: &Workload<'_>, judge: Looks) -> Vec<Problem> {
    let mut problems = Vec::new();
    for container in workload.containers() {
        let given =
            ["command", "args"].into_iter().flat_map(|field| container.tree.get(field).texts());
        // A shell is given its command as one word.
        let words: Vec<&str> = given.flat_map(str::split_whitespace).collect();
        problems.extend(
            judge(container.image(), &words)
                .map(|problem| problem.detail(container.name()).at(container.path.clone())),
        );
    }
    problems
}

fn in_unit(file: &File, judge: Looks) -> Option<Problem> {
    let text = file.text.as_deref()?;
    let commands = text.lines().filter_map(|line| line.trim().strip_prefix("ExecStart="));
    commands.map(|line| line.split_whitespace().collect::<Vec<_>>()).find_map(|words| {
        judge("", &words).map(|problem| problem.detail(file.name()).at(Path::root()))
    })
}

fn proxies(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    each(seen, |image, words| {
        let is_kubectl = words.iter().any(|word| last(word) == "kubectl")
            || Image::of(image).name() == "kubectl";
        if !is_kubectl || !words.contains(&"proxy") {
            return None;
        }
        let address = value(words, "--address")?;
        let is_loopback = match host(address)? {
            Host::PrivateAddress(address) => address.is_loopback(),
            Host::PrivateName(name) => name == "localhost",
            Host::PublicAddress(_) | Host::PublicName(_) => false,
        };
        (!is_loopback).then(|| {
            Problem::new(
                Severity::Critical,
                format!("kubectl proxy listens on {address} and asks nobody who they are."),
            )
            .evidence(format!("kubectl proxy --address={address}"))
        })
    })
}

/// The value of a flag, in a word of its own or not.
fn value<'w>(words: &[&'w str], flag: &str) -> Option<&'w str> {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if *word == flag {
            return rest.next().copied();
        }
        let after = word.strip_prefix(flag).and_then(|after| after.strip_prefix('='));
        if after.is_some() {
            return after;
        }
    }
    None
}

fn tunnels(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    each(seen, |image, words| {
        let is_it = |name: &str| {
            Image::of(image).name() == name || words.first().is_some_and(|word| last(word) == name)
        };
        let agent = AGENTS.iter().copied().find(|name| is_it(name)).or_else(|| {
            let funnels = words.iter().any(|word| *word == "funnel" || word.contains("TS_FUNNEL"));
            (funnels && (is_it("tailscale") || is_it("tailscaled"))).then_some("tailscale funnel")
        })?;
        Some(
            Problem::new(Severity::Medium, format!("{agent} opens a way in from outside."))
                .evidence(if image.is_empty() { agent } else { image })
                .confidence(Confidence::Medium),
        )
    })
}

/// Names of programs, and of their images, that carry the outside in.
const AGENTS: [&str; 9] = [
    "bore",
    "chisel",
    "cloudflared",
    "frpc",
    "inlets",
    "inlets-pro",
    "localtunnel",
    "ngrok",
    "rathole",
];

fn last(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

const PROXY: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: proxy, namespace: ops}\nspec:\n  containers:\n  - name: proxy\n    image: registry.example.com/kubectl:1.36\n    args: [proxy, --address, 0.0.0.0, '--accept-hosts=.*']\n",
);
const SHELL: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: proxy, namespace: ops}\nspec:\n  containers:\n  - name: proxy\n    image: alpine\n    command: [sh, -c, 'exec /usr/bin/kubectl proxy --port=8001 --address=10.0.0.5']\n",
);
const UNIT: ExampleFile = ExampleFile::at(
    "/etc/systemd/system/proxy.service",
    "[Service]\nExecStart=/usr/bin/kubectl proxy --address=0.0.0.0 --accept-hosts=.*\n",
);
const LOOPBACK: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: job, namespace: ops}\nspec:\n  containers:\n  - {name: proxy, image: 'bitnami/kubectl:1.36', args: [proxy, --port=8001, --address=127.0.0.1]}\n  - {name: job, image: example.com/job:1}\n",
);
const TUNNEL: ExampleFile = ExampleFile::manifest(
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: tunnel, namespace: ops}\nspec:\n  template:\n    spec:\n      containers: [{name: agent, image: 'cloudflare/cloudflared:2026.1.0', args: [tunnel, run]}]\n",
);
const FUNNEL: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: vpn, namespace: ops}\nspec:\n  containers: [{name: vpn, image: 'tailscale/tailscale:v1.80', command: [tailscale, funnel, '6443']}]\n",
);
const TAILSCALE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: vpn, namespace: ops}\nspec:\n  containers: [{name: vpn, image: 'tailscale/tailscale:v1.80'}]\n",
);
const NAMESAKE: ExampleFile = ExampleFile::manifest(
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: apps}\nspec:\n  containers: [{name: web, image: 'example.com/ngrok-docs:1'}]\n",
);
