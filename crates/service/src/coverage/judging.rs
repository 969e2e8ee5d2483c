//! One certificate beside the names.

use sekisho_admin_api::certificates::{CertificatePlace, Coverage, JudgedCertificate, NameInPlay, NameRole};
use sekisho_certs::coverage::{self, Judged, Verdict};
use sekisho_certs::{check, codes};
use sekisho_fault::{Fault, Result, Severity};

use crate::draft;

/// Judges a chain (DER, the server's first). `expected`: which names it is there for.
///
/// Code: `CERTIFICATE`.
pub(super) fn judge(
    (place, host): (CertificatePlace, Option<&str>),
    expected: impl Fn(&NameInPlay) -> bool,
    chain: &[Vec<u8>],
    trial: bool,
    names: &[NameInPlay],
    roots: &[Vec<u8>],
    now: i64,
) -> Result<JudgedCertificate> {
    let leaf = chain.first().map_or(&[][..], Vec::as_slice);
    let coverage = names.iter().map(|one| Ok(covered(one, expected(one), &coverage::judged(leaf, &one.name)?)));
    let mut remarks = check::of_chain(chain, now)?;
    // Nobody expects it of a trial certificate.
    if !trial {
        remarks.extend(check::trusted(chain, roots, now)?);
    }
    Ok(JudgedCertificate {
        place,
        host: host.map(str::to_owned),
        certificate: draft::describe(leaf, trial)?,
        coverage: coverage.collect::<Result<_>>()?,
        remarks,
    })
}

/// The verdict as a sentence.
fn covered(name: &NameInPlay, expected: bool, judged: &Judged) -> Coverage {
    let covered = judged.verdict.covered();
    let code = match judged.verdict {
        Verdict::Exact => codes::COVERED_BY_ITSELF,
        Verdict::Wildcard => codes::COVERED_BY_WILDCARD,
        Verdict::WildcardCoversOneLabel => codes::WILDCARD_COVERS_ONE_LABEL,
        Verdict::WildcardNotApex => codes::WILDCARD_NOT_APEX,
        Verdict::CommonName => codes::COMMON_NAME_IGNORED,
        ignored if ignored.ignored() => codes::NAME_IGNORED,
        _ => codes::NAME_NOT_IN_CERTIFICATE,
    };
    let severity = match name.role {
        _ if covered || !expected => Severity::Info,
        // Few open a server by its own name.
        NameRole::Server => Severity::Info,
        NameRole::Asked => Severity::Warning,
        NameRole::Advertised | NameRole::Draft | NameRole::Answered => Severity::Error,
    };
    let by = judged.by.clone().unwrap_or_default();
    let reason = Fault::new(code)
        .with("host", name.name.as_str())
        .with("name", by.as_str())
        .with("by", by)
        .as_severity(severity);
    Coverage { name: name.name.clone(), covered, reason }
}
