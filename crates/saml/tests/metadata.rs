//! Metadata of identity providers: what is read, and what is refused by which code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use data_encoding::BASE64;
use proptest::prelude::*;
use sekisho_saml::codes;
use sekisho_saml::metadata::IdpMetadata;
use support::{IDP, Idp};

fn metadata(certificate: &str, role: &str) -> String {
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
         entityID=\"{IDP}\"><md:{role} protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>\
         </ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.example.com/sso\"/>\
         </md:{role}></md:EntityDescriptor>"
    )
}

fn certificate() -> String {
    BASE64.encode(&Idp::new().certificate)
}

#[test]
fn a_certificate_may_be_broken_over_any_lines_and_a_byte_order_mark_does_no_harm() {
    let lines: Vec<String> =
        certificate().as_bytes().chunks(7).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    let text = format!("\u{feff}{}", metadata(&format!("\r\n  {}\n", lines.join("\r\n\t")), "IDPSSODescriptor"));
    let read = IdpMetadata::parse(text.as_bytes()).unwrap();
    assert_eq!(read.entity_id, IDP);
    assert_eq!(read.sign_in().map(|endpoint| &*endpoint.location), Some("https://idp.example.com/sso"));
    assert_eq!(read.certificates().unwrap()[0].sha256.len(), 95);
}

#[test]
fn what_is_not_the_metadata_of_one_identity_provider_is_refused_by_its_code() {
    let good = metadata(&certificate(), "IDPSSODescriptor");
    let cases = [
        ("not xml".to_owned(), codes::NOT_XML),
        ("<html/>".to_owned(), codes::METADATA_NO_IDP),
        (metadata(&certificate(), "SPSSODescriptor"), codes::METADATA_IS_SP),
        (good.replace("use=\"signing\"", "use=\"encryption\""), codes::METADATA_NO_CERTIFICATE),
        (metadata("AAAA", "IDPSSODescriptor"), codes::METADATA_CERTIFICATE),
        (good.replace("HTTP-Redirect", "SOAP"), codes::METADATA_NO_SSO),
        (good.replace("https://idp", "javascript:x"), codes::METADATA_NO_SSO),
        (format!("<!DOCTYPE x>{good}"), codes::NOT_XML),
        (
            format!(
                "<m:EntitiesDescriptor xmlns:m=\"urn:oasis:names:tc:SAML:2.0:metadata\">{good}{good}</m:EntitiesDescriptor>"
            ),
            codes::METADATA_SEVERAL_IDPS,
        ),
        (" ".repeat(6 << 20), codes::TOO_LARGE),
    ];
    for (text, code) in cases {
        assert_eq!(IdpMetadata::parse(text.as_bytes()).unwrap_err().code, code);
    }
}

#[test]
fn the_metadata_of_real_vendors_is_read_where_it_lies_beside_the_repository() {
    let folder = std::path::Path::new("../../../shared/vectors/metadata");
    let Ok(files) = std::fs::read_dir(folder) else { return };
    for file in files.flatten().filter(|file| file.path().extension().is_some_and(|ext| ext == "xml")) {
        let read = IdpMetadata::parse(&std::fs::read(file.path()).unwrap());
        let read = read.unwrap_or_else(|fault| panic!("{}: {fault}", file.path().display()));
        assert!(!read.certificates().unwrap().is_empty());
    }
}

proptest! {
    #[test]
    fn any_bytes_give_metadata_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = IdpMetadata::parse(&bytes);
    }
}
