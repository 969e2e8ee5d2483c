//! What is less about the draft's SSL certificate than about the applied one.

use sekisho_certs::{check, codes, coverage, pem};
use sekisho_config::Document;
use sekisho_config::document::KeyPair;
use sekisho_fault::{Fault, Severity};

use super::edit::{Requests, asked};

/// Warnings at the certificate: fewer names, an earlier end, another root. One that cannot be read is told elsewhere.
pub(crate) fn replaced_certificate(draft: &Document, applied: &Document) -> Vec<Fault> {
    let chain = |pair: Option<&KeyPair>| Some(pem::read(pair?.certificates.as_bytes()).ok()?.certificates);
    // What a trial certificate lacks, and what it has that its successor lacks, nobody misses.
    let is_trial = |pair: Option<&KeyPair>| pair.is_some_and(|pair| pair.trial);
    let (before, now) = (applied.tls.as_ref(), draft.tls.as_ref());
    let (false, false, Some(old), Some(new)) = (is_trial(before), is_trial(now), chain(before), chain(now)) else {
        return Vec::new();
    };
    let found = check::beside(&old, &new).unwrap_or_default();
    found.into_iter().map(|fault| fault.on("tls")).collect()
}

/// A warning if an authority's answer in the draft lacks names that its request has asked for.
pub(crate) fn answered_request(draft: &Document, requests: &Requests) -> Option<Fault> {
    let pair = draft.tls.as_ref()?;
    let leaf = pem::read(pair.certificates.as_bytes()).ok()?.certificates.into_iter().next()?;
    let lacks = |name: &&str| !coverage::judged(&leaf, name).is_ok_and(|judged| judged.verdict.covered());
    let missing: Vec<String> = asked(requests, &pair.key).filter(lacks).map(str::to_owned).collect();
    let fault = || Fault::new(codes::ANSWER_LACKS_NAMES).with("names", missing.clone()).on("tls");
    (!missing.is_empty()).then(|| fault().as_severity(Severity::Warning))
}
