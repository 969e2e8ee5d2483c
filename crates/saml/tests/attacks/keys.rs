//! Class `certificate-faking`: signed by somebody else, with their certificate inside. Only configured keys count.

use sekisho_saml::codes;
use sekisho_saml::response::Expectations;

use crate::maker::{
    EVIL, OWN, REAL, change, encrypted, evil, genuine, judged, named, refused, refused_by, sign_response, unsigned,
    wanted_of, wanted_with_decryption,
};
use crate::support::encrypting::Encrypting;
use crate::support::response;
use crate::support::signing::Signing;

fn by_evil(key_info: String) -> String {
    Signing { after_value: key_info, ..Signing::by(&EVIL) }.sign(&response(&evil("_a")), "_a")
}

#[test]
fn a_foreign_key_is_refused_whatever_its_key_info_says() {
    let (ours, theirs) = (REAL.certificate_base64(), EVIL.certificate_base64());
    let certificate = |value: &str| format!("<ds:X509Certificate>{value}</ds:X509Certificate>");
    let info = |inside: &str| format!("<ds:KeyInfo>{inside}</ds:KeyInfo>");
    let data = |inside: &str| info(&format!("<ds:X509Data>{inside}</ds:X509Data>"));
    let cases = [
        ("none", String::new()),
        ("its own certificate", EVIL.key_info()),
        ("the real certificate", REAL.key_info()),
        ("both certificates", data(&format!("{}{}", certificate(&ours), certificate(&theirs)))),
        (
            "a key value",
            info(
                "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>",
            ),
        ),
        ("a place to fetch it from", info("<ds:RetrievalMethod URI=\"http://127.0.0.1:9/evil.der\"/>")),
        ("a key's name", info("<ds:KeyName>idp</ds:KeyName>")),
    ];
    for (name, key_info) in cases {
        refused(name, &by_evil(key_info), &codes::SIGNATURE);
    }
    let both = Signing::by(&EVIL).sign(&by_evil(EVIL.key_info()), "_r");
    refused("response and assertion", &both, &codes::SIGNATURE);
}

#[test]
fn a_configured_key_counts_whatever_its_key_info_says() {
    let foreign = Signing { after_value: EVIL.key_info(), ..Signing::by(&REAL) }.sign(&unsigned(), "_a");
    named("foreign certificate", &foreign, &wanted_of(&REAL), crate::maker::LEGIT);
}

#[test]
fn one_wrong_signature_spoils_a_right_one() {
    refused("response by the attacker", &Signing::by(&EVIL).sign(&genuine(), "_r"), &codes::SIGNATURE);
    let assertion_by_evil = Signing::by(&EVIL).sign(&response(&evil("_a")), "_a");
    refused("assertion by the attacker", &sign_response(&assertion_by_evil), &codes::SIGNATURE);
    let around =
        Signing::by(&EVIL).sign(&change(&genuine(), "</samlp:Response>", &(evil("_e") + "</samlp:Response>")), "_r");
    refused("the attacker's response around a real assertion and a forged one", &around, &codes::SHAPE);
}

#[test]
fn another_identity_provider_cannot_speak_for_this_one() {
    let other = |document: String| document.replace("https://idp.example.com", "https://other-idp.example");
    let spoofed = Signing::by(&EVIL).sign(&other(response(&evil("_a"))), "_a");
    refused("other tenant, own name", &spoofed, &codes::ISSUER);
    let whole = Signing::by(&EVIL).sign(&other(response(&evil("_a"))), "_r");
    refused("other tenant, response signed", &whole, &codes::SIGNATURE);
}

#[test]
fn a_forged_assertion_in_encryption_is_refused() {
    let own = wanted_with_decryption();
    let signed = Signing::by(&EVIL).sign(&evil("_a"), "_a");
    refused_by("signed by the attacker", &encrypted(&signed, &Encrypting::to(&OWN)), &own, &codes::SIGNATURE);
}

#[test]
fn without_a_configured_key_nothing_is_verified() {
    let none = Expectations { idp_keys: Vec::new(), ..wanted_of(&REAL) };
    assert_eq!(judged(&genuine(), &none).map(drop), Err(codes::SIGNATURE));
}
