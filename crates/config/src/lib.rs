//! The configuration: its types, the file form of the unattended service, and the addresses that follow from it.
//!
//! Pure: files are named here and read by the caller.

pub mod codes;
pub mod email;
pub mod file;
pub mod host;
pub mod urls;

pub use email::{Domain, Email};
pub use file::Configuration;
pub use host::Host;
pub use urls::Urls;
