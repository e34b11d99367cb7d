//! As whom the request is carried out: `--as`, allowed part by part, refused, never ignored.

use model::UserInfo;

use super::Paced;
use crate::gate::Gate;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::wire::Asked;

/// A request with the user it runs as. Made by [`Acting::take_on`] alone.
pub(crate) struct Acting {
    pub(super) asked: Asked,
    /// The name of the caller, before any impersonation.
    pub(super) caller: String,
    pub(super) user: UserInfo,
}

impl Acting {
    /// Takes on the identity that the caller asks for, if it asks for one and may have it.
    pub(crate) fn take_on(gate: &Gate, paced: Paced, record: &mut Record) -> Result<Self, Refusal> {
        let (asked, user) = paced.into_known().into_parts();
        let wanted = match &asked.impersonation {
            Ok(None) => {
                let caller = user.name.clone();
                return Ok(Self { asked, caller, user });
            }
            Ok(Some(wanted)) => wanted,
            Err(bad) => {
                return Err(Refusal::Impersonation(Box::new(
                    bad.status(gate.impersonator.load().mode()),
                )));
            }
        };
        let rules = gate.rules.current()?;
        match gate.impersonator.load().authorize(&rules, &user, wanted, &asked.call) {
            Ok(taken) => {
                record.impersonates(&taken.user, taken.constraint);
                Ok(Self { asked, caller: user.name, user: taken.user })
            }
            Err(refused) => Err(Refusal::Impersonation(Box::new(refused.status()))),
        }
    }
}
