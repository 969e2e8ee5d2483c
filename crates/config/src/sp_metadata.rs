//! Our metadata, as a document has it.

use sekisho_certs::pem;
use sekisho_fault::{Fault, Result};
use sekisho_saml::keys::SpKey;
use sekisho_saml::sp_metadata::SpMetadata;

use crate::codes;
use crate::document::{Document, KeyPair, Signing};
use crate::urls::{ACS, LOGOUT};

/// Our metadata as XML, signed where the document says so. `key`: the one that signs requests, if there is one.
///
/// Codes: `MISSING`, those of the certificates, `KEY` of SAML.
pub fn xml(document: &Document, key: Option<&SpKey>) -> Result<String> {
    of(document)?.to_xml_with(&[], key.filter(|_| document.sign_metadata))
}

/// What it says: both pairs while one follows the other.
fn of(document: &Document) -> Result<SpMetadata> {
    let missing = || Fault::new(codes::MISSING).on("advertised_host");
    let urls = document.urls().ok_or_else(missing)?;
    // Where answers arrive is the default; the other names are there for identity providers that hold several.
    let first = document.answers_at().unwrap_or_else(|| urls.clone());
    let others = document.all_urls().into_iter().filter(|other| *other != first);
    let acs = std::iter::once(&first).cloned().chain(others).map(|urls| urls.at(ACS)).collect();
    let leaf = |pair: &KeyPair| Ok(pem::read(pair.certificates.as_bytes())?.certificates.into_iter().next());
    let leaves: Vec<Vec<u8>> =
        document.saml_pairs().filter_map(|pair| leaf(pair).transpose()).collect::<Result<_>>()?;
    Ok(SpMetadata {
        entity_id: document.entity_id().ok_or_else(missing)?,
        acs,
        slo: document.single_logout.then(|| urls.at(LOGOUT)),
        authn_requests_signed: !leaves.is_empty(),
        want_assertions_signed: matches!(document.signing, Signing::Assertion | Signing::Both),
        encryption: if document.encrypted_assertions { document.newest_first(leaves.clone()) } else { Vec::new() },
        signing: leaves,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Field, set};
    use crate::rollover::Step;

    fn made(name: &str) -> (KeyPair, SpKey, Vec<u8>) {
        let made = sekisho_certs::trial::saml_pair(name, 1_800_000_000).unwrap();
        let pair =
            KeyPair { certificates: made.chain_pem(), key: name.into(), trial: false, unknown: serde_json::Map::new() };
        (pair, SpKey::from_pkcs8(made.key().pkcs8()).unwrap(), made.leaf().to_vec())
    }

    fn using(pair: KeyPair) -> Document {
        let mut document = Document::default();
        (document.saml, document.encrypted_assertions) = (Some(pair), true);
        set(&mut document, Field::AdvertisedHost, "sso.example.com").unwrap();
        document
    }

    #[test]
    fn both_keys_are_published_and_to_encrypt_the_one_that_stays_comes_first() {
        let ((old, _, old_der), (new, _, new_der)) = (made("old"), made("new"));
        let published = |document: &Document| of(document).map(|found| (found.signing, found.encryption)).unwrap();
        let (both, turned) = (vec![old_der.clone(), new_der.clone()], vec![new_der, old_der]);
        let mut prepared = using(old);
        prepared.prepare_rollover(new, &Document::default()).unwrap();
        assert_eq!(published(&prepared), (both.clone(), turned.clone()));
        let mut switched = prepared.clone();
        switched.step_rollover(Step::Switch, &prepared).unwrap();
        assert_eq!(published(&switched), (turned.clone(), turned));
        let mut back = switched.clone();
        back.step_rollover(Step::Back, &switched).unwrap();
        assert_eq!(published(&back), (both.clone(), both));
    }

    #[test]
    fn it_is_signed_where_the_document_says_so_and_offers_encryption_where_it_is_wanted() {
        let (pair, key, _) = made("one");
        let mut document = using(pair);
        let said = |document: &Document| {
            let xml = xml(document, Some(&key)).unwrap();
            (xml.contains("<ds:SignatureValue>"), xml.contains("use=\"encryption\""))
        };
        assert_eq!(said(&document), (false, true));
        (document.sign_metadata, document.encrypted_assertions) = (true, false);
        assert_eq!(said(&document), (true, false));
    }

    #[test]
    fn without_a_host_there_is_none() {
        assert_eq!(xml(&Document::default(), None).unwrap_err().code, codes::MISSING);
    }
}
