//! Where an issuer's keys come from: a trait, since fetching them is not this crate's business.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::KeySet;

/// The keys of one issuer, fetched and kept fresh by somebody else.
///
/// What an implementation must do:
///
/// - `current` never waits. It gives the last set that was fetched well, however old it is: a
///   provider that is down must not lock everybody out. It gives `None` only before the first.
/// - `refresh` asks for a newer set and returns when an attempt that was under way or newly made
///   has ended, well or not, or at once if none is due. It is called for every token with an
///   unknown `kid`, so it is the place where a storm of such tokens ends: attempts are single
///   (callers that come while one is under way share it), at least some seconds apart (more after
///   each failure, up to a bound), with a timeout of their own. A storm must reach the provider no
///   more often than that, and must delay nobody whose `kid` is known.
/// - A set is fetched over verified HTTPS, without following redirects to other schemes, with a
///   bounded body, and is replaced as a whole.
///
/// The future of `refresh` may be dropped at any time: a client hung up. That must not leave the
/// source unable to refresh again.
pub trait Keys: Send + Sync {
    /// The newest set known.
    fn current(&self) -> Option<Arc<KeySet>>;

    /// Asks for a newer set; see the rules above.
    fn refresh<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
}

/// A set that never changes, for keys that come from a file.
impl Keys for Arc<KeySet> {
    fn current(&self) -> Option<Arc<KeySet>> {
        Some(Self::clone(self))
    }

    fn refresh<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(std::future::ready(()))
    }
}
