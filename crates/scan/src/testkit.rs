//! Reports to write, with the names that hostile people give their objects; and golden files.

pub(crate) mod schema;

use std::path::Path;

use checks::{Confidence, Practice, Severity};

use crate::baseline::{Comparison, Past};
use crate::report::{
    Acceptance, CheckOutcome, Coverage, Finding, KindCoverage, Novelty, ObjectRef, Reach, Report,
    SourceRead, SourceRef, Status, Unreadable,
};
use crate::rules::{RuleText, Rules};

/// What an attacker would call an object: an escape sequence, a line break, markup, a formula, a
/// table's bar, a change of direction, a link and a mention.
pub(crate) const HOSTILE: &str = "=cmd|'x'!A1\u{1b}[31m\n<script>alert(1)</script>`|\u{202e}\
                                  ]]>--><!-- @all [a](https://x.example) *b* \"q\" &amp; \u{9b}2J";

/// Compares `found` with the file at `path`, which starts at the crate's folder; writes it anew
/// with `UPDATE=1`.
pub(crate) fn golden(path: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(found.lines()).position(|(one, other)| one != other);
    let line = differs.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    assert!(
        expected == found,
        "{} is stale from line {}; regenerate with UPDATE=1 and read the diff\n- {}\n+ {}",
        path.display(),
        line + 1,
        expected.lines().nth(line).unwrap_or_default(),
        found.lines().nth(line).unwrap_or_default(),
    );
}

/// An outcome of practice 1: how many passed, failed, are unknown and do not apply.
pub(crate) fn outcome(check: &str, severity: Severity, counts: [u64; 4]) -> CheckOutcome {
    let [passed, failed, unknown, not_applicable] = counts;
    let check = check.to_owned();
    CheckOutcome {
        check,
        practice: Practice::Rbac,
        severity,
        passed,
        failed,
        unknown,
        not_applicable,
    }
}

/// A report of nothing.
pub(crate) fn empty() -> Report {
    Report::new(Vec::new(), Vec::new(), Coverage::default())
}

/// A report in which `count` checks fail twelve times each.
pub(crate) fn many(count: usize) -> Report {
    let findings = (0..count).flat_map(|check| {
        (0..12).map(move |number| Finding {
            title: "A role may read all Secrets".to_owned(),
            message: format!("role {number} may list Secrets in all namespaces"),
            object: Some(object("v1", "Role", Some("apps"), &format!("role-{number}"))),
            fix: Some("narrow it to the names it needs".to_owned()),
            ..Finding::new(&format!("RB-{check:03}"), Practice::Rbac, Severity::High)
        })
    });
    Report::new(findings.collect(), Vec::new(), Coverage::default())
}

/// The sample with marks of a comparison.
pub(crate) fn compared() -> Report {
    let mut report = sample();
    for (index, finding) in report.findings.iter_mut().enumerate() {
        let novelty = if index % 2 == 0 { Novelty::New } else { Novelty::Known };
        finding.novelty = (finding.status == Status::Fail).then_some(novelty);
    }
    let past = |check: &str, about: &str| Past {
        id: "0123456789abcdef0123".to_owned(),
        check: check.to_owned(),
        message: "was open before".to_owned(),
        about: about.to_owned(),
    };
    report.baseline = Some(Comparison {
        new: 9,
        known: 4,
        gone: vec![past("RB-003", HOSTILE)],
        unseen: vec![past("ND-010", "node worker-1")],
    });
    report
}

/// A report with every status, every severity, objects from files and from a cluster, and hostile
/// names everywhere a stranger can put one.
pub(crate) fn sample() -> Report {
    let mut findings = rbac();
    findings.extend(elsewhere());
    findings.push(hostile());
    Report::new(findings, outcomes(), coverage())
}

fn rbac() -> Vec<Finding> {
    let admins = |name: &str, subject: &str| Finding {
        title: "Somebody besides the bootstrap groups is cluster-admin".to_owned(),
        message: format!("{name} makes {subject} cluster-admin"),
        object: Some(object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", None, name)),
        path: Some("roleRef".to_owned()),
        detail: subject.to_owned(),
        subjects: vec![subject.to_owned()],
        evidence: vec![format!("roleRef: ClusterRole cluster-admin; subject: {subject}")],
        fix: Some(format!(
            "bind {subject} to a role with the rules it uses:\nkubectl delete clusterrolebinding \
             {name}"
        )),
        ..Finding::new("RB-001", Practice::Rbac, Severity::Critical)
    };
    let mut findings: Vec<Finding> = (1..=7)
        .map(|number| admins(&format!("ops-{number}"), &format!("User ops{number}@corp.example")))
        .collect();
    findings.push(Finding {
        status: Status::Waived,
        waiver: Some(Acceptance {
            reason: "the break-glass account, sealed".to_owned(),
            owner: "platform".to_owned(),
            expires: "2027-03-31".to_owned(),
        }),
        ..admins("break-glass", "User break-glass")
    });
    findings.push(Finding {
        status: Status::Exempt,
        reason: Some("Kubernetes binds this itself".to_owned()),
        ..admins("cluster-admin", "Group system:masters")
    });
    findings
}

fn elsewhere() -> Vec<Finding> {
    vec![
        Finding {
            title: "A container runs privileged".to_owned(),
            message: "container agent runs privileged".to_owned(),
            object: Some(object("apps/v1", "DaemonSet", Some("monitoring"), "agent")),
            path: Some("spec.template.spec.containers[0].securityContext.privileged".to_owned()),
            detail: "agent".to_owned(),
            source: Some(SourceRef { file: "deploy/agent.yaml".to_owned(), line: 31, column: 13 }),
            evidence: vec!["privileged: true".to_owned()],
            fix: Some("securityContext:\n  privileged: false".to_owned()),
            ..Finding::new("PS-001", Practice::PodSecurity, Severity::High)
        },
        Finding {
            title: "The kubelet lets anonymous callers in".to_owned(),
            message: "authentication.anonymous.enabled is true".to_owned(),
            path: Some("authentication.anonymous.enabled".to_owned()),
            node: Some("worker-1".to_owned()),
            confidence: Confidence::Medium,
            ..Finding::new("ND-001", Practice::Nodes, Severity::Medium)
        },
        unknown("SC-001", Practice::Secrets, "encryption at rest cannot be seen"),
        unknown("FL-002", Practice::ControlPlane, "the flags of the API server cannot be seen"),
        Finding {
            status: Status::NotApplicable,
            title: "Tokens of the old kind".to_owned(),
            message: "this version makes no such tokens".to_owned(),
            reason: Some("version 1.36".to_owned()),
            ..Finding::new("RT-003", Practice::Rotation, Severity::Low)
        },
        Finding {
            title: "A label has no owner".to_owned(),
            message: "namespace apps names no owner".to_owned(),
            object: Some(object("v1", "Namespace", None, "apps")),
            confidence: Confidence::Low,
            ..Finding::new("PS-036", Practice::PodSecurity, Severity::Info)
        },
        Finding {
            title: "An object cannot be read".to_owned(),
            message: "deploy/broken.yaml: line 3: the mapping is not closed".to_owned(),
            source: Some(SourceRef { file: "deploy/broken.yaml".to_owned(), line: 3, column: 1 }),
            ..Finding::new("IN-001", Practice::Input, Severity::Low)
        },
    ]
}

fn unknown(check: &str, practice: Practice, message: &str) -> Finding {
    Finding {
        status: Status::Unknown,
        title: "Something of the control plane".to_owned(),
        message: message.to_owned(),
        reason: Some("no manifests of the control plane were given".to_owned()),
        fix: Some("run on a control-plane node with --host".to_owned()),
        ..Finding::new(check, practice, Severity::Critical)
    }
}

fn hostile() -> Finding {
    Finding {
        title: "A role may read all Secrets".to_owned(),
        message: format!("role {HOSTILE} may list Secrets"),
        object: Some(object("rbac.authorization.k8s.io/v1", HOSTILE, Some(HOSTILE), HOSTILE)),
        path: Some(HOSTILE.to_owned()),
        node: Some(HOSTILE.to_owned()),
        detail: HOSTILE.to_owned(),
        subjects: vec![format!("User {HOSTILE}"), "Group @corp/all".to_owned()],
        source: Some(SourceRef { file: HOSTILE.to_owned(), line: 7, column: 2 }),
        evidence: vec![HOSTILE.to_owned()],
        fix: Some(format!("```\n{HOSTILE}\n```")),
        reason: Some(HOSTILE.to_owned()),
        ..Finding::new("RB-006", Practice::Rbac, Severity::High)
    }
}

fn object(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> ObjectRef {
    ObjectRef {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
    }
}

fn outcomes() -> Vec<CheckOutcome> {
    let of = |check: &str, severity, counts| {
        let mut all = [Practice::Input].into_iter().chain(Practice::ALL);
        let practice = all.find(|practice| check.starts_with(practice.prefix())).unwrap();
        CheckOutcome { practice, ..outcome(check, severity, counts) }
    };
    vec![
        of("RB-001", Severity::Critical, [1, 8, 0, 0]),
        of("RB-002", Severity::Critical, [68, 0, 0, 0]),
        of("RB-003", Severity::High, [68, 0, 0, 0]),
        of("RB-006", Severity::High, [40, 1, 0, 0]),
        of("TL-001", Severity::High, [3, 0, 0, 0]),
        of("TL-002", Severity::Medium, [0, 0, 1, 0]),
        of("AN-001", Severity::High, [1, 0, 0, 0]),
        of("FL-001", Severity::Medium, [1, 0, 0, 0]),
        of("FL-002", Severity::Critical, [0, 0, 1, 0]),
        of("RT-003", Severity::Low, [0, 0, 0, 1]),
        of("PS-001", Severity::High, [12, 1, 0, 0]),
        of("PS-002", Severity::High, [13, 0, 0, 0]),
        of("PS-036", Severity::Info, [4, 1, 0, 0]),
        of("ND-001", Severity::High, [2, 1, 0, 0]),
        of("SC-001", Severity::Critical, [0, 0, 1, 0]),
        of("SC-012", Severity::High, [30, 0, 0, 0]),
    ]
}

fn coverage() -> Coverage {
    let mut coverage = Coverage {
        sources: vec![
            SourceRead { kind: "cluster".to_owned(), name: "prod".to_owned() },
            SourceRead { kind: "manifests".to_owned(), name: "deploy".to_owned() },
        ],
        checks_run: 16,
        incomplete: vec!["Secrets could not be listed".to_owned()],
        ..Coverage::default()
    };
    let kind = |api_version: &str, kind: &str, reach, objects| KindCoverage {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        reach,
        objects,
        reason: None,
    };
    coverage.kinds = vec![
        kind("v1", "Pod", Reach::Listed, 130),
        KindCoverage {
            reason: Some("403: secrets is forbidden: User \"dev\" cannot list".to_owned()),
            ..kind("v1", "Secret", Reach::Denied, 0)
        },
        kind("policy/v1beta1", "PodSecurityPolicy", Reach::Absent, 0),
        KindCoverage {
            reason: Some(HOSTILE.to_owned()),
            ..kind("example.com/v1", HOSTILE, Reach::Failed, 3)
        },
    ];
    coverage.files.read = 12;
    coverage.files.unreadable = vec![Unreadable {
        file: "deploy/secret.yaml".to_owned(),
        reason: "permission denied".to_owned(),
    }];
    coverage.versions = [("kube-apiserver", "v1.36.1"), ("ravelin", "0.1.0")]
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .into();
    coverage
}

/// Texts of two checks; the other checks have none.
pub(crate) fn rules() -> Rules {
    let text = |id: &str, title: &str| RuleText {
        id: id.to_owned(),
        title: title.to_owned(),
        why: "cluster-admin may do anything, and undo every other measure.".to_owned(),
        fix: "Give each subject a role with the rules it uses.".to_owned(),
        references: vec![
            "CIS 5.1.1".to_owned(),
            "https://kubernetes.io/docs/concepts/security/rbac-good-practices/".to_owned(),
            "javascript:alert(1)".to_owned(),
        ],
    };
    let rules = [
        text("RB-001", "Somebody besides the bootstrap groups is cluster-admin"),
        RuleText { why: HOSTILE.to_owned(), ..text("RB-006", "A role may read all Secrets") },
    ];
    rules.into_iter().collect()
}
