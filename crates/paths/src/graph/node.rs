//! Nodes and edges of the graph.

use std::collections::HashMap;

use super::power::{At, Many};
use super::{Sink, StepKind};
use crate::subject::Subject;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Sink(Sink),
    Subject(Subject),
    /// A binding: whoever it names may do what its role does.
    Binding(usize),
    /// Subjects that are reached alike.
    Many(Many),
    /// A pod, by its position.
    Pod(usize),
}

/// Nodes by number, in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    all: Vec<Node>,
    numbers: HashMap<Node, usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: EdgeKind,
}

#[derive(Debug, Clone)]
pub(super) enum EdgeKind {
    /// From a subject to a binding that names it.
    Holds,
    /// From a binding to what its role leads to, and by which of its rules.
    Leads(StepKind, Vec<At>),
    /// From a subject to what rules of several of its bindings lead to together.
    Joins(StepKind, Vec<At>),
    /// From a pod to its service account.
    RunsAs,
    /// From many to one of them, or from a subject to a group it is in by itself.
    Includes,
}

impl Nodes {
    pub(super) fn add(&mut self, node: Node) -> usize {
        if let Some(number) = self.numbers.get(&node) {
            return *number;
        }
        let number = self.all.len();
        self.numbers.insert(node.clone(), number);
        self.all.push(node);
        number
    }

    pub(super) fn number(&self, node: &Node) -> Option<usize> {
        self.numbers.get(node).copied()
    }

    pub(super) fn get(&self, number: usize) -> Option<&Node> {
        self.all.get(number)
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.all.iter().enumerate()
    }
}

impl EdgeKind {
    /// How many hops it is.
    pub(super) fn hops(&self) -> usize {
        match self {
            Self::Holds | Self::Joins(..) | Self::RunsAs => 1,
            Self::Leads(..) | Self::Includes => 0,
        }
    }
}
