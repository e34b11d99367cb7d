//! What the room promises, asked from outside.

#[cfg(test)]
#[path = "all/foreign.rs"]
mod foreign;
#[cfg(test)]
#[path = "all/naive.rs"]
mod naive;
#[cfg(test)]
#[path = "all/places.rs"]
mod places;
#[cfg(test)]
#[path = "all/remedy.rs"]
mod remedy;
#[cfg(test)]
#[path = "all/summary.rs"]
mod summary;
#[cfg(test)]
#[path = "all/unknown.rs"]
mod unknown;
#[cfg(test)]
#[path = "all/verdicts.rs"]
mod verdicts;
