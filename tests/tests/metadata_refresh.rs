//! A running service looks at the identity provider's metadata by itself (R17), at an address inside the company.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;
use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sekisho_saml::UnixTime;
use sekisho_saml::keys::IdpKey;
use sekisho_saml::metadata::IdpMetadata;
use sekisho_tests::browser::Browser;
use sekisho_tests::https::{Answer, Https};
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::namespace;
use sekisho_tests::site::{self, Site, Sp};
use sekisho_tests::wait::wait_within;
use serde_json::Value;

const INSIDE: [u8; 4] = [10, 77, 0, 1];
/// A first look comes within a minute of a save, and the next one a minute later where the metadata ends soon.
const A_LOOK: Duration = Duration::from_secs(90);

/// The metadata as it is now, which from whenever it is asked for may be used for 80 seconds.
fn ends_soon(idp: &SimpleSaml) -> Answer {
    let xml = fs::read_to_string(&idp.metadata).unwrap();
    Box::new(move || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let until = UnixTime(i64::try_from(now).unwrap() + 80).to_xml();
        Some(xml.replacen(" entityID=", &format!(" validUntil=\"{until}\" entityID="), 1))
    })
}

/// The fingerprints of the signing keys in the metadata as it is now.
fn keys(idp: &SimpleSaml) -> Vec<String> {
    let metadata = IdpMetadata::parse(&fs::read(&idp.metadata).unwrap()).unwrap();
    let fingerprint = |der: &Vec<u8>| IdpKey::from_certificate(der).unwrap().fingerprint().to_owned();
    metadata.signing_certificates.iter().map(fingerprint).collect()
}

/// What would become of which certificate, of the draft or of what is held.
fn fates(site: &Site, which: &str) -> Vec<(&'static str, String)> {
    let compared = site.founder.run(&["idp-metadata", "diff"]);
    let difference = if which == "held" { &compared["held"]["difference"] } else { &compared[which] };
    let certificates = difference["certificates"].as_array().unwrap_or_else(|| panic!("{compared}"));
    let fate = |one: &Value| {
        let name = ["added", "removed", "kept"].into_iter().find(|name| one["fate"] == *name).unwrap();
        (name, one["certificate"]["sha256"].as_str().unwrap().to_owned())
    };
    certificates.iter().map(fate).collect()
}

fn wait<T>(site: &Site, condition: &str, ask: impl FnMut() -> Option<T>) -> T {
    wait_within(A_LOOK, condition, ask, || site.founder.run(&["status"]))
}

/// The fingerprints that the service says wait, once its activity tells of so many looks that brought something new.
fn held(site: &Site, times: usize) -> Vec<String> {
    wait(site, &format!("for the {times}. time it is told that something waits"), || {
        let activity = site.founder.run(&["activity"]);
        let told = activity.as_array().unwrap().iter().filter(|entry| entry["kind"] == "metadata");
        let told: Vec<&Value> = told.map(|entry| &entry["refusal"]["code"]).collect();
        assert!(told.iter().all(|code| *code == "service.metadata_held"), "nothing changes by itself: {activity}");
        (told.len() == times).then_some(())
    });
    // The warning follows the activity at once.
    wait(site, "it is a warning", || {
        let status = site.founder.run(&["status"]);
        let warnings = status["warnings"].as_array().unwrap();
        let held = warnings.iter().find(|one| one["code"] == "service.metadata_held")?;
        let added = held["args"]["added"]["value"].as_array().unwrap();
        Some(added.iter().map(|one| one.as_str().unwrap().replace("SHA-256 ", "")).collect())
    })
}

fn sign_in(site: &Site, sp: &Sp, name: &str) -> Browser {
    let browser = Browser::start(&site.home.join(name));
    browser.sign_in(&sp.origin, "alice");
    browser
}

#[test]
fn a_running_service_sees_new_metadata_by_itself_and_keys_that_were_all_replaced_wait_for_approval() {
    if !namespace::entered() {
        return;
    }
    namespace::address("10.77.0.1/32");
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    let published = Https::start(IpAddr::from(INSIDE), ends_soon(&idp));
    let url = format!("{}/metadata", published.origin);

    // Nobody fetches from inside the company what no administrator has signed: the file first, then its address.
    assert_eq!(site.founder.code(&["draft", "metadata", &url]), "service.fetch_address");
    site.founder.run(&["draft", "set", "authorities", &published.authority]);
    site.founder.run(&["draft", "metadata", &idp.metadata.to_string_lossy()]);
    site.founder.run(&["draft", "set", "idp_metadata_url", &url]);
    assert_eq!(published.asked(), 0);

    // A second key, which the identity provider does not use yet.
    let old = keys(&idp);
    idp.announce_key();
    let new: Vec<String> = keys(&idp).into_iter().filter(|key| !old.contains(key)).collect();
    published.answers(ends_soon(&idp));
    site.founder.run(&["save", "--yes", "--reason", "first configuration"]);
    assert_eq!(held(&site, 1), new);
    assert_eq!(fates(&site, "held"), [("added", new[0].clone()), ("kept", old[0].clone())]);
    assert_eq!(site.founder.run(&["idp-metadata", "diff"])["draft"], Value::Null);

    // All keys replaced at once (fault row 12): the old one stays until an administrator approves.
    idp.change_key();
    assert_eq!(keys(&idp), new);
    published.answers(ends_soon(&idp));
    assert_eq!(held(&site, 2), new);
    let refused = site::refusal(&site.founder, &sign_in(&site, &sp, "new").page);
    assert_eq!(refused, "saml.signature", "the new key is not believed");
    idp.take_back_key();
    sign_in(&site, &sp, "old").key_check();
    idp.change_key();
    let lasting = fs::read_to_string(&idp.metadata).unwrap();
    published.answers(Box::new(move || Some(lasting.clone())));
    site.founder.run(&["draft", "metadata", &url]);
    published.answers(Box::new(|| None));
    // The approval: what the draft would change, then the save; nothing waits any more.
    assert_eq!(fates(&site, "draft"), [("added", new[0].clone()), ("removed", old[0].clone())]);
    let asked = published.asked();
    site.founder.run(&["save", "--yes", "--reason", "the new key is theirs"]);
    let compared = site.founder.run(&["idp-metadata", "diff"]);
    assert_eq!((&compared["draft"], &compared["held"]), (&Value::Null, &Value::Null), "{compared}");
    sign_in(&site, &sp, "approved").key_check();

    // The site is away: the last good metadata serves, over a restart too, and after a day it is said.
    wait(&site, "it was looked at in vain", || (published.asked() > asked).then_some(()));
    let status = site.status("it runs", |status| status["state"]["state"] == "running");
    let told = |status: &Value| status["warnings"].to_string().contains("service.metadata");
    assert!(!told(&status), "an hour away is nobody's business: {status}");
    sign_in(&site, &sp, "away").key_check();
    site.service.kill();
    site.service.start_with_clock(90_000);
    let status = site.status("it is said that it is away", told);
    assert!(status["warnings"].to_string().contains("service.metadata_unreachable"), "{status}");
    assert_eq!(status["state"]["state"], "running", "{status}");
}
