//! Judges from outside: xmlsec1 and libxml2, which share no code with us, on random documents. Whatever is missing on a
//! machine is said and left out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod canonical;
mod documents;
mod requests;
mod signatures;
mod tools;
