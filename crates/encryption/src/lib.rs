//! What of a cluster's objects is encrypted in etcd, by what, and with which keys: an
//! `EncryptionConfiguration` [`read()`] with everything kube-apiserver would refuse in it, resolved
//! for a resource, its keys judged without being kept; and a sound one [`compose()`]d.
//! Pure: no files, no clock, no randomness. No key is ever shown.

mod compose;
mod configuration;
mod duration;
mod endpoint;
mod names;
mod problem;
mod quality;
mod read;
mod resolve;
mod rules;
mod schema;

pub use compose::{NewKey, Refusal, compose};
pub use configuration::{Configuration, Entry, Key, Kms, KmsVersion, Provider};
pub use problem::{Fault, Problem};
pub use quality::{Weakness, weaknesses};
pub use read::{NotAConfiguration, Reading, Reload, read};
pub use resolve::Resolution;
