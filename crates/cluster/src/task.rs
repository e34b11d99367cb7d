//! A background task that ends when its owner does.

use std::future::Future;

use tokio::task::JoinHandle;

/// A running task; dropping this stops it.
#[derive(Debug)]
pub(crate) struct Task(JoinHandle<()>);

impl Task {
    /// Starts `work` on the runtime of the caller.
    pub(crate) fn start(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
