//! Users whose address has changed at the identity provider keep their vault, and the record follows (R16): real hub, real server,
//! real identity provider, real browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::Site;
use sekisho_tests::wait::wait_or_say;
use serde_json::json;

fn addresses(site: &Site) -> Vec<String> {
    let users = site.founder.run(&["users", "list"]);
    users.as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_changed_address_is_followed_the_former_one_is_free_and_anothers_is_not_taken() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    // Named by what lasts, and not by the address.
    let sp = site.draft(&[("attribute_subject", "uid")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let signs_in = |name: &str, user: &str| {
        let browser = Browser::start(&home.path().join(name));
        browser.sign_in(&sp.origin, user);
        browser.key_check()
    };
    let key = signs_in("first", "alice");
    assert_eq!(addresses(&site), ["alice@example.com"]);

    idp.readdress(&[("alice@example.com", "alice.suzuki@example.com")]);
    assert_eq!(signs_in("married", "alice"), key);
    let followed = || (addresses(&site) == ["alice.suzuki@example.com"]).then_some(());
    wait_or_say("the record follows", followed, || addresses(&site).join(" "));

    // The address that nobody has any more is somebody else's now.
    idp.readdress(&[("alice@example.com", "alice.suzuki@example.com"), ("bob@example.com", "alice@example.com")]);
    assert_ne!(signs_in("bob", "bob"), key);
    let both = || (addresses(&site) == ["alice.suzuki@example.com", "alice@example.com"]).then_some(());
    wait_or_say("both are there", both, || addresses(&site).join(" "));

    // One that somebody has is not followed, and the vault opens all the same.
    idp.readdress(&[
        ("bob@example.com", "alice.suzuki@example.com"),
        ("alice@example.com", "alice.suzuki@example.com"),
    ]);
    signs_in("again", "bob");
    let told = || {
        let activity = site.founder.run(&["activity", "--who", "alice.suzuki@example.com"]);
        let entries = activity.as_array()?.iter().filter(|entry| entry["kind"] == "followed");
        let codes: Vec<_> = entries.map(|entry| entry["refusal"]["code"].clone()).collect();
        (codes == [json!("service.not_followed"), json!(null)]).then_some(())
    };
    wait_or_say("the activity tells who was followed and who was not", told, || site.founder.run(&["activity"]));
    assert_eq!(addresses(&site), ["alice.suzuki@example.com", "alice@example.com"]);
}
