//! Class `encryption`: whoever can encrypt to us can send anything; what goes wrong tells nothing.

use sekisho_saml::codes;
use sekisho_saml::response::Expectations;

use crate::maker::{
    LEGIT, OWN, REAL, assertion_in, change, encrypted, evil, genuine, refused_by, sign_response, wanted_of,
    wanted_with_decryption,
};
use crate::support::encrypting::Encrypting;
use crate::support::keys::Key;
use crate::support::{assertion, response};

fn good() -> String {
    assertion_in(&genuine()).to_owned()
}

fn flip(mut octets: Vec<u8>) -> Vec<u8> {
    let last = octets.len() - 20;
    octets[last] ^= 1;
    octets
}

#[test]
fn everything_that_goes_wrong_in_decryption_looks_alike() {
    let own = wanted_with_decryption();
    let to_us = Encrypting::to(&OWN);
    let other = Key::rsa();
    let cases = [
        ("another's key", encrypted(&good(), &Encrypting::to(&other))),
        ("a changed bit", encrypted(&good(), &Encrypting { spoil: flip, ..to_us.clone() })),
        ("three octets", encrypted(&good(), &Encrypting { spoil: |_| vec![1, 2, 3], ..to_us.clone() })),
        ("nothing", encrypted(&good(), &Encrypting { spoil: |_| Vec::new(), ..to_us.clone() })),
        ("no XML", encrypted("no XML", &to_us)),
        ("no text", response(&to_us.encrypt(b"\xff\xfe\x00"))),
        ("a DTD", encrypted(&format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}", good()), &to_us)),
        ("two assertions", encrypted(&format!("{}{}", good(), evil("_e")), &to_us)),
        (
            "ciphertext that is not base64",
            change(&encrypted(&good(), &to_us), "</xenc:CipherValue>", "%</xenc:CipherValue>"),
        ),
    ];
    for (name, document) in &cases {
        refused_by(name, document, &own, &codes::DECRYPTION);
        refused_by(name, &sign_response(document), &own, &codes::DECRYPTION);
    }
    let none = Expectations { decryption_keys: Vec::new(), ..own };
    refused_by("no key of ours", &encrypted(&good(), &to_us), &none, &codes::DECRYPTION);
}

#[test]
fn cbc_is_opened_below_a_signed_response_alone() {
    let own = wanted_with_decryption();
    for cipher in ["aes128-cbc", "aes256-cbc"] {
        let cbc = Encrypting { cipher, ..Encrypting::to(&OWN) };
        refused_by(cipher, &encrypted(&good(), &cbc), &own, &codes::CBC_UNSIGNED);
        let spoilt = Encrypting { spoil: flip, ..cbc.clone() };
        // Before a single octet is decrypted: no oracle.
        refused_by(cipher, &encrypted(&good(), &spoilt), &own, &codes::CBC_UNSIGNED);
        refused_by(
            cipher,
            &sign_response(&encrypted(&good(), &Encrypting { spoil: |o| o[..40].to_vec(), ..cbc })),
            &own,
            &codes::DECRYPTION,
        );
        let after = sign_response(&encrypted(&good(), &Encrypting { cipher, ..Encrypting::to(&OWN) }));
        let at = after.rfind("</xenc:CipherValue>").unwrap() - 30;
        let mut changed = after.clone();
        changed.replace_range(at..=at, if &after[at..=at] == "A" { "B" } else { "A" });
        refused_by("changed after signing", &changed, &own, &codes::DIGEST);
    }
}

#[test]
fn what_is_decrypted_is_judged_like_what_is_plain() {
    let own = wanted_with_decryption();
    let to_us = Encrypting::to(&OWN);
    let of = |inside: &str| encrypted(inside, &to_us);
    refused_by("unsigned", &of(&assertion("_a", LEGIT)), &own, &codes::UNSIGNED);
    refused_by("changed inside", &of(&good().replace(LEGIT, "alice@example.com")), &own, &codes::DIGEST);
    refused_by("a response", &of(&genuine()), &own, &codes::SHAPE);
    refused_by("another element", &sign_response(&of("<x/>")), &own, &codes::SHAPE);
    let wrapped = change(
        &evil("_e"),
        "<saml:AuthnStatement",
        &format!("<saml:Advice>{}</saml:Advice><saml:AuthnStatement", good()),
    );
    refused_by("wrapped inside", &of(&wrapped), &own, &codes::SHAPE);
    refused_by("an encrypted one inside", &sign_response(&of(&to_us.encrypt(good().as_bytes()))), &own, &codes::SHAPE);
    refused_by(
        "an instruction",
        &of(&change(&good(), "<saml:Subject>", "<?x?><saml:Subject>")),
        &own,
        &codes::DECRYPTION,
    );
}

#[test]
fn an_encrypted_assertion_of_another_shape_is_refused() {
    let own = wanted_with_decryption();
    let message = encrypted(&good(), &Encrypting::to(&OWN));
    let start = message.find("<xenc:EncryptedKey>").unwrap();
    let key = message[start..message.find("</ds:KeyInfo>").unwrap()].to_owned();
    let value = message.rfind("<xenc:CipherValue>").unwrap();
    let value = message[value..message.rfind("</xenc:CipherData>").unwrap()].to_owned();
    let elsewhere = "<xenc:CipherReference URI=\"http://127.0.0.1:9/x\"/>";
    let cases = [
        ("no key", change(&message, &key, "")),
        ("five keys", change(&message, &key, &key.repeat(5))),
        ("a reference to fetch", change(&message, &value, elsewhere)),
        ("a key to fetch", change(&message, &key, "<ds:RetrievalMethod URI=\"http://127.0.0.1:9/x\"/>")),
        ("something beside", change(&message, "</saml:EncryptedAssertion>", "<x/></saml:EncryptedAssertion>")),
        (
            "nothing inside",
            change(
                &message,
                &message
                    [message.find("<xenc:EncryptedData").unwrap()..message.find("</saml:EncryptedAssertion>").unwrap()],
                "",
            ),
        ),
        (
            "no method",
            change(&message, "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/>", ""),
        ),
    ];
    for (name, document) in cases {
        refused_by(name, &document, &own, &codes::SHAPE);
    }
    refused_by("nobody decrypts", &message, &wanted_of(&REAL), &codes::DECRYPTION);
}
