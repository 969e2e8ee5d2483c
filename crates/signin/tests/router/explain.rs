//! A message is explained as a sign-in would judge it, whatever form it was copied in.

use data_encoding::BASE64;
use sekisho_config::field::Field;
use sekisho_saml::codes as saml;
use sekisho_signin::codes;
use sekisho_signin::explain::{AsOf, explain};
use url::form_urlencoded;

use crate::idp::{Answer, IDP};
use crate::world::{NOW, applied};

/// A week later.
const LATER: i64 = NOW + 7 * 24 * 3600;

#[test]
fn an_old_message_is_judged_as_of_when_it_was_sent_or_as_of_now() {
    let (applied, message) = (applied(&[]), IDP.answer(&Answer::alice("_asked", NOW)));
    let then = explain(&applied, &message, AsOf::Sent(LATER));
    assert_eq!((then.report.outcome, then.report.who.as_deref()), (Ok(()), Some("alice@example.com")));
    assert_eq!((then.request.as_deref(), then.sent), (Some("_asked"), Some(NOW)));
    let now = explain(&applied, &message, AsOf::Moment(LATER));
    assert_eq!(now.report.outcome.unwrap_err().code, saml::EXPIRED);
    assert_eq!(now.sent, Some(NOW));
}

#[test]
fn a_message_is_read_in_every_form_in_which_it_can_be_copied() {
    let (applied, message) = (applied(&[]), IDP.answer(&Answer::alice("_asked", NOW)));
    let xml = String::from_utf8(BASE64.decode(message.as_bytes()).unwrap()).unwrap();
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("RelayState", "x")
        .append_pair("SAMLResponse", &message)
        .finish();
    let lines: Vec<&str> = message.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
    let broken = lines.join("\r\n");
    for text in [message.clone(), format!(" {broken}"), format!("\n{xml}\n"), form] {
        assert_eq!(explain(&applied, &text, AsOf::Moment(NOW)).report.outcome, Ok(()), "{text}");
    }
}

#[test]
fn what_a_sign_in_would_meet_after_the_signature_is_told_too() {
    let answer = Answer { request: None, ..Answer::alice("_x", NOW) };
    let applied = applied(&[(Field::AttributeEmail, "mail")]);
    let told = explain(&applied, &IDP.answer(&answer), AsOf::Moment(NOW));
    assert_eq!(told.report.outcome.unwrap_err().code, codes::NO_EMAIL);
    assert_eq!(told.request, None, "it came by itself");
}

#[test]
fn what_is_no_message_is_refused_by_its_code() {
    let applied = applied(&[]);
    let code = |text: &str| explain(&applied, text, AsOf::Sent(NOW)).report.outcome.unwrap_err().code;
    assert_eq!(code("hello there"), saml::NOT_BASE64);
    assert_eq!(code("<a/>"), saml::SHAPE);
    assert_eq!(code(&"<".repeat(200_000)), saml::TOO_LARGE);
    assert_eq!(code(""), saml::NOT_XML);
}
