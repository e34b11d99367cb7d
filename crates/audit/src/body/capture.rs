//! A copy of the first bytes of a body.

/// Keeps a body as long as it is no longer than its limit; of a longer one, nothing.
#[derive(Debug)]
pub struct Capture {
    kept: Vec<u8>,
    limit: usize,
    is_cut: bool,
}

impl Capture {
    /// Keeps at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { kept: Vec::new(), limit, is_cut: false }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.is_cut {
            return;
        }
        if self.kept.len().saturating_add(chunk.len()) > self.limit {
            // What was kept is of no use any more: free it now, not at the end of a long body.
            self.kept = Vec::new();
            self.is_cut = true;
            return;
        }
        self.kept.extend_from_slice(chunk);
    }

    /// The most bytes that are kept.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The whole body, or `None` if it was longer than the limit.
    pub fn whole(&self) -> Option<&[u8]> {
        (!self.is_cut).then_some(&*self.kept)
    }
}
