//! Joining a connection, and what a server then knows of its place.

mod join;
pub mod join_file;
mod membership;

pub(crate) use join::recall;
pub use join::{adopt, complete, prepare};
pub use membership::{Heads, Member, Membership, Papers};
