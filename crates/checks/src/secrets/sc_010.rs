//! SC-010: what else should be encrypted, and keys that change without a restart.

use edit::Edit;
use encryption::Provider;
use inventory::{Component, ComponentKind, Object, Unknown};
use tree::Path;

use super::configuration::{CONFIGURATION, of_secrets, read};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Span, Tally, Verdict,
};

pub(super) const SC_010: Check = Check {
    id: "SC-010",
    name: "encryption-leaves-gaps",
    title: "ConfigMaps are stored in plain text, or keys change only with a restart",
    severities: &[Severity::Low],
    versions: Span::from(26),
    why: "Programs keep secrets in ConfigMaps too; and a key that takes a restart of every kube-apiserver to change is not changed.",
    fails: "Secrets are encrypted and ConfigMaps are not, or kube-apiserver has --encryption-provider-config without --encryption-provider-config-automatic-reload=true. Where Secrets are not encrypted other checks say so.",
    fix: Fix::Sometimes(
        "Adds `configmaps` to the entry for Secrets; sets --encryption-provider-config-automatic-reload=true. Then rewrite what is stored: kubectl get configmaps --all-namespaces --output json | kubectl replace --filename -",
    ),
    references: &[
        Reference::Owasp("K03"),
        Reference::Kubernetes("tasks/administer-cluster/encrypt-data/"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "Secrets alone",
            Expected::Fail(Severity::Low),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", super::SOUND)],
        )
        .on(36),
        Example::of(
            "no automatic reload",
            Expected::Fail(Severity::Low),
            &[
                ExampleFile::at("/etc/kubernetes/encryption.yaml", BOTH),
                ExampleFile::manifest(super::APISERVER),
            ],
        )
        .on(36),
        Example::of(
            "both encrypted",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", BOTH)],
        )
        .on(36),
        Example::of(
            "encrypted by a wildcard",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", ALL)],
        )
        .on(36),
        Example::of("nothing was seen", Expected::Unknown, &[]).on(36),
    ],
    ..super::SECRETS
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = CONFIGURATION.judge(seen, &judge_object)?;
    for component in seen.components(ComponentKind::ApiServer) {
        if component.flags.value("encryption-provider-config").is_some_and(|path| !path.is_empty())
        {
            let about = About::component(component, seen.inventory());
            tally.add(about, Ok(reload(seen, component)));
        }
    }
    Ok(tally)
}

fn judge_object(object: &Object) -> Judged {
    let reading = read(object)?;
    let Some(secrets) = of_secrets(&reading).filter(|found| found.write.encrypts()) else {
        return Ok(Verdict::Pass);
    };
    let maps = reading.configuration.resolve("", "configmaps");
    if maps.as_ref().is_some_and(|found| found.write.encrypts()) {
        return Ok(Verdict::Pass);
    }
    let path = Path::of(&["resources"]).then(secrets.entry).then("resources");
    let problem = Problem::new(Severity::Low, "ConfigMaps are stored in plain text.")
        .detail("configmaps")
        .evidence(maps.map_or("no entry names configmaps", |_| "identity writes configmaps"))
        .at(path.clone());
    let is_plain = reading
        .configuration
        .resolve("", "configmaps")
        .is_some_and(|found| *found.write == Provider::Identity);
    Ok(Verdict::fail(if is_plain {
        problem
    } else {
        let value = "configmaps".into();
        problem.mended_by(crate::Remedy::Edit(vec![Edit::Append { path, value }]))
    }))
}

fn reload(seen: &Seen<'_>, component: &Component) -> Verdict {
    const FLAG: &str = "encryption-provider-config-automatic-reload";
    if component.flags.bool(FLAG) == Some(true) {
        return Verdict::Pass;
    }
    Verdict::fail(
        Problem::new(Severity::Low, "A new key is read only when kube-apiserver starts.")
            .detail(FLAG)
            .evidence(format!("--{FLAG} is not true"))
            .mended_by(set_flag(seen.inventory(), component, FLAG, "true")),
    )
}

const BOTH: &str = concat!(
    "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n",
    "- resources: [secrets, configmaps]\n  providers:\n  - secretbox: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}\n  - identity: {}\n"
);

const ALL: &str = concat!(
    "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n",
    "- resources: ['*.*']\n  providers:\n  - secretbox: {keys: [{name: k1, secret: ",
    super::key!(),
    "}]}\n  - identity: {}\n"
);
