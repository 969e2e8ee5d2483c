//! Our own SAML key changes, and no sign-in fails: the identity provider encrypts to it, and verifies our requests with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::process::Command;

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::{SimpleSaml, listed_keys, policy_of};
use sekisho_tests::site::Site;

/// What an administrator of SimpleSAMLphp makes of our metadata: the keys in their order, each for all that it is listed for.
fn keys(site: &Site) -> ([Vec<String>; 2], String) {
    let xml = site.founder.run(&["sp-metadata"])["xml"].as_str().unwrap().to_owned();
    let listed = listed_keys(&xml);
    let of = |signs: bool| listed.iter().filter(|(signing, _)| *signing == signs).map(|(_, one)| one.clone()).collect();
    ([of(true), of(false)], format!("{}, 'assertion.encryption' => true", policy_of(&listed)))
}

/// Whether xmlsec1 verifies this metadata, as it is printed and as it is served, with a certificate (in one line).
fn is_signed_by(site: &Site, origin: &str, certificate: &str) -> [bool; 2] {
    let printed = site.founder.run(&["sp-metadata"])["xml"].as_str().unwrap().to_owned();
    let served = Command::new("curl").args(["-sfk", &format!("{origin}/sso-connect")]).output().unwrap();
    let der = data_encoding::BASE64.decode(certificate.as_bytes()).unwrap();
    let write = |name: &str, content: &[u8]| std::fs::write(site.home.join(name), content).unwrap();
    write("sp.der", &der);
    write("printed.xml", printed.as_bytes());
    write("served.xml", &served.stdout);
    ["printed.xml", "served.xml"].map(|file| {
        let line = format!(
            "--verify --pubkey-cert-der sp.der --id-attr:ID urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor {file}"
        );
        let judged = Command::new("xmlsec1").args(line.split(' ')).current_dir(&site.home).output().unwrap();
        judged.status.success()
    })
}

#[test]
fn our_key_changes_in_three_saves_and_no_sign_in_fails() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("encrypted_assertions", "true"), ("sign_metadata", "true")]);
    let ([_, encryption], policy) = keys(&site);
    let old = encryption[0].clone();
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, &policy);
    site.save(&idp.metadata);
    let browser = Browser::start(home.path());
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    let still_signs_in = |when: &str| {
        browser.page.go(&format!("{}/vault/", sp.origin));
        browser.begin();
        assert_eq!(browser.key_check(), key, "{when}");
    };
    let step = |step: &str| {
        let draft = site.founder.run(&["draft", "saml-key", step]);
        assert!(draft["changes"].to_string().contains("saml_second"), "{draft}");
        site.founder.run(&["save", "--yes", "--reason", step]);
    };
    let refused = |step: &str| site.founder.code(&["draft", "saml-key", step]);
    let signs = |certificate: &str| assert_eq!(is_signed_by(&site, &sp.origin, certificate), [true, true]);

    signs(&old);
    assert_eq!(refused("switch"), "config.no_rollover");
    site.founder.run(&["draft", "saml-key", "prepare"]);
    assert_eq!(refused("switch"), "config.rollover_not_saved");
    step("prepare");
    still_signs_in("prepared, and the identity provider knows the old key alone");
    let ([signing, encryption], policy) = keys(&site);
    let new = encryption[0].clone();
    assert_eq!([&signing, &encryption], [&vec![old.clone(), new.clone()], &vec![new.clone(), old.clone()]]);
    idp.answer_by(&sp, &policy);
    still_signs_in("prepared, and the identity provider knows both");
    // It may encrypt to the next key, which therefore does not go at once; nor does anything else change under way.
    assert_eq!(refused("finish"), "config.rollover_next_known");
    assert_eq!(site.founder.code(&["draft", "set", "saml_key", "tls"]), "config.rollover_under_way");
    signs(&old);

    step("switch");
    still_signs_in("signed with the new key, encrypted to it since the metadata was taken");
    let (turned, _) = keys(&site);
    assert_eq!(turned, [[new.clone(), old.clone()], [new.clone(), old.clone()]]);
    signs(&new);
    assert_eq!(is_signed_by(&site, &sp.origin, &old), [false, false]);

    // A step back and forth: both keys are known and decrypt until the end.
    step("back");
    still_signs_in("signed with the old key again, encrypted to the new one still");
    let (back, policy) = keys(&site);
    assert_eq!(back, [[old.clone(), new.clone()], [old.clone(), new.clone()]]);
    idp.answer_by(&sp, &policy);
    still_signs_in("encrypted to the old key again");
    signs(&old);
    step("back");
    still_signs_in("signed with the new key again");
    idp.answer_by(&sp, &keys(&site).1);
    still_signs_in("encrypted to the new key again");

    step("finish");
    still_signs_in("the identity provider still lists the old key, which nobody uses");
    let (last, policy) = keys(&site);
    assert_eq!(last, [[new.clone()], [new.clone()]]);
    idp.answer_by(&sp, &policy);
    still_signs_in("the new key alone");

    // What was saved with the old key comes back, and the old key does not.
    site.founder.run(&["draft", "set", "skew_seconds", "61"]);
    site.founder.run(&["save", "--yes", "--reason", "another"]);
    let changes = site.founder.run(&["restore", "1"]);
    let fields: Vec<&str> = changes.as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["skew_seconds"]);
    let checks = site.founder.run(&["validate"]);
    let told = checks.as_array().unwrap().iter().find(|fault| fault["code"] == "config.key_not_restored").unwrap();
    assert_eq!(told["field"], "saml");
    site.founder.run(&["save", "--yes", "--reason", "back"]);
    still_signs_in("the new key alone, after a restore");
    assert_eq!(keys(&site).0, [[new.clone()], [new]]);
}
