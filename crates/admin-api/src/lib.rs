//! The admin API: how console and command line speak with the service of this machine.
//!
//! Length-framed JSON over a local socket (Unix) or a named pipe (Windows), never TCP. Each feature
//! is one module with one [`Call`] a method. The first frame of each side is a [`Hello`].

pub mod acme;
pub mod activity;
pub mod balancer;
pub mod certificates;
pub mod codes;
pub mod diagnostics;
pub mod draft;
pub mod enrolment;
pub mod frame;
pub mod give_back;
pub mod heads;
pub mod idp;
pub mod import;
pub mod join;
pub mod machine;
pub mod mail;
pub mod message;
pub mod metrics;
pub mod names;
pub mod plans;
pub mod pool;
pub mod private_file;
pub mod redact;
pub mod relink;
pub mod roles;
pub mod saml_message;
pub mod save;
pub mod save_watch;
pub mod servers;
pub mod status;
pub mod sync;
pub mod test_login;
pub mod webhook;

mod call;
mod client;
mod endpoint;
mod relay;

pub use call::Call;
pub use client::Client;
pub use endpoint::{Endpoint, SshHost, default_endpoint, installed_path};
pub use message::{Event, Hello, Incoming, Reply, Request};
pub use relay::relay;

/// The newest protocol version that this build speaks.
pub const VERSION: u16 = 1;
/// The oldest protocol version that this build speaks.
pub const OLDEST: u16 = 1;
