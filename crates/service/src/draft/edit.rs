//! Changing the draft.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use sekisho_admin_api::draft::{CertificateRequest, KeyKind, Purpose, RequestWish, RolloverStep, SetCertificate};
use sekisho_certs::import::{self, File, Import, Passwords};
use sekisho_certs::{Pair, PrivateKey, request as csr, trial};
use sekisho_config::document::KeyPair;
use sekisho_config::field::{self, Field};
use sekisho_config::rollover::Step;
use sekisho_config::{Document, Host};
use sekisho_fault::{Fault, Result};
use sekisho_keys::ids::Hash;
use sekisho_saml::metadata::IdpMetadata;
use zeroize::Zeroizing;

use super::Draft;

/// Sets a field that all servers share.
///
/// Codes: those of the field.
pub fn set(draft: &mut Draft, name: &str, value: &str) -> Result<()> {
    field::set(&mut draft.document, Field::parse(name)?, value)
}

/// The name of a private key: the fingerprint of its public half.
fn fingerprint(key: &PrivateKey) -> String {
    Hash::of(key.spki()).to_string()
}

/// Keeps the private key with the draft, and gives the pair as the document has it.
fn keep(draft: &mut Draft, pair: &Pair, trial: bool) -> KeyPair {
    let key = fingerprint(pair.key());
    draft.keys.insert(key.clone(), BASE64.encode(pair.key().pkcs8()));
    KeyPair { certificates: pair.chain_pem(), key, trial, unknown: serde_json::Map::new() }
}

fn field_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Tls => "tls",
        Purpose::Saml => "saml",
        Purpose::SamlNext => "saml_second",
    }
}

/// Takes a certificate and its key. An authority's answer without a key finds the key that was made for its request.
/// `saved`: what is applied.
///
/// Codes: those of certificates and of the rollover.
pub fn certificate(draft: &mut Draft, wish: &SetCertificate, requests: &Requests, saved: &Document) -> Result<()> {
    let bytes = wish.files.iter().map(|file| {
        let read = BASE64.decode(file.bytes.as_bytes());
        read.map_err(|_| Fault::new(sekisho_certs::codes::NOT_PEM).with("file", file.name.as_str()))
    });
    let bytes = bytes.collect::<Result<Vec<_>>>()?;
    let files: Vec<File<'_>> =
        wish.files.iter().zip(&bytes).map(|(file, bytes)| File { name: &file.name, bytes }).collect();
    let passwords = Passwords { store: wish.store_password.as_deref(), key: wish.key_password.as_deref() };
    let mut import = import::read(&files, &passwords)?;
    if import.key.is_none() {
        import.key = requested(draft, requests, &import);
    }
    let pair =
        import.pair().map_err(|fault| if fault.field.is_some() { fault } else { fault.on(field_of(wish.purpose)) })?;
    let pair = keep(draft, &pair, false);
    match wish.purpose {
        Purpose::Tls => match &wish.host {
            None => {
                draft.document.replace_tls(pair)?;
                // Whoever brings a certificate of their own wants it served.
                draft.document.acme = None;
                Ok(())
            }
            Some(host) => draft.document.set_name_pair(&Host::parse(host)?, Some(pair)),
        },
        Purpose::Saml => draft.document.replace_saml(pair),
        Purpose::SamlNext => draft.document.prepare_rollover(pair, saved),
    }
}

/// The key of an open request that one of these certificates answers.
fn requested(draft: &Draft, requests: &Requests, import: &Import) -> Option<PrivateKey> {
    draft.keys.values().chain(requests.values()).find_map(|text| {
        let key = PrivateKey::from_pkcs8(&Zeroizing::new(BASE64.decode(text.as_bytes()).ok()?)).ok()?;
        csr::answered_by(&key, &import.certificates).ok().map(|_| key)
    })
}

/// Takes a trial certificate for the advertised host.
///
/// Codes: `MISSING` and `ROLLOVER_UNDER_WAY` of the configuration.
pub fn trial_certificate(draft: &mut Draft, now: i64) -> Result<()> {
    let host = host(draft)?;
    let pair = trial::certificate(&host, now)?;
    let pair = keep(draft, &pair, true);
    draft.document.replace_tls(pair)
}

/// The keys of certificate requests that wait for an answer, by their fingerprints: base64 of PKCS#8. What each was made for
/// stands beside it under [`NAMES`], where versions before this one find no key and look on.
pub type Requests = BTreeMap<String, String>;

/// Before a fingerprint: the names that the request asks for, one in a line.
const NAMES: &str = "names:";
/// Before a fingerprint: when it was made, in seconds since 1970. Those of versions before have none, and are older.
const MADE: &str = "made:";

/// Requests that may wait at once.
const REQUESTS: usize = 20;

/// The names that a request with this key has asked for; none, if there was none.
pub fn asked<'a>(requests: &'a Requests, key: &str) -> impl Iterator<Item = &'a str> {
    requests.get(&format!("{NAMES}{key}")).map(|names| names.lines()).into_iter().flatten()
}

/// Makes a key and the request for a certificate. The key waits apart from the draft: the answer may take days, and drafts
/// come and go meanwhile.
///
/// What is answered waits no longer: `saved` names the keys that are in use. Of too many, the oldest goes.
///
/// Codes: `MISSING` of the configuration, `HOST_NAME` and `COUNTRY` of certificates.
pub fn request(
    draft: &Draft,
    wish: &RequestWish,
    requests: &mut Requests,
    saved: &Document,
    now: i64,
) -> Result<CertificateRequest> {
    let first = Some(wish.host.trim()).filter(|host| !host.is_empty());
    let first = first.map(|text| Host::parse(text).map(|host| host.to_string()));
    let mut names = vec![first.unwrap_or_else(|| host(draft))?];
    for name in wish.names.iter().map(|name| name.trim()) {
        if !name.is_empty() && !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.to_owned());
        }
    }
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let subject = csr::Subject {
        organisation: given(&wish.organisation),
        unit: given(&wish.unit),
        locality: given(&wish.locality),
        state: given(&wish.state),
        country: given(&wish.country),
    };
    let key = match wish.key {
        KeyKind::Rsa2048 => csr::NewKey::Rsa2048,
        KeyKind::Rsa3072 => csr::NewKey::Rsa3072,
        KeyKind::Rsa4096 => csr::NewKey::Rsa4096,
        KeyKind::P256 => csr::NewKey::EcdsaP256,
        KeyKind::P384 => csr::NewKey::EcdsaP384,
    };
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let made = csr::new(&asked, &subject, key)?;
    make_room(requests, saved);
    let fingerprint = fingerprint(&made.key);
    requests.insert(format!("{NAMES}{fingerprint}"), names.join("\n"));
    requests.insert(format!("{MADE}{fingerprint}"), now.to_string());
    requests.insert(fingerprint, BASE64.encode(made.key.pkcs8()));
    Ok(CertificateRequest { pem: made.pem, names })
}

/// Forgets the requests whose keys are in use, and the oldest where there would be too many.
fn make_room(requests: &mut Requests, saved: &Document) {
    let in_use: Vec<String> = saved.key_pairs().map(|pair| pair.key.clone()).collect();
    let is_key = |key: &&String| !key.starts_with(NAMES) && !key.starts_with(MADE);
    let made = |key: &str| requests.get(&format!("{MADE}{key}")).and_then(|time| time.parse().ok()).unwrap_or(0);
    let mut waiting: Vec<(i64, String)> = requests.keys().filter(is_key).map(|key| (made(key), key.clone())).collect();
    waiting.sort();
    let (answered, mut open): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, key)| in_use.contains(key));
    let too_many = (open.len() + 1).saturating_sub(REQUESTS);
    for (_, key) in answered.into_iter().chain(open.drain(..too_many)) {
        requests.remove(&key);
        requests.remove(&format!("{NAMES}{key}"));
        requests.remove(&format!("{MADE}{key}"));
    }
}

fn host(draft: &Draft) -> Result<String> {
    let host = draft.document.advertised_host.as_ref();
    host.map(ToString::to_string).ok_or_else(|| Fault::new(sekisho_config::codes::MISSING).on("advertised_host"))
}

/// Takes metadata into the draft.
///
/// Codes: those of the metadata.
pub fn metadata(draft: &mut Draft, xml: String, url: Option<String>) -> Result<()> {
    let at = |fault: Fault| fault.on("idp_metadata");
    IdpMetadata::parse(xml.as_bytes()).map_err(at)?;
    draft.document.idp.metadata = Some(xml);
    draft.document.idp.metadata_url = url;
    Ok(())
}

/// Gives SAML a pair of its own, as soon as the host is known and if it is to have one. True when it was made now.
///
/// Codes: those of certificates.
pub fn ensure_saml_pair(draft: &mut Draft, now: i64) -> Result<bool> {
    let own = draft.document.saml_key == sekisho_config::document::SamlKey::Own;
    let (true, None, Some(entity)) = (own, &draft.document.saml, draft.document.entity_id()) else { return Ok(false) };
    let pair = trial::saml_pair(&entity, now)?;
    let pair = keep(draft, &pair, false);
    draft.document.replace_saml(pair)?;
    Ok(true)
}

/// Goes a step on in the change of SAML's pair. `saved`: what is applied.
///
/// Codes: those of the rollover, `MISSING` of the configuration.
pub fn roll_over(draft: &mut Draft, step: RolloverStep, saved: &Document, now: i64) -> Result<()> {
    let step = match step {
        RolloverStep::Prepare => {
            let missing = || Fault::new(sekisho_config::codes::MISSING).on("advertised_host");
            let pair = trial::saml_pair(&draft.document.entity_id().ok_or_else(missing)?, now)?;
            let pair = keep(draft, &pair, false);
            return draft.document.prepare_rollover(pair, saved);
        }
        RolloverStep::Switch => Step::Switch,
        RolloverStep::Finish => Step::Finish,
        RolloverStep::Back => Step::Back,
    };
    draft.document.step_rollover(step, saved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_requests_the_oldest_goes_and_what_is_answered_waits_no_longer() {
        let mut draft = Draft::default();
        set(&mut draft, "advertised_host", "sso.example.com").unwrap();
        let wish = RequestWish { key: KeyKind::P256, ..RequestWish::default() };
        let mut requests = Requests::new();
        let keys = |requests: &Requests| {
            requests.keys().filter(|key| !key.contains(':')).cloned().collect::<std::collections::BTreeSet<_>>()
        };
        let mut made = Vec::new();
        for now in 0..25 {
            let before = keys(&requests);
            request(&draft, &wish, &mut requests, &Document::default(), now).unwrap();
            made.extend(keys(&requests).difference(&before).cloned());
        }
        assert_eq!(keys(&requests), made[5..].iter().cloned().collect());
        assert_eq!(asked(&requests, &made[24]).collect::<Vec<_>>(), ["sso.example.com"]);

        let pair = |key: &str| KeyPair {
            certificates: String::new(),
            key: key.into(),
            trial: false,
            unknown: serde_json::Map::new(),
        };
        let mut saved = Document::default();
        saved.tls = Some(pair(&made[20]));
        request(&draft, &wish, &mut requests, &saved, 25).unwrap();
        assert!(!keys(&requests).contains(&made[20]), "its key is in use");
        assert!(keys(&requests).contains(&made[5]), "there was room");
        assert_eq!(requests.len(), 3 * REQUESTS);
    }
}
