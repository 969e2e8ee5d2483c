//! All that a store holds but its sessions, thing by thing: to be carried into another store.

use super::{Claim, Row};

/// One thing of a store. All of them have one order, whatever the store: heads by scope, rows by scope and number, names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The number of a scope's newest row.
    Head {
        /// The scope.
        scope: String,
        /// The number.
        seq: u64,
    },
    /// A row.
    Row(Row),
    /// A name that somebody holds.
    Name(Claim),
}
