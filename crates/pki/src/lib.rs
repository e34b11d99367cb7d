//! Certificates and keys: issued by an [`Authority`], read as [`Facts`], looked at closely as an
//! [`Inspection`], found in PEM texts, matched, chained, known by their place in kubeadm's layout,
//! and put in the order in which they end; and written into a kubeconfig.
//! Pure: no clock and no files; what time it is comes in as an argument.

mod algorithm;
mod authority;
pub mod chain;
mod der;
mod facts;
mod fault;
mod inspection;
pub mod jwt;
mod key;
mod kubeconfig;
mod pem;
mod public;
pub mod role;
mod timeline;

pub use algorithm::{Curve, KeyAlgorithm, SignatureAlgorithm};
pub use authority::{Authority, Issued, Validity};
pub use chain::{ChainFault, Link};
pub use facts::Facts;
pub use fault::Fault;
pub use inspection::{Constraints, Inspection, SpkiHash};
pub use key::PrivateKey;
pub use kubeconfig::Kubeconfig;
pub use pem::{KeyBytes, KeyKind, PemFault, PemItem, PemObject, PublicKeyKind, pem_objects};
pub use public::{KeyFacts, key_facts, key_spki};
pub use role::Role;
pub use timeline::{Credential, Rotation, Timeline, Urgency};
