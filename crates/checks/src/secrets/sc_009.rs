//! SC-009: keys of encryption in files that others may read.

use inventory::{Object, Unknown};

use super::configuration::CONFIGURATION;
use crate::example::{Example, ExampleFile, Expected};
use crate::rights::{FileRule, Wanted};
use crate::{About, Check, Fix, Judge, Judged, Reference, Seen, Severity, Verdict};

pub(super) const SC_009: Check = Check {
    id: "SC-009",
    name: "encryption-file-mode",
    title: "Others may read the keys that Secrets are encrypted with",
    severities: &[Severity::High],
    why: "Encryption protects from whoever reads etcd, as long as he does not have the key as well.",
    fails: "The mode of a file with an EncryptionConfiguration gives anything to group or others (more than 600), or a folder above it can be written by others. Such a file in a repository fails by its mode: a working copy is readable for others.",
    fix: Fix::Sometimes(
        "Sets the mode to 600. If the file was in a repository or a backup the key is known: change it, as SC-008 says.",
    ),
    references: &[Reference::Cis("1.2.28"), Reference::Owasp("K03"), Reference::Mitre("T1552.001")],
    judge: Judge::Whole(|seen| CONFIGURATION.judge(seen, &|object| judge(seen, object))),
    examples: &[
        Example::of(
            "readable for everybody",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", super::SOUND).rights(0o644, 0, 0)],
        ),
        Example::of(
            "for root alone",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", super::SOUND).rights(0o600, 0, 0)],
        ),
        Example::of(
            "a copy that lost its rights",
            Expected::Unknown,
            &[ExampleFile::at("/etc/kubernetes/encryption.yaml", super::SOUND)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]),
    ],
    ..super::SECRETS
};

fn judge(seen: &Seen<'_>, object: &Object) -> Judged {
    let file = object.origin().file().and_then(|id| seen.inventory().file_at(id));
    let Some(file) = file else {
        return Err(Unknown::new(
            "the configuration came from no file",
            "scan the file on its node",
        ));
    };
    let wanted = Wanted::Mode(0o600);
    let rule = FileRule { path: file.path_on_node(), wanted, severity: Severity::High };
    Ok(match rule.judge_file(file)? {
        Verdict::Fail(problems) => Verdict::Fail(
            problems.into_iter().map(|problem| problem.about(About::file(file))).collect(),
        ),
        other @ (Verdict::Pass | Verdict::Exempt(_) | Verdict::NotApplicable(_)) => other,
    })
}
