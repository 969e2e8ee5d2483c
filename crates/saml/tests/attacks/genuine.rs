//! Genuine messages in every style: all of these are accepted, to the letter.

use aws_lc_rs::rsa::KeySize;
use sekisho_saml::keys::SpKey;
use sekisho_saml::response::{Expectations, SignedPart};

use crate::maker::{
    LEGIT, OWN, REAL, assertion_in, change, encrypted, genuine, judged, named, sign_assertion, sign_response, unsigned,
    wanted_of, wanted_with_decryption,
};
use crate::support::encrypting::{Encrypting, OAEP, OAEP_MGF1P};
use crate::support::keys::Key;
use crate::support::response;
use crate::support::signing::{DS11, EXCLUSIVE, MORE, Signing, XENC};

#[test]
fn what_was_signed_is_told() {
    let wanted = wanted_of(&REAL);
    let signed = |document: &str| judged(document, &wanted).unwrap().signed;
    assert_eq!(signed(&genuine()), [SignedPart::Assertion]);
    assert_eq!(signed(&sign_response(&unsigned())), [SignedPart::Response]);
    assert_eq!(signed(&sign_response(&genuine())), [SignedPart::Response, SignedPart::Assertion]);
    let verified = judged(&genuine(), &wanted).unwrap();
    assert_eq!(verified.attributes[0].values, [LEGIT]);
    assert_eq!(verified.key_fingerprint, REAL.idp_key().fingerprint());
    assert!(!verified.was_encrypted);
}

#[test]
fn rsa_with_every_hash_and_both_paddings_is_accepted() {
    let key = Key::rsa_of(KeySize::Rsa2048);
    let methods = [
        format!("{MORE}rsa-sha256"),
        format!("{MORE}rsa-sha384"),
        format!("{MORE}rsa-sha512"),
        format!("{DS11}sha256-rsa-MGF1"),
        format!("{DS11}sha384-rsa-MGF1"),
        format!("{DS11}sha512-rsa-MGF1"),
    ];
    for method in methods {
        let signing = Signing { method: method.clone(), ..Signing::by(&key) };
        named(&method, &signing.sign(&signing.sign(&unsigned(), "_a"), "_r"), &wanted_of(&key), LEGIT);
    }
}

#[test]
fn ecdsa_on_the_three_curves_is_accepted() {
    for (key, hash) in [(Key::p256(), "sha256"), (Key::p384(), "sha384"), (Key::p521(), "sha512")] {
        let signing = Signing { method: format!("{MORE}ecdsa-{hash}"), ..Signing::by(&key) };
        named(hash, &signing.sign(&unsigned(), "_a"), &wanted_of(&key), LEGIT);
    }
}

#[test]
fn every_digest_is_accepted() {
    for digest in [format!("{XENC}sha256"), format!("{MORE}sha384"), format!("{XENC}sha512")] {
        let signing = Signing { digest: digest.clone(), ..Signing::by(&REAL) };
        named(&digest, &signing.sign(&unsigned(), "_a"), &wanted_of(&REAL), LEGIT);
    }
}

/// Namespaces that a response declares for its assertion, and a value that uses one only in its text.
fn with_namespaces() -> String {
    let schema = "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xml:lang=\"en\" xmlns=\"urn:default\"";
    let typed = change(&unsigned(), "<saml:AttributeValue>", "<saml:AttributeValue xsi:type=\"xs:string\">");
    let commented = change(&typed, "<saml:Conditions", "<!-- from when to when --><saml:Conditions");
    change(&commented, "<samlp:Response ", &format!("<samlp:Response {schema} "))
}

#[test]
fn every_canonicalization_is_accepted() {
    let modes = [
        EXCLUSIVE,
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    ];
    for c14n in modes {
        for info_c14n in modes {
            let signing = Signing { c14n, info_c14n, ..Signing::by(&REAL) };
            let name = format!("{c14n} {info_c14n}");
            named(&name, &signing.sign(&with_namespaces(), "_a"), &wanted_of(&REAL), LEGIT);
            named(&name, &signing.sign(&with_namespaces(), "_r"), &wanted_of(&REAL), LEGIT);
        }
    }
}

#[test]
fn inclusive_namespaces_are_kept() {
    for (prefixes, info_prefixes) in
        [("xs", ""), ("xs xsi", ""), ("xs", "xs"), ("#default xs", "#default"), ("none", "")]
    {
        let signing = Signing { prefixes, info_prefixes, ..Signing::by(&REAL) };
        let signed = signing.sign(&signing.sign(&with_namespaces(), "_a"), "_r");
        named(prefixes, &signed, &wanted_of(&REAL), LEGIT);
    }
}

#[test]
fn what_canonicalization_removes_may_differ() {
    let good = genuine();
    let wanted = wanted_of(&REAL);
    let cases = [
        ("single quotes and spaces in tags", change(&good, "ID=\"_a\" IssueInstant", "ID='_a'   \n  IssueInstant")),
        ("line breaks between the response's parts", change(&good, "<samlp:Status>", "\r\n  <samlp:Status>\r\n")),
        ("references to characters", good.replace(LEGIT, "&#109;allory&#x40;example.com")),
        (
            "character data",
            change(
                &good,
                &format!("<saml:AttributeValue>{LEGIT}"),
                &format!("<saml:AttributeValue><![CDATA[{LEGIT}]]>"),
            ),
        ),
        ("comments between elements", change(&good, "<saml:Conditions", "<!-- x --><saml:Conditions")),
        (
            "an empty element written out",
            change(&good, "<saml:AuthnContext/>", "<saml:AuthnContext></saml:AuthnContext>"),
        ),
        (
            "extensions",
            change(
                &good,
                "<samlp:Status>",
                "<samlp:Extensions><x:y xmlns:x=\"urn:x\">1</x:y></samlp:Extensions><samlp:Status>",
            ),
        ),
        ("a declaration", format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n{good}\n")),
    ];
    for (name, document) in cases {
        named(name, &document, &wanted, LEGIT);
    }
}

#[test]
fn white_space_that_a_parser_normalizes_may_differ() {
    let spaced = change(&unsigned(), "Name=\"Email\"", "Name=\"E  mail\"");
    let signed = sign_response(&sign_assertion(&change(&spaced, ">mallory", ">line\nline\nmallory")));
    for (name, from, to) in [
        ("a line break in an attribute", "E  mail", "E\n mail"),
        ("a tab and a carriage return", "E  mail", "E\t\rmail"),
        ("both characters of a line end", "E  mail", "E\r\n\r\nmail"),
        ("other line ends in text", "line\nline\n", "line\r\nline\r"),
        ("other line ends in a section", "line\nline\n", "<![CDATA[line\r\nline\r]]>"),
    ] {
        let verified = judged(&change(&signed, from, to), &wanted_of(&REAL));
        let verified = verified.unwrap_or_else(|code| panic!("{name}: {code}"));
        assert_eq!(verified.attributes[0].name, "E  mail", "{name}");
        assert_eq!(verified.name_id.unwrap().value, format!("line\nline\n{LEGIT}"), "{name}");
    }
    // By reference they are themselves.
    let kept = judged(&change(&signed, "E  mail", "E&#10; mail"), &wanted_of(&REAL));
    assert_eq!(kept.map(drop), Err(sekisho_saml::codes::DIGEST));
}

#[test]
fn values_are_told_to_the_letter() {
    let said = change(
        &unsigned(),
        &format!("<saml:AttributeValue>{LEGIT}"),
        "<saml:AttributeValue> \u{dc}n\u{ef}code &lt;&amp;&gt;\" \u{6d4b}\u{8bd5} \u{1f600} ",
    );
    let verified = judged(&sign_response(&sign_assertion(&said)), &wanted_of(&REAL)).unwrap();
    assert_eq!(verified.attributes[0].values, [" \u{dc}n\u{ef}code <&>\" \u{6d4b}\u{8bd5} \u{1f600} "]);
}

#[test]
fn the_second_key_of_the_metadata_verifies_too() {
    let (old, new) = (Key::rsa(), Key::p384());
    let wanted = Expectations { idp_keys: vec![old.idp_key(), new.idp_key()], ..wanted_of(&old) };
    let by_new = Signing { method: format!("{MORE}ecdsa-sha384"), ..Signing::by(&new) };
    let verified = judged(&by_new.sign(&unsigned(), "_a"), &wanted).unwrap();
    assert_eq!(verified.key_fingerprint, new.idp_key().fingerprint());
    named("old", &Signing::by(&old).sign(&unsigned(), "_a"), &wanted, LEGIT);
}

#[test]
fn every_encryption_is_opened() {
    let own = wanted_with_decryption();
    let inside = assertion_in(&genuine()).to_owned();
    for cipher in ["aes128-gcm", "aes256-gcm", "aes128-cbc", "aes256-cbc"] {
        for beside in [false, true] {
            let message = encrypted(&inside, &Encrypting { cipher, beside, ..Encrypting::to(&OWN) });
            let verified = judged(&sign_response(&message), &own).unwrap();
            assert!(verified.was_encrypted);
            assert_eq!(verified.signed, [SignedPart::Response, SignedPart::Assertion]);
            if cipher.ends_with("gcm") {
                named(cipher, &message, &own, LEGIT);
            }
        }
    }
    let unsigned_inside = encrypted(assertion_in(&unsigned()), &Encrypting::to(&OWN));
    assert_eq!(judged(&sign_response(&unsigned_inside), &own).unwrap().signed, [SignedPart::Response]);
}

#[test]
fn every_key_transport_is_opened() {
    let own = wanted_with_decryption();
    let sha384 = format!("{MORE}sha384");
    for (transport, digest, mask) in [
        (OAEP_MGF1P, "", ""),
        (OAEP_MGF1P, "http://www.w3.org/2000/09/xmldsig#sha1", ""),
        (OAEP, "", ""),
        (OAEP, "http://www.w3.org/2000/09/xmldsig#sha1", "http://www.w3.org/2009/xmlenc11#mgf1sha1"),
        (OAEP, "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2009/xmlenc11#mgf1sha256"),
        (OAEP, sha384.as_str(), "http://www.w3.org/2009/xmlenc11#mgf1sha384"),
        (OAEP, "http://www.w3.org/2001/04/xmlenc#sha512", "http://www.w3.org/2009/xmlenc11#mgf1sha512"),
    ] {
        let encrypting = Encrypting { transport, digest, mask, ..Encrypting::to(&OWN) };
        let message = encrypted(assertion_in(&genuine()), &encrypting);
        named(&format!("{transport} {digest} {mask}"), &message, &own, LEGIT);
    }
}

#[test]
fn a_key_of_ours_that_was_replaced_still_opens() {
    let new = Key::rsa();
    let keys = [&new, &*OWN].map(|key| SpKey::from_pkcs8(&key.pkcs8).unwrap()).to_vec();
    let wanted = Expectations { decryption_keys: keys, ..wanted_of(&REAL) };
    for (name, key) in [("old", &*OWN), ("new", &new)] {
        named(name, &response(&Encrypting::to(key).encrypt(assertion_in(&genuine()).as_bytes())), &wanted, LEGIT);
    }
}
