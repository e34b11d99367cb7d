//! A call as the symbols that rules are compared with, resolved once a decision.

use model::Attributes;
use model::attributes::Target;

use super::symbols::{Symbol, Symbols};

#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) verb: Symbol,
    pub(super) target: AskedTarget<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum AskedTarget<'a> {
    Resource(AskedResource),
    Path { exact: Symbol, text: &'a str },
}

#[derive(Debug, Clone, Copy)]
pub(super) struct AskedResource {
    pub(super) group: Symbol,
    /// `resource` or `resource/subresource`.
    pub(super) resource: Symbol,
    /// `*/subresource`; unknown where the call has no subresource.
    pub(super) any_with_subresource: Symbol,
    pub(super) name: Symbol,
}

impl<'a> Asked<'a> {
    pub(super) fn resolve(symbols: &Symbols, asked: &Attributes<'a>) -> Self {
        let verb = symbols.of(asked.verb);
        let target = match asked.target {
            Target::Path(text) => AskedTarget::Path { exact: symbols.of(text), text },
            Target::Resource(what) => AskedTarget::Resource(AskedResource {
                group: symbols.of(what.group),
                resource: match what.subresource {
                    "" => symbols.of(what.resource),
                    sub => symbols.of_joined(what.resource, sub),
                },
                any_with_subresource: match what.subresource {
                    "" => Symbol::UNKNOWN,
                    sub => symbols.of_joined("*", sub),
                },
                name: symbols.of(what.name),
            }),
        };
        Self { verb, target }
    }
}
