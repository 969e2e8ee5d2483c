//! What a store or a backup holds, in few words: two that have the same sum hold the same.

use std::ops::ControlFlow;

use data_encoding::HEXLOWER;
use sekisho_fault::Result;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::line::Line;
use crate::app::unavailable;
use crate::store::Store;

/// How much there is, and a digest of all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Scopes, each with its head.
    pub heads: u64,
    /// Rows.
    pub rows: u64,
    /// Names that somebody holds.
    pub names: u64,
    /// SHA-256 of their lines, in hexadecimal.
    pub digest: String,
}

/// Adds things up.
#[derive(Default)]
pub(super) struct Adding {
    sum: Sum,
    hash: Sha256,
}

impl Adding {
    /// Adds a thing, as its line has it.
    pub(super) fn add(&mut self, line: &Line, text: &[u8]) {
        let count = match line {
            Line::Head(..) => &mut self.sum.heads,
            Line::Row(..) => &mut self.sum.rows,
            Line::Name(..) => &mut self.sum.names,
            Line::Backup(_) | Line::End(_) => return,
        };
        *count += 1;
        self.hash.update(text);
    }

    pub(super) fn sum(self) -> Sum {
        Sum { digest: HEXLOWER.encode(&self.hash.finalize()), ..self.sum }
    }
}

impl Sum {
    /// The sum of a store.
    ///
    /// Code: `STORE`.
    pub async fn of(store: &dyn Store) -> Result<Self> {
        let mut adding = Adding::default();
        let mut add = |item| {
            let line = Line::from(item);
            let text = line.text();
            adding.add(&line, &text);
            ControlFlow::Continue(())
        };
        store.read_all(&mut add).await.map_err(unavailable)?;
        Ok(adding.sum())
    }
}
