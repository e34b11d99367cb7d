//! Whether there is room: a seat among the requests in flight, or a place among the streams.

use model::UserInfo;

use super::{Acting, Arrival};
use crate::gate::Gate;
use crate::refusal::Refusal;
use crate::wire::Asked;

/// The room a request takes up until it ends.
#[derive(Debug)]
#[expect(dead_code, reason = "held for their drop")]
pub(crate) enum Room {
    /// A request that ends soon.
    Seat(flow::Seat),
    /// A watch, a log, an upgraded connection.
    Stream(flow::StreamSeat),
}

/// A request for which there is room. Made by [`Seated::find`] alone.
pub(crate) struct Seated {
    pub(super) asked: Asked,
    pub(super) caller: String,
    pub(super) user: UserInfo,
    pub(super) room: Room,
}

impl Seated {
    /// Finds room, by the user the request runs as.
    pub(crate) fn find(gate: &Gate, arrival: &Arrival, acting: Acting) -> Result<Self, Refusal> {
        let Acting { asked, caller, user } = acting;
        let room = room(gate, &asked, &user);
        // kube-apiserver finds room for a request, or none, where it classifies it.
        let room = room.inspect_err(|_full| arrival.classify(gate, &asked.call, &user))?;
        Ok(Self { asked, caller, user, room })
    }
}

fn room(gate: &Gate, asked: &Asked, user: &UserInfo) -> Result<Room, Refusal> {
    if asked.upgrade.is_some() {
        gate.upgrades.open(&user.name).map(Room::Stream).map_err(|_spent| Refusal::Streams)
    } else if asked.call.is_long_running() {
        gate.watches.open(&user.name).map(Room::Stream).map_err(|_spent| Refusal::Streams)
    } else {
        let seat = gate.in_flight.seat(&asked.call.verb, user);
        seat.map(Room::Seat).map_err(|_full| Refusal::InFlight)
    }
}
