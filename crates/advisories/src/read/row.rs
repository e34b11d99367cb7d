//! Rows of our own tables: `data/advisories.jsonl` and `data/advisories-ecosystem.jsonl`.

use serde_json::Value;

use super::{Flaw, bound, date, list, needed, text, version};
use crate::advisory::{Affected, Standing};
use crate::component::{Line, Package};
use crate::interval::{End, Event, Interval, intervals};
use crate::{Advisory, Component, Only, Severity};

/// Reads a row of either table.
pub(super) fn read(row: &Value) -> Result<Advisory, Flaw> {
    let id = needed(row, "id")?;
    let components = components(row)?;
    let affected: Vec<Affected> = if row.get("go").is_some() {
        list(row, "affected")?
            .iter()
            .map(|affected| module(affected, &components))
            .collect::<Result<_, _>>()?
    } else {
        let intervals = list(row, "affected")?.iter().map(interval).collect::<Result<_, _>>()?;
        vec![Affected { components, line: Line::Every, intervals }]
    };
    let score = row.get("cvss").and_then(Value::as_f64);
    Ok(Advisory {
        id: id.to_owned(),
        aliases: Some(text(row, "go"))
            .filter(|go| !go.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect(),
        summary: text(row, "summary").to_owned(),
        is_title_only: row.get("summary_basis").is_some(),
        severity: Severity::named(text(row, "severity"))
            .or_else(|| score.and_then(Severity::of_score)),
        published: date::published(text(row, "published"), &[id]),
        modified: date::instant(text(row, "modified")),
        url: text(row, "url").to_owned(),
        only: (text(row, "only") == "windows-nodes").then_some(Only::WindowsNodes),
        standing: match text(row, "status") {
            "unfixed" => Standing::Unfixed,
            _ => Standing::Stands,
        },
        is_verified: row.get("verified").and_then(Value::as_bool) == Some(true),
        affected,
    })
}

fn components(row: &Value) -> Result<Vec<Component>, Flaw> {
    let one = |name: &Value| {
        let name = name.as_str().ok_or(Flaw::Shape { field: "component", wanted: "text" })?;
        Component::named(name).ok_or_else(|| Flaw::Component(name.to_owned()))
    };
    match row.get("component") {
        Some(Value::Array(names)) => names.iter().map(one).collect(),
        Some(name) => Ok(vec![one(name)?]),
        None => Err(Flaw::Missing("component")),
    }
}

fn interval(range: &Value) -> Result<Interval, Flaw> {
    let introduced = range.get("introduced").ok_or(Flaw::Missing("introduced"))?;
    let end = match (range.get("fixed"), range.get("last_affected")) {
        (Some(fixed), _) => End::Fixed(version(fixed)?),
        (None, Some(last)) => End::Last(version(last)?),
        (None, None) => End::Open,
    };
    Ok(Interval { introduced: bound(introduced)?, end })
}

fn module(affected: &Value, components: &[Component]) -> Result<Affected, Flaw> {
    let name = needed(affected, "module")?;
    let package = Package::named(name).ok_or_else(|| Flaw::Component(name.to_owned()))?;
    if !components.contains(&package.component) {
        return Err(Flaw::Component(name.to_owned()));
    }
    let events = list(affected, "events")?.iter().map(event).collect::<Result<_, _>>()?;
    let components = vec![package.component];
    Ok(Affected { components, line: package.line, intervals: intervals(events) })
}

fn event(value: &Value) -> Result<Event, Flaw> {
    match (value.get("introduced"), value.get("fixed")) {
        (Some(introduced), _) => Ok(Event::Introduced(bound(introduced)?)),
        (None, Some(fixed)) => Ok(Event::Fixed(version(fixed)?)),
        (None, None) => Err(Flaw::Event),
    }
}
