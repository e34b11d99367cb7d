//! How the seats of an API server are shared out among priority levels.
//!
//! Source of the rules: <https://kubernetes.io/docs/concepts/cluster-administration/flow-control/>.

use tree::Tree;

/// The seats of one priority level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seats {
    /// The level's name.
    pub(super) level: String,
    /// What it has while all levels are busy and nobody lends.
    pub(super) nominal: i64,
    /// What it lends while it does not need it.
    pub(super) lendable: i64,
    /// What it may borrow; none if there is no limit.
    pub(super) limit: Option<i64>,
}

/// The seats of each level, by name.
pub(super) fn seats<'a>(levels: impl Iterator<Item = &'a Tree>, total: i64) -> Vec<Seats> {
    let mut levels: Vec<_> = levels.map(read).collect();
    levels.sort();
    let sum: i64 = levels.iter().map(|(_, shares, ..)| *shares).sum();
    levels
        .into_iter()
        .map(|(level, shares, lendable, limit)| {
            let nominal = ceiling(total.saturating_mul(shares), sum);
            let percent = |percent: i64| rounded(nominal.saturating_mul(percent), 100);
            Seats { level, nominal, lendable: percent(lendable), limit: limit.map(percent) }
        })
        .collect()
}

impl Seats {
    /// The most it can have, if all others lend what they may.
    pub(super) fn most(&self, all: &[Self]) -> i64 {
        let others = others(self, all);
        self.nominal.saturating_add(self.limit.map_or(others, |limit| limit.min(others)))
    }
}

/// What all levels but one lend.
pub(super) fn others(one: &Seats, all: &[Seats]) -> i64 {
    all.iter().filter(|other| other.level != one.level).map(|other| other.lendable).sum()
}

/// Name, shares, percent lent, percent that may be borrowed.
fn read(tree: &Tree) -> (String, i64, i64, Option<i64>) {
    let spec = tree.get("spec");
    let is_exempt = spec.get("type").str() == "Exempt";
    let limits = spec.get(if is_exempt { "exempt" } else { "limited" });
    let given = limits.get("nominalConcurrencyShares").int();
    let older = || limits.get("assuredConcurrencyShares").int();
    let shares = given.or_else(older).unwrap_or(if is_exempt { 0 } else { 30 });
    let lent = limits.get("lendablePercent").int().unwrap_or(0);
    let name = tree.at(&["metadata", "name"]).str().to_owned();
    (name, shares.max(0), lent.clamp(0, 100), limits.get("borrowingLimitPercent").int())
}

fn ceiling(number: i64, by: i64) -> i64 {
    number.saturating_add(by.saturating_sub(1)).checked_div(by).unwrap_or(0)
}

fn rounded(number: i64, by: i64) -> i64 {
    number.saturating_add(by / 2).checked_div(by).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use inventory::Minor;

    use super::super::priorities::bootstrap;
    use super::*;

    #[test]
    fn the_usual_levels_share_600_seats_as_kube_apiserver_does() {
        let kept = bootstrap(Minor::of(36));
        let levels = kept.iter().copied().filter(|tree| tree.get("kind").str() != "FlowSchema");
        let found = seats(levels, 600);
        let told: Vec<_> =
            found.iter().map(|one| (one.level.as_str(), one.nominal, one.lendable)).collect();
        let expected = [
            ("catch-all", 13, 0),
            ("exempt", 0, 0),
            ("global-default", 49, 25),
            ("leader-election", 25, 0),
            ("node-high", 98, 25),
            ("system", 74, 24),
            ("workload-high", 98, 49),
            ("workload-low", 245, 221),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn nobody_borrows_more_than_the_limit() {
        let one = |level: &str, nominal, lendable, limit| Seats {
            level: level.to_owned(),
            nominal,
            lendable,
            limit,
        };
        let all = [one("a", 100, 50, None), one("b", 100, 50, Some(20)), one("c", 10, 0, Some(0))];
        let most: Vec<_> = all.iter().map(|level| level.most(&all)).collect();
        assert_eq!(most, [150, 120, 10]);
    }
}
