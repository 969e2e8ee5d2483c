//! Is a document fit to be served? What is missing, what is wrong, what an administrator should look at.

use sekisho_certs::{Pair, check};
use sekisho_fault::{Fault, Result, Severity};
use sekisho_saml::keys::IdpKey;
use sekisho_saml::metadata::entra::{self, Missing};
use sekisho_saml::metadata::{Binding, IdpMetadata};

use crate::acme_check;
use crate::codes;
use crate::document::{Document, RequestBinding, SamlKey};
use crate::email::Domain;
use crate::host::Host;
use crate::idp_ends;
use crate::preset::{self, NameId};
use crate::relink;
use crate::roles;
use crate::rollover::SecondRole;

/// The format of a `NameID` that is another one in each session (SAML core 8.3.8).
pub const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
/// The format of a `NameID` that stays (SAML core 8.3.7).
pub const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

/// What a check needs to know besides the document.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The TLS pair, opened.
    pub tls: Option<&'a Pair>,
    /// The further names' own pairs, opened, in the order of the names.
    pub others: &'a [Option<Pair>],
    /// SAML's own pair, opened.
    pub saml: Option<&'a Pair>,
    /// The mail domains that are reserved for the connection.
    pub domains: &'a [Domain],
    /// Now: seconds since 1970.
    pub now: i64,
}

/// Quick checks, those that block first.
pub fn document(document: &Document, facts: &Facts<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    let missing = |field: &str| Fault::new(codes::MISSING).on(field);
    if document.advertised_host.is_none() {
        found.push(missing("advertised_host"));
    }
    match facts.tls {
        None => found.push(missing("tls")),
        Some(pair) => found.extend(tls(document, pair, facts.now).into_iter().map(|fault| fault.on("tls"))),
    }
    found.extend(names(document, facts));
    if document.saml_key == SamlKey::Own && facts.saml.is_none() {
        found.push(missing("saml"));
    }
    if document.saml_key == SamlKey::None && document.encrypted_assertions {
        found.push(Fault::new(codes::ENCRYPTED_WITHOUT_KEY).on("encrypted_assertions"));
    }
    if document.sign_metadata && document.saml_pair().is_none() {
        found.push(Fault::new(codes::UNSIGNED_METADATA).on("sign_metadata"));
    }
    found.extend(rollover(document));
    found.extend(document.mail.check());
    found.extend(acme_check::check(document));
    found.extend(roles::check(document));
    match metadata(document) {
        Ok(metadata) => {
            found.extend(address(document, &metadata));
            found.extend(keys(&metadata));
            found.extend(idp_ends::ends(&metadata, facts.now));
            if !offers(&metadata, document.request_binding) {
                found.push(Fault::new(codes::BINDING_NOT_OFFERED).on("request_binding"));
            }
        }
        Err(fault) => found.push(fault.on("idp_metadata")),
    }
    if document.just_in_time && facts.domains.is_empty() {
        found.push(Fault::new(codes::JIT_WITHOUT_DOMAIN).on("just_in_time"));
    }
    let warning = |code, field: &str| Fault::new(code).on(field).as_severity(Severity::Warning);
    if document.metadata_additions {
        found.push(warning(codes::METADATA_ADDITIONS, "metadata_additions"));
    }
    if document.allow_sha1 {
        found.push(warning(codes::SHA1_ALLOWED, "allow_sha1"));
    }
    if document.unsolicited_direct {
        found.push(warning(codes::UNSOLICITED_DIRECT, "unsolicited_direct"));
    }
    found.extend(asked_in_vain(document));
    if document.client_protocol {
        found.push(warning(codes::CLIENT_PROTOCOL, "client_protocol"));
    }
    found.extend(relink::window(document, facts.domains, facts.now));
    found.extend(subject(document).map(|fault| fault.as_severity(Severity::Warning)));
    found.sort_by_key(|fault| std::cmp::Reverse(fault.severity));
    found
}

/// Keys that no accepted signature can come from. As long as another one is there, users can sign in.
fn keys(metadata: &IdpMetadata) -> Vec<Fault> {
    let keys = metadata.keys().unwrap_or_default();
    let severity = if keys.iter().any(IdpKey::is_usable) { Severity::Warning } else { Severity::Error };
    let fault = |key: &IdpKey| {
        let fault = Fault::new(codes::IDP_KEY_UNUSABLE).with("fingerprint", key.fingerprint());
        fault.on("idp_metadata").as_severity(severity)
    };
    keys.iter().filter(|key| !key.is_usable()).map(fault).collect()
}

/// What requests ask for, and an answer to no request does not heed.
fn asked_in_vain(document: &Document) -> impl Iterator<Item = Fault> {
    let asks = [("force_authn", document.force_authn), ("authn_context", document.authn_context.is_some())];
    let direct = document.unsolicited_direct;
    let in_vain = asks.into_iter().filter(move |(_, asks)| *asks && direct);
    in_vain.map(|(field, _)| Fault::new(codes::UNSOLICITED_AND_ASKED).on(field))
}

/// What a change of SAML's pair waits for.
fn rollover(document: &Document) -> Option<Fault> {
    let second = document.saml_second.as_ref()?;
    let fault = match (document.saml_pair(), second.role) {
        (None, _) => Fault::new(codes::ROLLOVER_WITHOUT_KEY),
        (Some(_), SecondRole::Next) => Fault::new(codes::ROLLOVER_NEXT).as_severity(Severity::Warning),
        (Some(_), SecondRole::Former) => Fault::new(codes::ROLLOVER_FORMER).as_severity(Severity::Warning),
    };
    Some(fault.on("saml_second"))
}

/// Whether the identity provider takes requests in this way.
fn offers(metadata: &IdpMetadata, binding: RequestBinding) -> bool {
    match binding {
        RequestBinding::Any => true,
        RequestBinding::Redirect => metadata.sso_by(&Binding::Redirect).is_some(),
        RequestBinding::Post => metadata.sso_by(&Binding::Post).is_some(),
    }
}

/// Whether what names a user for good is known to be another thing in each session (R16).
fn subject(document: &Document) -> Option<Fault> {
    if document.attributes.subject.is_some() {
        return None;
    }
    let asked = document.name_id_format.as_deref();
    if asked == Some(TRANSIENT) {
        return Some(Fault::new(codes::SUBJECT_TRANSIENT).with("format", TRANSIENT).on("name_id_format"));
    }
    let preset = preset::of(document.idp.kind);
    let lasts = match preset.name_id {
        Some(NameId::PerSession) => false,
        Some(NameId::Transient) => asked == Some(PERSISTENT),
        Some(NameId::Renamed | NameId::Lasting) | None => true,
    };
    let attribute = preset.subject_attribute().unwrap_or(preset::SUBJECT);
    let fault = || Fault::new(codes::SUBJECT_PER_SESSION).with("attribute", attribute).on("attribute_subject");
    (!lasts).then(fault)
}

fn tls(document: &Document, pair: &Pair, now: i64) -> Vec<Fault> {
    // Of the further names, those without a certificate of their own are served this one.
    let others = document.other_names.iter().filter(|other| other.tls.is_none()).map(|other| &other.host);
    let hosts: Vec<&str> = document.advertised_host.iter().chain(others).map(crate::Host::as_str).collect();
    let mut found = check::server(pair, &hosts, now).unwrap_or_else(|fault| vec![fault]);
    let trial = document.tls.as_ref().is_some_and(|tls| tls.trial);
    if document.acme.is_some() {
        // It is only served until the next one is there, which is ordered: nobody is kept from saving by it.
        if trial {
            return vec![Fault::new(codes::ACME_STOPGAP).as_severity(Severity::Info)];
        }
        return found
            .into_iter()
            .map(|fault| {
                let severity = fault.severity.min(Severity::Warning);
                fault.as_severity(severity)
            })
            .collect();
    }
    if trial {
        // Said once, in words that fit: a trial certificate is self-signed on purpose.
        found.retain(|fault| fault.severity == Severity::Error);
        found.push(Fault::new(codes::TRIAL_CERTIFICATE).as_severity(Severity::Warning));
    }
    found
}

/// The further names' own certificates, and what it means that there are several names.
fn names(document: &Document, facts: &Facts<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    for (other, pair) in document.other_names.iter().zip(facts.others) {
        if let Some(pair) = pair {
            let told = check::server(pair, &[other.host.as_str()], facts.now).unwrap_or_else(|fault| vec![fault]);
            found.extend(told.into_iter().map(|fault| fault.on("other_names")));
        }
    }
    // By hand, or by a merge: a name twice, or answers at a name that is gone.
    let hosts = document.advertised_host.iter().chain(document.other_names.iter().map(|other| &other.host));
    let hosts: Vec<&Host> = hosts.collect();
    let twice = hosts.iter().enumerate().find(|(at, host)| hosts[..*at].contains(host)).map(|(_, host)| *host);
    found.extend(twice.map(|host| Fault::new(codes::NAME_KNOWN).with("host", host.as_str()).on("other_names")));
    let gone = document.answers_on.as_ref().filter(|host| !hosts.contains(host));
    found.extend(gone.map(|host| Fault::new(codes::NO_SUCH_NAME).with("host", host.as_str()).on("answers_on")));
    if document.other_names.is_empty() {
        return found;
    }
    let hosts: Vec<String> = document.other_names.iter().map(|other| other.host.to_string()).collect();
    let several = Fault::new(codes::NAMES_OVERLAP).with("hosts", hosts).on("other_names");
    found.push(several.as_severity(Severity::Info));
    let holds = preset::of(document.idp.kind).holds_two_acs;
    let remark = match (&document.answers_on, holds) {
        (None, Some(false)) => {
            let fault = Fault::new(codes::ONE_ACS).with("idp", preset::name(document.idp.kind));
            Some(fault.on("answers_on").as_severity(Severity::Warning))
        }
        (Some(host), Some(true)) => {
            let fault = Fault::new(codes::ANSWERS_ON_ONE).with("host", host.as_str());
            Some(fault.on("answers_on").as_severity(Severity::Info))
        }
        _ => None,
    };
    found.extend(remark);
    found
}

/// Whether the address of the metadata lacks something that will be missed at the sign-in.
fn address(document: &Document, metadata: &IdpMetadata) -> Option<Fault> {
    let code = match entra::missing(document.idp.metadata_url.as_deref()?, metadata)? {
        Missing::AppId => codes::ENTRA_APPID,
        Missing::Tenant => codes::ENTRA_TENANT,
    };
    Some(Fault::new(code).on("idp_metadata").as_severity(Severity::Warning))
}

/// The identity provider's metadata, read.
///
/// Codes: `MISSING`, and those of the metadata.
pub fn metadata(document: &Document) -> Result<IdpMetadata> {
    let xml = document.idp.metadata.as_ref().ok_or_else(|| Fault::new(codes::MISSING).on("idp_metadata"))?;
    IdpMetadata::parse(xml.as_bytes()).map_err(|fault| fault.on("idp_metadata"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::KeyPair;
    use crate::field::{Field, set};

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn a_name_twice_or_answers_at_a_name_that_is_gone_are_errors_at_their_fields() {
        let mut document = Document::default();
        set(&mut document, Field::AdvertisedHost, "old.example").unwrap();
        document.add_name(Host::parse("new.example").unwrap(), 8443).unwrap();
        document.take_answers(Some(Host::parse("old.example").unwrap())).unwrap();
        let found = codes_of(&document, None, &[]);
        assert!(has(&found, &codes::NAMES_OVERLAP, "other_names") && !has(&found, &codes::NAME_KNOWN, "other_names"));
        set(&mut document, Field::AdvertisedHost, "new.example").unwrap();
        let found = codes_of(&document, None, &[]);
        assert!(has(&found, &codes::NAME_KNOWN, "other_names") && has(&found, &codes::NO_SUCH_NAME, "answers_on"));
    }

    fn codes_of(document: &Document, tls: Option<&Pair>, domains: &[Domain]) -> Vec<(String, String)> {
        codes_at(NOW, document, tls, domains)
    }

    fn codes_at(now: i64, document: &Document, tls: Option<&Pair>, domains: &[Domain]) -> Vec<(String, String)> {
        let facts = Facts { tls, others: &[], saml: None, domains, now };
        let found = super::document(document, &facts);
        found.iter().map(|fault| (fault.code.to_string(), fault.field.clone().unwrap_or_default())).collect()
    }

    fn has(found: &[(String, String)], code: &sekisho_fault::Code, field: &str) -> bool {
        found.iter().any(|(known, on)| known == code.as_str() && on == field)
    }

    #[test]
    fn an_empty_document_says_what_is_missing_and_where() {
        let found = codes_of(&Document::default(), None, &[]);
        for field in ["advertised_host", "tls", "saml", "idp_metadata"] {
            assert!(has(&found, &codes::MISSING, field), "{field}: {found:?}");
        }
    }

    #[test]
    fn metadata_is_not_signed_without_a_key() {
        let mut document = Document::default();
        document.saml_key = SamlKey::None;
        assert!(!has(&codes_of(&document, None, &[]), &codes::UNSIGNED_METADATA, "sign_metadata"));
        document.sign_metadata = true;
        assert!(has(&codes_of(&document, None, &[]), &codes::UNSIGNED_METADATA, "sign_metadata"));
    }

    #[test]
    fn a_certificate_of_another_name_is_found_at_its_field() {
        let mut document = Document::default();
        set(&mut document, Field::AdvertisedHost, "sso.example.com").unwrap();
        let pair = sekisho_certs::trial::certificate("other.example.com", NOW).unwrap();
        let found = codes_of(&document, Some(&pair), &[]);
        assert!(has(&found, &sekisho_certs::codes::NOT_COVERED, "tls"), "{found:?}");
    }

    #[test]
    fn a_trial_certificate_is_a_warning_and_does_not_block() {
        let mut document = Document::default();
        set(&mut document, Field::AdvertisedHost, "sso.example.com").unwrap();
        document.tls = Some(KeyPair {
            certificates: String::new(),
            key: String::new(),
            trial: true,
            unknown: serde_json::Map::new(),
        });
        let pair = sekisho_certs::trial::certificate("sso.example.com", NOW).unwrap();
        let found = codes_of(&document, Some(&pair), &[]);
        assert!(has(&found, &codes::TRIAL_CERTIFICATE, "tls"));
        assert!(!found.iter().any(|(code, field)| field == "tls" && code.starts_with("certs.")), "{found:?}");
    }

    fn base64_of(pem: &str) -> String {
        pem.lines().filter(|line| !line.starts_with("-----")).collect()
    }

    /// Metadata with these signing certificates.
    fn idp(certificates: &[String]) -> Document {
        let mut keys = String::new();
        for der in certificates {
            keys += "<md:KeyDescriptor><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>";
            keys += "<ds:X509Certificate>";
            keys += der;
            keys += "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";
        }
        let mut document = Document::default();
        document.idp.metadata = Some(format!(
            "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"idp\"><md:IDPSSODescriptor \
             protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{keys}<md:SingleSignOnService \
             Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://idp.example.com/\"/>\
             </md:IDPSSODescriptor></md:EntityDescriptor>"
        ));
        document
    }

    #[test]
    fn the_end_of_the_identity_providers_last_certificate_is_told_in_time() {
        let day = 24 * 60 * 60;
        // Each holds for thirty days.
        let of = |from| base64_of(&sekisho_certs::trial::certificate("idp.example.com", from).unwrap().chain_pem());
        let told = |document: &Document, days: i64| {
            let found = codes_at(NOW + days * day, document, None, &[]);
            [codes::IDP_CERTIFICATE_ENDS, codes::IDP_CERTIFICATE_ENDED].map(|code| has(&found, &code, "idp_metadata"))
        };
        let one = idp(&[of(NOW)]);
        assert_eq!([19, 21, 31].map(|days| told(&one, days)), [[false, false], [true, false], [false, true]]);
        let renewed = idp(&[of(NOW), of(NOW + 20 * day)]);
        assert_eq!(told(&renewed, 31), [false, false], "the next one is there");
    }

    #[test]
    fn a_key_that_no_signature_is_accepted_from_is_told_and_alone_it_is_an_error() {
        let good = base64_of(&sekisho_certs::trial::certificate("idp.example.com", NOW).unwrap().chain_pem());
        let short = base64_of(include_str!("../tests/rsa1024.pem"));
        let facts = Facts { tls: None, others: &[], saml: None, domains: &[], now: NOW };
        let told = |certificates: &[String]| {
            let found = super::document(&idp(certificates), &facts);
            found.into_iter().find(|fault| fault.code == codes::IDP_KEY_UNUSABLE).map(|fault| fault.severity)
        };
        assert_eq!(told(std::slice::from_ref(&good)), None);
        assert_eq!(told(&[good, short.clone()]), Some(Severity::Warning));
        assert_eq!(told(&[short]), Some(Severity::Error));
    }

    #[test]
    fn a_binding_has_to_be_offered_by_the_metadata() {
        let certificate = sekisho_certs::trial::certificate("idp.example.com", NOW).unwrap();
        let mut document = idp(&[base64_of(&certificate.chain_pem())]);
        for (binding, offered) in [("any", true), ("post", true), ("redirect", false)] {
            set(&mut document, Field::RequestBinding, binding).unwrap();
            let found = codes_of(&document, None, &[]);
            assert!(!found.iter().any(|(_, field)| field == "idp_metadata"), "{found:?}");
            assert_eq!(has(&found, &codes::BINDING_NOT_OFFERED, "request_binding"), !offered, "{binding}");
        }
    }

    #[test]
    fn users_made_at_first_sign_in_need_a_reserved_domain() {
        let mut document = Document::default();
        set(&mut document, Field::JustInTime, "true").unwrap();
        assert!(has(&codes_of(&document, None, &[]), &codes::JIT_WITHOUT_DOMAIN, "just_in_time"));
        let reserved = [Domain::parse("example.com").unwrap()];
        assert!(!has(&codes_of(&document, None, &reserved), &codes::JIT_WITHOUT_DOMAIN, "just_in_time"));
    }

    #[test]
    fn an_address_of_entra_without_the_application_is_told() {
        let pem = sekisho_certs::trial::certificate("idp.example.com", NOW).unwrap().chain_pem();
        let certificate: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let metadata = |tenant: &str| {
            format!(
                "<m:EntityDescriptor xmlns:m=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
                 xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\" entityID=\"https://sts.windows.net/{tenant}/\">\
                 <m:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
                 <m:KeyDescriptor><d:KeyInfo><d:X509Data><d:X509Certificate>{certificate}</d:X509Certificate>\
                 </d:X509Data></d:KeyInfo></m:KeyDescriptor><m:SingleSignOnService Location=\"https://a.example/\" \
                 Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\"/></m:IDPSSODescriptor>\
                 </m:EntityDescriptor>"
            )
        };
        let told = |tenant: &str, url: &str| {
            let mut checked = Document::default();
            (checked.idp.metadata, checked.idp.metadata_url) = (Some(metadata(tenant)), Some(url.to_owned()));
            let facts = Facts { tls: None, others: &[], saml: None, domains: &[], now: NOW };
            let found =
                document(&checked, &facts).into_iter().find(|fault| fault.field.as_deref() == Some("idp_metadata"));
            found.map(|fault| (fault.code, fault.severity))
        };
        let address = "https://login.microsoftonline.com/t/federationmetadata/2007-06/federationmetadata.xml";
        assert_eq!(told("t", address), Some((codes::ENTRA_APPID, Severity::Warning)));
        assert_eq!(told("t", &format!("{address}?appid=a")), None);
        assert_eq!(told("{tenantid}", address), Some((codes::ENTRA_TENANT, Severity::Warning)));
    }

    #[test]
    fn answers_that_nobody_asked_for_are_warned_of_and_cannot_stand_beside_what_requests_ask_for() {
        let mut document = Document::default();
        let told = |document: &Document| {
            let facts = Facts { tls: None, others: &[], saml: None, domains: &[], now: NOW };
            let ours = [codes::UNSOLICITED_DIRECT, codes::UNSOLICITED_AND_ASKED];
            let found = super::document(document, &facts).into_iter().filter(|fault| ours.contains(&fault.code));
            found.map(|fault| (fault.field.unwrap(), fault.severity)).collect::<Vec<_>>()
        };
        set(&mut document, Field::ForceAuthn, "true").unwrap();
        assert_eq!(told(&document), []);
        set(&mut document, Field::UnsolicitedDirect, "true").unwrap();
        let on = |field: &str, severity| (field.to_owned(), severity);
        let warned = on("unsolicited_direct", Severity::Warning);
        assert_eq!(told(&document), [on("force_authn", Severity::Error), warned.clone()]);
        set(&mut document, Field::ForceAuthn, "false").unwrap();
        assert_eq!(told(&document), std::slice::from_ref(&warned));
        set(&mut document, Field::AuthnContext, "urn:federation:authentication:windows").unwrap();
        assert_eq!(told(&document), [on("authn_context", Severity::Error), warned]);
    }

    #[test]
    fn leave_to_take_what_is_new_is_told() {
        let mut checked = Document::default();
        set(&mut checked, Field::MetadataAdditions, "true").unwrap();
        let found = document(&checked, &Facts { tls: None, others: &[], saml: None, domains: &[], now: NOW });
        assert!(
            found.iter().any(|fault| fault.code == codes::METADATA_ADDITIONS && fault.severity == Severity::Warning)
        );
    }
}
