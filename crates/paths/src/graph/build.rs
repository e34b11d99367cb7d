//! The graph from grants and surroundings.

mod members;

use std::collections::{BTreeMap, BTreeSet};

use self::members::Members;
use super::node::{Edge, EdgeKind, Node, Nodes};
use super::power::{Aim, At, Held, Power, World, alone, holds_everything, is_half, together};
use super::surroundings::Surroundings;
use super::{Graph, Sink, StepKind};
use crate::grants::{Grants, Scope};
use crate::rights::RoleRight;
use crate::subject::Subject;

/// The rights of one role with the rules that give them.
struct Role<'g> {
    rights: Vec<RoleRight<'g>>,
    /// The first rule, if together they are everything.
    everything: Option<usize>,
}

impl<'g> Graph<'g> {
    /// The graph of `grants` in `surroundings`.
    pub fn of(grants: &'g Grants, surroundings: Surroundings<'g>) -> Self {
        Self::without(grants, surroundings, BTreeSet::new())
    }

    /// The graph as it is once those bindings are gone.
    pub(super) fn without(
        grants: &'g Grants,
        surroundings: Surroundings<'g>,
        without: BTreeSet<usize>,
    ) -> Self {
        let nodes = Nodes::default();
        let (edges, outgoing, incoming) = (Vec::new(), Vec::new(), Vec::new());
        let mut graph = Self { grants, surroundings, nodes, edges, outgoing, incoming, without };
        for sink in Sink::ALL {
            graph.nodes.add(Node::Sink(sink));
        }
        let roles = graph.roles();
        let members = Members::of(grants, &surroundings);
        for subject in members.subjects() {
            graph.nodes.add(Node::Subject(subject.clone()));
        }
        let leading = graph.bindings(&roles, &members);
        graph.hold(&leading);
        graph.join(&roles, &leading, &members);
        graph.include(&members);
        graph.run_pods();
        graph.connect();
        graph
    }

    fn roles(&self) -> Vec<Role<'g>> {
        let rights = self.grants.rights_of_roles(self.surroundings.version);
        let roles = self.grants.roles.iter().zip(rights).map(|(role, rights)| Role {
            rights,
            everything: holds_everything(&role.rules).then(|| {
                let is_it = |rule| holds_everything(std::slice::from_ref(rule));
                role.rules.iter().position(is_it).unwrap_or_default()
            }),
        });
        roles.collect()
    }

    /// The rights that a binding gives, where it gives them.
    fn held(&self, binding: usize, roles: &[Role<'g>]) -> Vec<Held<'g>> {
        let found = self.grants.bindings.get(binding).filter(|_| !self.without.contains(&binding));
        let Some((bound, role)) = found.and_then(|bound| Some((bound, roles.get(bound.role)?)))
        else {
            return Vec::new();
        };
        let scope = &bound.scope;
        let here = role.rights.iter().filter(|held| held.right.holds_in(scope));
        here.map(|held| Held {
            right: held.right,
            scope,
            names: held.names,
            at: At { binding, rule: held.rule },
        })
        .collect()
    }

    /// Adds what bindings lead to; which of them lead anywhere.
    fn bindings(&mut self, roles: &[Role<'g>], members: &Members) -> BTreeSet<usize> {
        let mut leading = BTreeSet::new();
        for (binding, bound) in self.grants.bindings.iter().enumerate() {
            let everything = roles.get(bound.role).and_then(|role| role.everything);
            let powers = match everything.filter(|_| bound.scope == Scope::Cluster) {
                _ if self.without.contains(&binding) => Vec::new(),
                Some(rule) => vec![Power {
                    kind: StepKind::HoldEverything,
                    target: Aim::Sink(Sink::ClusterAdmin),
                    takes: vec![At { binding, rule }],
                }],
                None => self.powers(&self.held(binding, roles)),
            };
            if powers.is_empty() {
                continue;
            }
            leading.insert(binding);
            let from = self.nodes.add(Node::Binding(binding));
            for power in powers {
                let kind = EdgeKind::Leads(power.kind, power.takes);
                self.lead(from, &power.target, &kind, members);
            }
        }
        leading
    }

    fn powers(&self, held: &[Held<'_>]) -> Vec<Power> {
        let world = World { grants: self.grants, around: &self.surroundings };
        let mut powers: Vec<Power> = held.iter().flat_map(|held| alone(held, world)).collect();
        powers.extend(together(held, world));
        powers
    }

    /// Adds an edge to wherever a power aims.
    fn lead(&mut self, from: usize, aim: &Aim, kind: &EdgeKind, members: &Members) {
        let targets: Vec<usize> = match aim {
            Aim::Sink(sink) => vec![self.nodes.add(Node::Sink(*sink))],
            Aim::Many(many) => vec![self.nodes.add(Node::Many(many.clone()))],
            Aim::One(subject) => {
                self.nodes.number(&Node::Subject(subject.clone())).into_iter().collect()
            }
            Aim::Namesakes(name) => {
                let named = members.namesakes(name);
                named.filter_map(|one| self.nodes.number(&Node::Subject(one.clone()))).collect()
            }
        };
        let edges = targets.into_iter().map(|to| Edge { from, to, kind: kind.clone() });
        self.edges.extend(edges);
    }

    fn hold(&mut self, leading: &BTreeSet<usize>) {
        for holding in &self.grants.holdings {
            if !leading.contains(&holding.binding) {
                continue;
            }
            let from = self.nodes.number(&Node::Subject(holding.subject.clone()));
            let to = self.nodes.number(&Node::Binding(holding.binding));
            if let (Some(from), Some(to)) = (from, to) {
                self.edges.push(Edge { from, to, kind: EdgeKind::Holds });
            }
        }
    }

    /// Adds what a subject may do by several of its bindings together, those of its groups among
    /// them.
    fn join(&mut self, roles: &[Role<'g>], leading: &BTreeSet<usize>, members: &Members) {
        let halves = self.halves(roles);
        for subject in members.subjects() {
            let useful = self.useful_bindings(subject, &halves);
            if useful.len() > 1 && !self.is_admin(&useful, leading, roles) {
                let held = useful.iter().filter_map(|binding| halves.get(binding));
                let held: Vec<Held<'g>> = held.flatten().cloned().collect();
                self.join_one(subject, &held, members);
            }
        }
    }

    /// The rights that lead somewhere only with others, by binding.
    fn halves(&self, roles: &[Role<'g>]) -> BTreeMap<usize, Vec<Held<'g>>> {
        let all = (0..self.grants.bindings.len()).map(|binding| {
            let held = self.held(binding, roles).into_iter();
            (binding, held.filter(|held| is_half(held.right)).collect::<Vec<_>>())
        });
        all.filter(|(_, held)| !held.is_empty()).collect()
    }

    /// The bindings of a subject and of its groups that give halves; none if it has no half of its
    /// own: what groups hold together is an edge of the narrowest of them.
    fn useful_bindings(
        &self,
        subject: &Subject,
        halves: &BTreeMap<usize, Vec<Held<'g>>>,
    ) -> Vec<usize> {
        let useful = |subjects: &[Subject]| -> Vec<usize> {
            let bindings = self.bindings_of(subjects).into_iter();
            bindings.filter(|binding| halves.contains_key(binding)).collect()
        };
        if useful(std::slice::from_ref(subject)).is_empty() {
            return Vec::new();
        }
        let groups = subject.implicit_groups();
        let groups = groups.iter().map(|group| Subject::group(group));
        useful(&[subject.clone()].into_iter().chain(groups).collect::<Vec<_>>())
    }

    fn join_one(&mut self, subject: &Subject, held: &[Held<'g>], members: &Members) {
        let Some(from) = self.nodes.number(&Node::Subject(subject.clone())) else { return };
        let world = World { grants: self.grants, around: &self.surroundings };
        for power in together(held, world) {
            let bindings: BTreeSet<usize> = power.takes.iter().map(|at| at.binding).collect();
            // What one binding does alone is an edge of that binding.
            if bindings.len() > 1 {
                for binding in bindings {
                    self.nodes.add(Node::Binding(binding));
                }
                let kind = EdgeKind::Joins(power.kind, power.takes);
                self.lead(from, &power.target, &kind, members);
            }
        }
    }

    fn is_admin(&self, bindings: &[usize], leading: &BTreeSet<usize>, roles: &[Role<'g>]) -> bool {
        let held = bindings.iter().filter(|binding| leading.contains(binding));
        let mut bound = held.filter_map(|binding| self.grants.bindings.get(*binding));
        bound.any(|bound| {
            let role = roles.get(bound.role);
            bound.scope == Scope::Cluster && role.is_some_and(|role| role.everything.is_some())
        })
    }

    /// The bindings that name any of those subjects.
    fn bindings_of(&self, subjects: &[Subject]) -> BTreeSet<usize> {
        let holdings = subjects.iter().flat_map(|subject| self.grants.holdings_of(subject));
        let holdings = holdings.filter_map(|holding| self.grants.holdings.get(holding));
        holdings.map(|held| held.binding).collect()
    }

    /// Adds who is among many, and the groups that subjects are in by themselves.
    fn include(&mut self, members: &Members) {
        let mut number = 0;
        // Many may be made of many, which are added on the way.
        while let Some(node) = self.nodes.get(number).cloned() {
            let inside = match node {
                Node::Many(many) => members.inside(&many),
                Node::Subject(subject) => {
                    let groups = subject.implicit_groups();
                    groups.iter().map(|group| Node::Subject(Subject::group(group))).collect()
                }
                Node::Sink(_) | Node::Binding(_) | Node::Pod(_) => Vec::new(),
            };
            for node in inside {
                let to = match node {
                    Node::Many(_) => Some(self.nodes.add(node)),
                    Node::Subject(_) | Node::Sink(_) | Node::Binding(_) | Node::Pod(_) => {
                        self.nodes.number(&node)
                    }
                };
                let edge = to.map(|to| Edge { from: number, to, kind: EdgeKind::Includes });
                self.edges.extend(edge);
            }
            number += 1;
        }
    }

    fn run_pods(&mut self) {
        for (number, pod) in self.surroundings.pods.unwrap_or_default().iter().enumerate() {
            let account = Subject::service_account(&pod.namespace, &pod.service_account);
            if let Some(to) = self.nodes.number(&Node::Subject(account)) {
                let from = self.nodes.add(Node::Pod(number));
                self.edges.push(Edge { from, to, kind: EdgeKind::RunsAs });
            }
        }
    }

    fn connect(&mut self) {
        self.outgoing = vec![Vec::new(); self.nodes.len()];
        self.incoming = vec![Vec::new(); self.nodes.len()];
        for (number, edge) in self.edges.iter().enumerate() {
            self.outgoing.get_mut(edge.from).into_iter().for_each(|out| out.push(number));
            self.incoming.get_mut(edge.to).into_iter().for_each(|into| into.push(number));
        }
    }
}
