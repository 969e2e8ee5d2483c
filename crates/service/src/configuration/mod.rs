//! From a saved document to what can be served: built whole, or not at all.

mod ends;
mod pairs;
mod ready;
mod this_server;

pub use ends::Ends;
pub use pairs::{FindKey, Pairs, open, pair_of};
pub use ready::{Ready, Source, build};
pub use this_server::Settings;
