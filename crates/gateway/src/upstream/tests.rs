//! The pool against servers that behave, and servers that do not, over real TLS.

mod answers;
mod failures;
mod http1;
mod lanes;
mod raw;
mod requests;
mod retries;
mod rig;
mod upgrades;
