//! Changes of a cluster's objects: tried by a server-side dry run, then made.

use std::time::Duration;

use http::Method;
use kube::Client;
use serde::Deserialize;
use serde_json::Value;

use crate::call::{self, Bounds};
use crate::error::CallFailure;

/// The object that a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Group and version, as `apps/v1`.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// The namespace; empty at cluster scope.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// A change of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Operations of RFC 6902.
    Patch(Target, Value),
    /// A new object.
    Create(Target, Value),
    /// Taking it away.
    Delete(Target),
}

/// Makes a change, after the cluster took it in a dry run. Dropped in between, nothing is changed.
///
/// # Errors
/// If the cluster does not serve the kind, or refuses the change.
pub async fn make(client: &Client, change: &Change) -> Result<(), CallFailure> {
    let target = match change {
        Change::Patch(target, _) | Change::Create(target, _) | Change::Delete(target) => target,
    };
    let collection = collection(client, target).await?;
    for query in ["?dryRun=All&fieldManager=ravelin", "?fieldManager=ravelin"] {
        let object = format!("{collection}/{}{query}", target.name);
        match change {
            Change::Patch(_, operations) => {
                let kind = "application/json-patch+json";
                send(client, Method::PATCH, &object, operations.to_string(), kind).await?;
            }
            Change::Create(_, value) => {
                let path = format!("{collection}{query}");
                send(client, Method::POST, &path, value.to_string(), JSON).await?;
            }
            Change::Delete(_) => {
                send(client, Method::DELETE, &object, String::new(), JSON).await?;
            }
        }
    }
    Ok(())
}

async fn send(
    client: &Client,
    method: Method,
    path: &str,
    body: String,
    content_type: &'static str,
) -> Result<(), CallFailure> {
    let body = (body.into_bytes(), content_type);
    call::send_bytes(client, method, path, body, BOUNDS).await.map(drop)
}

/// The path of the collection that objects of the kind are in.
async fn collection(client: &Client, target: &Target) -> Result<String, CallFailure> {
    let root = if target.api_version.contains('/') { "/apis" } else { "/api" };
    let path = format!("{root}/{}", target.api_version);
    let answer: Resources = call::get(client, &path, BOUNDS, "a list of resources").await?;
    let resource = answer
        .resources
        .into_iter()
        .find(|one| one.kind == target.kind && !one.name.contains('/'))
        .ok_or(CallFailure::Garbage("a list of resources with that kind"))?;
    Ok(match target.namespace.as_str() {
        "" => format!("{path}/{}", resource.name),
        namespace => format!("{path}/namespaces/{namespace}/{}", resource.name),
    })
}

#[derive(Deserialize)]
struct Resources {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
    kind: String,
}

const JSON: &str = "application/json";
const BOUNDS: Bounds = Bounds { longest: 16 << 20, within: Duration::from_secs(30) };
