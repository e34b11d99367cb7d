//! The smallest set of bindings whose removal breaks every path.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::{BOUNDLESS, Network};
use super::node::{EdgeKind, Node};
use super::{Graph, Sink};
use crate::grants::BindingKey;

/// What to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The bindings, in order. Those that Kubernetes makes are never among them.
    pub bindings: Vec<BindingKey>,
    /// Whether no smaller set breaks the paths, of whatever length. Where steps take rules of
    /// several bindings together a smaller one may exist; then none of these can be left out, but
    /// in a policy so large that this was not tried.
    pub is_smallest: bool,
}

/// Which of several bindings that a step takes together stands for all of them.
#[derive(Debug, Clone, Copy)]
enum Half {
    First,
    Last,
}

impl Graph<'_> {
    /// The smallest set of bindings without which there is no path.
    ///
    /// Every path passes through bindings, and all subjects of a binding lead on alike, so a
    /// greatest flow with room for one through each binding finds it. A step that takes several
    /// bindings together is broken by any of them; it is counted as if it took one, the first or
    /// the last, whichever gives the smaller set. Where there are such steps, what is found is tried
    /// out, and what turns out to be needless is put back.
    pub fn minimum_cut(&self) -> Cut {
        let has_joins = self.edges.iter().any(|edge| matches!(edge.kind, EdgeKind::Joins(..)));
        let best = if has_joins { self.tried_out() } else { self.breaking(Half::First) };
        let bound = best.iter().filter_map(|binding| self.grants.bindings.get(*binding));
        let mut bindings: Vec<BindingKey> = bound.map(|bound| bound.key.clone()).collect();
        bindings.sort();
        Cut { bindings, is_smallest: !has_joins }
    }

    /// The smaller of the two cuts, without what turns out to be needless.
    fn tried_out(&self) -> BTreeSet<usize> {
        let cuts = [Half::First, Half::Last].map(|half| self.breaking(half));
        let [first, last] = cuts.map(|cut| self.without_needless(cut));
        if last.len() < first.len() { last } else { first }
    }

    /// Cuts until no path is left: another pair of bindings may allow what a cut one did.
    fn breaking(&self, half: Half) -> BTreeSet<usize> {
        let mut cut = BTreeSet::new();
        let mut more = self.smallest(half);
        while !more.is_empty() {
            cut.append(&mut more);
            more = self.after(&cut).smallest(half);
        }
        cut
    }

    fn without_needless(&self, cut: BTreeSet<usize>) -> BTreeSet<usize> {
        if cut.len().saturating_mul(self.grants.bindings.len()) > TRIED_OUT {
            return cut;
        }
        let mut needed = cut.clone();
        for binding in cut {
            needed.remove(&binding);
            if !self.after(&needed).attack_paths().is_empty() {
                needed.insert(binding);
            }
        }
        needed
    }

    /// The graph once those bindings are gone as well.
    fn after(&self, cut: &BTreeSet<usize>) -> Self {
        let without = self.without.union(cut).copied().collect();
        Self::without(self.grants, self.surroundings, without)
    }

    fn smallest(&self, half: Half) -> BTreeSet<usize> {
        let mut plan = Plan::default();
        let (source, drain) = (plan.network.add_node(), plan.network.add_node());
        let ends = Sink::ALL.map(|sink| self.distances(sink));
        let leads = |node: usize| ends.iter().any(|end| end.hops(node).is_some());
        for (number, edge) in self.edges.iter().enumerate().filter(|(_, edge)| leads(edge.to)) {
            let standing = self.standing(number, half);
            for node in [edge.from, edge.to].into_iter().chain(standing) {
                plan.place(node, self.room(node));
            }
            let way = [edge.from].into_iter().chain(standing).chain([edge.to]);
            let way: Vec<usize> = way.collect();
            way.windows(2).for_each(|pair| plan.connect(pair));
        }
        for sink in Sink::ALL {
            if let Some(end) = self.nodes.number(&Node::Sink(sink)) {
                plan.leave(end, drain);
            }
        }
        for (start, _) in self.nodes.iter().filter(|(node, _)| leads(*node)) {
            for number in self.first_edges(start) {
                let to = self.edges.get(number).map(|edge| edge.to);
                if let Some(first) = self.standing(number, half).or(to) {
                    plan.enter(source, first);
                }
            }
        }
        let reached = plan.network.saturate(source, drain);
        let cut = plan.between(&reached).into_iter();
        cut.filter_map(|node| self.binding_at(node)).collect()
    }

    /// How many paths may pass a node: one, where removing it is an option.
    fn room(&self, node: usize) -> u32 {
        match self.binding_at(node) {
            Some(binding) if !self.is_default(binding) => 1,
            Some(_) | None => BOUNDLESS,
        }
    }

    /// The binding that stands for all that a step takes together; none if Kubernetes makes them
    /// all.
    fn standing(&self, edge: usize, half: Half) -> Option<usize> {
        let takes = match &self.edges.get(edge)?.kind {
            EdgeKind::Joins(_, takes) => takes,
            EdgeKind::Holds | EdgeKind::Leads(..) | EdgeKind::RunsAs | EdgeKind::Includes => {
                return None;
            }
        };
        let mut own = takes.iter().map(|at| at.binding).filter(|one| !self.is_default(*one));
        let binding = match half {
            Half::First => own.next(),
            Half::Last => own.next_back(),
        };
        self.nodes.number(&Node::Binding(binding?))
    }
}

/// The network of a graph: each node as an entrance and an exit.
#[derive(Debug, Default)]
struct Plan {
    network: Network,
    doors: BTreeMap<usize, [usize; 2]>,
}

impl Plan {
    fn place(&mut self, node: usize, room: u32) {
        if self.doors.contains_key(&node) {
            return;
        }
        let (entrance, exit) = (self.network.add_node(), self.network.add_node());
        self.network.add_edge(entrance, exit, room);
        self.doors.insert(node, [entrance, exit]);
    }

    fn connect(&mut self, pair: &[usize]) {
        let [from, to] = pair else { return };
        if let (Some([_, exit]), Some([entrance, _])) = (self.doors.get(from), self.doors.get(to)) {
            self.network.add_edge(*exit, *entrance, BOUNDLESS);
        }
    }

    fn enter(&mut self, source: usize, to: usize) {
        if let Some([entrance, _]) = self.doors.get(&to) {
            self.network.add_edge(source, *entrance, BOUNDLESS);
        }
    }

    fn leave(&mut self, from: usize, drain: usize) {
        if let Some([_, exit]) = self.doors.get(&from) {
            self.network.add_edge(*exit, drain, BOUNDLESS);
        }
    }

    /// The nodes whose entrance is reached and whose exit is not.
    fn between(&self, reached: &[bool]) -> Vec<usize> {
        let is_reached = |door: &usize| reached.get(*door).copied().unwrap_or_default();
        let cut = self
            .doors
            .iter()
            .filter(|(_, [entrance, exit])| is_reached(entrance) && !is_reached(exit));
        cut.map(|(node, _)| *node).collect()
    }
}

/// How many bindings the trials of a cut may read together: each reads the whole policy. Where it
/// would be more, nothing is tried out.
const TRIED_OUT: usize = 50_000;
