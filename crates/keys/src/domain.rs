//! What shows that a mail domain belongs to whoever reserves it for a connection: a TXT record of the domain (R11).

use crate::ids::{ConnectionId, Hash};
use crate::wire;

/// The label under which the record stands.
const LABEL: &str = "_sekisho";
/// What the record's text begins with.
const TAG: &str = "sekisho-domain=";

/// The record's name for a domain (in A-labels).
pub fn record(domain: &str) -> String {
    format!("{LABEL}.{domain}")
}

/// The record's text: over the organisation's fingerprint and the connection, so that it speaks for no other.
pub fn proof(genesis: Hash, connection: ConnectionId) -> String {
    format!("{TAG}{}", Hash::of(&wire::encode(&("sekisho domain 1", genesis, connection))))
}

/// Whether one of the record's texts is the proof; others may stand beside it.
pub fn is_proved(texts: &[String], genesis: Hash, connection: ConnectionId) -> bool {
    let proof = proof(genesis, connection);
    texts.iter().any(|text| text.trim() == proof)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_speaks_for_one_connection_of_one_organisation_among_other_texts() {
        let (genesis, connection) = (Hash::of(b"a"), ConnectionId([1; 16]));
        let text = proof(genesis, connection);
        assert_eq!(record("example.com"), "_sekisho.example.com");
        // For good: it stands in other people's DNS.
        assert_eq!(text.len(), TAG.len() + 64);
        assert!(is_proved(&["v=spf1 -all".into(), format!(" {text} ")], genesis, connection));
        let alone = std::slice::from_ref(&text);
        assert!(is_proved(alone, genesis, connection));
        assert!(!is_proved(alone, Hash::of(b"b"), connection));
        assert!(!is_proved(alone, genesis, ConnectionId([2; 16])));
        assert!(!is_proved(&[format!("{text}0"), text.to_uppercase()], genesis, connection));
        assert!(!is_proved(&[], genesis, connection));
    }
}
