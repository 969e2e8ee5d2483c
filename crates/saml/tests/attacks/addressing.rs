//! Classes `addressing`, `in-response-to`, `issuer`, `status` and `version`.

use sekisho_saml::codes;
use sekisho_saml::response::{Expectations, Flow};

use crate::maker::{
    LEGIT, REAL, change, genuine, judged, named, refused, refused_by, said, sign_assertion, sign_response, unsigned,
    wanted_of,
};
use crate::support::{ACS, IDP};

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

#[test]
fn what_was_sent_elsewhere_is_refused() {
    let elsewhere = [
        format!("{ACS}/"),
        format!("{ACS}.evil.example"),
        ACS[..ACS.len() - 1].to_owned(),
        ACS.to_uppercase(),
        "https://evil.example".into(),
        String::new(),
    ];
    for url in elsewhere {
        let destination = (format!("Destination=\"{ACS}\""), format!("Destination=\"{url}\""));
        refused(&url, &said(&destination.0, &destination.1), &codes::DESTINATION);
        refused(&url, &change(&genuine(), &destination.0, &destination.1), &codes::DESTINATION);
        refused(&url, &said(&format!("Recipient=\"{ACS}\""), &format!("Recipient=\"{url}\"")), &codes::RECIPIENT);
    }
    let unsaid = change(&genuine(), &format!(" Destination=\"{ACS}\""), "");
    named("no destination", &unsaid, &wanted_of(&REAL), LEGIT);
    // A response that is signed has to say where to.
    refused("signed, no destination", &said(&format!(" Destination=\"{ACS}\""), ""), &codes::DESTINATION);
}

#[test]
fn the_answer_to_another_request_is_refused() {
    let (ours, other) = ("InResponseTo=\"_request\"", "InResponseTo=\"_other\"");
    let both = said(ours, other).replace(ours, other);
    refused("both", &sign_assertion(&unsigned().replace(ours, other)), &codes::IN_RESPONSE_TO);
    // Asked before any signature is verified: this one does not hold, and it does not come to that.
    refused("both, signed", &both, &codes::IN_RESPONSE_TO);
    let in_response = format!("{ours}><saml:Issuer>");
    refused("response alone", &said(&in_response, &format!("{other}><saml:Issuer>")), &codes::IN_RESPONSE_TO);
    refused("response without", &said(&format!(" {in_response}"), "><saml:Issuer>"), &codes::IN_RESPONSE_TO);
    let in_assertion = format!("{ours} NotOnOrAfter");
    refused("assertion alone", &said(&in_assertion, &format!("{other} NotOnOrAfter")), &codes::IN_RESPONSE_TO);
    let unsaid = change(&unsigned(), &format!(" {in_assertion}"), " NotOnOrAfter");
    refused("assertion without, alone signed", &sign_assertion(&unsaid), &codes::IN_RESPONSE_TO);
    named("assertion without, in a signed response", &sign_response(&unsaid), &wanted_of(&REAL), LEGIT);
}

#[test]
fn an_unsolicited_response_may_not_claim_a_request() {
    let wanted = Expectations { flow: Flow::Unsolicited, ..wanted_of(&REAL) };
    refused_by("both claim", &genuine(), &wanted, &codes::IN_RESPONSE_TO);
    let unclaimed = unsigned().replace(" InResponseTo=\"_request\"", "");
    assert!(judged(&sign_assertion(&unclaimed), &wanted).is_ok());
    let response_claims = change(&unsigned(), "InResponseTo=\"_request\" NotOnOrAfter", "NotOnOrAfter");
    refused_by("response claims", &sign_assertion(&response_claims), &wanted, &codes::IN_RESPONSE_TO);
    refused("unclaimed, but a request waits", &sign_assertion(&unclaimed), &codes::IN_RESPONSE_TO);
}

#[test]
fn another_issuer_is_refused() {
    let ours = format!("<saml:Issuer>{IDP}</saml:Issuer>");
    let in_assertion = format!("{ours}<saml:Subject>");
    for other in
        ["https://evil.example", "", " https://idp.example.com", "https://idp.example.com/", "HTTPS://IDP.EXAMPLE.COM"]
    {
        let issuer = format!("<saml:Issuer>{other}</saml:Issuer>");
        refused(other, &said(&format!("{ours}<samlp:Status>"), &format!("{issuer}<samlp:Status>")), &codes::ISSUER);
        refused(other, &said(&in_assertion, &format!("{issuer}<saml:Subject>")), &codes::ISSUER);
    }
    let none = change(&unsigned(), &format!("{ours}<samlp:Status>"), "<samlp:Status>");
    named("the response names none", &sign_assertion(&none), &wanted_of(&REAL), LEGIT);
    let none = change(&unsigned(), &in_assertion, "<saml:Subject>");
    refused("the assertion names none", &sign_response(&none), &codes::SHAPE);
    refused("twice", &said(&in_assertion, &format!("{ours}{in_assertion}")), &codes::SHAPE);
}

#[test]
fn anything_but_success_is_refused() {
    let failed = said(SUCCESS, "urn:oasis:names:tc:SAML:2.0:status:Responder");
    refused("with an assertion", &failed, &codes::STATUS);
    let nested = format!(
        "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode Value=\"{SUCCESS}\"/></samlp:StatusCode>"
    );
    let code = format!("<samlp:StatusCode Value=\"{SUCCESS}\"/>");
    refused("success below", &said(&code, &nested), &codes::STATUS);
    refused("no status", &said(&format!("<samlp:Status>{code}</samlp:Status>"), ""), &codes::SHAPE);
    refused("no code", &said(&code, ""), &codes::SHAPE);
    refused("two codes", &said(&code, &code.repeat(2)), &codes::SHAPE);
    refused("capitals", &said(SUCCESS, &SUCCESS.to_uppercase()), &codes::STATUS);
}

#[test]
fn other_versions_of_saml_are_refused() {
    for version in ["1.1", "3.0", "", "2"] {
        let response = said("Version=\"2.0\" IssueInstant", &format!("Version=\"{version}\" IssueInstant"));
        refused(version, &response, &codes::SHAPE);
        let assertion = said("Version=\"2.0\"><saml:Issuer>", &format!("Version=\"{version}\"><saml:Issuer>"));
        refused(version, &assertion, &codes::SHAPE);
    }
}
