//! Classes `signature-exclusion` and `tamper`: a message without its signature, or changed beneath it.

use sekisho_saml::codes;
use sekisho_saml::response::{Expectations, SigningRule};

use crate::maker::{
    LEGIT, REAL, VICTIM, change, encrypted, evil, genuine, judged, refused, refused_by, sign_assertion, sign_response,
    signature_in, unsigned, wanted_of, wanted_with_decryption,
};
use crate::support::encrypting::Encrypting;
use crate::support::response;
use crate::support::signing::after_issuer_of;

#[test]
fn a_message_without_a_signature_is_refused() {
    refused("none", &response(&evil("_a")), &codes::UNSIGNED);
    let stripped = change(&genuine(), signature_in(&genuine()), "");
    refused("stripped", &stripped.replace(LEGIT, VICTIM), &codes::UNSIGNED);
    let own = wanted_with_decryption();
    let to_us = Encrypting::to(&crate::maker::OWN);
    refused_by("anybody can encrypt to us", &encrypted(&evil("_a"), &to_us), &own, &codes::UNSIGNED);
}

#[test]
fn a_signature_that_is_none_is_refused() {
    let with = |signature: &str| after_issuer_of(&response(&evil("_a")), "_a", signature);
    let good = genuine();
    let signature = signature_in(&good);
    let dsig = "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
    refused("empty", &with(&format!("<ds:Signature {dsig}/>")), &codes::SHAPE);
    let (start, end) = (signature.find("<ds:Reference").unwrap(), signature.find("</ds:SignedInfo>").unwrap());
    let nothing = format!("{}{}", &signature[..start], &signature[end..]);
    refused("signs nothing", &with(&nothing), &codes::SHAPE);
    refused("look-alike namespace", &with(&signature.replace("xmldsig#\"", "xmldsig\"")), &codes::SHAPE);
    let value = signature.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let end = signature.find("</ds:SignatureValue>").unwrap();
    let no_value = change(&good, &signature[value..end], "");
    refused("empty value", &no_value, &codes::SIGNATURE);
    refused("value that is not base64", &change(&good, &signature[value..end], "%%%%"), &codes::SHAPE);
}

#[test]
fn what_has_to_be_signed_must_be() {
    let with = |signing| Expectations { signing, ..wanted_of(&REAL) };
    let missing = &codes::NOT_SIGNED_AS_WANTED;
    let of_response = sign_response(&unsigned());
    refused_by("response", &genuine(), &with(SigningRule::Response), missing);
    refused_by("both, response missing", &genuine(), &with(SigningRule::Both), missing);
    refused_by("both, assertion missing", &of_response, &with(SigningRule::Both), missing);
    refused_by("assertion", &of_response, &with(SigningRule::Assertion), missing);
    assert!(judged(&genuine(), &with(SigningRule::Assertion)).is_ok());
    assert!(judged(&of_response, &with(SigningRule::Response)).is_ok());
    assert!(judged(&sign_response(&genuine()), &with(SigningRule::Both)).is_ok());
}

#[test]
fn a_changed_message_is_refused() {
    let both = sign_response(&genuine());
    refused("name", &both.replace(LEGIT, VICTIM), &codes::DIGEST);
    refused("name below an assertion's signature", &genuine().replace(LEGIT, VICTIM), &codes::DIGEST);
    let nameid = format!(">{LEGIT}</saml:NameID");
    refused("a space", &change(&genuine(), &nameid, &format!("> {LEGIT}</saml:NameID")), &codes::DIGEST);
    refused("attribute", &change(&genuine(), "Name=\"Email\"", "Name=\"Role\""), &codes::DIGEST);
    let failed = sign_response(&change(&unsigned(), "status:Success", "status:Responder"));
    refused("status", &change(&failed, "status:Responder", "status:Success"), &codes::DIGEST);
}

#[test]
fn a_changed_message_with_a_fitting_digest_is_refused() {
    let forged = sign_assertion(&response(&evil("_a")));
    let of = |document: &str| {
        let value = document.find("<ds:DigestValue>").unwrap();
        document[value..document.find("</ds:DigestValue>").unwrap()].to_owned()
    };
    let fitting = change(&genuine().replace(LEGIT, VICTIM), &of(&genuine()), &of(&forged));
    refused("digest only", &fitting, &codes::SIGNATURE);
    let good = genuine();
    let at = good.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len() + 20;
    let mut flipped = good.clone();
    flipped.replace_range(at..=at, if &good[at..=at] == "A" { "B" } else { "A" });
    refused("a bit of the value", &flipped, &codes::SIGNATURE);
}
