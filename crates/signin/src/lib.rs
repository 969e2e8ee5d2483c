//! The public face: what browsers and the identity provider meet. It takes an applied configuration and three
//! capabilities (users, activity, clock) and answers HTTP; it keeps no sign-in's state of its own but the
//! assertions that were used.

mod acs;
mod flow;
mod handover;
mod login;
mod pages;
mod refusal;
mod replay;
mod vault;
mod who;

pub mod applied;
pub mod capabilities;
pub mod codes;
pub mod routes;

pub use applied::Applied;
pub use capabilities::{Activity, Clock, Identity, Profile, SignIn, User, Users};
pub use routes::router;
