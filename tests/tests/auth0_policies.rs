//! Auth0's samlp in all its ways to sign and encrypt, from both sides, and with a new key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::path::Path;

use sekisho_tests::auth0::{self, Auth0Samlp};
use sekisho_tests::browser::Browser;
use sekisho_tests::site::{Site, Sp};
use sekisho_tests::wait::wait_for;
use serde_json::{Value, json};

const XMLENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const XMLENC11: &str = "http://www.w3.org/2009/xmlenc11#";

fn start(home: &Path) -> (Site, Sp, Auth0Samlp, Browser) {
    let site = Site::found(home);
    let sp = site.draft(&[&auth0::FIELDS[..], &[("encrypted_assertions", "true")]].concat());
    let idp = Auth0Samlp::start(&home.join("idp"), &sp, false);
    site.save(&idp.metadata);
    let browser = Browser::start(home);
    (site, sp, idp, browser)
}

/// The code of the newest refusal, and the policy's browser sees a reference.
fn refused(site: &Site, sp: &Sp, browser: &Browser, known: &mut Vec<String>) -> String {
    browser.sign_in(&sp.origin, "alice");
    browser.page.wait("[data-testid=reference]");
    wait_for("the activity tells of the refusal", || {
        let activity = site.founder.run(&["activity", "--limit", "5"]);
        let fresh = |entry: &&Value| entry["reference"].as_str().is_some_and(|it| !known.contains(&it.to_owned()));
        let entry = activity.as_array().unwrap().iter().filter(|entry| !entry["refusal"].is_null()).find(fresh)?;
        known.push(entry["reference"].as_str().unwrap().to_owned());
        Some(entry["refusal"]["code"].as_str().unwrap().to_owned())
    })
}

fn encrypted(algorithm: &str) -> Value {
    json!({"encrypt": true, "encryptionAlgorithm": algorithm, "disallowEncryptionWithInsecureAlgorithm": false})
}

fn with(mut policy: Value, more: &Value) -> Value {
    policy.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    policy
}

#[test]
fn every_way_to_sign_and_encrypt_signs_in_and_the_unsafe_ones_are_refused_by_their_code() {
    let home = tempfile::tempdir().unwrap();
    let (site, sp, idp, browser) = start(home.path());
    let signed = |response: bool, assertion: bool| json!({"signResponse": response, "signAssertion": assertion});
    let (gcm128, gcm256) = (format!("{XMLENC11}aes128-gcm"), format!("{XMLENC11}aes256-gcm"));
    let (cbc128, cbc256) = (format!("{XMLENC}aes128-cbc"), format!("{XMLENC}aes256-cbc"));

    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    for policy in [
        signed(true, false),
        signed(false, true),
        json!({"signatureNamespacePrefix": "ds"}),
        json!({"typedAttributes": false, "includeAttributeNameFormat": false}),
        encrypted(&gcm128),
        encrypted(&gcm256),
        with(encrypted(&gcm256), &signed(false, true)),
        with(encrypted(&gcm256), &signed(true, false)),
        encrypted(&cbc128),
        encrypted(&cbc256),
        with(encrypted(&cbc256), &signed(true, false)),
    ] {
        idp.answer_by(&policy);
        browser.sign_in(&sp.origin, "alice");
        browser.page.wait("[data-testid=signed-in], [data-testid=reference]");
        let told = || site.founder.run(&["activity", "--limit", "1"]);
        assert!(browser.page.source().contains("key-check"), "{policy}: {}", told());
        assert_eq!(browser.key_check(), key, "{policy}");
    }

    let sha1 = [
        json!({"signatureAlgorithm": "rsa-sha1", "digestAlgorithm": "sha1"}),
        json!({"signatureAlgorithm": "rsa-sha1"}),
        json!({"digestAlgorithm": "sha1"}),
    ];
    let mut known = Vec::new();
    let unsafe_ones = [
        (signed(false, false), "saml.unsigned"),
        (with(encrypted(&gcm256), &signed(false, false)), "saml.unsigned"),
        (with(encrypted(&cbc256), &signed(false, true)), "saml.cbc_unsigned"),
        (encrypted(&format!("{XMLENC}tripledes-cbc")), "saml.algorithm"),
    ];
    for (policy, code) in unsafe_ones.into_iter().chain(sha1.clone().map(|policy| (policy, "saml.algorithm"))) {
        idp.answer_by(&policy);
        assert_eq!(refused(&site, &sp, &browser, &mut known), code, "{policy}");
    }

    site.founder.run(&["draft", "set", "allow_sha1", "true"]);
    site.founder.run(&["save", "--yes", "--reason", "until the identity provider is changed"]);
    for policy in sha1 {
        idp.answer_by(&policy);
        browser.sign_in(&sp.origin, "alice");
        assert_eq!(browser.key_check(), key, "{policy}");
    }
}

#[test]
fn a_tile_of_the_identity_provider_leads_to_a_sign_in_of_our_own_and_a_new_key_fails_nobody() {
    let home = tempfile::tempdir().unwrap();
    let (site, sp, idp, browser) = start(home.path());
    browser.page.go(&idp.tile);
    browser.log_in("alice");
    // Its answer was dropped; the sign-in that it was answered by comes back to the same form, now with a request.
    browser.page.wait("input[name=SAMLRequest]");
    browser.log_in("alice");
    let key = browser.key_check();
    let still_signs_in = |when: &str| {
        browser.sign_in(&sp.origin, "alice");
        assert_eq!(browser.key_check(), key, "{when}");
    };

    idp.announce_key();
    let taken = |reason: &str| {
        site.founder.run(&["draft", "metadata", &idp.metadata.to_string_lossy()]);
        site.founder.run(&["save", "--yes", "--reason", reason]);
    };
    taken("the identity provider's next key");
    still_signs_in("with the old key, beside the new one");
    idp.change_key();
    still_signs_in("with the new key");
    idp.forget_old_key();
    taken("the old key is gone");
    still_signs_in("with the new key alone");
}

#[test]
fn a_request_that_another_key_has_signed_is_refused_by_the_identity_provider() {
    let home = tempfile::tempdir().unwrap();
    let (site, sp, _idp, browser) = start(home.path());
    browser.sign_in(&sp.origin, "alice");
    browser.key_check();
    let refused = |why: &str| {
        browser.sign_in(&sp.origin, "alice");
        wait_for("the identity provider refuses", || browser.page.source().contains(why).then_some(()));
    };

    // At once, and not step by step: the identity provider knows the old certificate alone.
    sekisho_tests::service::self_signed(&site.home, "other", "localhost");
    let file = |name: &str| site.home.join(name).to_string_lossy().into_owned();
    site.founder.run(&["draft", "certificate", "--saml", &file("other.crt"), &file("other.key")]);
    site.founder.run(&["save", "--yes", "--reason", "another key at once"]);
    refused("does not match the one calculated");

    site.founder.run(&["draft", "set", "encrypted_assertions", "false"]);
    site.founder.run(&["draft", "set", "saml_key", "none"]);
    site.founder.run(&["save", "--yes", "--reason", "no signature"]);
    refused("MUST be signed");
}
