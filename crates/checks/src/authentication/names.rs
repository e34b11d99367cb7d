//! What the rules of an issuer say about names: whether one that begins with `system:` can come of
//! a token.

use super::cel::{Expr, Op};

/// What is known of a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    /// It is met.
    Yes,
    /// It is not.
    No,
    /// There is something about it that is not understood.
    Unclear,
}

/// Whether a rule keeps every value of a field (`user.groups`, `claims.roles`) from beginning with
/// `system:`.
pub(crate) fn forbids_system(rule: &Expr, of: &str, field: &str) -> Met {
    let all: Vec<Met> =
        rule.conjuncts().into_iter().map(|one| conjunct(one, of, field, true)).collect();
    [Met::Yes, Met::Unclear].into_iter().find(|met| all.contains(met)).unwrap_or(Met::No)
}

/// Whether `expr`, or its opposite, says so.
fn conjunct(expr: &Expr, of: &str, field: &str, holds: bool) -> Met {
    if let Expr::Not(inner) = expr {
        return conjunct(inner, of, field, !holds);
    }
    if let Expr::Call(Some(on), name, args) = expr
        && on.is_field(of, field)
    {
        return call(name, args, holds);
    }
    if let Expr::Binary(Op::Or, left, right) = expr
        && holds
    {
        let sides = [left, right].map(|side| (side, conjunct(side, of, field, true)));
        let is_harmless = |side: &Expr, met: Met| met == Met::Yes || says_absent(side, of, field);
        let all = sides.iter().all(|(side, met)| is_harmless(side, *met));
        let is_met = all && sides.iter().any(|(_, met)| *met == Met::Yes);
        return if is_met { Met::Yes } else { mentioned(expr, of, field) };
    }
    // Naming single names leaves the others; that there are groups says nothing of them.
    let is_weak = match expr {
        Expr::Binary(Op::In, left, on) => left.text().is_some() && on.is_field(of, field),
        Expr::Call(None, name, _) => name == "has",
        Expr::Text(_)
        | Expr::Number(_)
        | Expr::Bool(_)
        | Expr::Null
        | Expr::Name(_)
        | Expr::Member(..)
        | Expr::Call(..)
        | Expr::List(_)
        | Expr::Not(_)
        | Expr::Binary(..)
        | Expr::Choice(..)
        | Expr::Other(_) => false,
    };
    if is_weak { Met::No } else { mentioned(expr, of, field) }
}

/// `all(each, body)`, `exists(each, body)` and tests of a text, called on the field.
fn call(name: &str, args: &[Expr], holds: bool) -> Met {
    match (name, args, holds) {
        ("all", [Expr::Name(each), body], true) | ("exists", [Expr::Name(each), body], false) => {
            element(body, each, holds)
        }
        (_, [argument], _) => of_text(name, argument, holds),
        _ => Met::Unclear,
    }
}

fn mentioned(expr: &Expr, of: &str, field: &str) -> Met {
    if expr.mentions(of, field) { Met::Unclear } else { Met::No }
}

/// `!has(user.groups)`, `user.groups.size() == 0`, `user.groups == []`.
fn says_absent(expr: &Expr, of: &str, field: &str) -> bool {
    let is_of = |expr: &Expr, name: &str| {
        if let Expr::Call(on, called, args) = expr {
            let mut subjects = on.as_deref().into_iter().chain(args);
            called == name && subjects.all(|one| one.is_field(of, field))
        } else {
            false
        }
    };
    if let Expr::Not(inner) = expr {
        return is_of(inner, "has");
    }
    if let Expr::Binary(Op::Equal, left, right) = expr {
        let is_nothing = **right == Expr::Null || **right == Expr::List(Vec::new());
        return (is_of(left, "size") && **right == Expr::Number(0.0))
            || (is_nothing && left.is_field(of, field));
    }
    false
}

/// The body of `all`, or that of `exists` that must not hold.
fn element(body: &Expr, each: &str, holds: bool) -> Met {
    let is_each = |expr: &Expr| *expr == Expr::Name(each.to_owned());
    match (body, holds) {
        (Expr::Not(inner), _) => element(inner, each, !holds),
        (Expr::Call(Some(on), name, args), _) if is_each(on) => {
            args.first().map_or(Met::Unclear, |argument| of_text(name, argument, holds))
        }
        (Expr::Binary(Op::And, left, right), true) | (Expr::Binary(Op::Or, left, right), false) => {
            either(left, right, each, holds)
        }
        (Expr::Binary(Op::Equal, left, _), false) | (Expr::Binary(Op::Differ, left, _), true)
            if is_each(left) =>
        {
            Met::No
        }
        (_, _) => Met::Unclear,
    }
}

fn either(left: &Expr, right: &Expr, each: &str, holds: bool) -> Met {
    let met = [element(left, each, holds), element(right, each, holds)];
    [Met::Yes, Met::Unclear].into_iter().find(|one| met.contains(one)).unwrap_or(Met::No)
}

/// Whether `name(argument)`, or its opposite, keeps a text from beginning with `system:`.
fn of_text(name: &str, argument: &Expr, holds: bool) -> Met {
    let Some(text) = argument.text() else { return Met::Unclear };
    let is = match (name, holds) {
        ("startsWith", true) => is_safe_prefix(text),
        ("startsWith" | "contains", false) => !text.is_empty() && SYSTEM.starts_with(text),
        _ => return Met::Unclear,
    };
    if is { Met::Yes } else { Met::No }
}

/// Whether nothing that begins with `prefix` begins with `system:`.
pub(crate) fn is_safe_prefix(prefix: &str) -> bool {
    !prefix.starts_with(SYSTEM) && !SYSTEM.starts_with(prefix)
}

const SYSTEM: &str = "system:";

/// Whether what an expression makes of a token never begins with `system:`: a prefix is written
/// before it, or it is one of some fixed texts.
pub(crate) fn is_prefixed(expr: &Expr) -> Met {
    match expr {
        Expr::Text(text) => yes(is_safe_prefix(text) || text.is_empty()),
        Expr::Null => Met::Yes,
        Expr::List(items) => worst(items.iter().map(is_prefixed)),
        Expr::Choice(_, one, two) => worst([is_prefixed(one), is_prefixed(two)]),
        Expr::Binary(Op::Plus, left, right) => match (&**left, &**right) {
            (Expr::List(_) | Expr::Call(..), Expr::List(_) | Expr::Call(..)) => {
                worst([is_prefixed(left), is_prefixed(right)])
            }
            (Expr::Text(text), _) => yes(is_safe_prefix(text)),
            (_, _) => is_prefixed(left),
        },
        Expr::Member(..) if reads_claims(expr) => Met::No,
        Expr::Call(Some(on), name, args) => match (name.as_str(), args.as_slice()) {
            ("map", [_, body]) => is_prefixed(body),
            ("filter", [Expr::Name(each), body]) if element(body, each, true) == Met::Yes => {
                Met::Yes
            }
            ("filter" | "distinct" | "sort" | "split" | "lowerAscii", _) => is_prefixed(on),
            ("orValue", [other]) => worst([is_prefixed(on), is_prefixed(other)]),
            _ => Met::Unclear,
        },
        // What `map` binds is an item of what it walks over: a bare claim.
        Expr::Name(_) => Met::No,
        Expr::Call(None, ..)
        | Expr::Member(..)
        | Expr::Number(_)
        | Expr::Bool(_)
        | Expr::Not(_)
        | Expr::Binary(..)
        | Expr::Other(_) => Met::Unclear,
    }
}

fn reads_claims(expr: &Expr) -> bool {
    expr.any(&|part| *part == Expr::Name("claims".to_owned()))
}

fn yes(is: bool) -> Met {
    if is { Met::Yes } else { Met::No }
}

fn worst(all: impl IntoIterator<Item = Met>) -> Met {
    let all: Vec<Met> = all.into_iter().collect();
    [Met::No, Met::Unclear].into_iter().find(|one| all.contains(one)).unwrap_or(Met::Yes)
}

#[cfg(test)]
mod tests {
    use super::super::cel::parse;
    use super::*;

    fn forbids(rule: &str) -> Met {
        forbids_system(&parse(rule).expect(rule), "user", "groups")
    }

    #[test]
    fn knows_rules_that_forbid_system_names_however_they_are_spelled() {
        for rule in [
            "user.groups.all(group, !group.startsWith('system:'))",
            "!user.groups.exists(g, g.startsWith(\"system:\"))",
            "!(user.groups.exists(g, (g.startsWith('system'))))",
            "user.groups.all(g, g.startsWith('oidc:'))",
            "user.username != 'root' && user.groups.all(g, !g.startsWith('system:'))",
            "!has(user.groups) || user.groups.all(g, !g.startsWith('system:'))",
            "size(user.groups) == 0 || user.groups.all(g, !(g.startsWith('system:')))",
            "user.groups.all(g, g != 'x' && !g.startsWith('system:'))",
        ] {
            assert_eq!(forbids(rule), Met::Yes, "{rule}");
        }
    }

    #[test]
    fn is_not_taken_in_by_rules_that_only_look_like_it() {
        for rule in [
            "!user.groups.exists(g, g.startsWith('system:masters'))",
            "!('system:masters' in user.groups)",
            "user.groups.all(g, g != 'system:masters')",
            "user.groups.all(g, g.startsWith('s'))",
            "!user.username.startsWith('system:')",
            "has(user.groups)",
            "true",
        ] {
            assert_eq!(forbids(rule), Met::No, "{rule}");
        }
        for rule in [
            "user.groups.all(g, g.matches('^oidc:'))",
            "user.groups.exists(g, !g.startsWith('system:'))",
            "user.username == 'a' || user.groups.all(g, !g.startsWith('system:'))",
        ] {
            assert_eq!(forbids(rule), Met::Unclear, "{rule}");
        }
    }

    #[test]
    fn knows_whether_an_expression_writes_a_prefix() {
        for (expression, expected) in [
            ("'oidc:' + claims.sub", Met::Yes),
            ("claims.roles.map(r, 'oidc:' + r)", Met::Yes),
            ("claims.?roles.orValue([]).map(r, \"oidc:\" + r)", Met::Yes),
            ("has(claims.admin) ? ['admins'] : []", Met::Yes),
            ("claims.roles.filter(r, !r.startsWith('system:'))", Met::Yes),
            ("claims.roles", Met::No),
            ("claims.roles.split(',')", Met::No),
            ("'system:' + claims.sub", Met::No),
            ("claims.sub + ':oidc'", Met::No),
            ("['system:masters']", Met::No),
            ("has(claims.a) ? claims.a : 'oidc:b'", Met::No),
            ("claims.roles.map(r, r)", Met::No),
            ("string(claims.roles)", Met::Unclear),
        ] {
            assert_eq!(
                is_prefixed(&parse(expression).expect(expression)),
                expected,
                "{expression}"
            );
        }
    }
}
