//! `anonymous`: who may come without credentials.

use super::reader::Reader;
use crate::Anonymous;

pub(super) fn read(root: &Reader<'_>) -> Option<Anonymous> {
    let anonymous = root.field("anonymous");
    if !anonymous.is_present() {
        return None;
    }
    anonymous.only(&["enabled", "conditions"]);
    let is_enabled = anonymous.field("enabled").truth();
    let conditions = anonymous.field("conditions");
    let paths: Vec<String> = conditions.items().iter().map(path).collect();
    if !is_enabled && !paths.is_empty() {
        conditions.report("enabled must be true when conditions are given");
    }
    Some(match (is_enabled, paths.is_empty()) {
        (false, _) => Anonymous::Refused,
        (true, false) => Anonymous::OnPaths(paths.into_iter().collect()),
        (true, true) => Anonymous::DangerAnywhere,
    })
}

fn path(condition: &Reader<'_>) -> String {
    condition.only(&["path"]);
    condition.field("path").text()
}
