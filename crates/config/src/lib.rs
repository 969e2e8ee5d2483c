//! The configuration: the document that all servers share, this server's settings, their fields, checks, differences,
//! and the addresses that follow.
//!
//! Pure: no I/O, no clock.

pub mod acme;
pub mod acme_check;
pub mod balancer;
pub mod check;
pub mod codes;
pub mod configuration;
pub mod diff;
pub mod document;
pub mod email;
pub mod field;
pub mod host;
mod idp_ends;
pub mod idp_error;
mod idp_host;
pub mod mail;
pub mod names;
pub mod network;
pub mod preset;
mod public_mail;
pub mod relink;
pub mod roles;
pub mod rollover;
pub mod server;
pub mod sp_metadata;
pub mod urls;
pub mod webhook;

pub use acme::{Acme, AcmeChallenge};
pub use configuration::Configuration;
pub use document::Document;
pub use email::{Domain, Email};
pub use host::Host;
pub use mail::Mail;
pub use network::Network;
pub use relink::Relink;
pub use server::ThisServer;
pub use urls::Urls;
pub use webhook::Webhook;
