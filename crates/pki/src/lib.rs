//! Certificates: issued by an [`Authority`], read as [`Facts`], and written into a kubeconfig.
//! Pure: no clock and no files; what time it is comes in as an argument.

mod authority;
mod der;
mod facts;
mod fault;
mod key;
mod kubeconfig;

pub use authority::{Authority, Issued, Validity};
pub use facts::Facts;
pub use fault::Fault;
pub use key::PrivateKey;
pub use kubeconfig::Kubeconfig;
