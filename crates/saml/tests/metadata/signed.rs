//! Metadata whose signature is checked with a pinned certificate.

use data_encoding::BASE64;
use sekisho_fault::Code;
use sekisho_saml::codes;
use sekisho_saml::keys::IdpKey;
use sekisho_saml::metadata::IdpMetadata;

use crate::support::keys::Key;
use crate::vendors::file;

const ONE: &str = "https://idp.one.example/idp/shibboleth";

fn anchor(name: &str) -> IdpKey {
    let text: String = String::from_utf8(file(name)).unwrap().split_whitespace().collect();
    IdpKey::from_certificate(&BASE64.decode(text.as_bytes()).unwrap()).unwrap()
}

fn read(text: &[u8], id: Option<&str>, anchors: &[IdpKey]) -> Result<IdpMetadata, Code> {
    IdpMetadata::parse_signed(text, id, anchors).map_err(|fault| fault.code)
}

fn aggregate() -> String {
    String::from_utf8(file("shibboleth-aggregate.xml")).unwrap()
}

#[test]
fn an_aggregate_that_the_federation_signed_is_read_as_without_the_pin() {
    let pinned = anchor("shibboleth-aggregate.anchor");
    let signed = read(aggregate().as_bytes(), Some(ONE), std::slice::from_ref(&pinned)).unwrap();
    assert_eq!(signed, IdpMetadata::parse_for(aggregate().as_bytes(), Some(ONE)).unwrap());
    let among = [Key::p256().idp_key(), pinned];
    assert!(read(aggregate().as_bytes(), Some(ONE), &among).is_ok());
}

#[test]
fn a_provider_that_signs_for_itself_is_read() {
    for name in ["ad-fs.xml", "pingone.xml"] {
        let keys = IdpMetadata::parse(&file(name)).unwrap().keys().unwrap();
        assert!(read(&file(name), None, &keys).is_ok(), "{name}");
    }
    // Taken into somebody's unsigned collection, it is still its own signature.
    let inside = String::from_utf8(file("ad-fs.xml")).unwrap().replace("<?xml version=\"1.0\"?>\n", "");
    let around = format!(
        "<m:EntitiesDescriptor xmlns:m=\"urn:oasis:names:tc:SAML:2.0:metadata\">{inside}</m:EntitiesDescriptor>"
    );
    let keys = IdpMetadata::parse(&file("ad-fs.xml")).unwrap().keys().unwrap();
    assert!(read(around.as_bytes(), None, &keys).is_ok());
}

#[test]
fn whatever_was_changed_added_or_moved_is_refused() {
    let pinned = [anchor("shibboleth-aggregate.anchor")];
    let all = aggregate();
    let key = Key::p256().certificate_base64();
    let first = all.find("<ds:X509Certificate>\n").unwrap();
    let added = format!("{}<ds:X509Certificate>{key}</ds:X509Certificate>{}", &all[..first], &all[first..]);
    assert_eq!(read(added.as_bytes(), Some(ONE), &pinned), Err(codes::DIGEST));
    let moved = all.replace("https://idp.one.example/idp/profile/SAML2/Redirect/SSO", "https://evil.example/");
    assert_eq!(read(moved.as_bytes(), Some(ONE), &pinned), Err(codes::DIGEST));
    let longer = all.replace("validUntil=\"2026-12-04", "validUntil=\"2036-12-04");
    assert_eq!(read(longer.as_bytes(), Some(ONE), &pinned), Err(codes::DIGEST));
    let (start, end) =
        (all.find("<ds:Signature ").unwrap(), all.find("</ds:Signature>").unwrap() + "</ds:Signature>".len());
    let signature = &all[start..end];
    assert_eq!(read(all.replace(signature, "").as_bytes(), Some(ONE), &pinned), Err(codes::METADATA_UNSIGNED));
    let later = all.replace(signature, "").replace(
        "</md:Extensions>\n  <md:EntitiesDescriptor",
        &format!("</md:Extensions>{signature}<md:EntitiesDescriptor"),
    );
    assert_eq!(read(later.as_bytes(), Some(ONE), &pinned), Err(codes::SHAPE));
    // A forged entity beside the signed aggregate: it is not in what was signed.
    let body = &all[all.find("<md:EntitiesDescriptor").unwrap()..];
    let forged = crate::made::entity("https://idp.three.example", &key, "IDPSSODescriptor");
    let around = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{forged}{body}</md:EntitiesDescriptor>"
    );
    assert_eq!(read(around.as_bytes(), Some("https://idp.three.example"), &pinned), Err(codes::METADATA_UNSIGNED));
    assert!(read(around.as_bytes(), Some(ONE), &pinned).is_ok());
    let own = forged.replace("https://idp.three.example", ONE);
    let around = around.replace(&forged, &own);
    assert_eq!(read(around.as_bytes(), Some(ONE), &pinned), Err(codes::SHAPE), "an entity ID used twice");
}

#[test]
fn a_key_that_is_not_pinned_counts_for_nothing() {
    let embedded = IdpMetadata::parse_for(aggregate().as_bytes(), Some(ONE)).unwrap().keys().unwrap();
    assert_eq!(read(aggregate().as_bytes(), Some(ONE), &embedded), Err(codes::METADATA_SIGNATURE));
    assert_eq!(read(aggregate().as_bytes(), Some(ONE), &[]), Err(codes::METADATA_SIGNATURE));
    assert_eq!(read(&file("okta.xml"), None, &embedded), Err(codes::METADATA_UNSIGNED));
}
