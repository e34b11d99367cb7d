//! Whether the path can be read in one way only. kube-apiserver would serve some of what is refused
//! here; each such difference is one we choose.

use super::Known;
use crate::refusal::Refusal;

/// A request whose path every parser reads alike. Made by [`Sound::check`] alone.
pub(crate) struct Sound(Known);

impl Sound {
    /// Refuses what two parsers may read in two ways.
    pub(crate) fn check(known: Known) -> Result<Self, Refusal> {
        if known.hides_impersonation() {
            let problem = "the first Impersonate-User header is empty, and others are not";
            return Err(Refusal::Hardened(problem.to_owned()));
        }
        match model::hardening::check(known.target(), known.call()) {
            Ok(()) => Ok(Self(known)),
            Err(problem) => Err(Refusal::Hardened(problem.to_string())),
        }
    }

    pub(super) fn into_known(self) -> Known {
        self.0
    }
}
