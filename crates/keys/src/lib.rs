//! Keys: derivation by purpose, identities, the organisation log, and everything that is signed and sealed.
//!
//! Pure: no I/O and no clock. Nonces and secrets come in as arguments; HPKE draws from the cryptographic library's own
//! generator.

pub mod acme;
pub mod checklist;
pub mod claim;
pub mod codes;
pub mod derive;
pub mod domain;
pub mod envelope;
pub mod export;
pub mod fact;
pub mod factor;
pub mod given_out;
pub mod handover;
pub mod held;
pub mod identity;
pub mod ids;
pub mod invitation;
pub mod keyring;
pub mod kit;
pub mod log;
pub mod object;
pub mod removal;
pub mod revision;
pub mod sealed;
pub mod sync;
pub mod ticket;
pub mod transfer;
pub mod user;
pub mod wire;
pub mod witness;
