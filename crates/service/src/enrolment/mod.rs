//! Joining a connection, and what a server then knows of its place.

#[cfg(test)]
pub(crate) mod example;
mod join;
pub mod join_file;
mod membership;

pub(crate) use join::recall;
pub use join::{complete, prepare};
pub use membership::{Heads, Member, Membership, Papers};
