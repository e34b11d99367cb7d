//! Records of OSV feeds (<https://ossf.github.io/osv-schema/>), read as they are rather than as
//! they should be.

use serde_json::Value;

use super::{Flaw, bound, date, list, needed, rank, text, version};
use crate::advisory::{Affected, Standing};
use crate::component::{Line, Package};
use crate::interval::{Event, Interval, intervals};
use crate::{Advisory, Severity, Version, cvss};

/// Reads a record; none if no package of it is a component we know.
pub(super) fn read(record: &Value) -> Result<Option<Advisory>, Flaw> {
    let own = needed(record, "id")?;
    let mut ids = vec![own];
    ids.extend(list(record, "aliases")?.iter().filter_map(Value::as_str));
    ids.sort_by_key(|id| rank(id));
    ids.dedup();
    let affected = affected(record)?;
    let Some((id, aliases)) = ids.split_first().filter(|_| !affected.is_empty()) else {
        return Ok(None);
    };
    let modified = date::instant(text(record, "modified"));
    let withdrawn = date::instant(text(record, "withdrawn"));
    Ok(Some(Advisory {
        id: (*id).to_owned(),
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        summary: summary(record).to_owned(),
        is_title_only: text(record, "details").is_empty(),
        severity: severity(record)?,
        published: date::published(text(record, "published"), &ids),
        modified: modified.max(withdrawn),
        url: url(record, own)?,
        only: None,
        standing: if withdrawn.is_some() { Standing::Withdrawn } else { Standing::Stands },
        is_verified: false,
        affected,
    }))
}

fn affected(record: &Value) -> Result<Vec<Affected>, Flaw> {
    let mut found = Vec::new();
    for affected in list(record, "affected")? {
        let package = affected.get("package").unwrap_or(&Value::Null);
        let ecosystem = text(package, "ecosystem").to_ascii_lowercase();
        if !ECOSYSTEMS.contains(&ecosystem.as_str()) {
            continue;
        }
        if let Some(package) = Package::named(text(package, "name")) {
            found.push(of_package(package, affected)?);
        }
    }
    Ok(found)
}

fn of_package(package: Package, affected: &Value) -> Result<Affected, Flaw> {
    let specific = affected.get("ecosystem_specific").unwrap_or(&Value::Null);
    // The Go database leaves the module open and writes the product's own versions here.
    let custom = events(list(specific, "custom_ranges")?)?;
    let (line, events) = if custom.is_empty() {
        let shift = |event| shifted(package, event);
        (package.line, events(list(affected, "ranges")?)?.into_iter().map(shift).collect())
    } else {
        (Line::Every, custom)
    };
    let versions =
        list(affected, "versions")?.iter().filter(|version| version.as_str() != Some("0"));
    let versions: Vec<Version> = versions.map(version).collect::<Result<_, _>>()?;
    let silent = events.is_empty() && versions.is_empty();
    let mut intervals = intervals(events);
    let listed = versions.into_iter().map(|version| package.product_version(version));
    let listed: Vec<Version> =
        listed.filter(|version| !intervals.iter().any(|found| found.contains(version))).collect();
    intervals.extend(listed.into_iter().map(Interval::only));
    if silent {
        intervals.push(Interval::ALL);
    }
    Ok(Affected { components: vec![package.component], line, intervals })
}

/// The events of all ranges over versions; ranges over commits say nothing here.
fn events(ranges: &[Value]) -> Result<Vec<Event>, Flaw> {
    let mut found = Vec::new();
    for range in ranges.iter().filter(|range| text(range, "type") != "GIT") {
        for value in list(range, "events")? {
            found.extend(event(value)?);
        }
    }
    Ok(found)
}

fn event(value: &Value) -> Result<Option<Event>, Flaw> {
    if let Some(introduced) = value.get("introduced") {
        return Ok(Some(Event::Introduced(bound(introduced)?)));
    }
    if let Some(fixed) = value.get("fixed") {
        return Ok(Some(Event::Fixed(version(fixed)?)));
    }
    if let Some(last) = value.get("last_affected") {
        return Ok(Some(Event::LastAffected(version(last)?)));
    }
    if value.get("limit").is_some() { Ok(None) } else { Err(Flaw::Event) }
}

fn shifted(package: Package, event: Event) -> Event {
    match event {
        Event::Introduced(version) => {
            Event::Introduced(version.map(|version| package.product_version(version)))
        }
        Event::Fixed(version) => Event::Fixed(package.product_version(version)),
        Event::LastAffected(version) => Event::LastAffected(package.product_version(version)),
    }
}

fn summary(record: &Value) -> &str {
    match text(record, "summary") {
        "" => text(record, "details").lines().next().unwrap_or_default(),
        summary => summary,
    }
}

fn severity(record: &Value) -> Result<Option<Severity>, Flaw> {
    let scores = list(record, "severity")?.iter().map(|severity| text(severity, "score"));
    let scores = scores.filter_map(|score| cvss::base_score(score).or_else(|| score.parse().ok()));
    let specific = record.get("database_specific").unwrap_or(&Value::Null);
    let worst = scores.filter_map(Severity::of_score).max();
    Ok(worst.or_else(|| Severity::named(text(specific, "severity"))))
}

fn url(record: &Value, id: &str) -> Result<String, Flaw> {
    let references = list(record, "references")?;
    let advisory = references.iter().find(|reference| text(reference, "type") == "ADVISORY");
    match advisory.map(|reference| text(reference, "url")) {
        Some(url) if url.starts_with("https://") => Ok(url.to_owned()),
        _ => Ok(format!("https://osv.dev/vulnerability/{id}")),
    }
}

const ECOSYSTEMS: [&str; 3] = ["", "go", "kubernetes"];
