//! Acting as somebody else (`kubectl --as`): what is wanted, and whether the requestor may, part by
//! part, exactly as kube-apiserver checks it. What is refused is refused loudly, never ignored.
//!
//! Kubernetes 1.36 constrains impersonation: a requestor may be allowed to act as somebody only
//! for certain calls. Four constrained ways are tried before the legacy one; earlier versions know
//! the legacy one alone.

mod checks;
mod extras;
mod memory;
mod wanted;
mod way;

use std::fmt;

use model::{Call, Status, UserInfo};

use self::checks::Checks;
use self::memory::Memory;
pub use self::wanted::{BadImpersonation, Wanted};
use self::way::Way;
use crate::narrowed::Narrowed;

/// How the cluster checks impersonation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Constrained ways first, then the legacy one: Kubernetes 1.36 and later.
    Constrained,
    /// The verb `impersonate` alone: Kubernetes up to 1.35.
    Legacy,
}

/// Decides impersonations, and remembers which way last worked for whom, as that one is tried
/// first. The memory changes which refusal is told, never what is allowed.
#[derive(Debug)]
pub struct Impersonator {
    mode: Mode,
    memory: Memory,
}

/// An impersonation that is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impersonated {
    /// Who the call is now made by. Nothing is inherited from the requestor. As with any identity
    /// from outside, `model::Caller::new` tells whether headers can carry it.
    pub user: UserInfo,
    /// The constrained way it is allowed by, such as `impersonate:user-info`, for the audit
    /// record; `None` for legacy impersonation.
    pub constraint: Option<&'static str>,
}

/// An impersonation that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(Box<Status>);

impl Refused {
    /// The answer, with upstream's words: 403.
    pub fn status(self) -> Status {
        *self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.message)
    }
}

impl std::error::Error for Refused {}

impl Impersonator {
    /// Checks as clusters of that kind do.
    pub fn new(mode: Mode) -> Self {
        Self { mode, memory: Memory::default() }
    }

    /// How this checks.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether `requestor` may make `call` as `wanted`. The first way that works decides; if none
    /// does, the first refusal is the answer.
    pub fn authorize(
        &self,
        rules: &Narrowed,
        requestor: &UserInfo,
        wanted: &Wanted,
        call: &Call,
    ) -> Result<Impersonated, Refused> {
        let checks = Checks { rules, requestor, wanted: wanted.user() };
        match self.mode {
            Mode::Legacy => checks.all_as_before_1_36(),
            Mode::Constrained => self.try_each_way(&checks, call),
        }
    }

    fn try_each_way(&self, checks: &Checks<'_>, call: &Call) -> Result<Impersonated, Refused> {
        let remembered = self.memory.recall(&checks.requestor.name);
        let others = Way::ALL.into_iter().filter(|way| Some(*way) != remembered);
        let mut refusal = None;
        for way in remembered.into_iter().chain(others) {
            if !way.applies(checks.requestor, checks.wanted) {
                continue;
            }
            match checks.all(way, call) {
                Ok(impersonated) => {
                    if remembered != Some(way) {
                        self.memory.remember(&checks.requestor.name, way);
                    }
                    return Ok(impersonated);
                }
                Err(refused) => {
                    refusal.get_or_insert(refused);
                }
            }
        }
        // The legacy way always applies, so there is a refusal to tell.
        Err(refusal.unwrap_or_else(|| checks.refused_without_reason()))
    }
}
