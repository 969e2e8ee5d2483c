//! Is a certificate fit for what it is to do, and for how long?

use sekisho_fault::{Fault, Result, Severity};

use crate::pair::{Pair, parse};
use crate::{codes, coverage};

const DAY: i64 = 24 * 60 * 60;

/// What an administrator has to know about a certificate for these hosts, now (seconds since 1970).
///
/// The notice that it ends soon comes when a third of its lifetime is left, at most 30 days before.
/// Code of the error itself: `CERTIFICATE`.
pub fn pair(pair: &Pair, hosts: &[&str], now: i64) -> Result<Vec<Fault>> {
    let certificate = parse(pair.leaf())?;
    let (from, until) = (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    let mut faults = Vec::new();
    if now >= until {
        faults.push(Fault::new(codes::EXPIRED).at("ended", until));
    } else if now < from {
        faults.push(Fault::new(codes::NOT_YET_VALID).at("from", from));
    } else if until - now < ((until - from) / 3).min(30 * DAY) {
        let soon = Fault::new(codes::ENDS_SOON).with("days", (until - now) / DAY).at("ends", until);
        faults.push(soon.as_severity(Severity::Warning));
    }
    for host in hosts {
        if !coverage::covers(pair.leaf(), host)?.covered() {
            let names = coverage::names(pair.leaf())?;
            faults.push(Fault::new(codes::NOT_COVERED).with("host", *host).with("names", names));
        }
    }
    Ok(faults)
}
