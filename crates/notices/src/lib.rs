//! What an administrator who is not looking should hear of: the troubles of a status, each once, in words.
//!
//! The service writes mails of them, the console shows them on the desktop. Pure: no I/O, no clock.

mod told;
mod trouble;
mod words;

pub use told::Told;
pub use trouble::{Trouble, What, about, tells_apart, troubles};
pub use words::{page, text, title, titles};
