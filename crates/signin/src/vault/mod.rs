//! The vault page, and what it asks for once a user has signed in. What is in a vault is sealed by the page and signed by it: this
//! service passes it on, and says whether the user may still do so.

mod opened;
mod page;
mod records;

pub(crate) use opened::OpenVault;
pub use page::fingerprint;
pub(crate) use page::{direct, page, script, start, style, worker};
pub(crate) use records::{answered, read, write};
