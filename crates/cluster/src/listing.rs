//! All objects of a cluster that a scan looks at, by few and small lists: a page at a time, as
//! JSON trees. What may not be listed is told in the inventory, with the server's own words, and
//! stops nothing.

mod kinds;
mod visit;

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt as _;
use inventory::{Builder, Kind, Minor};
use kube::Client;
use serde::Deserialize;

pub use self::visit::Visit;
use crate::call::{self, Bounds};
use crate::error::CallFailure;
use crate::{ClusterError, version};
use kinds::Resource;

/// What to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The namespaces to look at; all if none is named.
    pub namespaces: Vec<String>,
    /// Whether to read Secrets too.
    pub secrets: bool,
}

/// Lists everything a scan looks at into `builder`, and tells the cluster's version; `told` hears
/// how many objects there are so far. Dropped, it leaves what was added so far in the builder.
///
/// # Errors
/// If the cluster cannot be reached, or does not say what it serves.
pub async fn list_all(
    client: &Client,
    wanted: &Wanted,
    builder: &mut Builder,
    told: &mut dyn FnMut(usize),
) -> Result<String, ClusterError> {
    let version = version(client).await?;
    if let Ok(minor) = u8::try_from(version.minor) {
        builder.set_minor(Minor::of(minor));
    }
    builder.set_version(&*version.text);
    let served = served(client).await?;
    let mut resources = kinds::known(&served);
    for (group, served_version) in kinds::others(&served) {
        resources.extend(kinds_of(client, group, served_version).await);
    }
    if !wanted.secrets {
        resources.retain(|resource| resource.kind != "Secret");
    }
    for kind in kinds::not_served(&served) {
        builder.add_listed(kind, None);
    }
    if version.minor >= POLICIES_GONE {
        builder.add_listed(Kind::POD_SECURITY_POLICY, None);
    }
    builder.set_served(served.keys().cloned());
    fetch(client, &resources, wanted, builder, told).await;
    Ok(version.text)
}

/// The preferred version of each group the cluster serves.
async fn served(client: &Client) -> Result<BTreeMap<String, String>, ClusterError> {
    let groups: Groups =
        call::get(client, "/apis", SMALL, "a list of API groups").await.map_err(|source| {
            ClusterError::Call { what: "ask the cluster which APIs it serves", source }
        })?;
    Ok(groups
        .groups
        .into_iter()
        .map(|group| (group.name, group.preferred_version.version))
        .collect())
}

/// The kinds of a group that are looked at and can be listed; none if the group does not answer.
async fn kinds_of(client: &Client, group: &str, version: &str) -> Vec<Resource> {
    let path = format!("/apis/{group}/{version}");
    let answer: Result<Resources, _> = call::get(client, &path, SMALL, "a list of resources").await;
    let resources = answer.map(|answer| answer.resources).unwrap_or_default();
    resources
        .into_iter()
        .filter(|one| one.verbs.iter().any(|verb| verb == "list"))
        .filter(|one| kinds::is_wanted(group, &one.name))
        .map(|one| Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: one.name,
            kind: one.kind,
            namespaced: one.namespaced,
        })
        .collect()
}

async fn fetch(
    client: &Client,
    resources: &[Resource],
    wanted: &Wanted,
    builder: &mut Builder,
    told: &mut dyn FnMut(usize),
) {
    let lists = resources.iter().flat_map(|resource| {
        let everywhere = wanted.namespaces.is_empty() || !resource.namespaced;
        let namespaces: Vec<Option<&str>> = if everywhere {
            vec![None]
        } else {
            wanted.namespaces.iter().map(|name| Some(name.as_str())).collect()
        };
        namespaces.into_iter().map(move |namespace| (resource, namespace))
    });
    let mut answers = futures::stream::iter(lists)
        .map(|(resource, namespace)| async move {
            (resource, namespace, pages(client, &resource.path(namespace)).await)
        })
        .buffered(AT_ONCE);
    let mut count = 0_usize;
    while let Some((resource, namespace, answer)) = answers.next().await {
        let kind = Kind { group: &resource.group, kind: &resource.kind };
        match answer.and_then(|pages| add(builder, resource, &pages)) {
            Ok(added) => {
                count = count.saturating_add(added);
                builder.add_listed(kind, namespace);
            }
            Err(failure) => builder.add_refused(kind, namespace, &failure.to_string()),
        }
        told(count);
    }
}

/// Adds the objects of a list; how many there are.
fn add(builder: &mut Builder, resource: &Resource, pages: &[String]) -> Result<usize, CallFailure> {
    let mut count = 0_usize;
    for page in pages {
        let list = tree::read(page, builder.keys())
            .map_err(|_quoting| CallFailure::Garbage("a list of objects"))?;
        count = count.saturating_add(list.get("items").items().len());
        builder.add_live_list(list, &resource.api_version(), &resource.kind);
    }
    Ok(count)
}

/// All pages of a list. A list that became too old in between is begun again, once.
async fn pages(client: &Client, path: &str) -> Result<Vec<String>, CallFailure> {
    match pages_once(client, path).await {
        Err(CallFailure::Refused { code: 410, .. }) => pages_once(client, path).await,
        other => other,
    }
}

async fn pages_once(client: &Client, path: &str) -> Result<Vec<String>, CallFailure> {
    let mut pages = Vec::new();
    let mut next = String::new();
    let mut size = 0_usize;
    loop {
        let query = format!("{path}?limit={PAGE}{}", continued(&next));
        let bytes = call::get_bytes(client, &query, LARGE).await?;
        size = size.saturating_add(bytes.len());
        if size > MOST {
            return Err(CallFailure::TooLong(MOST));
        }
        let head: Head = serde_json::from_slice(&bytes)
            .map_err(|_quoting| CallFailure::Garbage("a list of objects"))?;
        let text = String::from_utf8(bytes.into())
            .map_err(|_invalid| CallFailure::Garbage("a list in UTF-8"))?;
        pages.push(text);
        next = head.metadata.next;
        if next.is_empty() {
            return Ok(pages);
        }
    }
}

fn continued(token: &str) -> String {
    if token.is_empty() {
        return String::new();
    }
    let token = percent_encoding::utf8_percent_encode(token, percent_encoding::NON_ALPHANUMERIC);
    format!("&continue={token}")
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    name: String,
    preferred_version: GroupVersion,
}

#[derive(Deserialize)]
struct GroupVersion {
    version: String,
}

#[derive(Deserialize)]
struct Resources {
    resources: Vec<ResourceEntry>,
}

#[derive(Deserialize)]
struct ResourceEntry {
    name: String,
    kind: String,
    namespaced: bool,
    #[serde(default)]
    verbs: Vec<String>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    metadata: ListMetadata,
}

#[derive(Default, Deserialize)]
struct ListMetadata {
    #[serde(rename = "continue", default)]
    next: String,
}

/// The minor version from which on no cluster serves `PodSecurityPolicy`.
const POLICIES_GONE: u32 = 25;

/// Objects a page.
const PAGE: usize = 500;

/// Lists under way at once.
const AT_ONCE: usize = 4;

/// The longest list, in bytes of all its pages.
const MOST: usize = 1 << 30;

const SMALL: Bounds = Bounds { longest: 4 << 20, within: Duration::from_secs(20) };
const LARGE: Bounds = Bounds { longest: 256 << 20, within: Duration::from_mins(2) };
