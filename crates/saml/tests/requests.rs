//! What we send, judged by xmlsec1 and OpenSSL, which share no code with us.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::process::Command;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use data_encoding::BASE64;
use sekisho_saml::UnixTime;
use sekisho_saml::keys::SpKey;
use sekisho_saml::request::AuthnRequest;
use sekisho_saml::sp_metadata::SpMetadata;
use support::{ACS, Idp, SP};

fn request() -> AuthnRequest {
    AuthnRequest {
        id: "_id".into(),
        issue_instant: UnixTime(1_795_513_267),
        destination: "https://idp.example.com/sso?tenant=a&b=c".into(),
        issuer: SP.into(),
        acs_url: ACS.into(),
        name_id_format: Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".into()),
        authn_context: None,
        force_authn: true,
        is_passive: false,
    }
}

fn key(idp: &Idp) -> SpKey {
    let pkcs8: Pkcs8V1Der<'_> = idp.pair.as_der().unwrap();
    SpKey::from_pkcs8(pkcs8.as_ref()).unwrap()
}

#[test]
fn xmlsec1_verifies_a_posted_request() {
    let sp = Idp::new();
    let folder = tempfile::tempdir().unwrap();
    let xml = BASE64.decode(request().message().unwrap().post_value(Some(&key(&sp))).unwrap().as_bytes()).unwrap();
    std::fs::write(folder.path().join("request.xml"), xml).unwrap();
    std::fs::write(folder.path().join("sp.der"), &sp.certificate).unwrap();
    let arguments =
        "--verify --pubkey-cert-der sp.der --id-attr:ID urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest request.xml";
    let Ok(verified) = Command::new("xmlsec1").args(arguments.split(' ')).current_dir(folder.path()).output() else {
        println!("xmlsec1 is not installed");
        return;
    };
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn a_redirected_request_keeps_the_addresss_own_query_and_is_signed_over_its_octets() {
    let sp = Idp::new();
    let url = request().message().unwrap().redirect_url(Some("handle"), Some(&key(&sp))).unwrap();
    let query = url.strip_prefix("https://idp.example.com/sso?tenant=a&b=c&").unwrap();
    let (signed, signature) = query.split_once("&Signature=").unwrap();
    assert!(signed.starts_with("SAMLRequest=") && signed.contains("&RelayState=handle&SigAlg="), "{signed}");
    let signature: String =
        url::form_urlencoded::parse(format!("s={signature}").as_bytes()).map(|(_, v)| v.into_owned()).collect();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("signature", &BASE64.decode(signature.as_bytes()).unwrap());
    write("octets", signed.as_bytes());
    write("sp.der", &sp.certificate);
    let openssl = |line: &str| {
        let output = Command::new("openssl").args(line.split(' ')).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    };
    openssl("x509 -inform der -in sp.der -noout -pubkey -out sp.pub");
    openssl("dgst -sha256 -verify sp.pub -signature signature octets");
}

#[test]
fn our_metadata_names_every_address_and_key() {
    let sp = Idp::new();
    let metadata = SpMetadata {
        entity_id: SP.into(),
        acs: vec![ACS.into()],
        slo: None,
        signing: vec![sp.certificate.clone()],
        encryption: vec![sp.certificate.clone()],
        authn_requests_signed: true,
        want_assertions_signed: false,
    };
    let xml = metadata.to_xml().unwrap();
    assert!(xml.contains(&format!("entityID=\"{SP}\"")) && xml.contains(&format!("Location=\"{ACS}\"")));
    assert_eq!(xml.matches(&BASE64.encode(&sp.certificate)).count(), 2);
    assert!(!xml.contains("SingleLogoutService"), "no address that nobody answers");
}
