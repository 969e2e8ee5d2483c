//! Classes `signature-wrapping`, `attribute-pollution`, `namespace-confusion` and `unsigned-original`: a genuine signed
//! element is kept somewhere, a forged one stands where a careless reader looks. Variants 1 to 8 are those of Somorovsky
//! and others, "On Breaking SAML" (2012).

use sekisho_saml::codes;

use crate::maker::{
    EVIL, LEGIT, OWN, VICTIM, assertion_in, change, evil, genuine, refused, refused_by, sign_response, signature_in,
    unsigned, wanted_with_decryption,
};
use crate::support::encrypting::Encrypting;
use crate::support::response;
use crate::support::signing::{Signing, after_issuer_of};

/// The genuine assertion, signed.
fn good() -> String {
    assertion_in(&genuine()).to_owned()
}

/// The genuine assertion and its signature, apart.
fn apart() -> (String, String) {
    let (good, genuine) = (good(), genuine());
    let signature = signature_in(&genuine).to_owned();
    (change(&good, &signature, ""), signature)
}

/// A signature with something before its end.
fn holding(signature: &str, what: &str) -> String {
    change(signature, "</ds:Signature>", &format!("{what}</ds:Signature>"))
}

fn before_status(document: &str, what: &str) -> String {
    change(document, "<samlp:Status>", &format!("{what}<samlp:Status>"))
}

#[test]
fn a_genuine_response_cannot_be_wrapped_into_a_forged_one() {
    let signed = sign_response(&unsigned());
    let signature = signature_in(&signed).to_owned();
    let original = change(&signed, &signature, "");
    let forged = change(&response(&evil("_e")), "ID=\"_r\"", "ID=\"_f\"");
    let cases = [
        ("1: original inside the signature", after_issuer_of(&forged, "_f", &holding(&signature, &original))),
        ("2: original before the signature", after_issuer_of(&forged, "_f", &format!("{original}{signature}"))),
        ("original after the signature", after_issuer_of(&forged, "_f", &format!("{signature}{original}"))),
        (
            "original in StatusDetail",
            change(
                &forged,
                "</samlp:Status>",
                &format!("<samlp:StatusDetail>{signed}</samlp:StatusDetail></samlp:Status>"),
            ),
        ),
        ("original in Extensions", before_status(&forged, &format!("<samlp:Extensions>{signed}</samlp:Extensions>"))),
        ("original at the end", change(&forged, "</samlp:Response>", &format!("{signed}</samlp:Response>"))),
        ("original at the start", before_status(&forged, &signed)),
        ("foreign root", format!("<x>{signed}{forged}</x>")),
        ("foreign root around the original alone", format!("<x>{signed}</x>")),
    ];
    for (name, document) in cases {
        refused(name, &document, &codes::SHAPE);
    }
}

#[test]
fn a_genuine_assertion_cannot_be_wrapped_into_a_forged_one() {
    let (bare, signature) = apart();
    let good = good();
    let object = |what: &str| format!("<ds:Object>{what}</ds:Object>");
    let extended = |what: &str, content: &str| {
        before_status(&response(content), &format!("<samlp:Extensions>{what}</samlp:Extensions>"))
    };
    let forged = evil("_e");
    let within = |from: &str, to: &str| response(&change(&forged, from, to));
    let cases = [
        ("3: forged before the original", response(&format!("{forged}{good}"))),
        ("forged after the original", response(&format!("{good}{forged}"))),
        ("4: original a child of the forged", within("<saml:AuthnStatement", &format!("{good}<saml:AuthnStatement"))),
        (
            "5: forged with the signature, original at the end",
            response(&format!("{}{bare}", after_issuer_of(&forged, "_e", &signature))),
        ),
        (
            "6: original inside the forged one's signature",
            response(&after_issuer_of(&forged, "_e", &holding(&signature, &bare))),
        ),
        ("7: forged in Extensions", extended(&forged, &good)),
        ("original in Extensions", extended(&good, &forged)),
        ("8: original in an Object", response(&after_issuer_of(&forged, "_e", &holding(&signature, &object(&bare))))),
        ("9: one ID, forged first", response(&format!("{}{good}", evil("_a")))),
        ("10: one ID, forged last", response(&format!("{good}{}", evil("_a")))),
        (
            "in SubjectConfirmationData",
            within(
                &format!("Recipient=\"{}\"/>", crate::support::ACS),
                &format!("Recipient=\"{}\">{good}</saml:SubjectConfirmationData>", crate::support::ACS),
            ),
        ),
        (
            "in AttributeValue",
            within(&format!("<saml:AttributeValue>{VICTIM}"), &format!("<saml:AttributeValue>{good}")),
        ),
        (
            "in Advice",
            within("<saml:AuthnStatement", &format!("<saml:Advice>{good}</saml:Advice><saml:AuthnStatement")),
        ),
        ("in AuthnContext", within("<saml:AuthnContext/>", &format!("<saml:AuthnContext>{good}</saml:AuthnContext>"))),
        (
            "second signed by the attacker",
            response(&format!("{good}{}", assertion_in(&Signing::by(&EVIL).sign(&response(&forged), "_e")))),
        ),
        ("signature of the original in the forged one", response(&after_issuer_of(&forged, "_e", &signature))),
        (
            "SAML 1.1 look-alike",
            response(&format!("{}{good}", forged.replace("SAML:2.0:assertion", "SAML:1.0:assertion"))),
        ),
        (
            "a Subject in Extensions",
            extended(&format!("<saml:Subject><saml:NameID>{VICTIM}</saml:NameID></saml:Subject>"), &good),
        ),
        ("an ID written otherwise", response(&format!("{}{good}", evil("_e").replace(" ID=\"_e\"", " Id=\"_a\"")))),
    ];
    for (name, document) in cases {
        refused(name, &document, &codes::SHAPE);
    }
}

#[test]
fn a_forged_assertion_that_takes_the_signed_ones_place_and_id_is_refused() {
    let (_, signature) = apart();
    refused("same ID, its signature", &response(&after_issuer_of(&evil("_a"), "_a", &signature)), &codes::DIGEST);
}

#[test]
fn an_encrypted_assertion_beside_a_signed_one_is_refused() {
    let own = wanted_with_decryption();
    let hidden = Encrypting::to(&OWN).encrypt(evil("_e").as_bytes());
    refused_by("forged first", &response(&format!("{hidden}{}", good())), &own, &codes::SHAPE);
    refused_by("forged last", &response(&format!("{}{hidden}", good())), &own, &codes::SHAPE);
    let in_extensions = before_status(&genuine(), &format!("<samlp:Extensions>{hidden}</samlp:Extensions>"));
    refused_by("in Extensions", &in_extensions, &own, &codes::SHAPE);
    let in_advice =
        change(&genuine(), "<saml:AuthnStatement", &format!("<saml:Advice>{hidden}</saml:Advice><saml:AuthnStatement"));
    refused_by("in Advice", &in_advice, &own, &codes::SHAPE);
}

#[test]
fn an_assertion_beside_the_signed_response_is_refused() {
    let signed = sign_response(&unsigned());
    let forged = change(&signed, "<saml:Assertion ", &format!("{}<saml:Assertion ", evil("_e")));
    refused("a second assertion", &forged, &codes::SHAPE);
    // The tree names the victim; what was signed is kept in a place that is never read.
    let moved = genuine().replace(LEGIT, VICTIM);
    let moved =
        before_status(&moved, &format!("<samlp:Extensions><x>{}</x></samlp:Extensions>", good().replace("_a", "_b")));
    refused("the signed original elsewhere", &moved, &codes::SHAPE);
}

#[test]
fn an_id_may_not_stand_twice_nor_look_like_one() {
    let cases = [
        ("twice", "ID=\"_a\""),
        ("with a namespace", "ID=\"_r\" samlp:ID=\"_a\""),
        ("xml:id", "ID=\"_r\" xml:id=\"_a\""),
        ("written otherwise", "ID=\"_r\" Id=\"_x\""),
        ("in small letters", "ID=\"_r\" id=\"_x\""),
        ("empty", "ID=\"\""),
    ];
    for (name, to) in cases {
        refused(name, &change(&genuine(), "ID=\"_r\"", to), &codes::SHAPE);
    }
    let polluted = change(
        &evil("_e"),
        " ID=\"_e\"",
        " ID=\"_e\" samlp:ID=\"_a\" xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"",
    );
    refused("pollution beside the signed one", &response(&format!("{polluted}{}", good())), &codes::SHAPE);
    let polluted = after_issuer_of(&polluted, "_e", &apart().1);
    refused("pollution with the signature", &response(&polluted), &codes::SHAPE);
}

#[test]
fn a_decoy_signature_is_refused() {
    let decoy = "<ds:Signature xmlns:ds=\"urn:x\"/>";
    let strange = "<Signature xml:xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>";
    for what in [decoy, strange] {
        refused(
            "in Extensions",
            &before_status(&genuine(), &format!("<samlp:Extensions>{what}</samlp:Extensions>")),
            &codes::SHAPE,
        );
        refused("before the real one", &after_issuer_of(&genuine(), "_a", what), &codes::SHAPE);
    }
    let (_, signature) = apart();
    refused("twice", &after_issuer_of(&genuine(), "_a", &signature), &codes::SHAPE);
    let at_the_end =
        change(&change(&genuine(), &signature, ""), "</saml:Assertion>", &format!("{signature}</saml:Assertion>"));
    refused("at a wrong place", &at_the_end, &codes::SHAPE);
    let in_subject =
        change(&change(&genuine(), &signature, ""), "<saml:Subject>", &format!("<saml:Subject>{signature}"));
    refused("in the Subject", &in_subject, &codes::SHAPE);
}
