//! `ravelin who-can` and `ravelin can`: what the rules allow, by the very authorizer that decides
//! at the gateway.

use std::path::PathBuf;
use std::process::ExitCode;

use checks::{Rbac, UNNAMED};
use clap::{Args, ValueEnum};
use inventory::Minor;
use model::attributes::{Resource, Target};
use paths::who_can::{Holder, Reach, Via};
use paths::{Grant, Subject};
use serde_json::{Value, json};

use crate::scan::{ClusterArgs, Gathered, SourceArgs};

/// Where the rules are read from.
#[derive(Debug, Args)]
struct RulesArgs {
    /// Read the rules from these manifests rather than from the cluster (repeatable)
    #[arg(long, value_name = "PATH", help_heading = "Files")]
    path: Vec<PathBuf>,
    #[command(flatten)]
    cluster: ClusterArgs,
    /// How the answer is told
    #[arg(long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

/// What is asked for.
#[derive(Debug, Args)]
struct TargetArgs {
    /// The verb, such as get, or impersonate
    verb: String,
    /// The resource: pods, pods/exec, deployments.apps/web, or a path such as /metrics
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// The name of one object
    name: Option<String>,
    /// A subresource, as kubectl takes it; the same as RESOURCE/SUBRESOURCE
    #[arg(long)]
    subresource: Option<String>,
    /// In this namespace
    #[arg(long, short)]
    namespace: Option<String>,
}

/// Who may do something?
#[derive(Debug, Args)]
pub(crate) struct WhoCanArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    rules: RulesArgs,
}

/// May somebody do something?
#[derive(Debug, Args)]
pub(crate) struct CanArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// The user who is asked about; a service account is system:serviceaccount:NAMESPACE:NAME
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// A group of theirs (repeatable); those that Kubernetes adds by itself are added
    #[arg(long = "as-group", value_name = "GROUP")]
    groups: Vec<String>,
    #[command(flatten)]
    rules: RulesArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

impl RulesArgs {
    fn gather(&self) -> anyhow::Result<Gathered> {
        SourceArgs::of(self.path.clone(), self.cluster.clone()).gather()
    }
}

/// What was asked for, in parts.
struct Parts {
    group: String,
    resource: String,
    subresource: String,
    name: String,
    namespace: String,
}

impl TargetArgs {
    /// The parts of a resource; none of a path.
    fn parts(&self) -> Option<Parts> {
        if self.resource.starts_with('/') {
            return None;
        }
        let (whole, rest) = self.resource.split_once('/').unwrap_or((&self.resource, ""));
        let (resource, group) = whole.split_once('.').unwrap_or((whole, ""));
        // Subresources have names of their own; anything else behind a slash is an object.
        let is_subresource = SUBRESOURCES.contains(&rest) || self.name.is_some();
        let (subresource, name) = if is_subresource { (rest, "") } else { ("", rest) };
        Some(Parts {
            group: if group.is_empty() { group_of(resource) } else { group }.to_owned(),
            resource: resource.to_owned(),
            subresource: self.subresource.clone().unwrap_or_else(|| subresource.to_owned()),
            name: self.name.clone().unwrap_or_else(|| name.to_owned()),
            namespace: self.namespace.clone().unwrap_or_default(),
        })
    }
}

/// The subresources of Kubernetes.
const SUBRESOURCES: [&str; 15] = [
    "approval",
    "attach",
    "binding",
    "ephemeralcontainers",
    "eviction",
    "exec",
    "finalizers",
    "log",
    "metrics",
    "portforward",
    "proxy",
    "resize",
    "scale",
    "status",
    "token",
];

/// The group of a resource of Kubernetes that is named without it.
fn group_of(resource: &str) -> &'static str {
    match resource {
        "deployments" | "daemonsets" | "statefulsets" | "replicasets" | "controllerrevisions" => {
            "apps"
        }
        "jobs" | "cronjobs" => "batch",
        "roles" | "rolebindings" | "clusterroles" | "clusterrolebindings" => {
            "rbac.authorization.k8s.io"
        }
        "networkpolicies" | "ingresses" | "ingressclasses" => "networking.k8s.io",
        "certificatesigningrequests" | "signers" | "clustertrustbundles" => "certificates.k8s.io",
        "validatingwebhookconfigurations"
        | "mutatingwebhookconfigurations"
        | "validatingadmissionpolicies"
        | "validatingadmissionpolicybindings" => "admissionregistration.k8s.io",
        "customresourcedefinitions" => "apiextensions.k8s.io",
        "apiservices" => "apiregistration.k8s.io",
        "flowschemas" | "prioritylevelconfigurations" => "flowcontrol.apiserver.k8s.io",
        "endpointslices" => "discovery.k8s.io",
        "leases" => "coordination.k8s.io",
        "storageclasses" | "volumeattachments" | "csidrivers" => "storage.k8s.io",
        "poddisruptionbudgets" => "policy",
        "horizontalpodautoscalers" => "autoscaling",
        _ => "",
    }
}

fn target<'a>(arguments: &'a TargetArgs, parts: Option<&'a Parts>) -> Target<'a> {
    match parts {
        None => Target::Path(&arguments.resource),
        Some(parts) => Target::Resource(Resource {
            group: &parts.group,
            version: "",
            resource: &parts.resource,
            subresource: &parts.subresource,
            namespace: &parts.namespace,
            name: &parts.name,
        }),
    }
}

/// Answers who.
pub(crate) fn who_can(arguments: &WhoCanArgs) -> anyhow::Result<ExitCode> {
    let gathered = arguments.rules.gather()?;
    let rbac = rbac(&gathered);
    let parts = arguments.target.parts();
    let target = target(&arguments.target, parts.as_ref());
    let asked = arguments.target.namespace.is_some();
    let reach = if asked { Reach::Asked } else { Reach::Anywhere };
    let holders = rbac.grants.who_can(&arguments.target.verb, &target, reach);
    match arguments.rules.output {
        Form::Text => anstream::print!("{}", lines(&holders)),
        Form::Json => {
            let rows: Vec<Value> = holders.iter().map(holder).collect();
            anstream::println!("{:#}", Value::from(rows));
        }
    }
    warn(&gathered, &rbac);
    Ok(ExitCode::SUCCESS)
}

fn rbac(gathered: &Gathered) -> Rbac<'_> {
    let minor = gathered.inventory.minor().unwrap_or(Minor::NEWEST);
    checks::rbac(&gathered.inventory, minor)
}

fn lines(holders: &[Holder<'_>]) -> String {
    holders
        .iter()
        .map(|holder| format!("{holder}\n").replace(UNNAMED, "the namespace it is applied to"))
        .collect()
}

fn holder(holder: &Holder<'_>) -> Value {
    let grant = match holder.via {
        Via::Bypass => None,
        Via::Grant(grant) => Some(grant),
    };
    json!({
        "subject": holder.subject.to_string(),
        "note": holder.note(),
        "scope": holder.scope.to_string(),
        "binding": grant.map(|grant| grant.binding.to_string()),
        "role": grant.map(|grant| grant.role.to_string()),
    })
}

/// Answers whether.
pub(crate) fn can(arguments: &CanArgs) -> anyhow::Result<ExitCode> {
    let gathered = arguments.rules.gather()?;
    let rbac = rbac(&gathered);
    let parts = arguments.target.parts();
    let target = target(&arguments.target, parts.as_ref());
    let subject = Subject::user(&arguments.user);
    let mut user = subject.as_user();
    user.groups.extend(arguments.groups.iter().cloned());
    let is_master = user.is_in("system:masters");
    let grant = rbac.grants.can(&user, &arguments.target.verb, &target);
    let may = is_master || grant.is_some();
    match arguments.rules.output {
        Form::Text => anstream::println!("{}", answer(is_master, grant.as_ref())),
        Form::Json => anstream::println!(
            "{}",
            json!({
                "allowed": may,
                "binding": grant.map(|grant| grant.binding.to_string()),
                "role": grant.map(|grant| grant.role.to_string()),
            })
        ),
    }
    warn(&gathered, &rbac);
    Ok(if may { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn answer(is_master: bool, grant: Option<&Grant<'_>>) -> String {
    match grant {
        _ if is_master => "yes: system:masters bypasses authorization".to_owned(),
        Some(grant) => format!("yes: {} by {} of {}", grant.subject, grant.binding, grant.role),
        None => "no".to_owned(),
    }
}

/// What the answer could not take into account.
fn warn(gathered: &Gathered, rbac: &Rbac<'_>) {
    for (object, problem) in &rbac.malformed {
        anstream::eprintln!("left out: {}: {problem}", object.describe());
    }
    for (kind, coverage) in gathered.inventory.coverage().kinds() {
        if kind.group == "rbac.authorization.k8s.io" {
            for why in coverage.refused.values() {
                anstream::eprintln!("not known: {} objects: {why}", kind.kind);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_read_as_people_write_them() {
        let check = |resource: &str, name: Option<&str>, expected: [&str; 4]| {
            let arguments = TargetArgs {
                verb: "get".to_owned(),
                resource: resource.to_owned(),
                name: name.map(str::to_owned),
                subresource: None,
                namespace: None,
            };
            let parts = arguments.parts().unwrap();
            let found = [&parts.group, &parts.resource, &parts.subresource, &parts.name];
            assert_eq!(found.map(String::as_str), expected, "{resource}");
        };
        check("pods", None, ["", "pods", "", ""]);
        check("pods/exec", None, ["", "pods", "exec", ""]);
        check("pods/web", None, ["", "pods", "", "web"]);
        check("pods/exec", Some("web"), ["", "pods", "exec", "web"]);
        check("deployments", None, ["apps", "deployments", "", ""]);
        check("widgets.example.com/scale", None, ["example.com", "widgets", "scale", ""]);
    }
}
