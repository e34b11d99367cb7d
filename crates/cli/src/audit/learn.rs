//! `ravelin audit learn`: the smallest roles that cover what somebody did, and what of their rights
//! nobody used.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use authz::{Policy, PolicyRule, Role, RoleRef, Subject as Who};
use clap::Args;
use paths::learn::Options;
use paths::{Event, LearnedRole, Scope, Subject};
use serde_json::{Value, json};

use crate::scan::{ClusterArgs, SourceArgs};

/// What to learn from, and about whom.
#[derive(Debug, Args)]
pub(crate) struct LearnArgs {
    /// Audit logs of kube-apiserver or the gateway: a JSON event a line
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Whose role: a user, or system:serviceaccount:NAMESPACE:NAME
    #[arg(long = "as", value_name = "USER", required_unless_present = "group")]
    user: Option<String>,
    /// Or a group: the role of everything its members did
    #[arg(long, conflicts_with = "user")]
    group: Option<String>,
    /// List up to so many names of objects in a rule; with more of them it is for any
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    names: usize,
    /// What roles and bindings are called
    #[arg(long, value_name = "NAME", default_value = "learned")]
    role_name: String,
    /// Say which rights were never used, by the rules of the cluster or of --path, instead
    #[arg(long)]
    unused: bool,
    /// Read the rules from these manifests rather than from the cluster (repeatable)
    #[arg(long, value_name = "PATH", requires = "unused", help_heading = "Files")]
    path: Vec<PathBuf>,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Learns.
pub(super) fn run(arguments: &LearnArgs) -> anyhow::Result<ExitCode> {
    let log = Log::read(&arguments.files)?;
    let subject = match (&arguments.user, &arguments.group) {
        (Some(user), _) => Subject::user(user),
        (None, group) => Subject::group(group.as_deref().unwrap_or_default()),
    };
    let events: Vec<Event> = log.events.into_iter().collect();
    let own = events.iter().filter(|event| event.is_by(&subject)).count();
    anstream::eprintln!(
        "{} events in the log, {own} different ones by {subject}{}",
        log.count,
        if log.skipped == 0 {
            String::new()
        } else {
            format!("; {} lines are no events", log.skipped)
        }
    );
    if arguments.unused {
        return unused(arguments, &events, &subject);
    }
    let options = Options { names: arguments.names, role_name: arguments.role_name.clone() };
    let learned = paths::learn(&events, &subject, &options);
    let documents: Vec<String> = learned.iter().flat_map(manifests).collect();
    anstream::print!("{}", documents.join("---\n"));
    Ok(ExitCode::SUCCESS)
}

fn unused(arguments: &LearnArgs, events: &[Event], subject: &Subject) -> anyhow::Result<ExitCode> {
    let gathered = SourceArgs::of(arguments.path.clone(), arguments.cluster.clone()).gather()?;
    let minor = gathered.inventory.minor().unwrap_or(inventory::Minor::NEWEST);
    let rbac = checks::rbac(&gathered.inventory, minor);
    let rights = paths::unused(&rbac.grants, events);
    for right in rights.iter().filter(|right| right.grant.subject == subject) {
        let grant = right.grant;
        let what = if right.is_whole() {
            "never used".to_owned()
        } else {
            let parts =
                [("verbs", &right.verbs), ("resources", &right.resources), ("paths", &right.paths)];
            let named = parts.iter().filter(|(_, list)| !list.is_empty());
            let told: Vec<String> =
                named.map(|(name, list)| format!("{name} {}", list.join(", "))).collect();
            format!("never used: {}", told.join("; "))
        };
        anstream::println!("{} of {}: {}: {what}", grant.binding, grant.role, rule(grant.rule));
        if !right.used_by_star.is_empty() {
            let used: Vec<&str> = right.used_by_star.iter().map(String::as_str).collect();
            anstream::println!("  write {} in place of *", used.join(", "));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn rule(rule: &PolicyRule) -> String {
    let mut parts = vec![rule.verbs.join(",")];
    parts.extend((!rule.resources.is_empty()).then(|| rule.resources.join(",")));
    parts.extend((!rule.non_resource_urls.is_empty()).then(|| rule.non_resource_urls.join(",")));
    parts.join(" ")
}

/// The role and its binding as manifests.
fn manifests(learned: &LearnedRole) -> Vec<String> {
    let Policy { roles, role_bindings, cluster_roles, cluster_role_bindings } = &learned.policy;
    let mut values = Vec::new();
    values.extend(
        cluster_roles.iter().map(|role| {
            object("ClusterRole", &role.name, "", json!({"rules": rules(&role.rules)}))
        }),
    );
    values.extend(roles.iter().map(|role: &Role| {
        object("Role", &role.name, &role.namespace, json!({"rules": rules(&role.rules)}))
    }));
    values.extend(cluster_role_bindings.iter().map(|binding| {
        object("ClusterRoleBinding", &binding.name, "", bound(&binding.role, &binding.subjects))
    }));
    values.extend(role_bindings.iter().map(|binding| {
        let content = bound(&binding.role, &binding.subjects);
        object("RoleBinding", &binding.name, &binding.namespace, content)
    }));
    let place = match &learned.scope {
        Scope::Cluster => "the whole cluster".to_owned(),
        Scope::Namespace(name) => format!("the namespace {name}"),
    };
    let head = format!("# {} requests of {place}\n", learned.events);
    let mut texts: Vec<String> = values.iter().map(edit::write_yaml).collect();
    if let Some(first) = texts.first_mut() {
        first.insert_str(0, &head);
    }
    texts
}

fn object(kind: &str, name: &str, namespace: &str, mut content: Value) -> Value {
    let mut metadata = json!({"name": name});
    if !namespace.is_empty() {
        metadata = json!({"name": name, "namespace": namespace});
    }
    if let Some(fields) = content.as_object_mut() {
        fields.insert("apiVersion".to_owned(), "rbac.authorization.k8s.io/v1".into());
        fields.insert("kind".to_owned(), kind.into());
        fields.insert("metadata".to_owned(), metadata);
    }
    content
}

fn rules(rules: &[PolicyRule]) -> Vec<Value> {
    let list = |rule: &PolicyRule| {
        let fields = [
            ("apiGroups", &rule.api_groups),
            ("resources", &rule.resources),
            ("resourceNames", &rule.resource_names),
            ("nonResourceURLs", &rule.non_resource_urls),
            ("verbs", &rule.verbs),
        ];
        let given = fields.into_iter().filter(|(_, list)| !list.is_empty());
        given.map(|(name, list)| (name.to_owned(), json!(list))).collect::<serde_json::Map<_, _>>()
    };
    rules.iter().map(|rule| Value::Object(list(rule))).collect()
}

fn bound(role: &RoleRef, subjects: &[Who]) -> Value {
    let group = "rbac.authorization.k8s.io";
    let subjects: Vec<Value> = subjects
        .iter()
        .map(|who| match who.kind.as_str() {
            "ServiceAccount" => {
                json!({"kind": who.kind, "name": who.name, "namespace": who.namespace})
            }
            kind => json!({"apiGroup": group, "kind": kind, "name": who.name}),
        })
        .collect();
    json!({
        "roleRef": {"apiGroup": group, "kind": role.kind, "name": role.name},
        "subjects": subjects,
    })
}

/// What audit logs say that was done, each kind of request once: so a log of any length needs no
/// more memory than there are different requests.
#[derive(Default)]
struct Log {
    events: BTreeSet<Event>,
    count: usize,
    skipped: usize,
}

impl Log {
    fn read(files: &[PathBuf]) -> anyhow::Result<Self> {
        let mut log = Self::default();
        for file in files {
            log.add(file).with_context(|| format!("cannot read {}", file.display()))?;
        }
        Ok(log)
    }

    fn add(&mut self, path: &Path) -> anyhow::Result<()> {
        let mut reader = BufReader::new(File::open(path)?);
        let mut line = Vec::new();
        while (&mut reader).take(LONGEST).read_until(b'\n', &mut line)? > 0 {
            self.line(&line);
            line.clear();
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            return;
        }
        let event: Value = serde_json::from_slice(line).unwrap_or_default();
        if event.get("kind").and_then(Value::as_str) != Some("Event") {
            self.skipped = self.skipped.saturating_add(1);
            return;
        }
        self.count = self.count.saturating_add(1);
        self.events.extend(event_of(&event));
    }
}

/// A request that was answered, as rights are learnt from it.
fn event_of(event: &Value) -> Option<Event> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    // Before its end nothing says whether it was allowed; a stream says it at its start.
    if !matches!(text("/stage"), "ResponseComplete" | "ResponseStarted" | "Panic") {
        return None;
    }
    let user = if event.get("impersonatedUser").is_some() { "/impersonatedUser" } else { "/user" };
    let groups = event.pointer(&format!("{user}/groups")).and_then(Value::as_array);
    let decision =
        event.get("annotations").and_then(|all| all.get("authorization.k8s.io/decision"));
    let code = event.pointer("/responseStatus/code").and_then(Value::as_u64).unwrap_or_default();
    let uri = text("/requestURI");
    Some(Event {
        user: text(&format!("{user}/username")).to_owned(),
        groups: groups.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        verb: text("/verb").to_owned(),
        group: text("/objectRef/apiGroup").to_owned(),
        resource: text("/objectRef/resource").to_owned(),
        subresource: text("/objectRef/subresource").to_owned(),
        namespace: text("/objectRef/namespace").to_owned(),
        name: text("/objectRef/name").to_owned(),
        path: uri.split('?').next().unwrap_or_default().to_owned(),
        is_allowed: match decision.and_then(Value::as_str) {
            Some(decision) => decision == "allow",
            None => !matches!(code, 401 | 403),
        },
    })
}

/// A line is no longer than this many bytes; what is longer is read as several, none of them an
/// event.
const LONGEST: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn line(stage: &str, extra: &str) -> String {
        format!(
            r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"{stage}","verb":"get","requestURI":"/api/v1/namespaces/a/pods/p?x=1","user":{{"username":"jane","groups":["dev"]}},"objectRef":{{"resource":"pods","namespace":"a","name":"p"}}{extra}}}"#
        )
    }

    #[test]
    fn events_are_read_as_rights() {
        let check = |line: &str, expected: Option<bool>| {
            let event = event_of(&serde_json::from_str(line).unwrap());
            assert_eq!(event.map(|event| event.is_allowed), expected, "{line}");
        };
        let decided = |decision: &str| {
            format!(r#","annotations":{{"authorization.k8s.io/decision":"{decision}"}}"#)
        };
        check(&line("ResponseComplete", &decided("allow")), Some(true));
        check(&line("ResponseComplete", &decided("forbid")), Some(false));
        check(&line("ResponseComplete", r#","responseStatus":{"code":403}"#), Some(false));
        check(&line("RequestReceived", ""), None);
    }

    #[test]
    fn a_role_covers_what_was_done_and_no_more() {
        let mut log = Log::default();
        log.line(line("ResponseComplete", "").as_bytes());
        log.line(b"not json\n");
        log.line(b"\n");
        assert_eq!((log.count, log.skipped), (1, 1));
        let events: Vec<Event> = log.events.into_iter().collect();
        let options = Options { names: 5, role_name: "learned".to_owned() };
        let learned = paths::learn(&events, &Subject::user("jane"), &options);
        let [role, binding] = &*learned.iter().flat_map(manifests).collect::<Vec<_>>() else {
            panic!()
        };
        assert!(
            role.contains("resourceNames:\n  - p\n") && role.contains("namespace: a"),
            "{role}"
        );
        assert!(binding.contains("kind: User\n  name: jane\n"), "{binding}");
    }
}
