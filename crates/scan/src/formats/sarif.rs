//! SARIF 2.1.0, for code hosts: a rule for each check, a result for each finding.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;

use checks::Severity;
use serde::Serialize;

use crate::report::{Finding, Novelty, ObjectRef, Report, SourceRef, Status};
use crate::rules::{RuleText, Rules};
use crate::visible;

mod log;

use log::{
    Artifact, Driver, Invocation, Level, Location, Log, LogicalLocation, Message, Notification,
    Outcome, PhysicalLocation, Region, Rule, RuleProperties, RuleReference, Run, Suppression, Tool,
};

/// The report as SARIF. What fails is a result; what is waived or exempt is a suppressed one, with
/// the reason. What is unknown is a notification of the run and no result, since code hosts show
/// each result as a weakness; what does not apply is left to the JSON report.
pub fn write(report: &Report, rules: &Rules) -> String {
    let checks = Checks::of(report);
    let of = |status: &'static [Status]| {
        report.findings.iter().filter(move |finding| status.contains(&finding.status))
    };
    let unknown = of(&[Status::Unknown]).map(|finding| unknown(finding, &checks));
    let reasons = report.coverage.incomplete.iter().map(|reason| incomplete(reason));
    let run = Run {
        tool: Tool { driver: driver(report, &checks, rules) },
        invocations: [Invocation {
            execution_successful: report.coverage.incomplete.is_empty(),
            tool_execution_notifications: reasons.chain(unknown).collect(),
        }],
        column_kind: "unicodeCodePoints",
        results: of(&[Status::Fail, Status::Waived, Status::Exempt])
            .map(|finding| outcome(finding, &checks))
            .collect(),
    };
    json(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

fn json(log: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(log).unwrap_or_default();
    format!("{}\n", visible::json(&text))
}

/// The checks that are spoken of, by id, and the worst finding of each.
struct Checks<'a>(Vec<(&'a str, &'a Finding)>);

impl<'a> Checks<'a> {
    fn of(report: &'a Report) -> Self {
        let mut first: BTreeMap<&str, &Finding> = BTreeMap::new();
        for finding in &report.findings {
            if finding.status != Status::NotApplicable {
                first.entry(&finding.check).or_insert(finding);
            }
        }
        Self(first.into_iter().collect())
    }

    fn index(&self, check: &str) -> usize {
        self.0.partition_point(|(id, _)| *id < check)
    }
}

fn driver(report: &Report, checks: &Checks<'_>, rules: &Rules) -> Driver {
    Driver {
        name: "Ravelin",
        version: report.coverage.versions.get("ravelin").map(|version| safe(version)),
        rules: checks.0.iter().map(|(id, worst)| rule(id, worst, rules.text(id))).collect(),
    }
}

fn rule(id: &str, worst: &Finding, text: Option<&RuleText>) -> Rule {
    let title = text.map_or(worst.title.as_str(), |text| &text.title);
    Rule {
        id: safe(id),
        short_description: message(title),
        full_description: text.map(|text| message(&text.why)),
        help: text.map(help),
        help_uri: text.and_then(|text| {
            text.references.iter().find(|link| link.starts_with("https://")).cloned()
        }),
        properties: RuleProperties {
            tags: ["security", "kubernetes", worst.practice.title()],
            security_severity: security_severity(worst.severity),
        },
    }
}

fn help(text: &RuleText) -> Message {
    let references = text.references.join("\n");
    let parts = [text.why.as_str(), text.fix.as_str(), references.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    message(&parts.join("\n\n"))
}

/// What code hosts sort by, on the scale of CVSS: over 9.0 is critical, over 7.0 high, over 4.0
/// medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.0",
    }
}

fn outcome(finding: &Finding, checks: &Checks<'_>) -> Outcome {
    Outcome {
        rule_id: safe(&finding.check),
        rule_index: checks.index(&finding.check),
        level: level(finding.severity),
        message: message(&said(finding)),
        locations: locations(finding).into_iter().collect(),
        partial_fingerprints: [("ravelinFindingId/v1", finding.id.clone())].into(),
        baseline_state: finding.novelty.map(|novelty| match novelty {
            Novelty::New => "new",
            Novelty::Known => "unchanged",
        }),
        suppressions: suppression(finding).into_iter().collect(),
    }
}

fn unknown(finding: &Finding, checks: &Checks<'_>) -> Notification {
    let reason = finding.reason.as_deref().unwrap_or("no reason given");
    Notification {
        level: Level::Warning,
        message: message(&format!("unknown: {}\nreason: {reason}", said(finding))),
        associated_rule: Some(RuleReference {
            id: safe(&finding.check),
            index: checks.index(&finding.check),
        }),
    }
}

fn incomplete(reason: &str) -> Notification {
    let text = format!("the scan is incomplete: {reason}");
    Notification { level: Level::Error, message: message(&text), associated_rule: None }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Error,
        Severity::Medium => Level::Warning,
        Severity::Low | Severity::Info => Level::Note,
    }
}

fn said(finding: &Finding) -> String {
    let about = finding.about();
    let about = if about.is_empty() { about } else { format!("{}: ", visible::line(&about)) };
    let fix = finding.fix.as_ref().map(|fix| format!("\nfix: {fix}")).unwrap_or_default();
    format!("{about}{}{fix}", visible::line(&finding.message))
}

/// The file, line and column if it came from a file, and the object as the cluster names it.
fn locations(finding: &Finding) -> Option<Location> {
    let object = finding.object.as_ref().map(|object| logical(object, finding.path.as_deref()));
    let node = finding.node.as_ref().map(|node| resource(node, &format!("Node/{node}")));
    let logical: Vec<LogicalLocation> = object.into_iter().chain(node).collect();
    let physical = finding.source.as_ref().map(physical);
    let is_somewhere = physical.is_some() || !logical.is_empty();
    is_somewhere.then_some(Location { physical_location: physical, logical_locations: logical })
}

/// `apps/v1/Deployment/shop/web#spec.replicas`.
fn logical(object: &ObjectRef, path: Option<&str>) -> LogicalLocation {
    let namespace =
        object.namespace.as_ref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
    let path = path.map(|path| format!("#{path}")).unwrap_or_default();
    let ObjectRef { api_version, kind, name, .. } = object;
    resource(name, &format!("{api_version}/{kind}/{namespace}{name}{path}"))
}

fn resource(name: &str, whole: &str) -> LogicalLocation {
    LogicalLocation { name: safe(name), fully_qualified_name: safe(whole), kind: "resource" }
}

fn physical(source: &SourceRef) -> PhysicalLocation {
    PhysicalLocation {
        artifact_location: Artifact { uri: uri(&source.file) },
        region: Region { start_line: source.line.max(1), start_column: source.column.max(1) },
    }
}

/// The path as a URI reference (RFC 3986): a relative one stays relative. A colon is escaped, so
/// that `c:x` or `javascript:x` is no scheme; so is `//` at the beginning, so that it is no host.
fn uri(file: &str) -> String {
    let file = file.strip_prefix("./").unwrap_or(file).replace('\\', "/");
    let mut out = String::new();
    for (index, byte) in file.bytes().enumerate() {
        let is_host = index == 1 && byte == b'/' && out == "/";
        if !is_host && (byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap_or_default();
        }
    }
    out
}

fn suppression(finding: &Finding) -> Option<Suppression> {
    let justification = match finding.status {
        Status::Waived => finding.waiver.as_ref().map(ToString::to_string),
        Status::Exempt => finding.reason.clone(),
        Status::Fail | Status::Unknown | Status::NotApplicable => return None,
    };
    let justification = safe(&justification.unwrap_or_default());
    Some(Suppression { kind: "external", status: "accepted", justification })
}

/// A plain-text message: braces would begin a placeholder (§3.11.5), `](` a link (§3.11.6).
fn message(text: &str) -> Message {
    let text = visible::lines(text).replace("](", "] (");
    Message { text: text.replace('{', "{{").replace('}', "}}") }
}

fn safe(text: &str) -> String {
    visible::line(text).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::testkit::{self, golden};

    #[test]
    fn is_a_log_with_rules_results_and_notifications() {
        golden("golden/report.sarif", &write(&testkit::compared(), &testkit::rules()));
        golden("golden/empty.sarif", &write(&testkit::empty(), &Rules::default()));
    }

    #[test]
    fn results_point_at_their_rules() {
        let text = write(&testkit::sample(), &testkit::rules());
        let log: Value = serde_json::from_str(&text).unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert!(!results.is_empty());
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        let suppressed = |result: &&Value| result.get("suppressions").is_some();
        assert_eq!(results.iter().filter(suppressed).count(), 2);
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    }

    #[test]
    fn a_path_is_a_relative_reference() {
        let check = |file: &str, expected: &str| assert_eq!(uri(file), expected, "{file:?}");
        check("deploy/web.yaml", "deploy/web.yaml");
        check("./deploy/a b.yaml", "deploy/a%20b.yaml");
        check("deploy\\web.yaml", "deploy/web.yaml");
        check("/etc/kubernetes/pki", "/etc/kubernetes/pki");
        check("//evil.example/x", "/%2Fevil.example/x");
        check("javascript:alert(1)", "javascript%3Aalert%281%29");
        check("größe?#", "gr%C3%B6%C3%9Fe%3F%23");
    }

    #[test]
    fn a_message_is_plain_text() {
        let check = |text: &str, expected: &str| assert_eq!(message(text).text, expected);
        check("spec.containers[0].image", "spec.containers[0].image");
        check("[a](https://x.example)", "[a] (https://x.example)");
        check("{0} and {a: b}", "{{0}} and {{a: b}}");
        check("a\u{1b}[2J\nb", "a\\u{{1b}}[2J\nb");
    }
}
