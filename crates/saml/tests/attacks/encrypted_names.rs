//! Names that come encrypted (`EncryptedID`): read to the letter, and only where they are authentic.

use sekisho_saml::codes;

use crate::maker::{
    LEGIT, OWN, change, named, refused_by, sign_assertion, sign_response, unsigned, wanted_with_decryption,
};
use crate::support::encrypting::Encrypting;

const VICTIM: &str =
    "<saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">alice@example.com</saml:NameID>";

fn encrypted(inside: &str, with: &Encrypting<'_>) -> String {
    with.encrypt(inside.as_bytes()).replace("saml:EncryptedAssertion", "saml:EncryptedID")
}

/// The genuine response, not signed yet, with something else for its name.
fn with(name: &str) -> String {
    let plain = format!("<saml:NameID>{LEGIT}</saml:NameID>");
    change(&unsigned(), &plain, name)
}

fn legit() -> String {
    VICTIM.replace("alice@example.com", LEGIT)
}

#[test]
fn an_encrypted_name_is_read_with_every_cipher_once_it_is_signed() {
    let own = wanted_with_decryption();
    for cipher in ["aes128-gcm", "aes256-gcm", "aes128-cbc", "aes256-cbc"] {
        let how = Encrypting { cipher, ..Encrypting::to(&OWN) };
        let document = with(&encrypted(&legit(), &how));
        named(cipher, &sign_assertion(&document), &own, LEGIT);
        named(cipher, &sign_response(&document), &own, LEGIT);
        refused_by(cipher, &document, &own, &codes::UNSIGNED);
    }
}

#[test]
fn a_name_that_was_put_in_its_place_is_refused() {
    let (own, to_us) = (wanted_with_decryption(), Encrypting::to(&OWN));
    let signed = sign_assertion(&with(&encrypted(&legit(), &to_us)));
    let (start, end) = (signed.find("<saml:EncryptedID").unwrap(), signed.find("</saml:EncryptedID>").unwrap());
    let mut swapped = signed.clone();
    swapped.replace_range(start..end + "</saml:EncryptedID>".len(), &encrypted(VICTIM, &to_us));
    refused_by("swapped", &swapped, &own, &codes::DIGEST);
    let both = format!("<saml:NameID>{LEGIT}</saml:NameID>{}", encrypted(VICTIM, &to_us));
    refused_by("in clear and encrypted", &sign_assertion(&with(&both)), &own, &codes::SHAPE);
    let twice = encrypted(&legit(), &to_us).repeat(2);
    refused_by("twice", &sign_assertion(&with(&twice)), &own, &codes::SHAPE);
}

#[test]
fn what_is_inside_has_to_be_a_name_and_nothing_else() {
    let (own, to_us) = (wanted_with_decryption(), Encrypting::to(&OWN));
    let cut = legit().replace(LEGIT, &format!("{LEGIT}<!-- -->.evil.example"));
    let cases = [
        ("no XML", "alice".to_owned(), codes::DECRYPTION),
        ("two names", legit().repeat(2), codes::DECRYPTION),
        ("a DTD", format!("<!DOCTYPE a>{}", legit()), codes::DECRYPTION),
        ("a comment within", cut, codes::DECRYPTION),
        ("another element", legit().replace("NameID", "BaseID"), codes::SHAPE),
        ("no name", legit().replace(LEGIT, " "), codes::SHAPE),
    ];
    for (name, inside, code) in cases {
        refused_by(name, &sign_assertion(&with(&encrypted(&inside, &to_us))), &own, &code);
    }
}
