//! Our metadata: what it offers we do, and who signs it is who it says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::process::Command;

use sekisho_saml::UnixTime;
use sekisho_saml::keys::SpKey;
use sekisho_saml::response::{Expectations, Flow, SigningRule, verify_xml};
use sekisho_saml::sp_metadata::SpMetadata;
use support::encrypting::Encrypting;
use support::keys::Key;
use support::signing::Signing;
use support::{ACS, IDP, NOW, SP, assertion, response};

const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const SLO: &str = "https://sso.example.com:8443/sso-connect/saml/slo";

fn metadata(signing: &[&Key], encryption: &[&Key]) -> SpMetadata {
    let certificates = |keys: &[&Key]| keys.iter().map(|key| key.certificate.clone()).collect();
    SpMetadata {
        entity_id: SP.into(),
        acs: vec![ACS.into()],
        slo: Some(SLO.into()),
        signing: certificates(signing),
        encryption: certificates(encryption),
        authn_requests_signed: true,
        want_assertions_signed: true,
    }
}

/// The values of `Algorithm` in the tags of this name.
fn algorithms<'a>(xml: &'a str, tag: &str) -> Vec<&'a str> {
    let tags = xml.split('<').filter(|found| found.starts_with(tag));
    tags.filter_map(|found| found.split("Algorithm=\"").nth(1)?.split('"').next()).collect()
}

#[test]
fn every_encryption_that_is_offered_opens() {
    let (own, idp) = (Key::rsa(), Key::p256());
    let xml = metadata(&[&own], &[&own]).to_xml().unwrap();
    let wanted = Expectations {
        sp_entity_id: SP.into(),
        acs_urls: vec![ACS.into()],
        idp_entity_id: IDP.into(),
        idp_keys: vec![idp.idp_key()],
        now: UnixTime::parse(NOW).unwrap(),
        skew_seconds: 60,
        flow: Flow::Solicited { request_id: "_request".into() },
        signing: SigningRule::Either,
        decryption_keys: vec![SpKey::from_pkcs8(&own.pkcs8).unwrap()],
        allow_sha1: false,
    };
    let signed = Signing::by(&idp).sign(&response(&assertion("_a", "alice")), "_a");
    let inside = &signed[signed.find("<saml:Assertion").unwrap()..signed.find("</samlp:Response>").unwrap()];
    let methods: Vec<&str> = xml.split("<md:EncryptionMethod").skip(1).collect();
    let all = algorithms(&xml, "md:EncryptionMethod");
    let ciphers: Vec<&str> = all.iter().copied().filter(|uri| uri.contains("#aes")).collect();
    assert_eq!(ciphers.len(), 2, "{ciphers:?}");
    let mut opened = 0;
    for (uri, method) in all.iter().zip(methods).filter(|(uri, _)| uri.contains("#rsa")) {
        let digest = algorithms(method, "ds:DigestMethod")[0];
        let mask = algorithms(method, "xenc11:MGF").first().copied().unwrap_or_default();
        for cipher in &ciphers {
            let cipher = cipher.rsplit('#').next().unwrap();
            let encrypting = Encrypting { cipher, transport: uri, digest, mask, ..Encrypting::to(&own) };
            let message = response(&encrypting.encrypt(inside.as_bytes()));
            let verified =
                verify_xml(&message, &wanted).unwrap_or_else(|fault| panic!("{uri} {digest} {mask}: {fault}"));
            assert!(verified.was_encrypted);
            opened += 1;
        }
    }
    assert_eq!(opened, 10);
    assert!(
        !xml.contains("-cbc") && !xml.contains("rsa-1_5"),
        "nothing is offered that opens on a condition or not at all"
    );
}

#[test]
fn the_old_and_the_new_key_stand_side_by_side_while_one_follows_the_other() {
    let (old, new) = (Key::rsa(), Key::rsa());
    let xml = metadata(&[&old, &new], &[&new, &old]).to_xml().unwrap();
    let place = |key: &Key, from: usize| xml[from..].find(&key.certificate_base64()).map(|at| at + from);
    let encryption = xml.find("use=\"encryption\"").unwrap();
    assert_eq!(xml.matches("use=\"signing\"").count(), 2);
    assert_eq!(xml.matches("use=\"encryption\"").count(), 2);
    assert!(place(&old, 0).unwrap() < place(&new, 0).unwrap(), "the current one first");
    assert!(place(&new, encryption).unwrap() < place(&old, encryption).unwrap());
    assert_eq!(xml.matches(&format!("Location=\"{SLO}\"")).count(), 2, "both bindings");
}

#[test]
fn parts_stand_in_the_order_of_the_schema() {
    let key = Key::rsa();
    let xml = metadata(&[&key], &[&key]).to_xml_with(&[PERSISTENT], None).unwrap();
    let places: Vec<usize> =
        ["<md:KeyDescriptor", "<md:SingleLogoutService", "<md:NameIDFormat", "<md:AssertionConsumerService"]
            .map(|part| xml.find(part).unwrap())
            .to_vec();
    assert!(places.is_sorted(), "{xml}");
    assert!(xml.contains(&format!("<md:NameIDFormat>{PERSISTENT}</md:NameIDFormat>")));
}

#[test]
fn signed_metadata_is_verified_by_xmlsec1_and_changed_metadata_is_not() {
    let folder = tempfile::tempdir().unwrap();
    for key in [Key::rsa(), Key::p256()] {
        let own = metadata(&[&key], &[]);
        let own_key = SpKey::from_pkcs8(&key.pkcs8).unwrap();
        let signed = own.to_xml_with(&[PERSISTENT], Some(&own_key)).unwrap();
        let write = |name: &str, content: &[u8]| std::fs::write(folder.path().join(name), content).unwrap();
        write("sp.der", &key.certificate);
        write("signed.xml", signed.as_bytes());
        write("changed.xml", signed.replace(SLO, "https://evil.example/").as_bytes());
        let judge = |file: &str| {
            let line = format!(
                "--verify --pubkey-cert-der sp.der --id-attr:ID urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor {file}"
            );
            Command::new("xmlsec1").args(line.split(' ')).current_dir(folder.path()).output()
        };
        let Ok(verified) = judge("signed.xml") else {
            println!("xmlsec1 is not installed");
            return;
        };
        assert!(verified.status.success(), "{signed} {}", String::from_utf8_lossy(&verified.stderr));
        assert!(!judge("changed.xml").unwrap().status.success());
        // The same content has the same ID.
        let id = |xml: &str| xml.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(id(&signed), id(&own.to_xml_with(&[PERSISTENT], Some(&own_key)).unwrap()));
        assert_ne!(id(&signed), id(&own.to_xml_with(&[], Some(&own_key)).unwrap()));
    }
}

#[test]
fn values_cannot_leave_their_place() {
    let key = Key::p256();
    let odd = SpMetadata { entity_id: "urn:\"><md:SPSSODescriptor>&".into(), ..metadata(&[&key], &[]) };
    let own_key = SpKey::from_pkcs8(&key.pkcs8).unwrap();
    let xml = odd.to_xml_with(&["<x>"], Some(&own_key)).unwrap();
    assert_eq!(xml.matches("<md:SPSSODescriptor").count(), 1, "{xml}");
    assert!(xml.contains("&lt;x&gt;") && !xml.contains("<x>"));
}
