//! The administrator's acts. Passphrases, codes, and the administrator's and the organisation's keys are here, in the
//! console's or the command line's own process, and never reach the service (R1).

pub mod acts;
pub mod codes;
pub mod desk;
pub mod memory;
pub mod session;
pub mod users;
pub mod way;

mod account;
mod authenticator;
mod certificate_file;
mod checklist;
mod connections;
mod deleting;
mod epochs;
#[cfg(test)]
mod example;
mod export_file;
mod exporting;
mod founding;
mod giving_back;
mod inviting;
mod passphrase;
mod removing;
mod resealing;
mod retiring;
mod saving;
mod signing_in;
mod tokens;
mod unanswered;

pub use desk::Desk;
pub use session::Session;
