//! The public face through its router: real requests, real signed answers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod client;
mod clock;
mod direct;
mod explain;
mod flood;
mod headers;
mod idp;
mod logout;
mod names;
mod servers;
mod serving;
mod shared_cases;
mod trial;
mod vault;
mod world;
