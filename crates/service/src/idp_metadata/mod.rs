//! The identity provider's metadata is looked at again at its address, without anybody asking (R17).
//!
//! `kept` judges and keeps, `schedule` says when, `told` says what an administrator reads: all three are pure. `watch` does
//! one look, `watching` goes on for as long as the service runs, `drafted` fetches for a draft, `differing` shows what both
//! would change.

mod differing;
mod drafted;
mod kept;
mod schedule;
#[cfg(test)]
mod tests;
mod told;
mod watch;
mod watching;

pub(crate) use kept::Kept;
pub(crate) use watch::Watch;
