//! Label selectors, as Kubernetes reads them, over labels that were seen.

use tree::Tree;

/// Whether a label selector selects labels. One that is not there or empty selects all. None where
/// it holds an operator that Kubernetes does not know, which it would not take.
pub(crate) fn selects(selector: &Tree, labels: &Tree) -> Option<bool> {
    let mut all = is_subset(selector.get("matchLabels"), labels);
    for expression in selector.get("matchExpressions").items() {
        all &= holds(expression, labels)?;
    }
    Some(all)
}

/// Whether labels have every pair of a map, as the selector of a service asks.
pub(crate) fn is_subset(wanted: &Tree, labels: &Tree) -> bool {
    wanted.entries().iter().all(|(key, value)| labels.get(key).text() == value.text())
}

/// Whether a selector is there and says something.
pub(crate) fn is_narrow(selector: &Tree) -> bool {
    !selector.get("matchLabels").entries().is_empty()
        || !selector.get("matchExpressions").items().is_empty()
}

/// The keys that a selector asks about.
pub(crate) fn keys(selector: &Tree) -> impl Iterator<Item = &str> {
    let labels = selector.get("matchLabels").entries().iter().map(|(key, _)| &**key);
    let expressions = selector.get("matchExpressions").items().iter();
    labels.chain(expressions.map(|expression| expression.get("key").str()))
}

fn holds(expression: &Tree, labels: &Tree) -> Option<bool> {
    let value = labels.get(expression.get("key").str()).text();
    let is_among =
        || value.is_some_and(|value| expression.get("values").texts().any(|one| one == value));
    match expression.get("operator").str() {
        "In" => Some(is_among()),
        "NotIn" => Some(!is_among()),
        "Exists" => Some(value.is_some()),
        "DoesNotExist" => Some(value.is_none()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tree::Keys;

    use super::*;

    #[test]
    fn selects_as_kubernetes_does() {
        let labels = tree::read("{app: web, tier: front}", &mut Keys::default()).unwrap();
        let check = |selector: &str, expected: Option<bool>| {
            let selector = tree::read(selector, &mut Keys::default()).unwrap();
            assert_eq!(selects(&selector, &labels), expected, "{selector}");
        };
        check("{}", Some(true));
        check("{matchLabels: {app: web}}", Some(true));
        check("{matchLabels: {app: web, tier: back}}", Some(false));
        check("{matchExpressions: [{key: app, operator: In, values: [a, web]}]}", Some(true));
        check("{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", Some(false));
        check("{matchExpressions: [{key: no, operator: NotIn, values: [web]}]}", Some(true));
        check("{matchExpressions: [{key: no, operator: Exists}]}", Some(false));
        check("{matchExpressions: [{key: no, operator: DoesNotExist}]}", Some(true));
        check("{matchExpressions: [{key: app, operator: Like}]}", None);
    }
}
