//! The organisation log: a chain of entries, each signed by an administrator, that says who is an administrator and
//! which servers, connections, domains and key epochs exist (R3). It is the root of trust. Its format is frozen:
//! new acts may be added, none is changed.

mod act;
mod deletion;
mod entry;
mod organisation;
mod rules;

pub use act::{Act, Administrator, Epoch, Kept, Scope, Server};
pub use deletion::UNDO;
pub use entry::{Body, Entry, FORMAT, Head};
pub use organisation::{Connection, Member, Node, Organisation, Reserved, Retired, ServerState};
