//! The expressions of an `AuthenticationConfiguration` (CEL), read far enough to tell what a rule
//! demands. Nothing is evaluated.

mod parser;
mod token;

pub(crate) use parser::parse;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A name: `claims`, `user`, or what a macro binds.
    Name(String),
    /// `of.name`, or `of.?name`, which may be absent; `of["name"]` is read as the same.
    Member(Box<Self>, String, bool),
    /// `name(args)` or `on.name(args)`.
    Call(Option<Box<Self>>, String, Vec<Self>),
    /// `[a, b]`.
    List(Vec<Self>),
    /// `!a`.
    Not(Box<Self>),
    /// `a op b`.
    Binary(Op, Box<Self>, Box<Self>),
    /// `a ? b : c`.
    Choice(Box<Self>, Box<Self>, Box<Self>),
    /// What no rule here asks about: maps, indexes by what is no text, negative numbers.
    Other(Vec<Self>),
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    Differ,
    /// `<` and `<=`
    Less,
    /// `>` and `>=`
    More,
    /// `in`
    In,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`, `/`, `%`
    Times,
}

impl Expr {
    /// What must all hold for it to hold.
    pub(crate) fn conjuncts(&self) -> Vec<&Self> {
        match self {
            Self::Binary(Op::And, left, right) => {
                let mut all = left.conjuncts();
                all.extend(right.conjuncts());
                all
            }
            Self::Text(_)
            | Self::Number(_)
            | Self::Bool(_)
            | Self::Null
            | Self::Name(_)
            | Self::Member(..)
            | Self::Call(..)
            | Self::List(_)
            | Self::Not(_)
            | Self::Binary(..)
            | Self::Choice(..)
            | Self::Other(_) => vec![self],
        }
    }

    /// The expressions right below it.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Text(_) | Self::Number(_) | Self::Bool(_) | Self::Null | Self::Name(_) => {
                Vec::new()
            }
            Self::Member(of, ..) | Self::Not(of) => vec![of],
            Self::Call(on, _, args) => on.as_deref().into_iter().chain(args).collect(),
            Self::List(items) | Self::Other(items) => items.iter().collect(),
            Self::Binary(_, left, right) => vec![left, right],
            Self::Choice(one, two, three) => vec![one, two, three],
        }
    }

    /// Whether it or a part of it is such a one.
    pub(crate) fn any(&self, is_one: &dyn Fn(&Self) -> bool) -> bool {
        is_one(self) || self.parts().into_iter().any(|part| part.any(is_one))
    }

    /// Whether it is `of.name`, however an absent value is provided for: `of.?name.orValue("")`
    /// too, if what stands in is empty.
    pub(crate) fn is_field(&self, of: &str, name: &str) -> bool {
        match self {
            Self::Member(inner, field, _) => field == name && **inner == Self::Name(of.to_owned()),
            Self::Call(Some(on), call, args) if call == "orValue" => {
                on.is_field(of, name) && args.iter().all(Self::is_empty)
            }
            Self::Text(_)
            | Self::Number(_)
            | Self::Bool(_)
            | Self::Null
            | Self::Name(_)
            | Self::Call(..)
            | Self::List(_)
            | Self::Not(_)
            | Self::Binary(..)
            | Self::Choice(..)
            | Self::Other(_) => false,
        }
    }

    /// Whether it or a part of it is `of.name`.
    pub(crate) fn mentions(&self, of: &str, name: &str) -> bool {
        self.any(&|part| part.is_field(of, name))
    }

    /// Whether it is a value that demands nothing: `""`, `[]`, `false`, `null`.
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Null | Self::Bool(false) => true,
            Self::Bool(true)
            | Self::Number(_)
            | Self::Name(_)
            | Self::Member(..)
            | Self::Call(..)
            | Self::Not(_)
            | Self::Binary(..)
            | Self::Choice(..)
            | Self::Other(_) => false,
        }
    }

    /// Both sides of `a == b`.
    pub(crate) fn equal(&self) -> Option<(&Self, &Self)> {
        if let Self::Binary(Op::Equal, left, right) = self { Some((left, right)) } else { None }
    }

    /// Whether it is `has(…)`.
    pub(crate) fn is_has(&self) -> bool {
        matches!(self, Self::Call(None, name, _) if name == "has")
    }

    /// The text of a text.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The texts of a list of texts, or of one text.
    pub(crate) fn texts(&self) -> Option<Vec<&str>> {
        if let Self::List(items) = self {
            return items.iter().map(Self::text).collect();
        }
        self.text().map(|text| vec![text])
    }
}
