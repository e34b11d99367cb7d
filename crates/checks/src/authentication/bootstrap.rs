//! Bootstrap tokens: Secrets that a node joins with.

use std::time::{Duration, SystemTime};

use inventory::Object;
use tree::Path;

use super::certificates::decoded;
/// A bootstrap token that was seen.
#[derive(Debug)]
pub(crate) struct BootstrapToken<'s> {
    /// Its Secret.
    pub(crate) object: &'s Object,
}

/// Whether a Secret is a bootstrap token.
pub(crate) fn is_one(secret: &Object) -> bool {
    secret.tree().get("type").str() == "bootstrap.kubernetes.io/token"
        && matches!(secret.namespace(), "kube-system" | "")
}

impl BootstrapToken<'_> {
    /// A value of the Secret, and where it stands; none if it is not there or was left out.
    pub(crate) fn value(&self, key: &str) -> Option<(String, Path)> {
        let tree = self.object.tree();
        if let Some(text) = tree.at(&["stringData", key]).plain() {
            return Some((text, Path::of(&["stringData", key])));
        }
        let text = decoded(tree.at(&["data", key]).text()?)?;
        Some((text, Path::of(&["data", key])))
    }

    /// Whether anything of what it holds was seen.
    pub(crate) fn is_legible(&self) -> bool {
        self.value("token-id").is_some()
    }

    /// Whether one may authenticate with it.
    pub(crate) fn authenticates(&self) -> bool {
        self.value("usage-bootstrap-authentication").is_some_and(|(value, _)| value == "true")
    }

    /// When it ends, if ever.
    pub(crate) fn ends(&self) -> Option<SystemTime> {
        instant(&self.value("expiration")?.0)
    }

    /// When it was made, where that is known.
    pub(crate) fn made(&self) -> Option<SystemTime> {
        instant(self.object.tree().at(&["metadata", "creationTimestamp"]).text()?)
    }
}

/// An instant as RFC 3339 writes it.
pub(crate) fn instant(text: &str) -> Option<SystemTime> {
    let (date, rest) = text.trim().split_once(['T', 't', ' '])?;
    let (year, month, day) = numbers(date, '-')?;
    let at = rest.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = rest.split_at_checked(at)?;
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let (hour, minute, second) = numbers(time, ':')?;
    if !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 24
        || minute > 59
        || second > 60
    {
        return None;
    }
    let seconds =
        days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

fn numbers(text: &str, separator: char) -> Option<(i64, i64, i64)> {
    let mut parts = text.split(separator).map(|part| part.parse::<u16>().ok().map(i64::from));
    let found = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(found)
}

fn offset(zone: &str) -> Option<i64> {
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return Some(0),
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let number = |text: &str| text.parse::<u8>().ok().map(i64::from);
    Some(sign * (number(hours)? * 3600 + number(minutes)? * 60))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar: years are counted from March, so that
/// a leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_instants() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-06-01T00:00:00Z", Some(494_520 * 3600)),
            ("2024-02-29T12:30:15.5Z", Some(1_709_209_815)),
            ("2026-06-01T02:00:00+02:00", Some(494_520 * 3600)),
            ("2026-05-31T23:30:00-00:30", Some(494_520 * 3600)),
            ("2026-13-01T00:00:00Z", None),
            ("2026-06-01", None),
            ("soon", None),
        ] {
            let expected = expected.map(|s| SystemTime::UNIX_EPOCH + Duration::from_secs(s));
            assert_eq!(instant(text), expected, "{text}");
        }
    }
}
