//! Words to an expression, by the precedence of CEL.

use super::token::{Token, tokens};
use super::{Expr, Op};

/// Reads an expression; none if it is none, or nests deeper than anybody writes.
pub(crate) fn parse(text: &str) -> Option<Expr> {
    let tokens = tokens(text)?;
    let mut parser = Parser { rest: &tokens, depth: 0 };
    let expr = parser.choice()?;
    parser.rest.is_empty().then_some(expr)
}

struct Parser<'t> {
    rest: &'t [Token],
    depth: usize,
}

/// No expression that a person writes nests deeper.
const DEEPEST: usize = 40;

/// Operators, those that bind weakest first.
const LEVELS: [&[(&str, Op)]; 5] = [
    &[("||", Op::Or)],
    &[("&&", Op::And)],
    &[
        ("==", Op::Equal),
        ("!=", Op::Differ),
        ("<=", Op::Less),
        ("<", Op::Less),
        (">=", Op::More),
        (">", Op::More),
        ("in", Op::In),
    ],
    &[("+", Op::Plus), ("-", Op::Minus)],
    &[("*", Op::Times), ("/", Op::Times), ("%", Op::Times)],
];

impl Parser<'_> {
    fn choice(&mut self) -> Option<Expr> {
        self.depth = self.depth.checked_add(1).filter(|depth| *depth <= DEEPEST)?;
        let condition = self.binary(0)?;
        let found = if self.takes("?") {
            let yes = self.choice()?;
            self.must(":")?;
            let no = self.choice()?;
            Expr::Choice(Box::new(condition), Box::new(yes), Box::new(no))
        } else {
            condition
        };
        self.depth = self.depth.saturating_sub(1);
        Some(found)
    }

    fn binary(&mut self, level: usize) -> Option<Expr> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let next = level.saturating_add(1);
        let mut left = self.binary(next)?;
        while let Some(op) = operators.iter().find_map(|(sign, op)| self.takes(sign).then_some(op))
        {
            left = Expr::Binary(*op, Box::new(left), Box::new(self.binary(next)?));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expr> {
        let mut nots = 0_usize;
        while self.takes("!") {
            nots = nots.saturating_add(1);
        }
        if nots == 0 && self.takes("-") {
            return Some(Expr::Other(vec![self.postfix()?]));
        }
        let inner = self.postfix()?;
        Some(if nots % 2 == 1 { Expr::Not(Box::new(inner)) } else { inner })
    }

    fn postfix(&mut self) -> Option<Expr> {
        let mut found = self.primary()?;
        loop {
            let is_optional = self.takes(".?");
            if is_optional || self.takes(".") {
                let name = self.name()?;
                found = if self.takes("(") {
                    Expr::Call(Some(Box::new(found)), name, self.list(")")?)
                } else {
                    Expr::Member(Box::new(found), name, is_optional)
                };
                continue;
            }
            let is_optional = self.takes("[?");
            if is_optional || self.takes("[") {
                let by = self.choice()?;
                self.must("]")?;
                found = match by.text() {
                    Some(name) => Expr::Member(Box::new(found), name.to_owned(), is_optional),
                    None => Expr::Other(vec![found, by]),
                };
            } else {
                return Some(found);
            }
        }
    }

    fn primary(&mut self) -> Option<Expr> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        match first {
            Token::Text(text) => Some(Expr::Text(text.clone())),
            Token::Number(number) => Some(Expr::Number(*number)),
            Token::Name(name) => self.named(name),
            Token::Sign("(") => {
                let inner = self.choice()?;
                self.must(")")?;
                Some(inner)
            }
            Token::Sign("[") => self.list("]").map(Expr::List),
            Token::Sign(_) => None,
        }
    }

    fn named(&mut self, name: &str) -> Option<Expr> {
        if self.takes("(") {
            return Some(Expr::Call(None, name.to_owned(), self.list(")")?));
        }
        Some(match name {
            "true" => Expr::Bool(true),
            "false" => Expr::Bool(false),
            "null" => Expr::Null,
            name => Expr::Name(name.to_owned()),
        })
    }

    fn list(&mut self, end: &str) -> Option<Vec<Expr>> {
        let mut items = Vec::new();
        while !self.takes(end) {
            items.push(self.choice()?);
            if !self.takes(",") {
                self.must(end)?;
                break;
            }
        }
        Some(items)
    }

    fn name(&mut self) -> Option<String> {
        let (Token::Name(name), rest) = self.rest.split_first()? else { return None };
        self.rest = rest;
        Some(name.clone())
    }

    fn must(&mut self, sign: &str) -> Option<()> {
        self.takes(sign).then_some(())
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let found = match self.rest.first() {
            Some(Token::Sign(sign)) => *sign == wanted,
            Some(Token::Name(name)) => wanted == "in" && name == "in",
            Some(Token::Text(_) | Token::Number(_)) | None => false,
        };
        if found {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(name: &str) -> Expr {
        Expr::Member(Box::new(Expr::Name("claims".to_owned())), name.to_owned(), false)
    }

    #[test]
    fn binds_operators_as_cel_does() {
        let text = |text: &str| Box::new(Expr::Text(text.to_owned()));
        let expected = Expr::Binary(
            Op::Or,
            Box::new(Expr::Binary(Op::Equal, Box::new(claim("a")), text("x"))),
            Box::new(Expr::Binary(
                Op::And,
                Box::new(Expr::Not(Box::new(claim("b")))),
                Box::new(Expr::Binary(Op::In, text("y"), Box::new(claim("c")))),
            )),
        );
        for spelled in [
            r#"claims.a == "x" || !claims.b && "y" in claims.c"#,
            "claims['a']=='x'||(!claims.b) && 'y' in claims . c // why",
            "claims.a == r'x' || !!!claims.b && ('y' in claims.c)",
        ] {
            assert_eq!(parse(spelled), Some(expected.clone()), "{spelled}");
        }
    }

    #[test]
    fn refuses_what_is_no_expression() {
        let deep = "(".repeat(10_000);
        for text in ["", "a ==", "(a", "a b", "'open", "a ? b", "{1: 2}", "f(a", "é", &deep] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
