//! Single logout: what we send is read back, and no forged message ends a session.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use data_encoding::BASE64;
use proptest::prelude::*;
use sekisho_fault::Code;
use sekisho_saml::UnixTime;
use sekisho_saml::codes;
use sekisho_saml::keys::{IdpKey, SpKey};
use sekisho_saml::logout::{LogoutRequest, LogoutResponse, LogoutStatus};
use sekisho_saml::logout_received::{EndSession, Ended, LogoutExpectations, ReceivedLogout, posted, redirected};
use sekisho_saml::outgoing::Field;
use sekisho_saml::redirect::Redirected;
use sekisho_saml::response::NameId;
use support::{IDP, Idp, NOW};

const SLO: &str = "https://sso.example.com:8443/sso-connect/saml/logout";

static REAL: LazyLock<Idp> = LazyLock::new(Idp::new);
static EVIL: LazyLock<Idp> = LazyLock::new(Idp::new);

fn key(idp: &Idp) -> SpKey {
    let pkcs8: Pkcs8V1Der<'_> = idp.pair.as_der().unwrap();
    SpKey::from_pkcs8(pkcs8.as_ref()).unwrap()
}

fn now() -> UnixTime {
    UnixTime::parse(NOW).unwrap()
}

fn wanted() -> LogoutExpectations {
    LogoutExpectations {
        urls: vec![SLO.into()],
        idp_entity_id: IDP.into(),
        idp_keys: vec![IdpKey::from_certificate(&REAL.certificate).unwrap()],
        now: now(),
        skew_seconds: 60,
        allow_sha1: false,
        decryption_keys: Vec::new(),
    }
}

fn name(value: &str) -> NameId {
    NameId {
        value: value.into(),
        format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into()),
        name_qualifier: Some(IDP.into()),
        sp_name_qualifier: None,
    }
}

fn request() -> LogoutRequest {
    LogoutRequest {
        id: "_l".into(),
        issue_instant: now(),
        destination: SLO.into(),
        issuer: IDP.into(),
        not_on_or_after: now().plus(120),
        name_id: name("a<&>b \u{30c6}"),
        session_index: Some("_s".into()),
    }
}

fn response(status: LogoutStatus) -> LogoutResponse {
    LogoutResponse {
        id: "_l".into(),
        issue_instant: now(),
        destination: SLO.into(),
        issuer: IDP.into(),
        in_response_to: "_ours".into(),
        status,
    }
}

fn query(url: &str) -> String {
    url.split_once('?').unwrap().1.to_owned()
}

fn by_redirect(query: &str) -> Result<ReceivedLogout, Code> {
    let read = Redirected::read(query).map_err(|fault| fault.code)?.expect("a message");
    redirected(&read, &wanted()).map_err(|fault| fault.code)
}

fn by_post(request: &LogoutRequest, idp: &Idp) -> Result<ReceivedLogout, Code> {
    let value = request.message().unwrap().post_value(Some(&key(idp))).unwrap();
    posted(Field::Request, &value, &wanted()).map_err(|fault| fault.code)
}

/// A request of the identity provider that was changed after signing.
fn forged(change: impl FnOnce(String) -> String) -> Result<ReceivedLogout, Code> {
    let value = request().message().unwrap().post_value(Some(&key(&REAL))).unwrap();
    let xml = String::from_utf8(BASE64.decode(value.as_bytes()).unwrap()).unwrap();
    posted(Field::Request, &BASE64.encode(change(xml).as_bytes()), &wanted()).map_err(|fault| fault.code)
}

#[test]
fn a_request_is_read_to_the_letter_in_both_bindings() {
    let expected = ReceivedLogout::Request(EndSession {
        id: "_l".into(),
        not_on_or_after: now().plus(180),
        name_id: name("a<&>b \u{30c6}"),
        session_indexes: vec!["_s".into()],
    });
    assert_eq!(by_post(&request(), &REAL), Ok(expected.clone()));
    let url = request().message().unwrap().redirect_url(Some("state"), Some(&key(&REAL))).unwrap();
    let read = Redirected::read(&query(&url)).unwrap().unwrap();
    assert_eq!((read.field, read.relay_state.as_deref()), (Field::Request, Some("state")));
    assert_eq!(redirected(&read, &wanted()).unwrap(), expected);
}

#[test]
fn an_answer_says_whether_all_sessions_are_over() {
    let cases = [(LogoutStatus::Success, true), (LogoutStatus::Partial, false), (LogoutStatus::Failed, false)];
    for (status, complete) in cases {
        let message = response(status).message().unwrap();
        let expected = ReceivedLogout::Response(Ended { in_response_to: "_ours".into(), complete });
        let url = message.redirect_url(None, Some(&key(&REAL))).unwrap();
        assert_eq!(by_redirect(&query(&url)), Ok(expected.clone()));
        let value = message.post_value(Some(&key(&REAL))).unwrap();
        assert_eq!(posted(Field::Response, &value, &wanted()).unwrap(), expected);
    }
}

#[test]
fn an_unsigned_message_or_one_of_a_foreign_key_is_refused() {
    let message = request().message().unwrap();
    let value = message.post_value(None).unwrap();
    assert_eq!(posted(Field::Request, &value, &wanted()).unwrap_err().code, codes::UNSIGNED);
    assert_eq!(by_redirect(&query(&message.redirect_url(None, None).unwrap())), Err(codes::UNSIGNED));
    assert_eq!(by_post(&request(), &EVIL), Err(codes::SIGNATURE));
    let url = message.redirect_url(None, Some(&key(&EVIL))).unwrap();
    assert_eq!(by_redirect(&query(&url)), Err(codes::SIGNATURE));
}

#[test]
fn a_signature_inside_the_message_does_not_sign_a_query() {
    let value = request().message().unwrap().post_value(Some(&key(&REAL))).unwrap();
    let xml = BASE64.decode(value.as_bytes()).unwrap();
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut deflate, &xml).unwrap();
    let message = BASE64.encode(&deflate.finish().unwrap());
    let message: String = url::form_urlencoded::byte_serialize(message.as_bytes()).collect();
    assert_eq!(by_redirect(&format!("SAMLRequest={message}")), Err(codes::UNSIGNED));
}

#[test]
fn another_sender_address_or_time_is_refused() {
    let other = |change: fn(&mut LogoutRequest)| {
        let mut request = request();
        change(&mut request);
        by_post(&request, &REAL)
    };
    assert_eq!(other(|it| it.issuer = "https://other.example.com".into()), Err(codes::ISSUER));
    assert_eq!(other(|it| it.destination = format!("{SLO}/")), Err(codes::DESTINATION));
    assert_eq!(other(|it| it.not_on_or_after = it.issue_instant.plus(-61)), Err(codes::EXPIRED));
    assert_eq!(other(|it| it.issue_instant = it.issue_instant.plus(-3600)), Err(codes::EXPIRED));
    assert_eq!(other(|it| it.issue_instant = it.issue_instant.plus(3600)), Err(codes::NOT_YET_VALID));
    assert_eq!(other(|it| it.name_id = name(" ")), Err(codes::SHAPE));
}

#[test]
fn a_signed_message_without_destination_is_refused() {
    let value = request().message().unwrap().post_value(None).unwrap();
    let xml = String::from_utf8(BASE64.decode(value.as_bytes()).unwrap()).unwrap();
    let bare = xml.replace(&format!(" Destination=\"{SLO}\""), "");
    let signed = REAL.signed(&bare, "_l");
    let fault = posted(Field::Request, &BASE64.encode(signed.as_bytes()), &wanted()).unwrap_err();
    assert_eq!(fault.code, codes::DESTINATION);
}

#[test]
fn a_changed_or_wrapped_request_is_refused() {
    assert_eq!(forged(|xml| xml.replace("a&lt;", "b&lt;")), Err(codes::DIGEST));
    assert_eq!(forged(|xml| xml.replace(">_s<", ">_t<")), Err(codes::DIGEST));
    assert_eq!(forged(|xml| format!("<!DOCTYPE x>{xml}")), Err(codes::NOT_XML));
    // A forged request around the genuine one, which keeps its signature.
    let evil = |inside: &str| {
        format!(
            "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{SLO}\" ID=\"_evil\" \
             IssueInstant=\"{NOW}\" Version=\"2.0\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{IDP}\
             </saml:Issuer>{inside}<saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">victim</saml:NameID>\
             </samlp:LogoutRequest>"
        )
    };
    assert_eq!(forged(|xml| evil(&format!("<samlp:Extensions>{xml}</samlp:Extensions>"))), Err(codes::SHAPE));
    let signature = |xml: &str| {
        let (start, end) = (xml.find("<ds:Signature ").unwrap(), xml.find("</ds:Signature>").unwrap());
        xml[start..end + "</ds:Signature>".len()].to_owned()
    };
    assert_eq!(forged(|xml| evil(&signature(&xml))), Err(codes::SHAPE));
}

#[test]
fn a_response_is_not_taken_for_a_request() {
    let value = response(LogoutStatus::Success).message().unwrap().post_value(Some(&key(&REAL))).unwrap();
    assert_eq!(posted(Field::Request, &value, &wanted()).unwrap_err().code, codes::SHAPE);
}

#[test]
fn a_query_that_two_readers_could_read_in_two_ways_is_refused() {
    let url = request().message().unwrap().redirect_url(Some("state"), Some(&key(&REAL))).unwrap();
    let good = query(&url);
    let other = query(&request().message().unwrap().redirect_url(None, None).unwrap());
    for bad in [
        format!("{good}&{other}"),
        format!("{other}&{good}"),
        good.replace("SAMLRequest=", "SAML%52equest="),
        format!("{good}&SAML%52equest=x"),
        format!("{good}&SAMLResponse=x"),
        format!("{good}&RelayState=other"),
        format!("{good}&SigAlg="),
        format!("{good}&SAMLEncoding=gzip"),
        good.split("&Signature=").next().unwrap().to_owned(),
    ] {
        assert_eq!(by_redirect(&bad), Err(codes::SHAPE), "{bad}");
    }
    // What a load balancer adds is no part of the message.
    assert!(by_redirect(&format!("lb=1&{good}&x")).is_ok());
    assert_eq!(Redirected::read("lb=1&embedded").unwrap(), None);
}

#[test]
fn the_signature_covers_the_octets_of_the_query_and_the_algorithm() {
    let url = request().message().unwrap().redirect_url(Some("state"), Some(&key(&REAL))).unwrap();
    let good = query(&url);
    assert_eq!(by_redirect(&good.replace("RelayState=state", "RelayState=other")), Err(codes::SIGNATURE));
    assert_eq!(by_redirect(&good.replace("&RelayState=state", "")), Err(codes::SIGNATURE));
    for method in [
        "",
        "http%3A%2F%2Fwww.w3.org%2F2000%2F09%2Fxmldsig%23hmac-sha1",
        "http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23hmac-sha256",
        "http%3A%2F%2Fwww.w3.org%2F2000%2F09%2Fxmldsig%23rsa-sha1",
    ] {
        let (before, after) = good.split_once("&SigAlg=").unwrap();
        let (_, signature) = after.split_once('&').unwrap();
        assert_eq!(by_redirect(&format!("{before}&SigAlg={method}&{signature}")), Err(codes::ALGORITHM), "{method}");
    }
    // The signature of another message.
    let mut second = request();
    second.name_id = name("victim");
    let victim = query(&second.message().unwrap().redirect_url(Some("state"), Some(&key(&EVIL))).unwrap());
    let (victim, _) = victim.split_once("&Signature=").unwrap();
    let (_, signature) = good.split_once("&Signature=").unwrap();
    assert_eq!(by_redirect(&format!("{victim}&Signature={signature}")), Err(codes::SIGNATURE));
}

#[test]
fn a_message_that_inflates_without_end_is_refused() {
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..8 {
        std::io::Write::write_all(&mut deflate, &vec![b' '; 1 << 20]).unwrap();
    }
    let message = BASE64.encode(&deflate.finish().unwrap());
    let message: String = url::form_urlencoded::byte_serialize(message.as_bytes()).collect();
    assert_eq!(by_redirect(&format!("SAMLRequest={message}")), Err(codes::TOO_LARGE));
}

proptest! {
    #[test]
    fn any_query_is_read_or_refused_without_a_panic(query in "(SAMLRequest|SAMLResponse|RelayState|SigAlg|Signature|[a-z%&=+]{0,3}|=[A-Za-z0-9%/+]{0,40}|&){0,12}") {
        if let Ok(Some(read)) = Redirected::read(&query) {
            prop_assert!(redirected(&read, &wanted()).is_err());
        }
    }

    #[test]
    fn a_query_with_one_changed_octet_is_never_accepted_as_something_else(place in 0usize..2000, with in 33u8..127) {
        let url = request().message().unwrap().redirect_url(Some("state"), Some(&key(&REAL))).unwrap();
        let good = query(&url);
        let mut bytes = good.clone().into_bytes();
        let place = place % bytes.len();
        bytes[place] = with;
        let changed = String::from_utf8(bytes).unwrap();
        let told = Redirected::read(&changed).ok().flatten().and_then(|read| redirected(&read, &wanted()).ok());
        if let Some(told) = told {
            let original = by_redirect(&good);
            prop_assert_eq!(Ok(told), original);
        }
    }
}
