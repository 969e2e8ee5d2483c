//! Real files and what this crate makes of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod beside;
mod certificates;
mod hard_cases;
mod hostile;
mod import;
mod java;
mod made;
mod matrix;
mod openssl;
mod verdicts;
