//! Forged and broken messages, each refused by its code; and the genuine ones beside them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use proptest::prelude::*;
use sekisho_fault::Code;
use sekisho_saml::codes;
use sekisho_saml::response::{Expectations, Flow, SignedPart, SigningRule, Verified, verify, verify_xml};
use std::sync::LazyLock;
use support::{ACS, Idp, SP, after_issuer, assertion, response};

static REAL: LazyLock<Idp> = LazyLock::new(Idp::new);

fn judge(xml: &str) -> Result<Verified, Code> {
    verify_xml(xml, &REAL.expectations()).map_err(|fault| fault.code)
}

fn genuine() -> String {
    response(&REAL.signed(&assertion("_a", "alice@example.com"), "_a"))
}

/// A signed assertion that was changed before it was signed.
fn signed_with(change: impl FnOnce(String) -> String) -> String {
    response(&REAL.signed(&change(assertion("_a", "alice@example.com")), "_a"))
}

fn refused(xml: &str, code: &Code) {
    assert_eq!(judge(xml).map(|verified| verified.name_id), Err(code.clone()), "{xml}");
}

#[test]
fn a_signed_assertion_is_accepted_to_the_letter() {
    let verified = judge(&genuine()).unwrap();
    assert_eq!(verified.name_id.unwrap().value, "alice@example.com");
    assert_eq!(verified.attributes[0].values, ["alice@example.com"]);
    assert_eq!(verified.signed, [SignedPart::Assertion]);
}

#[test]
fn a_signed_response_is_accepted_with_and_without_a_signed_assertion() {
    let plain = REAL.signed(&response(&assertion("_a", "alice@example.com")), "_r");
    assert_eq!(judge(&plain).unwrap().signed, [SignedPart::Response]);
    let both = REAL.signed(&genuine(), "_r");
    assert_eq!(judge(&both).unwrap().signed, [SignedPart::Response, SignedPart::Assertion]);
}

#[test]
fn what_has_to_be_signed_must_be() {
    let with = |signing| Expectations { signing, ..REAL.expectations() };
    let code = |signing| verify_xml(&genuine(), &with(signing)).map(drop).map_err(|fault| fault.code);
    assert_eq!(code(SigningRule::Response), Err(codes::NOT_SIGNED_AS_WANTED));
    assert_eq!(code(SigningRule::Both), Err(codes::NOT_SIGNED_AS_WANTED));
    assert_eq!(code(SigningRule::Assertion), Ok(()));
}

#[test]
fn an_unsigned_response_is_refused() {
    refused(&response(&assertion("_a", "alice@example.com")), &codes::UNSIGNED);
}

#[test]
fn a_changed_name_or_signature_is_refused() {
    refused(&genuine().replace("alice@", "admin@"), &codes::DIGEST);
    let signed = genuine();
    let (at, _) = signed.match_indices("<ds:SignatureValue>").next().unwrap();
    let mut changed = signed.clone();
    let place = at + "<ds:SignatureValue>".len() + 20;
    let other = if &signed[place..=place] == "A" { "B" } else { "A" };
    changed.replace_range(place..=place, other);
    refused(&changed, &codes::SIGNATURE);
}

#[test]
fn a_foreign_key_is_refused_even_with_its_certificate_inside() {
    let evil = Idp::new();
    let forged = evil.signed(&assertion("_a", "alice@example.com"), "_a");
    refused(&response(&forged), &codes::SIGNATURE);
    let certificate = data_encoding::BASE64.encode(&evil.certificate);
    let inside = format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    );
    refused(&response(&forged.replace("</ds:Signature>", &inside)), &codes::SIGNATURE);
}

#[test]
fn a_signed_assertion_cannot_be_wrapped_into_a_forged_one() {
    let good = REAL.signed(&assertion("_a", "mallory@example.com"), "_a");
    let evil = assertion("_e", "alice@example.com");
    let signature = REAL.signature(&assertion("_a", "mallory@example.com"), "_a");
    let inside_signature =
        |what: &str| signature.replace("</ds:Signature>", &format!("<ds:Object>{what}</ds:Object></ds:Signature>"));
    for wrapped in [
        format!("{evil}{good}"),
        format!("{good}{evil}"),
        after_issuer(&evil, &good),
        after_issuer(&evil, &inside_signature(&good)),
        after_issuer(&evil, &signature),
        evil.replace("</saml:Subject>", &format!("</saml:Subject><saml:Advice>{good}</saml:Advice>")),
        evil.replace("<saml:AuthnContext/>", &good),
        evil.replace("_e", "_a") + &good,
    ] {
        refused(&response(&wrapped), &codes::SHAPE);
    }
    refused(
        &response("")
            .replace("<samlp:Status>", &format!("<samlp:Extensions>{good}</samlp:Extensions><samlp:Status>"))
            .replace("</samlp:Response>", &format!("{evil}</samlp:Response>")),
        &codes::SHAPE,
    );
    refused(&format!("<x>{}</x>", genuine()), &codes::SHAPE);
}

#[test]
fn an_id_may_not_stand_twice_nor_look_like_one() {
    refused(&genuine().replace("ID=\"_r\"", "ID=\"_a\""), &codes::SHAPE);
    refused(&genuine().replace("ID=\"_r\"", "ID=\"_r\" samlp:ID=\"_a\""), &codes::SHAPE);
    refused(&genuine().replace("ID=\"_r\"", "ID=\"_r\" Id=\"_x\""), &codes::SHAPE);
}

#[test]
fn comments_cdata_and_elements_cannot_split_a_name() {
    let comment = REAL.signed(&assertion("_a", "alice@example.com.evil.example"), "_a");
    refused(&response(&comment.replace("alice@example.com.", "alice@example.com<!---->.")), &codes::SHAPE);
    refused(
        &signed_with(|a| a.replace(">alice@example.com</saml:NameID", "><b>alice@example.com</b></saml:NameID")),
        &codes::SHAPE,
    );
}

#[test]
fn dtds_processing_instructions_and_other_encodings_are_refused() {
    refused(&format!("<!DOCTYPE x [<!ENTITY e \"x\">]>{}", genuine()), &codes::NOT_XML);
    refused(&genuine().replace("<samlp:Status>", "<?x y?><samlp:Status>"), &codes::SHAPE);
    refused(&format!("<?xml version=\"1.0\" encoding=\"latin1\"?>{}", genuine()), &codes::NOT_XML);
    refused(&format!("<?xml version=\"1.1\"?>{}", genuine()), &codes::NOT_XML);
}

#[test]
fn algorithms_outside_the_list_are_refused() {
    let plain = assertion("_a", "alice@example.com");
    for method in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "none",
    ] {
        let signed = after_issuer(&plain, &REAL.signature_with(&plain, "_a", method, ""));
        refused(&response(&signed), &codes::ALGORITHM);
    }
}

#[test]
fn a_signature_covers_its_parent_with_the_two_transforms_and_nothing_else() {
    let plain = assertion("_a", "alice@example.com");
    let transform = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"></ds:Transform>";
    let method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let xpath = after_issuer(&plain, &REAL.signature_with(&plain, "_a", method, transform));
    refused(&response(&xpath), &codes::SHAPE);
    refused(&genuine().replace("URI=\"#_a\"", "URI=\"http://127.0.0.1/x\""), &codes::SHAPE);
    refused(&genuine().replace("URI=\"#_a\"", "URI=\"\""), &codes::SHAPE);
    let reference = genuine();
    let (start, end) = (reference.find("<ds:Reference").unwrap(), reference.find("</ds:SignedInfo>").unwrap());
    let twice = format!("{}{}{}", &reference[..end], &reference[start..end], &reference[end..]);
    refused(&twice, &codes::SHAPE);
}

#[test]
fn every_condition_is_judged() {
    let cases: [(&str, &str, Code); 10] = [
        ("<saml:Audience>", "<saml:Audience>x", codes::AUDIENCE),
        (&format!("Recipient=\"{ACS}\""), "Recipient=\"https://evil.example\"", codes::RECIPIENT),
        ("InResponseTo=\"_request\"", "InResponseTo=\"_other\"", codes::IN_RESPONSE_TO),
        ("InResponseTo=\"_request\" ", "", codes::IN_RESPONSE_TO),
        ("NotOnOrAfter=\"2026-11-24T09:46:07Z\" Rec", "NotOnOrAfter=\"2026-11-24T09:40:07Z\" Rec", codes::EXPIRED),
        ("09:46:07Z\"><saml:Aud", "09:39:07Z\"><saml:Aud", codes::EXPIRED),
        ("NotBefore=\"2026-11-24T09:40:37Z\"", "NotBefore=\"2026-11-24T09:42:37Z\"", codes::NOT_YET_VALID),
        ("NotBefore=\"2026-11-24T09:40:37Z\"", "NotBefore=\"tomorrow\"", codes::TIME),
        ("<saml:AudienceRestriction>", "<saml:Mood/><saml:AudienceRestriction>", codes::CONDITION),
        ("<saml:Issuer>", "<saml:Issuer>x", codes::ISSUER),
    ];
    for (from, to, code) in cases {
        refused(
            &signed_with(|assertion| {
                assert!(assertion.contains(from), "{from}");
                assertion.replace(from, to)
            }),
            &code,
        );
    }
    refused(
        &genuine().replace(&format!("Destination=\"{ACS}\""), "Destination=\"https://evil.example\""),
        &codes::DESTINATION,
    );
    refused(&genuine().replace("status:Success", "status:Responder"), &codes::STATUS);
    let no_audience = signed_with(|a| {
        a.replace(
            &format!("<saml:AudienceRestriction><saml:Audience>{SP}</saml:Audience></saml:AudienceRestriction>"),
            "",
        )
    });
    refused(&no_audience, &codes::AUDIENCE);
}

#[test]
fn an_unsolicited_response_may_not_claim_a_request() {
    let wanted = Expectations { flow: Flow::Unsolicited, ..REAL.expectations() };
    assert_eq!(verify_xml(&genuine(), &wanted).unwrap_err().code, codes::IN_RESPONSE_TO);
    let unsolicited = response(&REAL.signed(&assertion("_a", "a").replace("InResponseTo=\"_request\" ", ""), "_a"));
    let unsolicited = unsolicited.replace(" InResponseTo=\"_request\"", "");
    assert!(verify_xml(&unsolicited, &wanted).is_ok());
}

#[test]
fn size_and_depth_are_bounded() {
    let wanted = REAL.expectations();
    let code = |text: &str| verify(text, &wanted).unwrap_err().code;
    assert_eq!(code(&"A".repeat(400_000)), codes::TOO_LARGE);
    let deep = format!("{}{}", "<a>".repeat(500), "</a>".repeat(500));
    assert_eq!(code(&data_encoding::BASE64.encode(deep.as_bytes())), codes::NOT_XML);
    let wide = format!("<a>{}</a>", "<b/>".repeat(20_000));
    assert_eq!(code(&data_encoding::BASE64.encode(wide.as_bytes())), codes::SHAPE);
    assert_eq!(code("%%%"), codes::NOT_BASE64);
}

proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,300}") {
        prop_assert!(verify(&text, &REAL.expectations()).is_err());
        prop_assert!(judge(&text).is_err());
    }

    #[test]
    fn a_response_with_one_changed_character_names_nobody_else(at in 0usize..5000, to in any::<char>()) {
        let mut changed: Vec<char> = genuine().chars().collect();
        let place = at % changed.len();
        changed[place] = to;
        if let Ok(verified) = judge(&changed.into_iter().collect::<String>()) {
            prop_assert_eq!(verified.name_id.unwrap().value, "alice@example.com");
        }
    }
}
