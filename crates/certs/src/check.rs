//! Is a certificate fit for what it is to do, and for how long?

mod beside;
mod chain;
mod constraints;
mod strength;
mod trust;

pub use beside::beside;

use sekisho_fault::{Fault, Result, Severity};

use crate::describe::{common_name, title};
use crate::pair::{Pair, parse};
use crate::{codes, coverage};
pub use trust::trusted;

const DAY: i64 = 24 * 60 * 60;

/// What an administrator has to know about a certificate for these hosts, now (seconds since 1970): dates and names.
///
/// The notice that it ends soon comes when a third of its lifetime is left, at most 30 days before.
/// Code of the error itself: `CERTIFICATE`.
pub fn pair(pair: &Pair, hosts: &[&str], now: i64) -> Result<Vec<Fault>> {
    let mut faults = Vec::from_iter(dates(pair.leaf(), now)?);
    faults.extend(names(pair, hosts)?);
    Ok(faults)
}

/// All there is to say about a server's certificate: [`pair`], then its chain, its purpose and its strength.
///
/// Severities: an error stops browsers; a warning stops some of them, or needs a person's judgement.
/// Code of the error itself: `CERTIFICATE`.
pub fn server(pair: &Pair, hosts: &[&str], now: i64) -> Result<Vec<Fault>> {
    let mut faults = self::pair(pair, hosts, now)?;
    faults.extend(chain(pair, now)?);
    Ok(faults)
}

/// What there is to say about the chain of a server's certificate: where it ends, which names it may hold, what it
/// is for, how strong it is.
///
/// Code of the error itself: `CERTIFICATE`.
pub fn chain(pair: &Pair, now: i64) -> Result<Vec<Fault>> {
    behind(pair.chain(), now)
}

/// What there is to say about a chain (DER, the server's certificate first) whatever its names: dates, where it ends, what it
/// is for, how strong it is.
///
/// Code of the error itself: `CERTIFICATE`.
pub fn of_chain(chain: &[Vec<u8>], now: i64) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    if let Some(leaf) = chain.first() {
        faults.extend(dates(leaf, now)?);
    }
    faults.extend(behind(chain, now)?);
    Ok(faults)
}

fn behind(chain: &[Vec<u8>], now: i64) -> Result<Vec<Fault>> {
    let certificates = chain.iter().map(|der| parse(der)).collect::<Result<Vec<_>>>()?;
    let Some((leaf, issuers)) = certificates.split_first() else { return Ok(Vec::new()) };
    let mut faults = chain::ends(leaf, issuers);
    faults.extend(chain::expired(issuers, now));
    faults.extend(constraints::violated(leaf, issuers));
    faults.extend(strength::purpose(leaf));
    faults.extend(certificates.iter().flat_map(strength::weak));
    Ok(faults)
}

/// A warning if the new certificate (DER) lacks names that the old one (DER) covers. Code: `FEWER_NAMES`.
///
/// Code of the error itself: `CERTIFICATE`.
pub fn fewer_names(old: &[u8], new: &[u8]) -> Result<Option<Fault>> {
    let mut names = coverage::names(old)?;
    // What stands in a certificate without counting is not lost with it.
    let idle = lacking(old, names.clone())?;
    names.retain(|name| !idle.contains(name));
    let missing = lacking(new, names)?;
    let fault = || Fault::new(codes::FEWER_NAMES).with("names", missing.clone()).as_severity(Severity::Warning);
    Ok((!missing.is_empty()).then(fault))
}

/// A word on those of an import's certificates (DER) that are not in the pair's chain. Code: `LEFT_OUT`.
///
/// Code of the error itself: `CERTIFICATE`.
pub fn left_out(certificates: &[Vec<u8>], pair: &Pair) -> Result<Option<Fault>> {
    let rest = certificates.iter().filter(|der| !pair.chain().contains(der));
    let names = rest.map(|der| parse(der).map(|one| title(&one))).collect::<Result<Vec<_>>>()?;
    let fault = || Fault::new(codes::LEFT_OUT).with("names", names.clone()).as_severity(Severity::Info);
    Ok((!names.is_empty()).then(fault))
}

/// Those of `names` that a certificate (DER) does not cover.
pub(crate) fn lacking(der: &[u8], names: Vec<String>) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for name in names {
        if !coverage::judged(der, &name)?.verdict.covered() {
            missing.push(name);
        }
    }
    Ok(missing)
}

fn dates(leaf: &[u8], now: i64) -> Result<Option<Fault>> {
    let certificate = parse(leaf)?;
    let (from, until) = (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    Ok(if now >= until {
        Some(Fault::new(codes::EXPIRED).at("ended", until))
    } else if now < from {
        Some(Fault::new(codes::NOT_YET_VALID).at("from", from))
    } else if until - now < ((until - from) / 3).min(30 * DAY) {
        let soon = Fault::new(codes::ENDS_SOON).with("days", (until - now) / DAY).at("ends", until);
        Some(soon.as_severity(Severity::Warning))
    } else {
        None
    })
}

fn names(pair: &Pair, hosts: &[&str]) -> Result<Vec<Fault>> {
    let names = coverage::names(pair.leaf())?;
    if let (true, false, Some(name)) = (names.is_empty(), hosts.is_empty(), common_name(parse(pair.leaf())?.subject()))
    {
        return Ok(vec![Fault::new(codes::COMMON_NAME_ONLY).with("name", name)]);
    }
    let mut faults = Vec::new();
    for host in hosts {
        let judged = coverage::judged(pair.leaf(), host)?;
        let ignored = judged.by.filter(|_| judged.verdict.ignored());
        if let Some(name) = ignored {
            faults.push(Fault::new(codes::NAME_IGNORED).with("host", *host).with("name", name));
        } else if !judged.verdict.covered() {
            faults.push(Fault::new(codes::NOT_COVERED).with("host", *host).with("names", names.clone()));
        }
    }
    Ok(faults)
}
