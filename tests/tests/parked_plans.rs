//! Changes that are prepared now and applied in their window, by command line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::self_signed;
use sekisho_tests::site::{self, Site};
use serde_json::Value;

fn field<'a>(draft: &'a Value, name: &str) -> &'a str {
    let fields = draft["fields"].as_array().unwrap();
    fields.iter().find(|one| one["field"] == name).unwrap()["value"].as_str().unwrap()
}

#[test]
fn a_plan_waits_with_its_certificate_and_is_applied_on_top_of_what_others_have_saved_meanwhile() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let (_two, two) = site.second();
    site::status(&two, "the second server runs", |status| status["revision"] == 1);

    // Another certificate, and its key, for Sunday night.
    self_signed(home.path(), "next", "localhost");
    let file = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let draft = site.founder.run(&["draft", "certificate", &file("next.crt"), &file("next.key")]);
    let next = draft["tls"]["sha256"].as_str().unwrap().to_owned();
    site.founder.run(&["draft", "set", "skew_seconds", "120"]);
    let plans = site.founder.run(&["plan", "park", "Sunday night"]);
    assert_eq!(plans[0]["changes"].as_array().unwrap().len(), 2, "{plans}");
    assert_eq!(site.founder.run(&["diff"]), serde_json::json!([]), "the draft is what is applied");

    // Somebody else saves at another server; this service is killed, too.
    two.run(&["draft", "set", "force_authn", "true"]);
    two.run(&["save", "--yes", "--reason", "from the other server"]);
    site.status("it is applied", |status| status["revision"] == 2);
    site.service.kill();
    site.service.start_again();
    site.status("it runs again", |status| status["revision"] == 2);
    site.founder.run(&["plan", "apply", "Sunday night", "--yes", "--reason", "the window"]);
    let served = site.founder.run(&["certificates", "served"]);
    assert_eq!(served["own"]["certificate"]["sha256"], next.as_str());
    let now = site.founder.run(&["draft", "show"]);
    assert_eq!([field(&now, "skew_seconds"), field(&now, "force_authn")], ["120", "true"]);
    assert_eq!(site.founder.run(&["plan", "list"]), serde_json::json!([]));

    // What others have changed to something else is not overrun: it is said, and nothing is saved.
    site.founder.run(&["draft", "set", "skew_seconds", "30"]);
    site.founder.run(&["plan", "park", "later"]);
    site.founder.run(&["draft", "set", "skew_seconds", "10"]);
    assert_eq!(site.founder.code(&["plan", "take", "later"]), "service.draft_unsaved");
    site.founder.run(&["save", "--yes", "--reason", "meanwhile"]);
    assert_eq!(site.founder.code(&["plan", "apply", "later", "--yes"]), "cli.plan_conflicts");
    assert_eq!(site.founder.run(&["status"])["revision"], 4);
    assert_eq!(field(&site.founder.run(&["draft", "show"]), "skew_seconds"), "30");
}
