//! Sekisho's own validator: what the service calls, in a process that does nothing else.

use std::io::{Write, stdin, stdout};
use std::path::Path;

use data_encoding::BASE64;
use jiff::Timestamp;
use sekisho_saml::UnixTime;
use sekisho_saml::keys::{IdpKey, SpKey};
use sekisho_saml::response::{Expectations, Flow, SigningRule, verify};
use serde_json::Value;

use super::bare::Bare;
use super::kind::Kind;

/// An order for the cryptography of a message alone begins so.
pub const BARE: &str = "bare-";

/// Takes orders until there are none.
pub fn serve(task: &Path) {
    let task = std::fs::read_to_string(task).expect("a task");
    let task: Value = serde_json::from_str(&task).expect("a task in JSON");
    let kinds = Kind::ALL.map(|kind| Own::new(&task, kind));
    println!("ready");
    for line in stdin().lines() {
        let line = line.expect("an order");
        let (what, count) = line.split_once(' ').expect("an order");
        let (count, bare) = (count.parse().expect("a number"), what.strip_prefix(BARE));
        let own = kinds.iter().find(|own| own.kind.name() == bare.unwrap_or(what)).expect("a kind");
        for _ in 0..count {
            if bare.is_some() { own.bare.once() } else { own.validate() }
        }
        println!("accepted");
        stdout().flush().expect("somebody listens");
    }
}

struct Own {
    kind: Kind,
    form_value: String,
    expectations: Expectations,
    user: String,
    bare: Bare,
}

impl Own {
    fn new(task: &Value, kind: Kind) -> Self {
        let text = |pointer: &str| task.pointer(pointer).and_then(Value::as_str).expect(pointer).to_owned();
        let message = &task["messages"][kind.name()];
        let key = der(&text("/sp/key"));
        let hashed = message["hashed"].as_u64().and_then(|octets| usize::try_from(octets).ok()).expect("a size");
        let form_value = message["form_value"].as_str().expect("a message").to_owned();
        Self {
            kind,
            form_value,
            expectations: Expectations {
                sp_entity_id: text("/sp/entity_id"),
                acs_urls: vec![text("/sp/acs")],
                idp_entity_id: text("/idp/entity_id"),
                idp_keys: vec![IdpKey::from_certificate(&der(&text("/idp/certificate"))).expect("a certificate")],
                now: UnixTime(0),
                skew_seconds: 60,
                flow: Flow::Solicited { request_id: text("/request_id") },
                signing: SigningRule::Either,
                decryption_keys: vec![SpKey::from_pkcs8(&key).expect("a key")],
                allow_sha1: false,
            },
            user: text("/user"),
            bare: Bare::new(&key, hashed, kind == Kind::Encrypted),
        }
    }

    fn validate(&self) {
        // What is expected is put together for each request, as the service does.
        let mut wanted = self.expectations.clone();
        wanted.now = UnixTime(Timestamp::now().as_second());
        let verified = verify(&self.form_value, &wanted).expect("it is accepted");
        let name = verified.name_id.expect("a name");
        assert_eq!((name.value.as_str(), verified.attributes.len()), (self.user.as_str(), 5));
    }
}

/// The octets of a PEM file with one part.
fn der(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    BASE64.decode(lines.as_bytes()).expect("PEM")
}
