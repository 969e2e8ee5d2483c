//! What an issued certificate does to what is served: it takes the place of the document's own, and of nothing else (R17).

use sekisho_certs::{Pair, PrivateKey, check, pem};
use sekisho_config::Document;
use sekisho_config::document::{KeyPair, SamlKey, key_name};
use sekisho_fault::{Fault, Result, Severity};
use sekisho_keys::acme::Issued;
use zeroize::Zeroizing;

use crate::codes;

/// A document as it is served, and the private key that it names besides its own.
pub(crate) struct Served {
    pub(crate) document: Document,
    pub(crate) key: (String, Zeroizing<Vec<u8>>),
}

/// The pair that was issued, if it fits the setting that is in force.
///
/// Codes: `ACME_OFF`, `ACME_SAML_KEY` of the configuration, those of certificates.
pub(super) fn pair(document: &Document, issued: &Issued, now: i64) -> Result<Pair> {
    if document.acme.is_none() {
        return Err(Fault::new(codes::ACME_OFF));
    }
    if document.saml_key == SamlKey::Tls {
        return Err(Fault::new(sekisho_config::codes::ACME_SAML_KEY));
    }
    let key = PrivateKey::from_pkcs8(&issued.key)?;
    let pair = Pair::assemble(&pem::read(issued.certificates.as_bytes())?.certificates, key)?;
    // Further names may have come since: until they are in the next one, users of the others are served this one.
    let hosts: Vec<&str> = document.advertised_host.iter().map(sekisho_config::Host::as_str).collect();
    let wrong = check::server(&pair, &hosts, now)?.into_iter().find(|fault| fault.severity == Severity::Error);
    wrong.map_or(Ok(pair), Err)
}

/// The document with what was issued in the place of its own certificate.
///
/// Codes: as [`pair`].
pub(super) fn serve(document: &Document, issued: &Issued, now: i64) -> Result<Served> {
    let pair = pair(document, issued, now)?;
    let name = key_name(pair.key().pkcs8())?;
    let key = Zeroizing::new(pair.key().pkcs8().to_vec());
    let mut served = document.clone();
    let (certificates, unknown) = (pair.chain_pem(), serde_json::Map::new());
    served.tls = Some(KeyPair { certificates, key: name.clone(), trial: false, unknown });
    Ok(Served { document: served, key: (name, key) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_keys::ids::Hash;

    const NOW: i64 = 1_795_513_267;

    fn document(more: &str) -> Document {
        let acme = r#"{"directory":"https://a.example/d","account":"k"}"#;
        let text = format!(r#"{{"advertised_host":"sso.example.com","acme":{acme}{more}}}"#);
        Document::read(text.as_bytes(), 1).unwrap()
    }

    fn issued(host: &str, from: i64) -> Issued {
        let pair = sekisho_certs::trial::certificate(host, from).unwrap();
        let key = pair.key().pkcs8().to_vec();
        Issued { setting: Hash::NONE, certificates: pair.chain_pem(), key }
    }

    #[test]
    fn what_was_issued_takes_the_place_of_the_documents_own_certificate_and_of_nothing_else() {
        let before = document("");
        let served = serve(&before, &issued("sso.example.com", NOW), NOW).unwrap();
        let mut back = served.document.clone();
        let tls = back.tls.take().unwrap();
        assert_eq!(back, before);
        assert_eq!((tls.trial, &tls.key), (false, &served.key.0));
    }

    #[test]
    fn what_does_not_fit_the_setting_is_not_served() {
        let code = |document: &Document, issued: &Issued, now| serve(document, issued, now).err().unwrap().code;
        let fits = issued("sso.example.com", NOW);
        let mut off = document("");
        off.acme = None;
        assert_eq!(code(&off, &fits, NOW), codes::ACME_OFF);
        let saml = document(r#","saml_key":"tls""#);
        assert_eq!(code(&saml, &fits, NOW), sekisho_config::codes::ACME_SAML_KEY);
        let own = document("");
        let other = issued("other.example.com", NOW);
        assert_eq!(code(&own, &other, NOW), sekisho_certs::codes::NOT_COVERED);
        assert_eq!(code(&own, &fits, NOW + 400 * 86_400), sekisho_certs::codes::EXPIRED);
        assert_eq!(code(&own, &fits, NOW - 86_400), sekisho_certs::codes::NOT_YET_VALID);
        let mut swapped = issued("sso.example.com", NOW);
        swapped.key.clone_from(&fits.key);
        assert_eq!(code(&own, &swapped, NOW), sekisho_certs::codes::KEY_MISMATCH);
        let mut garbled = issued("sso.example.com", NOW);
        garbled.certificates = "x".into();
        assert!(serve(&own, &garbled, NOW).is_err());
    }
}
