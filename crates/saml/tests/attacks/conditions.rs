//! Classes `condition`, `subject-confirmation`, `authn-statement` and `freshness`: said by the identity provider itself,
//! and not for us, not now, or not in a way that we know.

use sekisho_saml::response::Expectations;
use sekisho_saml::{UnixTime, codes};

use crate::maker::{LEGIT, REAL, change, judged, named, refused, said, sign_assertion, unsigned, wanted_of};
use crate::support::{ACS, NOW, SP};

const WINDOW: &str = "NotBefore=\"2026-11-24T09:40:37Z\" NotOnOrAfter=\"2026-11-24T09:46:07Z\"";

#[test]
fn outside_its_times_it_is_refused() {
    let cases = [
        ("conditions expired", WINDOW, "NotOnOrAfter=\"2026-11-24T09:40:07Z\"", codes::EXPIRED),
        (
            "confirmation expired",
            "NotOnOrAfter=\"2026-11-24T09:46:07Z\" Rec",
            "NotOnOrAfter=\"2026-11-24T09:40:07Z\" Rec",
            codes::EXPIRED,
        ),
        ("expired ten minutes ago", WINDOW, "NotOnOrAfter=\"2026-11-24T09:31:07Z\"", codes::EXPIRED),
        ("not yet valid", WINDOW, "NotBefore=\"2026-11-24T10:41:07Z\"", codes::NOT_YET_VALID),
        (
            "ends before it begins",
            WINDOW,
            "NotBefore=\"2026-11-24T09:50:07Z\" NotOnOrAfter=\"2026-11-24T09:30:07Z\"",
            codes::NOT_YET_VALID,
        ),
        ("no date", WINDOW, "NotOnOrAfter=\"2026-02-30T09:46:07Z\"", codes::TIME),
        ("no zone", WINDOW, "NotOnOrAfter=\"2026-11-24T09:46:07\"", codes::TIME),
        ("another zone", WINDOW, "NotOnOrAfter=\"2026-11-24T18:46:07+09:00\"", codes::TIME),
        ("blank", WINDOW, "NotOnOrAfter=\"\"", codes::TIME),
        ("tomorrow", WINDOW, "NotBefore=\"tomorrow\"", codes::TIME),
        (
            "session ended",
            " SessionIndex=",
            " SessionNotOnOrAfter=\"2026-11-24T09:00:00Z\" SessionIndex=",
            codes::EXPIRED,
        ),
    ];
    for (name, from, to, code) in cases {
        refused(name, &said(from, to), &code);
        refused(name, &sign_assertion(&change(&unsigned(), from, to)), &code);
    }
}

#[test]
fn the_clocks_may_differ_by_the_skew_and_not_a_second_more() {
    let at = |offset: i64| Expectations { now: UnixTime::parse(NOW).unwrap().plus(offset), ..wanted_of(&REAL) };
    let message = sign_assertion(&unsigned());
    // It begins 30 seconds before it was issued, ends 300 after, and the clocks may differ by 60.
    assert!(judged(&message, &at(359)).is_ok());
    assert_eq!(judged(&message, &at(360)).map(drop), Err(codes::EXPIRED));
    assert!(judged(&message, &at(-60)).is_ok());
    assert_eq!(judged(&message, &at(-61)).map(drop), Err(codes::NOT_YET_VALID));
}

#[test]
fn another_audience_is_refused() {
    let ours = format!("<saml:Audience>{SP}</saml:Audience>");
    let restriction = format!("<saml:AudienceRestriction>{ours}</saml:AudienceRestriction>");
    let audience = |text: &str| format!("<saml:Audience>{text}</saml:Audience>");
    let other = audience("https://other.example");
    let cases = [
        ("wrong", ours.clone(), other.clone()),
        ("longer", ours.clone(), audience(&format!("{SP}/x"))),
        ("shorter", ours.clone(), audience(&SP[..SP.len() - 1])),
        ("capitals", ours.clone(), audience(&SP.to_uppercase())),
        ("a space", ours.clone(), audience(&format!(" {SP}"))),
        ("empty", ours.clone(), audience("")),
        ("none in it", ours.clone(), String::new()),
        ("no restriction", restriction.clone(), String::new()),
        (
            "two restrictions, one not ours",
            restriction.clone(),
            format!("{restriction}<saml:AudienceRestriction>{other}</saml:AudienceRestriction>"),
        ),
    ];
    for (name, from, to) in cases {
        refused(name, &said(&from, &to), &codes::AUDIENCE);
    }
    named("one of two", &said(&ours, &format!("{other}{ours}")), &wanted_of(&REAL), LEGIT);
}

#[test]
fn unknown_and_missing_conditions_are_refused() {
    let restriction = "<saml:AudienceRestriction>";
    for strange in ["<saml:Mood/>", "<x/>", "<saml:Condition/>"] {
        refused(strange, &said(restriction, &format!("{strange}{restriction}")), &codes::CONDITION);
    }
    let conditions = format!(
        "<saml:Conditions {WINDOW}>{restriction}<saml:Audience>{SP}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
    );
    refused("none", &said(&conditions, ""), &codes::SHAPE);
    refused("twice", &said(&conditions, &conditions.repeat(2)), &codes::SHAPE);
    for known in ["<saml:OneTimeUse/>", "<saml:ProxyRestriction Count=\"0\"/>"] {
        named(known, &said(restriction, &format!("{known}{restriction}")), &wanted_of(&REAL), LEGIT);
    }
}

#[test]
fn a_bearer_confirmation_says_where_and_until_when() {
    let recipient = format!(" Recipient=\"{ACS}\"/>");
    let until = "NotOnOrAfter=\"2026-11-24T09:46:07Z\" Rec";
    let data = format!(
        "<saml:SubjectConfirmationData InResponseTo=\"_request\" NotOnOrAfter=\"2026-11-24T09:46:07Z\"{recipient}"
    );
    let whole = format!(
        "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">{data}</saml:SubjectConfirmation>"
    );
    let cases = [
        ("no recipient", recipient.as_str(), "/>", codes::RECIPIENT),
        ("no end", until, "Rec", codes::SHAPE),
        ("a beginning", until, &format!("NotBefore=\"2026-11-24T09:40:37Z\" {until}"), codes::SHAPE),
        ("no data", &data, "", codes::SHAPE),
        ("no confirmation", &whole, "", codes::SHAPE),
        ("holder of key", "cm:bearer", "cm:holder-of-key", codes::SHAPE),
        ("sender vouches", "cm:bearer", "cm:sender-vouches", codes::SHAPE),
        ("data twice", &data, &data.repeat(2), codes::SHAPE),
    ];
    for (name, from, to, code) in cases {
        refused(name, &said(from, to), &code);
    }
    let holder = whole.replace("cm:bearer", "cm:holder-of-key");
    named("another kind beside", &said(&whole, &format!("{holder}{whole}")), &wanted_of(&REAL), LEGIT);
    let elsewhere = whole.replace(ACS, "https://other.example");
    named("one for another beside", &said(&whole, &format!("{elsewhere}{whole}")), &wanted_of(&REAL), LEGIT);
}

#[test]
fn somebody_must_have_signed_in() {
    let statement = format!(
        "<saml:AuthnStatement AuthnInstant=\"{NOW}\" SessionIndex=\"_s\"><saml:AuthnContext/></saml:AuthnStatement>"
    );
    refused("no statement", &said(&statement, ""), &codes::SHAPE);
    refused("no instant", &said(&format!(" AuthnInstant=\"{NOW}\""), ""), &codes::SHAPE);
    refused("no time", &said(&format!("AuthnInstant=\"{NOW}\""), "AuthnInstant=\"now\""), &codes::TIME);
}

#[test]
fn stale_and_future_messages_are_refused() {
    let issued = |from: &str, to: &str| {
        change(&unsigned(), &format!("{from} IssueInstant=\"{NOW}\""), &format!("{from} IssueInstant=\"{to}\""))
    };
    let (response, assertion) = ("Version=\"2.0\"", "ID=\"_a\"");
    for (name, of) in [("response", response), ("assertion", assertion)] {
        for (to, code) in [
            ("2026-11-24T11:41:07Z", codes::NOT_YET_VALID),
            ("2026-11-14T09:41:07Z", codes::EXPIRED),
            ("2026-11-24T09:30:07Z", codes::EXPIRED),
            ("", codes::TIME),
        ] {
            refused(name, &sign_assertion(&issued(of, to)), &code);
            refused(name, &crate::maker::sign_response(&issued(of, to)), &code);
        }
    }
}
