//! What of the kinds that a check needs was not listed: a gap in what it says.

use inventory::{Kind, Unknown};

use crate::{About, Seen, Tally};

/// The tally, with a gap for each kind that a cluster would not list; unknown where nothing at all
/// was looked at.
pub(super) fn complete(
    seen: &Seen<'_>,
    mut tally: Tally,
    kinds: &[Kind<'static>],
) -> Result<Tally, Unknown> {
    let coverage = seen.inventory().coverage();
    let mut gaps = kinds.iter().filter_map(|kind| coverage.listed(*kind, None).err());
    if tally.is_empty() {
        return gaps.next().map_or_else(|| Ok(Tally::new()), Err);
    }
    if coverage.is_live() {
        for gap in gaps {
            tally.add_gap(About::cluster(), gap);
        }
    }
    Ok(tally)
}
