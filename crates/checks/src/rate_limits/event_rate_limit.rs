//! RL-009 and RL-010: events, which anybody with a pod can make without end.

use edit::Edit;
use inventory::{Component, ComponentKind, Kind, Object, Unknown};
use serde_json::{Value, json};
use tree::{Path, Tree};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{file_named, flag_problem, objects_named, started};
use crate::{
    About, Check, Fix, Judge, JudgeComponent, Judged, Practice, Problem, Reference, Remedy, Seen,
    Severity, Span, Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "RL-009",
        name: "no-event-rate-limit",
        title: "Events are not limited",
        severities: &[Severity::Low],
        why: "A workload that fails in a loop, or means to, writes events until etcd and the API server do little else.",
        fails: "The admission plugin EventRateLimit is not in --enable-admission-plugins. It is off by default in every version.",
        fix: Fix::Steps(
            "Write /etc/kubernetes/admission/config.yaml on every control plane node:\napiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n  configuration:\n    apiVersion: eventratelimit.admission.k8s.io/v1alpha1\n    kind: Configuration\n    limits:\n    - {type: Server, qps: 500, burst: 1000}\n    - {type: Namespace, qps: 50, burst: 100, cacheSize: 2000}\nThen, in one step: mount the folder into kube-apiserver, add EventRateLimit to --enable-admission-plugins, and --admission-control-config-file=/etc/kubernetes/admission/config.yaml. With the plugin and without the file the server does not start.",
        ),
        judge: Judge::Components(ComponentKind::ApiServer, &Absent),
        examples: &[
            Example::of(
                "as kubeadm has it",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--enable-admission-plugins=NodeRestriction"),
                )],
            ),
            Example::of(
                "enabled and disabled",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--enable-admission-plugins=EventRateLimit" "--disable-admission-plugins=EventRateLimit"),
                )],
            ),
            Example::of(
                "enabled",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--enable-admission-plugins=NodeRestriction,EventRateLimit"),
                )],
            ),
        ],
        ..EVENTS
    },
    Check {
        id: "RL-010",
        name: "event-rate-limit-without-limits",
        title: "EventRateLimit is on, and has no limits",
        severities: &[Severity::Medium],
        why: "A plugin without its configuration keeps the server from starting, one without limits takes every event; either way nobody notices before it matters.",
        fails: "The plugin is on, and no --admission-control-config-file is given, or its AdmissionConfiguration has no entry EventRateLimit, or the Configuration named or written there has no limits.",
        fix: Fix::Sometimes(
            "Adds an entry with limits to the AdmissionConfiguration, or limits to the Configuration. Where no file is given: the steps of RL-009.",
        ),
        judge: Judge::Components(ComponentKind::ApiServer, &WithoutLimits),
        examples: &[
            Example::of(
                "no file",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--enable-admission-plugins=EventRateLimit"),
                )],
            ),
            Example::of(
                "no entry",
                Expected::Fail(Severity::Medium),
                &[
                    ExampleFile::manifest(MANIFEST),
                    ExampleFile::at(
                        "/etc/kubernetes/admission/config.yaml",
                        "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: PodSecurity # defaults\n  path: podsecurity.yaml\n",
                    ),
                ],
            ),
            Example::of(
                "no limits, in a file of its own",
                Expected::Fail(Severity::Medium),
                &[
                    ExampleFile::manifest(MANIFEST),
                    ExampleFile::at(
                        "/etc/kubernetes/admission/config.yaml",
                        "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- {name: EventRateLimit, path: events.yaml}\n",
                    ),
                    ExampleFile::at(
                        "/etc/kubernetes/admission/events.yaml",
                        "apiVersion: eventratelimit.admission.k8s.io/v1alpha1\nkind: Configuration\nlimits: []\n",
                    ),
                ],
            ),
            Example::of(
                "limits within",
                Expected::Pass,
                &[
                    ExampleFile::manifest(MANIFEST),
                    ExampleFile::at(
                        "/etc/kubernetes/admission/config.yaml",
                        "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n  configuration:\n    apiVersion: eventratelimit.admission.k8s.io/v1alpha1\n    kind: Configuration\n    limits: [{type: Server, qps: 500, burst: 1000}]\n",
                    ),
                ],
            ),
            Example::of(
                "the plugin is off",
                Expected::NotApplicable,
                &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))],
            ),
            Example::of(
                "the file was not seen",
                Expected::Unknown,
                &[ExampleFile::manifest(MANIFEST)],
            ),
        ],
        ..EVENTS
    },
];

/// What they have in common.
const EVENTS: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::RateLimits,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[Reference::Cis("1.2.9"), Reference::Mitre("T1499")],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

fn is_enabled(component: &Component) -> bool {
    let has = |flag| component.flags.values(flag).any(|plugin| plugin == PLUGIN);
    (has("enable-admission-plugins") || has("admission-control"))
        && !has("disable-admission-plugins")
}

struct Absent;

impl JudgeComponent for Absent {
    fn judge(&self, _seen: &Seen<'_>, component: &Component) -> Judged {
        if is_enabled(component) {
            return Ok(Verdict::Pass);
        }
        let message = "Nothing limits how many events are written.";
        let flag = "enable-admission-plugins";
        Ok(Verdict::fail(flag_problem(component, flag, Severity::Low, message).detail(PLUGIN)))
    }
}

struct WithoutLimits;

impl JudgeComponent for WithoutLimits {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        if !is_enabled(component) {
            return Ok(Verdict::NotApplicable("EventRateLimit is not on".to_owned()));
        }
        let flag = "admission-control-config-file";
        let Some(path) = component.flags.value(flag).filter(|path| !path.is_empty()) else {
            let message =
                "EventRateLimit is on without a configuration; kube-apiserver does not start.";
            return Ok(Verdict::fail(flag_problem(component, flag, Severity::Medium, message)));
        };
        let files = objects_named(seen, component, path, Kind::ADMISSION_CONFIGURATION)?;
        let Some(file) = files.first() else { return Ok(Verdict::Pass) };
        let plugins = file.tree().get("plugins").items();
        let entry = plugins.iter().enumerate().find(|(_, one)| one.get("name").str() == PLUGIN);
        match entry {
            None => Ok(Verdict::fail(no_entry(file))),
            Some((index, entry)) => of_entry(seen, component, (file, path), (index, entry)),
        }
    }
}

fn no_entry(file: &Object) -> Problem {
    let list = Path::of(&["plugins"]);
    let entry = json!({"name": PLUGIN, "configuration": {
        "apiVersion": "eventratelimit.admission.k8s.io/v1alpha1",
        "kind": "Configuration",
        "limits": limits(),
    }});
    let message = "The AdmissionConfiguration has no entry EventRateLimit.";
    problem(file, message, list.clone())
        .mended_by(Remedy::Edit(vec![Edit::Append { path: list, value: entry }]))
}

fn of_entry(
    seen: &Seen<'_>,
    component: &Component,
    (file, path): (&Object, &str),
    (index, entry): (usize, &Tree),
) -> Judged {
    let within = entry.get("configuration");
    if within.is_map() {
        let at = Path::of(&["plugins"]).then(index).join(&["configuration", "limits"]);
        return Ok(without(file, within, at));
    }
    let named = entry.get("path").str();
    if named.is_empty() {
        return Err(Unknown::new(
            "the entry EventRateLimit names no configuration",
            "give it a path or a configuration",
        ));
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let full = if named.starts_with('/') { named.to_owned() } else { format!("{folder}/{named}") };
    let found = file_named(seen, component, &full)?;
    let mut objects = seen.inventory().objects_of(found);
    let own = objects.find(|one| one.kind() == Kind::EVENT_RATE_LIMIT_CONFIGURATION);
    let own = own.ok_or_else(|| {
        Unknown::new(format!("{full} holds no Configuration that can be read"), "correct it")
    })?;
    Ok(without(own, own.tree(), Path::of(&["limits"])))
}

fn without(object: &Object, configuration: &Tree, at: Path) -> Verdict {
    if !configuration.get("limits").items().is_empty() {
        return Verdict::Pass;
    }
    let problem = problem(object, "The configuration of EventRateLimit has no limits.", at.clone());
    Verdict::fail(problem.mended_by(Remedy::set(at, limits())))
}

fn problem(object: &Object, message: &str, at: Path) -> Problem {
    Problem::new(Severity::Medium, message).detail(PLUGIN).about(About::object(object)).at(at)
}

fn limits() -> Value {
    json!([
        {"type": "Server", "qps": 500, "burst": 1000},
        {"type": "Namespace", "qps": 50, "burst": 100, "cacheSize": 2000}
    ])
}

const PLUGIN: &str = "EventRateLimit";

const MANIFEST: &str = started!("kube-apiserver" "--enable-admission-plugins=NodeRestriction,EventRateLimit" "--admission-control-config-file=/etc/kubernetes/admission/config.yaml");
