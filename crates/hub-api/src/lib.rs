//! The hub's API: what goes over the wire, the client, and the passphrase protocol. The hub links this crate, and must
//! not link `keys`: everything sealed is a [`Blob`] here.

pub mod address;
pub mod away;
pub mod client;
pub mod codes;
pub mod passphrase;
pub mod tls;
pub mod version;
pub mod wire;

mod blob;

pub use address::{HubAddress, Pin, SetupCode};
pub use blob::Blob;
pub use client::{Hub, Network, Signer};
