//! Whole requests against whole authenticators: what is presented, and who that is found to be.

#[cfg(test)]
mod asked;
#[cfg(test)]
mod certificate;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod der;
#[cfg(test)]
mod flags;
#[cfg(test)]
mod handshake;
#[cfg(test)]
mod mappings;
#[cfg(test)]
mod oidc;
#[cfg(test)]
mod order;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod service_account;
#[cfg(test)]
mod signature;
#[cfg(test)]
mod subject;
#[cfg(test)]
mod token;
#[cfg(test)]
mod x509;
