//! Keys: derivation by purpose, sealing, and the hand-over of a user's key to the vault page.
//!
//! Pure: no I/O and no clock. Nonces come in as arguments; HPKE and key generation draw from the
//! cryptographic library's own generator.

pub mod codes;
pub mod derive;
pub mod handover;
pub mod sealed;
