//! Whether the rules of an issuer prove two factors: what they demand of `amr` (RFC 8176) and
//! `acr`.

use std::collections::BTreeSet;

use crate::authentication::cel::{Expr, Op};
use crate::authentication::issuer::Issuer;
use crate::authentication::names::Met;

/// Whether every token that an issuer's rules let through proves two factors.
pub(super) fn proves_two(issuer: &Issuer<'_>) -> Met {
    let mut demands = Vec::new();
    let mut is_unclear = false;
    for (claim, value) in &issuer.required {
        demands.extend(demand(claim, vec![value.as_str()]));
    }
    for rule in &issuer.claim_rules {
        let Some(expr) = &rule.expr else {
            is_unclear = true;
            continue;
        };
        for one in expr.conjuncts() {
            match of_conjunct(one) {
                Some(demand) => demands.push(demand),
                None => is_unclear |= mentions_factors(one) && !one.is_has(),
            }
        }
    }
    if demands.contains(&Demand::Proven) || two_classes(&demands) {
        return Met::Yes;
    }
    if is_unclear || demands.contains(&Demand::UnknownLevel) { Met::Unclear } else { Met::No }
}

/// What a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Demand {
    /// Two factors.
    Proven,
    /// One of some methods: the classes they are of.
    OneOf(BTreeSet<Class>),
    /// A level of which the name tells nothing.
    UnknownLevel,
    /// Nothing that counts.
    Nothing,
}

/// What a method proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// That one knows something.
    Knows,
    /// That one has something.
    Has,
    /// That one is somebody.
    Is,
}

/// Two rules that ask for methods of which no two are of one class.
fn two_classes(demands: &[Demand]) -> bool {
    let sets: Vec<&BTreeSet<Class>> = demands
        .iter()
        .filter_map(|one| if let Demand::OneOf(classes) = one { Some(classes) } else { None })
        .filter(|classes| !classes.is_empty())
        .collect();
    sets.iter().any(|one| sets.iter().any(|other| one.is_disjoint(other)))
}

fn of_conjunct(expr: &Expr) -> Option<Demand> {
    if let Some((left, right)) = expr.equal() {
        let (claim, value) = match claim_of(left) {
            Some(claim) => (claim, right),
            None => (claim_of(right)?, left),
        };
        return demand(claim, value.texts()?);
    }
    match (expr, claim_called(expr)) {
        (Expr::Bool(false), _) => Some(Demand::Proven),
        (Expr::Call(_, name, args), Some("amr")) => match (name.as_str(), args.as_slice()) {
            ("exists", [Expr::Name(each), body]) => demand("amr", of_element(body, each)?),
            _ => None,
        },
        (Expr::Binary(Op::In, left, right), _) => match (claim_of(left), claim_of(right)) {
            (Some("acr"), _) => demand("acr", right.texts()?),
            (_, Some("amr")) => demand("amr", vec![left.text()?]),
            _ => None,
        },
        (Expr::Binary(Op::Or, left, right), _) => {
            Some(weaker(of_conjunct(left)?, of_conjunct(right)?))
        }
        (Expr::Choice(condition, yes, no), _) if condition.is_has() => {
            Some(weaker(of_conjunct(yes)?, of_conjunct(no)?))
        }
        (_, _) => None,
    }
}

/// The claim about factors that something is called on.
fn claim_called(expr: &Expr) -> Option<&'static str> {
    if let Expr::Call(Some(on), ..) = expr { claim_of(on) } else { None }
}

/// What holds whichever of two holds.
fn weaker(one: Demand, other: Demand) -> Demand {
    match (one, other) {
        (Demand::Proven, other) | (other, Demand::Proven) => other,
        (Demand::Nothing, _) | (_, Demand::Nothing) => Demand::Nothing,
        (Demand::UnknownLevel, _) | (_, Demand::UnknownLevel) => Demand::UnknownLevel,
        (Demand::OneOf(mut one), Demand::OneOf(other)) => {
            one.extend(other);
            Demand::OneOf(one)
        }
    }
}

/// `m == 'mfa'`, `m in ['mfa', 'hwk']`, `m == 'a' || m == 'b'`.
fn of_element<'e>(body: &'e Expr, each: &str) -> Option<Vec<&'e str>> {
    let is_each = |expr: &Expr| *expr == Expr::Name(each.to_owned());
    let Expr::Binary(op, left, right) = body else { return None };
    match op {
        Op::Equal if is_each(left) => Some(vec![right.text()?]),
        Op::Equal if is_each(right) => Some(vec![left.text()?]),
        Op::In if is_each(left) => right.texts(),
        Op::Or => {
            let mut all = of_element(left, each)?;
            all.extend(of_element(right, each)?);
            Some(all)
        }
        Op::And
        | Op::Equal
        | Op::Differ
        | Op::Less
        | Op::More
        | Op::In
        | Op::Plus
        | Op::Minus
        | Op::Times => None,
    }
}

/// What it takes that a claim has one of some values.
fn demand(claim: &str, values: Vec<&str>) -> Option<Demand> {
    match claim {
        "amr" => Some(methods(&values)),
        "acr" | "acrs" => Some(values.into_iter().map(level).fold(Demand::Proven, weaker)),
        _ => None,
    }
}

fn methods(values: &[&str]) -> Demand {
    if values.iter().all(|value| *value == "mfa") {
        return Demand::Proven;
    }
    let mut classes = BTreeSet::new();
    for value in values.iter().filter(|value| **value != "mfa") {
        match class(value) {
            Some(class) => classes.insert(class),
            None => return Demand::Nothing,
        };
    }
    Demand::OneOf(classes)
}

/// The class of a method of RFC 8176.
fn class(method: &str) -> Option<Class> {
    match method {
        "pwd" | "pin" | "kba" => Some(Class::Knows),
        "otp" | "hwk" | "swk" | "sms" | "tel" | "sc" | "pop" | "fido" => Some(Class::Has),
        "face" | "fpt" | "iris" | "retina" | "vbm" => Some(Class::Is),
        _ => None,
    }
}

/// What the name of a level tells.
fn level(name: &str) -> Demand {
    let lower = name.to_ascii_lowercase();
    let plain: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    if STRONG.iter().any(|word| plain.contains(word)) || matches!(lower.as_str(), "phr" | "phrh") {
        Demand::Proven
    } else if WEAK.iter().any(|word| plain.contains(word)) || matches!(lower.as_str(), "" | "0") {
        Demand::Nothing
    } else {
        Demand::UnknownLevel
    }
}

const STRONG: [&str; 9] =
    ["mfa", "2fa", "multifactor", "twofactor", "aal2", "aal3", "loa2", "loa3", "refedsmfa"];
const WEAK: [&str; 6] = ["1fa", "pwd", "password", "aal1", "loa0", "loa1"];

/// The claim about factors that an expression is.
fn claim_of(expr: &Expr) -> Option<&'static str> {
    ["amr", "acr", "acrs"].into_iter().find(|claim| expr.is_field("claims", claim))
}

/// Whether an expression has to do with factors.
pub(super) fn mentions_factors(expr: &Expr) -> bool {
    expr.any(&|part| claim_of(part).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication::cel::parse;

    fn of_rule(rule: &str) -> Met {
        let expr = parse(rule).expect(rule);
        let found: Vec<_> = expr.conjuncts().into_iter().map(of_conjunct).collect();
        let demands: Vec<Demand> = found.iter().flatten().cloned().collect();
        if demands.contains(&Demand::Proven) || two_classes(&demands) {
            return Met::Yes;
        }
        let is_unclear = expr
            .conjuncts()
            .iter()
            .zip(&found)
            .any(|(one, demand)| demand.is_none() && mentions_factors(one) && !one.is_has());
        if is_unclear || demands.contains(&Demand::UnknownLevel) { Met::Unclear } else { Met::No }
    }

    #[test]
    fn knows_what_proves_two_factors() {
        for (rule, expected) in [
            ("has(claims.amr) && claims.amr.exists(m, m == 'mfa')", Met::Yes),
            ("'mfa' in claims.amr", Met::Yes),
            ("claims.?amr.orValue([]).exists(x, \"mfa\" == x)", Met::Yes),
            ("has(claims.amr) ? 'mfa' in claims.amr : false", Met::Yes),
            ("'pwd' in claims.amr && claims.amr.exists(m, m in ['otp', 'hwk'])", Met::Yes),
            ("claims.amr.exists(m, m == 'pwd') && 'fpt' in claims.amr", Met::Yes),
            ("claims.acr == 'urn:okta:loa:2fa:any'", Met::Yes),
            ("claims.acr in ['phr', 'phrh']", Met::Yes),
            ("'mfa' in claims.amr || claims.acr == 'aal3'", Met::Yes),
            ("'otp' in claims.amr", Met::No),
            ("'otp' in claims.amr && 'sms' in claims.amr", Met::No),
            ("claims.amr.exists(m, m == 'mfa' || m == 'pwd')", Met::No),
            ("claims.acr == 'urn:okta:loa:1fa:any'", Met::No),
            ("claims.acr in ['phr', 'pwd']", Met::No),
            ("has(claims.amr)", Met::No),
            ("claims.hd == 'example.com'", Met::No),
            ("claims.acr == 'gold'", Met::Unclear),
            ("!has(claims.amr) || 'mfa' in claims.amr", Met::Unclear),
            ("claims.amr.size() > 1", Met::Unclear),
        ] {
            assert_eq!(of_rule(rule), expected, "{rule}");
        }
    }
}
