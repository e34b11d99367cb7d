//! SC-019: many Secrets, and no store that they come from.

use inventory::{Inventory, Kind, Unknown};

use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(super) const SC_019: Check = Check {
    id: "SC-019",
    name: "no-external-secret-store",
    title: "Many Secrets are kept by hand, and no store outside the cluster is used",
    severities: &[Severity::Low],
    why: "Nobody knows where the values come from, who else has them and when they were last changed; a lost cluster takes them along.",
    fails: "There are more than 10 Secrets of type Opaque that nothing owns, and neither objects of External Secrets, of the Secrets Store CSI driver, of the Vault Secrets Operator, of 1Password or Doppler, nor pods with a CSI volume or the Vault agent. One of these passes.",
    fix: Fix::Steps(
        "Install External Secrets, make a ClusterSecretStore for Vault or AWS Secrets Manager with conditions that name its namespaces, and an ExternalSecret for each Secret; SC-017 shows one.",
    ),
    references: &[Reference::Cis("5.4.2"), Reference::Owasp("K03")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "eleven Secrets",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(MANY)],
        ),
        Example::of(
            "eleven Secrets, and the Vault agent",
            Expected::Pass,
            &[ExampleFile::manifest(MANY), ExampleFile::at("agent.yaml", AGENT)],
        ),
        Example::of(
            "eleven Secrets, and an ExternalSecret",
            Expected::Pass,
            &[ExampleFile::manifest(MANY), ExampleFile::at("external.yaml", EXTERNAL)],
        ),
        Example::of("one Secret", Expected::Pass, &[ExampleFile::manifest(ONE)]),
        Example::of("there may be a store", Expected::Unknown, &[ExampleFile::manifest(MANY)])
            .partial(),
    ],
    ..super::SECRETS
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    if uses_store(seen.inventory()) {
        return Ok(Verdict::Pass.into());
    }
    let secrets = seen.all(Kind::SECRET)?;
    let _known = seen.all(Kind::CUSTOM_RESOURCE_DEFINITION)?;
    let by_hand = secrets.iter().filter(|secret| {
        let kind = secret.tree().get("type").str();
        let owners = secret.tree().at(&["metadata", "ownerReferences"]).items();
        ["", "Opaque"].contains(&kind) && owners.is_empty()
    });
    let count = by_hand.count();
    let mut tally = Tally::new();
    let problem = (count > MOST).then(|| {
        Problem::new(Severity::Low, format!("{count} Secrets are kept by hand."))
            .detail("stores")
            .evidence(format!("{count} Secrets of type Opaque, no external store"))
    });
    tally.add(About::cluster(), Ok(problem.into()));
    Ok(tally)
}

fn uses_store(inventory: &Inventory) -> bool {
    let of_group = |group: &str| {
        GROUPS.iter().any(|known| group == *known || group.ends_with(&format!(".{known}")))
    };
    let has_objects = inventory.objects().iter().any(|object| {
        of_group(object.kind().group)
            || (object.kind() == Kind::CUSTOM_RESOURCE_DEFINITION
                && of_group(object.tree().at(&["spec", "group"]).str()))
    });
    has_objects
        || inventory.workloads().any(|workload| {
            let agent = workload.annotation("vault.hashicorp.com/agent-inject");
            let driver = |volume: &tree::Tree| volume.at(&["csi", "driver"]).str() == DRIVER;
            agent == Some("true") || workload.volumes().any(|(volume, _)| driver(volume))
        })
}

/// So many Secrets can be looked after by hand.
const MOST: usize = 10;

const DRIVER: &str = "secrets-store.csi.k8s.io";

const GROUPS: [&str; 5] = [
    "external-secrets.io",
    "secrets-store.csi.x-k8s.io",
    "secrets.hashicorp.com",
    "onepassword.com",
    "secrets.doppler.com",
];

const MANY: &str = "\
apiVersion: v1
kind: SecretList
items:
- {metadata: {name: a, namespace: apps}}
- {metadata: {name: b, namespace: apps}}
- {metadata: {name: c, namespace: apps}}
- {metadata: {name: d, namespace: apps}, type: Opaque}
- {metadata: {name: e, namespace: apps}}
- {metadata: {name: f, namespace: apps}}
- {metadata: {name: g, namespace: apps}}
- {metadata: {name: h, namespace: apps}}
- {metadata: {name: i, namespace: apps}}
- {metadata: {name: j, namespace: apps}}
- {metadata: {name: k, namespace: apps}}
- {metadata: {name: sh.helm.release.v1.web.v1, namespace: apps}, type: helm.sh/release.v1}
";

const ONE: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: a, namespace: apps}
";

const AGENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apps}
spec:
  template:
    metadata: {annotations: {vault.hashicorp.com/agent-inject: \"true\"}}
    spec: {containers: [{name: web}]}
";

const EXTERNAL: &str = "\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: apps}
spec: {secretStoreRef: {kind: ClusterSecretStore, name: vault}}
";
