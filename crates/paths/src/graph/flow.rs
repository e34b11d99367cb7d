//! The greatest flow through a network, and with it the smallest cut: Dinic's algorithm.

use std::collections::VecDeque;

/// A network of numbered nodes.
#[derive(Debug, Default)]
pub(super) struct Network {
    edges: Vec<Edge>,
    leaving: Vec<Vec<usize>>,
}

/// One direction of an edge; the other is its neighbour in the list.
#[derive(Debug)]
struct Edge {
    to: usize,
    room: u32,
}

impl Network {
    pub(super) fn add_node(&mut self) -> usize {
        self.leaving.push(Vec::new());
        self.leaving.len() - 1
    }

    pub(super) fn add_edge(&mut self, from: usize, to: usize, room: u32) {
        for (from, to, room) in [(from, to, room), (to, from, 0)] {
            if let Some(leaving) = self.leaving.get_mut(from) {
                leaving.push(self.edges.len());
            }
            self.edges.push(Edge { to, room });
        }
    }

    /// Sends as much as goes from `source` to `drain`; the nodes that more could still reach then.
    pub(super) fn saturate(&mut self, source: usize, drain: usize) -> Vec<bool> {
        loop {
            let levels = self.levels(source);
            if levels.get(drain).copied().flatten().is_none() {
                return levels.iter().map(Option::is_some).collect();
            }
            let mut tried = vec![0; self.leaving.len()];
            while self.send(source, drain, &levels, &mut tried) {}
        }
    }

    fn levels(&self, source: usize) -> Vec<Option<usize>> {
        let mut levels = vec![None; self.leaving.len()];
        levels.get_mut(source).into_iter().for_each(|level| *level = Some(0));
        let mut queue = VecDeque::from([(source, 0)]);
        while let Some((node, level)) = queue.pop_front() {
            for edge in self.edges_from(node).filter(|edge| edge.room > 0) {
                if let Some(open @ None) = levels.get_mut(edge.to) {
                    *open = Some(level + 1);
                    queue.push_back((edge.to, level + 1));
                }
            }
        }
        levels
    }

    /// Sends one unit along the levels. `tried` holds how many edges of a node are used up.
    fn send(
        &mut self,
        source: usize,
        drain: usize,
        levels: &[Option<usize>],
        tried: &mut [usize],
    ) -> bool {
        let mut way: Vec<usize> = Vec::new();
        let mut node = source;
        while node != drain {
            if let Some(number) = self.open_edge(node, levels, tried) {
                node = self.edges.get(number).map_or(drain, |edge| edge.to);
                way.push(number);
                continue;
            }
            // A dead end: one step back, and that edge is not tried again.
            let Some(last) = way.pop() else { return false };
            node = self.edges.get(last ^ 1).map_or(source, |edge| edge.to);
            tried.get_mut(node).into_iter().for_each(|tried| *tried += 1);
        }
        for number in way {
            self.edges.get_mut(number).into_iter().for_each(|edge| edge.room -= 1);
            self.edges.get_mut(number ^ 1).into_iter().for_each(|edge| edge.room += 1);
        }
        true
    }

    /// The next edge of a node that has room and leads a level on.
    fn open_edge(
        &self,
        node: usize,
        levels: &[Option<usize>],
        tried: &mut [usize],
    ) -> Option<usize> {
        let tried = tried.get_mut(node)?;
        let level = levels.get(node).copied().flatten()?;
        while let Some(number) = self.leaving.get(node)?.get(*tried) {
            let edge = self.edges.get(*number)?;
            if edge.room > 0 && levels.get(edge.to).copied().flatten() == Some(level + 1) {
                return Some(*number);
            }
            *tried += 1;
        }
        None
    }

    fn edges_from(&self, node: usize) -> impl Iterator<Item = &Edge> {
        let numbers = self.leaving.get(node).into_iter().flatten();
        numbers.filter_map(|number| self.edges.get(*number))
    }
}

/// More than any cut holds.
pub(super) const BOUNDLESS: u32 = 1 << 30;

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes 0 (source) to `nodes - 1` (drain); the edges as from, to and room.
    fn check(nodes: usize, edges: &[(usize, usize, u32)], expected: u32) {
        let mut network = Network::default();
        for _ in 0..nodes {
            network.add_node();
        }
        for (from, to, room) in edges {
            network.add_edge(*from, *to, *room);
        }
        let reached = network.saturate(0, nodes - 1);
        let crossing = edges.iter().filter(|(from, to, _)| reached[*from] && !reached[*to]);
        assert_eq!(crossing.map(|(.., room)| room).sum::<u32>(), expected, "{edges:?}");
    }

    #[test]
    fn cuts_where_least_goes_through() {
        check(2, &[], 0);
        check(2, &[(0, 1, 3)], 3);
        check(4, &[(0, 1, 1), (0, 2, 1), (1, 3, 1), (2, 3, 1)], 2);
        check(4, &[(0, 1, 5), (0, 2, 5), (1, 2, 9), (2, 3, 1), (1, 3, 1)], 2);
        // The short way must be taken back for both to pass.
        let crossed = [(0, 1, 1), (0, 2, 1), (1, 2, 1), (1, 4, 1), (2, 3, 1), (3, 5, 1), (4, 5, 1)];
        check(6, &crossed, 2);
    }
}
