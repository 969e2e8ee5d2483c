//! Class `structure`: another message than a response, or a response with other parts.

use sekisho_saml::codes;

use crate::maker::{REAL, assertion_in, change, genuine, refused, said, sign_response, unsigned};
use crate::support::response;
use crate::support::signing::Signing;

#[test]
fn another_message_is_refused() {
    let good = genuine();
    refused("a bare assertion", assertion_in(&good), &codes::SHAPE);
    for other in ["LogoutResponse", "AuthnRequest", "ArtifactResponse", "response"] {
        refused(other, &sign_response(&unsigned().replace("samlp:Response", &format!("samlp:{other}"))), &codes::SHAPE);
    }
    let old = unsigned()
        .replace("SAML:2.0:protocol", "SAML:1.0:protocol")
        .replace("SAML:2.0:assertion", "SAML:1.0:assertion");
    refused("SAML 1.1", &sign_response(&old), &codes::SHAPE);
    refused(
        "no namespace",
        &good.replace("xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"", "xmlns:samlp=\"urn:x\""),
        &codes::SHAPE,
    );
}

#[test]
fn a_response_without_an_assertion_is_refused() {
    refused("none", &Signing::by(&REAL).sign(&response(""), "_r"), &codes::SHAPE);
}

#[test]
fn unknown_parts_and_another_order_are_refused() {
    let good = genuine();
    let cases = [
        ("an unknown part", change(&good, "<samlp:Status>", "<x/><samlp:Status>")),
        ("text between", change(&good, "<samlp:Status>", "x<samlp:Status>")),
        ("a status at the end", change(&good, "</samlp:Response>", "<samlp:Status/></samlp:Response>")),
        ("an unknown part of the assertion", said("<saml:Subject>", "<x/><saml:Subject>")),
        ("an unknown part in SAML's namespace", said("<saml:Subject>", "<saml:Mood/><saml:Subject>")),
        ("text in the assertion", said("<saml:Subject>", "x<saml:Subject>")),
        ("text in the subject", said("<saml:NameID>", "x<saml:NameID>")),
        (
            "no subject",
            said(
                &unsigned()[unsigned().find("<saml:Subject>").unwrap()..unsigned().find("<saml:Conditions").unwrap()],
                "",
            ),
        ),
        ("an attribute without a name", said("<saml:Attribute Name=\"Email\">", "<saml:Attribute>")),
    ];
    for (name, document) in cases {
        refused(name, &document, &codes::SHAPE);
    }
}
