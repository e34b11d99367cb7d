//! Authorities that the API server believes in when it calls webhooks, extension servers and
//! converters, and the clients it believes in itself.

use inventory::{Kind, Object};
use pki::{Role, Rotation};
use tree::{Path, Tree};

use super::{Credentials, Place, Use, decoded};
use crate::Seen;

/// A place of an object that says how to reach a server: what it is called, `clientConfig` or what
/// stands for it, and where that stands.
#[derive(Debug, Clone)]
pub(crate) struct Caller<'a> {
    /// The name of the webhook; empty where the object has one server only.
    pub(crate) name: &'a str,
    /// All of the webhook.
    pub(crate) whole: &'a Tree,
    /// What holds `caBundle`, `service` and `url`.
    pub(crate) client: &'a Tree,
    /// Where that stands.
    pub(crate) path: Path,
}

/// The servers an object tells the API server to call.
pub(crate) fn callers(object: &Object) -> Vec<Caller<'_>> {
    let tree = object.tree();
    let kind = object.kind();
    if kind == Kind::VALIDATING_WEBHOOK || kind == Kind::MUTATING_WEBHOOK {
        let hooks = tree.get("webhooks").items().iter().enumerate();
        return hooks
            .map(|(index, hook)| Caller {
                name: hook.get("name").str(),
                whole: hook,
                client: hook.get("clientConfig"),
                path: Path::of(&["webhooks"]).then(index).then("clientConfig"),
            })
            .collect();
    }
    let keys: &[&str] = if kind == Kind::API_SERVICE {
        &["spec"]
    } else if kind == Kind::CUSTOM_RESOURCE_DEFINITION {
        &["spec", "conversion", "webhook", "clientConfig"]
    } else {
        return Vec::new();
    };
    let client = tree.at(keys);
    let one = Caller { name: "", whole: client, client, path: Path::of(keys) };
    client.is_map().then_some(one).into_iter().collect()
}

/// Whether somebody keeps the bundle of the object as it should be.
pub(crate) fn is_injected(object: &Object) -> bool {
    INJECTORS.iter().any(|annotation| object.annotation(annotation).is_some())
}

/// Kinds that tell the API server to call somebody.
pub(crate) const KINDS: [Kind<'static>; 4] = [
    Kind::VALIDATING_WEBHOOK,
    Kind::MUTATING_WEBHOOK,
    Kind::API_SERVICE,
    Kind::CUSTOM_RESOURCE_DEFINITION,
];

pub(super) fn read(seen: &Seen<'_>, found: &mut Credentials) {
    for object in KINDS.into_iter().flat_map(|kind| seen.of(kind)) {
        for caller in callers(object) {
            bundle(object, &caller, found);
        }
    }
    let name = "extension-apiserver-authentication";
    if let Some(object) = seen.find(Kind::CONFIG_MAP, "kube-system", name) {
        for (key, role) in AUTHENTICATION {
            let place = Place::field(object, Path::of(&["data", key]), key);
            let text = object.tree().at(&["data", key]).str();
            found.add_pem(&place, Some(role), Use::Trusted, text);
        }
    }
}

fn bundle(object: &Object, caller: &Caller<'_>, found: &mut Credentials) {
    let Some(text) = caller.client.get("caBundle").text().and_then(decoded) else { return };
    let detail = format!("{} caBundle", caller.name);
    let place = Place::field(object, caller.path.then("caBundle"), detail.trim_start());
    let before = found.dated.len();
    found.add_pem(&place, None, Use::Trusted, &text);
    for dated in found.dated.iter_mut().skip(before) {
        if is_injected(object) {
            dated.credential.rotates = Rotation::ByItself;
            INJECTED.clone_into(&mut dated.credential.renew);
        } else {
            BY_HAND.clone_into(&mut dated.credential.renew);
        }
    }
}

/// Annotations by which cert-manager and `OpenShift` fill in bundles.
const INJECTORS: [&str; 5] = [
    "cert-manager.io/inject-ca-from",
    "cert-manager.io/inject-ca-from-secret",
    "cert-manager.io/inject-apiserver-ca",
    "certmanager.k8s.io/inject-ca-from",
    "service.beta.openshift.io/inject-cabundle",
];

const AUTHENTICATION: [(&str, Role); 2] =
    [("client-ca-file", Role::ClusterCa), ("requestheader-client-ca-file", Role::FrontProxyCa)];

const INJECTED: &str = "An injector fills it in: look why its source is not renewed, with `kubectl get certificates --all-namespaces`.";
const BY_HAND: &str = "Reissue the authority, put both into caBundle, change the certificate of the server, then take the old one out.";
