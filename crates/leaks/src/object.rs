//! Whole objects: each part of one that can hold a secret in plain sight, and the paths to what it
//! holds.

use tree::{Keys, Path, Tree};

use crate::command::scan_command;
use crate::document;
use crate::entries::{EntryClass, SecretEntry, secret_entries};
use crate::innocent::SHORTEST;
use crate::kind::LeakKind;
use crate::leak::{Confidence, Leak, Sighting};
use crate::pair;
use crate::release::release_leaks;
use crate::shape::decode64_text;
use crate::text::{Depth, within};
use crate::walk::{Manner, extend, walk};

/// Every secret in plain sight in an object or a list of objects. The entries of a Secret are
/// findings too: whether a Secret may stand where it was found is for the caller to say.
pub fn object_leaks(object: &Tree) -> Vec<Leak> {
    if object.get("kind").str().ends_with("List") && !object.get("items").items().is_empty() {
        let items = object.get("items").items().iter().enumerate();
        let under = |(number, item): (usize, &Tree)| {
            let path = Path::of(&["items"]).then(number);
            beneath(&path, object_leaks(item))
        };
        return items.flat_map(under).collect();
    }
    let mut found = annotation_leaks(object);
    match object.get("kind").str() {
        // The API knows no `secret`; what stands in a file under that kind is one all the same.
        "Secret" | "secret" => found.extend(secret_leaks(object)),
        "ConfigMap" => found.extend(config_map_leaks(object)),
        "CustomResourceDefinition" => {}
        _ => {
            found.extend(env_leaks(object));
            found.extend(command_leaks(object));
            found.extend(spec_leaks(object));
        }
    }
    found
}

/// Secrets in variables of containers, wherever in the object containers stand.
pub fn env_leaks(object: &Tree) -> Vec<Leak> {
    let mut found = Vec::new();
    for (path, container) in containers(object) {
        for (number, variable) in container.get("env").items().iter().enumerate() {
            let (name, value) = (variable.get("name").str(), variable.get("value").str());
            let path = path.join(&["env"]).then(number).then("value");
            found.extend(leaks_at(&path, within(name, value, Depth::TOP)));
        }
    }
    joined(found)
}

/// Secrets in commands and arguments of containers, in their probes and hooks too.
pub fn command_leaks(object: &Tree) -> Vec<Leak> {
    containers(object)
        .iter()
        .flat_map(|(path, container)| container_commands(path, container))
        .collect()
}

fn container_commands(path: &Path, container: &Tree) -> Vec<Leak> {
    let mut found = Vec::new();
    let (command, args) = (container.get("command"), container.get("args"));
    let first = command.items().len();
    let words: Vec<&str> = command.items().iter().chain(args.items()).map(Tree::str).collect();
    for (number, leak) in scan_command(&words) {
        let place = match number.checked_sub(first) {
            Some(number) => path.join(&["args"]).then(number),
            None => path.join(&["command"]).then(number),
        };
        found.push(leak.at(place));
    }
    for keys in HOOKS {
        let words: Vec<&str> = container.at(keys).items().iter().map(Tree::str).collect();
        let leaks = scan_command(&words).into_iter();
        found.extend(leaks.map(|(number, leak)| leak.at(path.join(keys).then(number))));
    }
    found
}

/// Secrets in annotations, and the Secret that `kubectl apply` left in one.
pub fn annotation_leaks(object: &Tree) -> Vec<Leak> {
    let at = Path::of(&["metadata", "annotations"]);
    let annotations = object.follow(&at).entries().iter();
    let read = |(key, value): &(tree::Key, Tree)| {
        let path = at.then(&**key);
        if &**key == LAST_APPLIED {
            last_applied(&path, value.str())
        } else {
            leaks_at(&path, within(key, value.str(), Depth::TOP))
        }
    };
    annotations.flat_map(read).collect()
}

/// What the annotation repeats of another kind is found in the object itself.
fn last_applied(path: &Path, text: &str) -> Vec<Leak> {
    let Ok(applied) = tree::read(text, &mut Keys::default()) else { return Vec::new() };
    if applied.get("kind").str() != "Secret" {
        return Vec::new();
    }
    let say = |leak: Leak| {
        let note = format!("last applied: {}", leak.path);
        Leak { path: path.clone(), note: Some(note), ..leak }
    };
    secret_leaks(&applied).into_iter().map(say).collect()
}

/// Secrets in the data of a `ConfigMap`.
pub fn config_map_leaks(object: &Tree) -> Vec<Leak> {
    let mut found = release_leaks(object);
    for (key, value) in object.get("data").entries() {
        let path = Path::of(&["data"]).then(&**key);
        found.extend(leaks_at(&path, within(key, value.str(), Depth::TOP)));
    }
    for (key, value) in object.get("binaryData").entries() {
        let path = Path::of(&["binaryData"]).then(&**key);
        let text = decode64_text(value.str()).unwrap_or_default();
        found.extend(leaks_at(&path, within(key, &text, Depth::TOP)));
    }
    joined(found)
}

/// The credentials among the entries of a Secret, unless they are ciphertext.
pub fn secret_leaks(object: &Tree) -> Vec<Leak> {
    let entries = secret_entries(object).into_iter();
    let (releases, entries): (Vec<_>, Vec<_>) =
        entries.partition(|entry| entry.class == EntryClass::HelmRelease);
    let mut found = if releases.is_empty() { Vec::new() } else { release_leaks(object) };
    let entries = entries.into_iter();
    let told = |entry: &SecretEntry| entry.is_credential() && entry.length >= SHORTEST;
    found.extend(entries.filter(told).map(leak_of));
    found
}

fn leak_of(entry: SecretEntry) -> Leak {
    let SecretEntry { key, path, kind, preview, note, .. } = entry;
    let is_named = [LeakKind::Credential, LeakKind::Password].contains(&kind);
    let confidence = if is_named { Confidence::Medium } else { Confidence::High };
    Leak { kind, path, confidence, preview, name: key, line: None, note }
}

/// Secrets in the fields of any object, its metadata and what containers run aside. Of objects made
/// for references or ciphertext only what is certain is believed.
pub fn spec_leaks(object: &Tree) -> Vec<Leak> {
    let whole = document::credentials(object);
    if !whole.is_empty() || document::is_encryption_configuration(object) {
        return whole.into_iter().map(|(path, leak)| leak.at(path)).collect();
    }
    let manner = if holds_references(object) { Manner::Certain } else { Manner::Open };
    let commands = containers(object);
    let is_told = |path: &Path| {
        commands.iter().any(|(container, _)| {
            let below = path.steps().strip_prefix(container.steps());
            below.and_then(<[_]>::first).is_some_and(|step| {
                ["env", "command", "args"].iter().any(|key| *step == tree::Step::from(*key))
            })
        })
    };
    let mut found = Vec::new();
    for (key, node) in object.entries() {
        if !ASIDE.contains(&&**key) {
            found.extend(walk(node, key, &Path::of(&[key]), (manner, Depth::TOP)));
        }
    }
    found.retain(|(path, _)| !is_told(path));
    joined(found.into_iter().map(|(path, leak)| leak.at(path)).collect())
}

/// Secrets in values of Helm, or in any other tree that is no object.
pub fn values_leaks(values: &Tree) -> Vec<Leak> {
    let found = walk(values, "", &Path::root(), (Manner::Open, Depth::TOP));
    joined(found.into_iter().map(|(path, leak)| leak.at(path)).collect())
}

fn holds_references(object: &Tree) -> bool {
    let group = object.get("apiVersion").str().split('/').next().unwrap_or_default();
    REFERENCE_GROUPS.iter().any(|known| group == *known || group.ends_with(&format!(".{known}")))
}

/// Containers of pods and of templates of pods, at any depth.
fn containers(object: &Tree) -> Vec<(Path, &Tree)> {
    let mut found = Vec::new();
    gather(object, &Path::root(), &mut found);
    found
}

fn gather<'t>(node: &'t Tree, path: &Path, found: &mut Vec<(Path, &'t Tree)>) {
    if path.steps().len() > DEEPEST {
        return;
    }
    for (key, below) in node.entries() {
        let at = path.then(&**key);
        if ["containers", "initContainers", "ephemeralContainers"].contains(&&**key) {
            let items = below.items().iter().enumerate();
            found.extend(items.map(|(number, item)| (at.then(number), item)));
        } else {
            gather(below, &at, found);
        }
    }
    for (number, below) in node.items().iter().enumerate() {
        gather(below, &path.then(number), found);
    }
}

fn leaks_at(path: &Path, found: Vec<Sighting>) -> Vec<Leak> {
    found.into_iter().map(|leak| leak.at(path.clone())).collect()
}

fn beneath(path: &Path, leaks: Vec<Leak>) -> Vec<Leak> {
    leaks.into_iter().map(|leak| Leak { path: extend(path, &leak.path), ..leak }).collect()
}

fn joined(leaks: Vec<Leak>) -> Vec<Leak> {
    pair::joined(leaks, |leak| (&mut leak.kind, &mut leak.confidence))
}

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

const HOOKS: [&[&str]; 5] = [
    &["livenessProbe", "exec", "command"],
    &["readinessProbe", "exec", "command"],
    &["startupProbe", "exec", "command"],
    &["lifecycle", "postStart", "exec", "command"],
    &["lifecycle", "preStop", "exec", "command"],
];

/// Fields that are looked at elsewhere, or that the cluster writes.
const ASIDE: [&str; 5] = ["apiVersion", "kind", "metadata", "status", "sops"];

/// Groups whose objects point at secrets or hold them under a key of the cluster's.
const REFERENCE_GROUPS: [&str; 9] = [
    "bitnami.com",
    "external-secrets.io",
    "secrets.hashicorp.com",
    "secrets-store.csi.x-k8s.io",
    "cert-manager.io",
    "apiextensions.k8s.io",
    "isindir.github.com",
    "onepassword.com",
    "doppler.com",
];

const DEEPEST: usize = 64;
