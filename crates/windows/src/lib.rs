//! What only Windows' own calls can do: named pipes that a list of accounts may open, folders that one account keeps for
//! itself, the account behind either, and the event log.
//!
//! `account`, `descriptor` and `event_log` are text and decisions, and compile everywhere; `system` alone makes the calls.

pub mod account;
pub mod descriptor;
pub mod event_log;

#[cfg(windows)]
pub mod pipe;
#[cfg(windows)]
pub mod private;
#[cfg(windows)]
pub mod program;
#[cfg(windows)]
mod system;

pub use account::Account;
