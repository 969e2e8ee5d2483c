//! Requests that we sign, in every alphabet, judged by xmlsec1.

use data_encoding::BASE64;
use proptest::prelude::*;
use sekisho_saml::UnixTime;
use sekisho_saml::keys::SpKey;
use sekisho_saml::request::AuthnRequest;

use crate::support::keys::Key;
use crate::tools::{Bench, cases};

#[test]
fn what_we_sign_xmlsec1_verifies() {
    let Some(bench) = Bench::with("xmlsec1") else { return };
    let keys = [Key::rsa(), Key::p256(), Key::p384()];
    for (number, key) in keys.iter().enumerate() {
        bench.keep(&number.to_string(), key);
    }
    let text = || "[ -~\u{a1}-\u{17f}\u{3041}-\u{3093}\u{1f600}-\u{1f64f}]{1,30}";
    let ids = "--id-attr:ID urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest";
    proptest!(cases(36), |(
        number in 0..3_usize,
        id in "_[0-9a-f]{32}",
        destination in text(),
        issuer in text(),
        acs_url in text(),
        name_id_format in prop::option::of(text()),
        force_authn in any::<bool>(),
        is_passive in any::<bool>(),
    )| {
        let issue_instant = UnixTime(1_795_513_267);
        let request = AuthnRequest { id, issue_instant, destination, issuer, acs_url, name_id_format, authn_context: None, force_authn, is_passive };
        let key = SpKey::from_pkcs8(&keys[number].pkcs8).unwrap();
        let xml = BASE64.decode(request.message().unwrap().post_value(Some(&key)).unwrap().as_bytes()).unwrap();
        bench.write("request.xml", &xml);
        let judged = bench.run(&format!("xmlsec1 --verify --pubkey-cert-der {number}.der {ids} request.xml"));
        prop_assert!(judged.status.success(), "{:?} {}", request, String::from_utf8_lossy(&judged.stderr));
    });
}
