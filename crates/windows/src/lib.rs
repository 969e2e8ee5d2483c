//! What only Windows' own calls can do: named pipes that a list of accounts may open, folders that one account keeps for
//! itself, and the account behind either.
//!
//! `account` and `descriptor` are text and decisions, and compile everywhere; `system` alone makes the calls.

pub mod account;
pub mod descriptor;

#[cfg(windows)]
pub mod pipe;
#[cfg(windows)]
pub mod private;
#[cfg(windows)]
mod system;

pub use account::Account;
