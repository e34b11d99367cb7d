//! Field and label selectors: the grammars of apimachinery, as far as a request's reading and its
//! authorization depend on them.

pub mod fields;
pub mod labels;

/// A selector that Kubernetes would not parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadSelector;

impl std::fmt::Display for BadSelector {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "not a selector")
    }
}

impl std::error::Error for BadSelector {}
