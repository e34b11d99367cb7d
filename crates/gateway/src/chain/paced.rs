//! Whether the caller may come from there, and now: network rules and the caller's own share.

use std::time::Instant;

use model::{Attributes, Status};

use super::{Arrival, Known, Sound};
use crate::gate::Gate;
use crate::refusal::Refusal;

/// A request that comes from where it may, at a pace it may. Made by [`Paced::admit`] alone.
pub(crate) struct Paced(Known);

impl Paced {
    /// Applies the network rules and takes a token from the caller's bucket: that of the
    /// authenticated caller, whoever they act as.
    pub(crate) fn admit(gate: &Gate, arrival: &Arrival, sound: Sound) -> Result<Self, Refusal> {
        let known = sound.into_known();
        let attributes = Attributes::of(known.call(), known.user());
        if let Err(denied) = gate.access.load().judge(arrival.client, &attributes) {
            // The client learns that its address is the reason, and not which rule says so.
            tracing::info!(caller = known.user().name, client = %arrival.client, rule = denied.rule, "A network rule refused a request.");
            let reason = "requests of this caller are not allowed from this network address";
            return Err(Refusal::Network(Box::new(Status::forbidden(&attributes, reason))));
        }
        match gate.callers.take(&known.user().name, Instant::now()) {
            Ok(()) => Ok(Self(known)),
            Err(retry) => Err(Refusal::Rate(retry.seconds())),
        }
    }

    pub(super) fn into_known(self) -> Known {
        self.0
    }
}
