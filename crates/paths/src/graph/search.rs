//! Shortest paths, found from their ends.

use std::collections::VecDeque;

use super::node::{Edge, EdgeKind, Node};
use super::power::At;
use super::{AttackPath, Graph, MAX_HOPS, Place, Reason, Sink, Step, StepKind};
use crate::subject::{MASTERS, Subject};

/// How far an end is from each node, and by which edge one goes on.
pub(super) struct Distances {
    hops: Vec<Option<usize>>,
    next: Vec<Option<usize>>,
}

impl Graph<'_> {
    /// A shortest path of at most [`MAX_HOPS`] hops from each subject and each pod to each end it
    /// can reach, in the order of starts and ends.
    ///
    /// A path starts with a grant that Kubernetes does not make by itself, so its own components
    /// start none by what they need; nor does who is cluster-admin by a default binding.
    pub fn attack_paths(&self) -> Vec<AttackPath> {
        let mut paths: Vec<AttackPath> = Vec::new();
        for sink in Sink::ALL {
            let distances = self.distances(sink);
            let starts = self.nodes.iter();
            paths.extend(starts.filter_map(|(start, _)| self.path(start, sink, &distances)));
        }
        paths.sort_by(|one, other| (&one.from, one.sink).cmp(&(&other.from, other.sink)));
        paths
    }

    pub(super) fn distances(&self, sink: Sink) -> Distances {
        let nodes = self.nodes.len();
        let mut found = Distances { hops: vec![None; nodes], next: vec![None; nodes] };
        let Some(end) = self.nodes.number(&Node::Sink(sink)) else { return found };
        let mut queue = VecDeque::from([(end, 0)]);
        found.reach(end, 0, None);
        while let Some((node, hops)) = queue.pop_front() {
            if found.hops(node) != Some(hops) {
                continue; // A shorter way was found meanwhile.
            }
            for number in self.incoming.get(node).into_iter().flatten() {
                let Some(edge) = self.edges.get(*number) else { continue };
                let reached = hops + edge.kind.hops();
                if reached > MAX_HOPS || !found.reach(edge.from, reached, Some(*number)) {
                    continue;
                }
                match edge.kind.hops() {
                    0 => queue.push_front((edge.from, reached)),
                    _ => queue.push_back((edge.from, reached)),
                }
            }
        }
        found
    }

    /// The edges by which a start may set out: those that need a grant of somebody's own making.
    pub(super) fn first_edges(&self, start: usize) -> Vec<usize> {
        let Some(Node::Subject(subject)) = self.nodes.get(start) else { return Vec::new() };
        if *subject == Subject::group(MASTERS) {
            return Vec::new();
        }
        let edges = || {
            let origins = self.origins(start).into_iter();
            origins.flat_map(|origin| self.outgoing.get(origin).into_iter().flatten().copied())
        };
        if edges().any(|edge| self.is_default_admin(edge)) {
            return Vec::new();
        }
        edges().filter(|edge| self.is_made_by_somebody(*edge)).collect()
    }

    /// A subject and the groups it is in by itself.
    fn origins(&self, start: usize) -> Vec<usize> {
        let mut origins = vec![start];
        for number in self.outgoing.get(start).into_iter().flatten() {
            let edge = self.edges.get(*number);
            let included = edge.filter(|edge| matches!(edge.kind, EdgeKind::Includes));
            origins.extend(included.map(|edge| edge.to));
        }
        origins
    }

    fn is_made_by_somebody(&self, edge: usize) -> bool {
        let Some(edge) = self.edges.get(edge) else { return false };
        match &edge.kind {
            EdgeKind::Holds => self.binding_at(edge.to).is_some_and(|one| !self.is_default(one)),
            EdgeKind::Joins(_, takes) => takes.iter().any(|at| !self.is_default(at.binding)),
            EdgeKind::Leads(..) | EdgeKind::RunsAs | EdgeKind::Includes => false,
        }
    }

    fn is_default_admin(&self, edge: usize) -> bool {
        let Some(edge) = self.edges.get(edge) else { return false };
        let binding = match edge.kind {
            EdgeKind::Holds => self.binding_at(edge.to).filter(|one| self.is_default(*one)),
            EdgeKind::Leads(..) | EdgeKind::Joins(..) | EdgeKind::RunsAs | EdgeKind::Includes => {
                None
            }
        };
        binding.is_some_and(|_| {
            let leads = self.outgoing.get(edge.to).into_iter().flatten();
            leads
                .filter_map(|number| self.edges.get(*number))
                .any(|edge| matches!(edge.kind, EdgeKind::Leads(StepKind::HoldEverything, _)))
        })
    }

    pub(super) fn is_default(&self, binding: usize) -> bool {
        self.grants.bindings.get(binding).is_some_and(|bound| bound.is_default)
    }

    pub(super) fn binding_at(&self, node: usize) -> Option<usize> {
        match self.nodes.get(node)? {
            Node::Binding(binding) => Some(*binding),
            Node::Sink(_) | Node::Subject(_) | Node::Many(_) | Node::Pod(_) => None,
        }
    }

    fn path(&self, start: usize, sink: Sink, distances: &Distances) -> Option<AttackPath> {
        let from = self.place(start)?;
        let mut steps = Vec::new();
        let mut subject = start;
        if let Node::Pod(_) = self.nodes.get(start)? {
            let run = self.outgoing.get(start)?.first()?;
            subject = self.edges.get(*run)?.to;
            steps.push(self.step(start, &[*run])?);
        }
        let far = |edge: &Edge| Some(edge.kind.hops() + distances.hops(edge.to)?);
        let first = self.first_edges(subject).into_iter();
        let reaching = first.filter_map(|number| Some((far(self.edges.get(number)?)?, number)));
        let (hops, first) = reaching.min()?;
        if hops + steps.len() > MAX_HOPS {
            return None;
        }
        self.walk(subject, first, distances, &mut steps)?;
        // Somebody whom the way leads back to does not need it.
        let is_round = steps.iter().skip(1).any(|step| step.from == from);
        (!is_round).then_some(AttackPath { from, steps, sink })
    }

    /// Collects the edges from `subject` on, cut where a new place is reached.
    fn walk(
        &self,
        subject: usize,
        first: usize,
        distances: &Distances,
        steps: &mut Vec<Step>,
    ) -> Option<()> {
        let (mut from, mut way, mut next) = (subject, Vec::new(), Some(first));
        while let Some(number) = next {
            way.push(number);
            let edge = self.edges.get(number)?;
            let has_acted = way.iter().any(|edge| self.kind_of(*edge).is_some());
            if has_acted && self.place(edge.to).is_some() {
                steps.push(self.step(from, &way)?);
                (from, way) = (edge.to, Vec::new());
            }
            next = distances.next.get(edge.to).copied().flatten();
        }
        way.is_empty().then_some(())
    }

    fn step(&self, from: usize, way: &[usize]) -> Option<Step> {
        let kind = way.iter().find_map(|edge| self.kind_of(*edge))?;
        let edges = || way.iter().filter_map(|number| self.edges.get(*number));
        let takes = edges().find_map(|edge| match &edge.kind {
            EdgeKind::Leads(_, takes) | EdgeKind::Joins(_, takes) => Some(takes.as_slice()),
            EdgeKind::Holds | EdgeKind::RunsAs | EdgeKind::Includes => None,
        });
        let acts = edges().find(|edge| !matches!(edge.kind, EdgeKind::Includes))?;
        let through = Some(acts.from).filter(|origin| *origin != from);
        Some(Step {
            kind,
            from: self.place(from)?,
            through: through.and_then(|group| match self.nodes.get(group)? {
                Node::Subject(group) => Some(group.clone()),
                Node::Sink(_) | Node::Binding(_) | Node::Many(_) | Node::Pod(_) => None,
            }),
            to: self.place(edges().next_back()?.to)?,
            why: takes.unwrap_or_default().iter().filter_map(|at| self.reason(*at)).collect(),
        })
    }

    fn kind_of(&self, edge: usize) -> Option<StepKind> {
        match &self.edges.get(edge)?.kind {
            EdgeKind::Leads(kind, _) | EdgeKind::Joins(kind, _) => Some(*kind),
            EdgeKind::RunsAs => Some(StepKind::RunAs),
            EdgeKind::Holds | EdgeKind::Includes => None,
        }
    }

    fn reason(&self, at: At) -> Option<Reason> {
        let bound = self.grants.bindings.get(at.binding)?;
        let role = self.grants.roles.get(bound.role)?.key.clone();
        Some(Reason { binding: bound.key.clone(), role, rule_index: at.rule })
    }

    fn place(&self, node: usize) -> Option<Place> {
        match self.nodes.get(node)? {
            Node::Subject(subject) => Some(Place::Subject(subject.clone())),
            Node::Sink(sink) => Some(Place::Sink(*sink)),
            Node::Pod(number) => {
                let pod = self.surroundings.pods?.get(*number)?;
                Some(Place::Pod { namespace: pod.namespace.clone(), name: pod.name.clone() })
            }
            Node::Binding(_) | Node::Many(_) => None,
        }
    }
}

impl Distances {
    pub(super) fn hops(&self, node: usize) -> Option<usize> {
        self.hops.get(node).copied().flatten()
    }

    /// Notes a way, if it is shorter than the one known.
    fn reach(&mut self, node: usize, hops: usize, next: Option<usize>) -> bool {
        let is_shorter = self.hops(node).is_none_or(|before| hops < before);
        if let (true, Some(own), Some(way)) =
            (is_shorter, self.hops.get_mut(node), self.next.get_mut(node))
        {
            (*own, *way) = (Some(hops), next);
        }
        is_shorter
    }
}
