//! A certificate beside the one whose place it takes.

use sekisho_fault::{Fault, Result, Severity};

use super::fewer_names;
use crate::codes;
use crate::describe::{name_title, title};
use crate::issuing::self_signed;
use crate::pair::parse;

/// What is less about a new chain (DER, the server's certificate first) than about the one whose place it takes: a warning
/// each. Codes: `FEWER_NAMES`, `ENDS_EARLIER`, `ANOTHER_ROOT`.
///
/// Code of the error itself: `CERTIFICATE`.
pub fn beside(old: &[Vec<u8>], new: &[Vec<u8>]) -> Result<Vec<Fault>> {
    let (Some(old_leaf), Some(new_leaf)) = (old.first(), new.first()) else { return Ok(Vec::new()) };
    if old_leaf == new_leaf {
        return Ok(Vec::new());
    }
    let mut faults = Vec::from_iter(fewer_names(old_leaf, new_leaf)?);
    let (before, after) = (ends(old_leaf)?, ends(new_leaf)?);
    if after < before {
        faults.push(Fault::new(codes::ENDS_EARLIER).at("ends", after).at("before", before));
    }
    let (before, after) = (root(old)?, root(new)?);
    if before != after {
        faults.push(Fault::new(codes::ANOTHER_ROOT).with("before", before).with("now", after));
    }
    Ok(faults.into_iter().map(|fault| fault.as_severity(Severity::Warning)).collect())
}

fn ends(der: &[u8]) -> Result<i64> {
    Ok(parse(der)?.validity().not_after.timestamp())
}

/// Who vouches for a chain at its end: the root, or whoever issued the last certificate that is there.
fn root(chain: &[Vec<u8>]) -> Result<String> {
    let Some(last) = chain.last() else { return Ok(String::new()) };
    let last = parse(last)?;
    Ok(if self_signed(&last) { title(&last) } else { name_title(last.issuer()) })
}
