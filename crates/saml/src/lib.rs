//! SAML 2.0 service provider protocol: parse, gate, verify, decrypt, build.
//!
//! Pure: no I/O, no clock, no randomness of its own. One XML parser serves the whole path, and what
//! an identity provider sent is read only from the very octets whose signature was verified.

pub mod codes;
pub mod keys;
pub mod logout;
pub mod logout_received;
pub mod metadata;
pub mod names;
pub mod outgoing;
pub mod redirect;
pub mod request;
pub mod response;
pub mod sp_metadata;
pub mod time;

mod algorithms;
mod assertion;
mod build;
mod canonical;
mod decrypt;
#[cfg(test)]
#[path = "../tests/outside/documents.rs"]
mod documents;
mod gate;
mod scan;
mod sign;
mod signature;
mod signed;
mod window;
mod xml;

pub use response::{Expectations, Flow, SigningRule, Verified};
pub use time::UnixTime;
