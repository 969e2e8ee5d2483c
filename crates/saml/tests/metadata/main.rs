//! Metadata of identity providers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod made;
mod reading;
mod refreshing;
mod signed;
mod vendors;
