//! AD-006: vulnerabilities that no version fixes, and whether the configuration defuses them.

use inventory::{Component, ComponentKind, Kind, Unknown};
use tree::Tree;

use super::policies::refusing;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::plugins::{Plugins, enable};
use crate::{
    About, Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span,
    Tally, Verdict,
};

pub(crate) const AD_006: Check = Check {
    id: "AD-006",
    name: "never-fixed",
    title: "A vulnerability that no version fixes is not defused",
    practice: Practice::Patching,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "Upgrading does not help against these four: a tenant catches the traffic of others (CVE-2020-8554, CVE-2021-25740), or reaches what only the control plane can reach (CVE-2020-8561, CVE-2020-8562).",
    fails: "CVE-2020-8554: neither DenyServiceExternalIPs nor a policy refuses externalIPs. CVE-2020-8561: kube-apiserver runs with --v of 10 or more, or without --profiling=false. CVE-2021-25740: system:aggregate-to-edit may write endpoints, as in clusters born before 1.22. CVE-2020-8562 passes where dnsmasq with min-cache-ttl was seen, and is unknown otherwise: no API shows a resolver. One that is defused is no finding; who may patch services/status is RB-038.",
    fix: Fix::Sometimes(
        "Enables DenyServiceExternalIPs; sets --profiling=false. The rule on endpoints is taken out by kubectl edit clusterrole system:aggregate-to-edit.",
    ),
    references: &[
        Reference::Cve("CVE-2020-8554"),
        Reference::Cve("CVE-2020-8561"),
        Reference::Cve("CVE-2020-8562"),
        Reference::Cve("CVE-2021-25740"),
        Reference::Owasp("K07"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "kubeadm's defaults",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(DEFAULT)],
        ),
        Example::of(
            "a cluster born before 1.22",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(HARDENED), ExampleFile::at("role.yaml", OLD_ROLE), DNSMASQ],
        ),
        Example::of("all are defused", Expected::Pass, &[ExampleFile::manifest(HARDENED), DNSMASQ]),
        Example::of(
            "by a policy instead of a plugin",
            Expected::Exempt,
            &[ExampleFile::manifest(QUIET), ExampleFile::at("policy.yaml", POLICY), DNSMASQ],
        ),
        Example::of(
            "nobody attests the resolver",
            Expected::Unknown,
            &[ExampleFile::manifest(HARDENED)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    let mut add = |id: &str, judged: Judged| {
        if seen.advisories().find(id).is_some() {
            tally.add(About::named("Advisory", "", id), judged);
        }
    };
    add("CVE-2020-8554", external_ips(seen));
    add("CVE-2020-8561", redirects(seen));
    add("CVE-2020-8562", resolver(seen));
    add("CVE-2021-25740", endpoints(seen));
    Ok(tally)
}

fn servers<'i>(seen: &Seen<'i>) -> Result<Vec<&'i Component>, Unknown> {
    let servers: Vec<_> = seen.inventory().components(ComponentKind::ApiServer).collect();
    if servers.is_empty() {
        return Err(Unknown::new(
            "the flags of kube-apiserver were not seen",
            "give /etc/kubernetes/manifests of a control plane node",
        ));
    }
    Ok(servers)
}

fn external_ips(seen: &Seen<'_>) -> Judged {
    const PLUGIN: &str = "DenyServiceExternalIPs";
    if let Some(policy) = refusing(seen, "externalIPs") {
        return Ok(Verdict::Exempt(format!(
            "CVE-2020-8554: the policy {policy} refuses externalIPs"
        )));
    }
    let servers = servers(seen)?;
    let minor =
        |server: &Component| server.minor.map_or_else(|| seen.minor(), inventory::Minor::known);
    let open: Vec<_> =
        servers.iter().filter(|server| !Plugins::of(server, minor(server)).runs(PLUGIN)).collect();
    if open.is_empty() {
        return Ok(Verdict::Pass);
    }
    seen.all(Kind::VALIDATING_POLICY)?;
    let problems = open.into_iter().map(|server| {
        problem("CVE-2020-8554", "Whoever may create Services catches the traffic to any address: nothing refuses externalIPs.")
            .evidence(format!("{PLUGIN} is not enabled, and no policy refuses externalIPs"))
            .about(About::component(server, seen.inventory()))
            .mended_by(enable(seen.inventory(), server, PLUGIN))
    });
    Ok(Verdict::Fail(problems.collect()))
}

fn redirects(seen: &Seen<'_>) -> Judged {
    let mut problems = Vec::new();
    for server in servers(seen)? {
        let level =
            server.flags.value("v").and_then(|level| level.parse::<i64>().ok()).unwrap_or(0);
        let is_profiled = server.flags.bool("profiling") != Some(false);
        if level < 10 && !is_profiled {
            continue;
        }
        let (evidence, remedy) = if is_profiled {
            let given = server.flags.value("profiling").unwrap_or("true, by default");
            (
                format!("--profiling={given}"),
                set_flag(seen.inventory(), server, "profiling", "false"),
            )
        } else {
            (format!("--v={level}"), set_flag(seen.inventory(), server, "v", "2"))
        };
        problems.push(
            problem("CVE-2020-8561", "Whoever answers admission webhooks can read what kube-apiserver reaches, by redirects that it logs.")
                .evidence(evidence)
                .about(About::component(server, seen.inventory()))
                .mended_by(remedy),
        );
    }
    Ok(Verdict::of(problems))
}

fn resolver(seen: &Seen<'_>) -> Judged {
    let mut files = seen.inventory().files().iter();
    let is_cached = files.any(|file| {
        let lines = file.text.as_deref().unwrap_or_default().lines();
        file.path().contains("dnsmasq")
            && lines.map(str::trim_start).any(|line| line.starts_with("min-cache-ttl="))
    });
    if is_cached {
        return Ok(Verdict::Pass);
    }
    Err(Unknown::new(
        "whether the control plane resolves names through a cache cannot be seen (CVE-2020-8562)",
        "give /etc/dnsmasq.conf with min-cache-ttl of a control plane node, or attest it by hand",
    ))
}

fn endpoints(seen: &Seen<'_>) -> Judged {
    const ROLE: &str = "system:aggregate-to-edit";
    let Some(editing) = seen.get(Kind::CLUSTER_ROLE, "", ROLE)? else { return Ok(Verdict::Pass) };
    let rules = editing.tree().get("rules").items();
    let Some(rule) = rules.iter().find(|rule| writes_endpoints(rule)) else {
        return Ok(Verdict::Pass);
    };
    let verbs: Vec<&str> = rule.get("verbs").texts().collect();
    let message = "Every editor of a namespace can lead a load balancer to pods of other namespaces, by endpoints.";
    Ok(Verdict::fail(
        problem("CVE-2021-25740", message)
            .evidence(format!("{ROLE}: {} on endpoints", verbs.join(", ")))
            .about(About::object(editing))
            .mended_by(Remedy::Steps(format!(
                "kubectl edit clusterrole {ROLE}   # take endpoints and endpointslices out of the rules that write\nthen give those who need them a Role of their own"
            ))),
    ))
}

fn writes_endpoints(rule: &Tree) -> bool {
    let any = |field: &str, wanted: &[&str]| {
        rule.get(field).texts().any(|one| one == "*" || wanted.contains(&one))
    };
    any("apiGroups", &["", "discovery.k8s.io"])
        && any("resources", &["endpoints", "endpointslices"])
        && any("verbs", &["create", "update", "patch"])
}

fn problem(id: &str, message: &str) -> Problem {
    Problem::new(Severity::Medium, format!("{id}: {message}")).detail(id)
}

const DNSMASQ: ExampleFile =
    ExampleFile::at("/etc/dnsmasq.conf", "cache-size=1000\nmin-cache-ttl=60\n");

const DEFAULT: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.1
    command:
    - kube-apiserver
    - --enable-admission-plugins=NodeRestriction
";
const QUIET: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.1
    command: [kube-apiserver, --profiling=false]
";
const HARDENED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.1
    command: [kube-apiserver, --profiling=false, --v=2, \"--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs\"]
";
const OLD_ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: \"system:aggregate-to-edit\"}
rules:
- apiGroups: [\"\"]
  resources: [configmaps, endpoints, services]
  verbs: [create, delete, patch, update]
";
const POLICY: &str = "\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-external-ips}
spec: {validations: [{expression: \"!has(object.spec.externalIPs)\"}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-external-ips}
spec: {policyName: no-external-ips, validationActions: [Deny]}
";
