//! From a saved document to what can be served: built whole, or not at all.

mod ready;
mod this_server;

pub use ready::{Ready, Source, build, pair_of};
pub use this_server::Settings;
