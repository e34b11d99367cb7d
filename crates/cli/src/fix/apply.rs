//! Changes of a running cluster: each is tried by a server-side dry run first, with every
//! admission check of the cluster, and made only if that is taken.

use cluster::change::{Change, make};
use cluster::listing::Visit;
use fix::{Patch, Plan};

use super::told::Outcome;

/// Makes the changes of live objects. One that is refused is told and stops nothing else.
pub(super) fn apply(plan: &Plan, visit: &Visit, outcome: &mut Outcome) -> anyhow::Result<()> {
    let changes: Vec<(String, Change)> =
        plan.live.iter().map(change).chain(plan.created.iter().map(created)).collect();
    if changes.is_empty() {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (client, _) = visit.client().await?;
        for (what, change) in changes {
            match make(&client, &change).await {
                Ok(()) => outcome.written.push(what),
                Err(failure) => outcome.failed.push(format!("{what}: {failure}")),
            }
        }
        Ok(())
    })
}

fn change(live: &fix::LiveChange) -> (String, Change) {
    let about = &live.about;
    let target = cluster::change::Target {
        api_version: about.api_version.clone(),
        kind: about.kind.clone(),
        namespace: about.namespace.clone(),
        name: about.name.clone(),
    };
    let change = match &live.patch {
        Patch::Change(operations) => Change::Patch(target, operations.clone().into()),
        Patch::Delete => Change::Delete(target),
    };
    (about.describe(), change)
}

fn created(created: &fix::Created) -> (String, Change) {
    let text = |path: &str| {
        created
            .object
            .pointer(path)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let target = cluster::change::Target {
        api_version: text("/apiVersion"),
        kind: text("/kind"),
        namespace: text("/metadata/namespace"),
        name: text("/metadata/name"),
    };
    let what = format!("{} {}/{}", target.kind, target.namespace, target.name);
    (what, Change::Create(target, created.object.clone()))
}
