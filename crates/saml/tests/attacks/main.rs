//! Forged and broken messages, each refused by its code; and the genuine ones beside them. One file for each family of
//! attacks; `docs/SECURITY.md` says which class is where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod addressing;
mod algorithms;
mod conditions;
mod encrypted_names;
mod encryption;
mod genuine;
mod identity;
mod keys;
mod maker;
mod parsers;
mod references;
mod signed_info;
mod structure;
mod tampering;
mod transport;
mod wrapping;
