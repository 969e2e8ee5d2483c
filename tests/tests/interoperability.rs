//! A real identity provider in all its ways to sign and encrypt, and with a new key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{Site, Sp};
use sekisho_tests::wait::wait_for;

const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";

/// Starts a sign-in in a browser that the identity provider knows: it asks for nothing.
fn again(browser: &Browser, sp: &Sp) {
    browser.page.go(&format!("{}/vault/", sp.origin));
    browser.begin();
}

/// The code of the newest refusal, which has to be another one than before.
fn refusal(site: &Site, before: &str) -> (String, String) {
    wait_for("the activity tells of the refusal", || {
        let activity = site.founder.run(&["activity", "--limit", "5"]);
        let entry = activity.as_array().unwrap().iter().find(|entry| !entry["refusal"].is_null())?;
        let reference = entry["reference"].as_str()?.to_owned();
        (reference != before).then(|| (entry["refusal"]["code"].as_str().unwrap().to_owned(), reference))
    })
}

#[test]
fn every_way_to_sign_and_encrypt_signs_in_and_the_unsafe_ones_are_refused_by_their_code() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("encrypted_assertions", "true")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(home.path());
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();

    let signs = |response: bool, assertion: bool| {
        format!("'saml20.sign.response' => {response}, 'saml20.sign.assertion' => {assertion}")
    };
    // It encrypts with AES-128-CBC and nothing else; GCM comes from the other identity provider (`sign_in.rs`).
    let encrypts = "'assertion.encryption' => true";
    for policy in [
        signs(true, false),
        signs(false, true),
        format!("'signature.algorithm' => '{MORE}rsa-sha384'"),
        format!("'signature.algorithm' => '{MORE}rsa-sha512'"),
        encrypts.to_owned(),
        format!("{encrypts}, {}", signs(true, false)),
        "'nameid.encryption' => true".to_owned(),
        format!("'nameid.encryption' => true, {encrypts}"),
    ] {
        idp.answer_by(&sp, &policy);
        again(&browser, &sp);
        browser.page.wait("[data-testid=signed-in], [data-testid=reference]");
        assert!(
            browser.page.source().contains("key-check"),
            "{policy}: {}",
            site.founder.run(&["activity", "--limit", "1"])
        );
        assert_eq!(browser.key_check(), key, "{policy}");
    }

    let mut last = String::new();
    for (policy, code) in [
        (signs(false, false), "saml.unsigned"),
        ("'signature.algorithm' => 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'".to_owned(), "saml.algorithm"),
        (format!("{}, {}", encrypts, signs(false, true)), "saml.cbc_unsigned"),
    ] {
        idp.answer_by(&sp, &policy);
        again(&browser, &sp);
        browser.page.wait("[data-testid=reference]");
        let (told, reference) = refusal(&site, &last);
        assert_eq!(told, code, "{policy}");
        last = reference;
    }
}

#[test]
fn the_identity_provider_changes_its_key_and_no_sign_in_fails() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(home.path());
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    let still_signs_in = |when: &str| {
        again(&browser, &sp);
        assert_eq!(browser.key_check(), key, "{when}");
    };

    idp.announce_key();
    site.founder.run(&["draft", "metadata", &idp.metadata.to_string_lossy()]);
    site.founder.run(&["save", "--yes", "--reason", "the identity provider's next key"]);
    still_signs_in("with the old key, beside the new one");
    idp.change_key();
    still_signs_in("with the new key");
    site.founder.run(&["draft", "metadata", &idp.metadata.to_string_lossy()]);
    site.founder.run(&["save", "--yes", "--reason", "the old key is gone"]);
    still_signs_in("with the new key alone");
}
