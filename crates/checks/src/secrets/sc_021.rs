//! SC-021: keys of clouds in Secrets, where the pod could have an identity.

use inventory::{Kind, Unknown};
use leaks::LeakKind;

use super::found::cloud;
use super::listed::complete;
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally};

pub(super) const SC_021: Check = Check {
    id: "SC-021",
    name: "cloud-key-in-secret",
    title: "A Secret holds a key of a cloud",
    severities: &[Severity::High],
    why: "The key does not end by itself and works from anywhere: whoever reads one Secret is in the cloud account.",
    fails: "An entry of a Secret is an access key of AWS, a key file of a Google Cloud service account, or a client secret, connection string or storage key of Azure.",
    fix: Fix::Steps(
        "Give the pods an identity instead: IRSA or EKS Pod Identity, Workload Identity Federation for GKE, Microsoft Entra Workload ID. Then delete the key in the cloud, and the Secret.",
    ),
    references: &[Reference::Mitre("T1552"), Reference::Owasp("K08"), Reference::Owasp("K03")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a key pair of AWS",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(AWS)],
        ),
        Example::of("a password", Expected::Pass, &[ExampleFile::manifest(PASSWORD)]),
        Example::of("no Secret was seen", Expected::Unknown, &[]).partial(),
    ],
    ..super::SECRETS
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for (index, entries) in &seen.secrets_in_sight().secrets {
        let Some(object) = seen.inventory().object(*index) else { continue };
        let keys: Vec<_> =
            entries.iter().filter_map(|entry| Some((entry, cloud(&entry.class)?))).collect();
        let problem = keys.first().map(|(first, kind)| {
            let names: Vec<&str> = keys.iter().map(|(entry, _)| entry.key.as_str()).collect();
            Problem::new(
                Severity::High,
                format!("{} in the Secret, under {}.", kind.title(), names.join(", ")),
            )
            .detail(names.join(", "))
            .evidence(first.preview.clone())
            .at(first.path.clone())
            .mended_by(Remedy::Steps(format!("{}\n{}", identity(*kind), kind.mend())))
        });
        tally.add(About::object(object), Ok(problem.into()));
    }
    complete(seen, tally, &[Kind::SECRET])
}

/// How pods of that cloud get an identity.
fn identity(kind: LeakKind) -> &'static str {
    let name = kind.name();
    if name.starts_with("gcp") {
        "give the service account of the pods a Google one: Workload Identity Federation for GKE, annotation iam.gke.io/gcp-service-account"
    } else if name.starts_with("azure") {
        "give the service account of the pods an Entra application: annotation azure.workload.identity/client-id and the pod label azure.workload.identity/use: \"true\""
    } else {
        "give the service account of the pods a role: IRSA, annotation eks.amazonaws.com/role-arn, or an EKS Pod Identity association"
    }
}

const AWS: &str = concat!(
    "apiVersion: v1\nkind: Secret\nmetadata: {name: backup, namespace: apps}\nstringData:\n  AWS_ACCESS_KEY_ID: ",
    super::aws_key_id!(),
    "\n  AWS_SECRET_ACCESS_KEY: ",
    super::aws_secret!(),
    "\n"
);

const PASSWORD: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: apps}
stringData: {password: Xk9q-Tr7LmZ2w}
";
