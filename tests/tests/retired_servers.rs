//! Servers that leave their connection: what their keys open afterwards, and how the others go on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

mod hand;

use std::io::Write;
use std::process::Stdio;

use hand::{Hand, by_key, none, stolen};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{Append, BegunEpoch, NewRecord};
use sekisho_keys::derive::Secret;
use sekisho_keys::log::{Act, Epoch};
use sekisho_keys::user::Record;
use sekisho_keys::{fact, object};
use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::process::Process;
use sekisho_tests::service::{Service, self_signed};
use sekisho_tests::site::{self, Site, Sp};
use sekisho_tests::wait::wait_or_say;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Three servers that run, and a user who has signed in.
struct Servers {
    site: Site,
    sp: Sp,
    _idp: SimpleSaml,
    two: (Service, Cli),
    three: (Service, Cli),
    key: String,
    home: tempfile::TempDir,
}

impl Servers {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let site = Site::found(home.path());
        let sp = site.draft(&[]);
        let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
        site.save(&idp.metadata);
        let (two, three) = (site.another("two", "127.0.0.2"), site.another("three", "127.0.0.3"));
        for (_, cli) in [&two, &three] {
            running(cli);
        }
        let mut all = Self { site, sp, _idp: idp, two, three, key: String::new(), home };
        all.key = all.sign_in("127.0.0.1", "alice");
        site::status(&all.three.1, "the third knows the user", |status| status["users"] == 1);
        all
    }

    fn sign_in(&self, address: &str, user: &str) -> String {
        let browser = Browser::start_where(&self.home.path().join(format!("{user}-{address}")), address);
        browser.sign_in(&self.sp.origin, user);
        browser.key_check()
    }

    /// The list about a server, by item.
    fn done(&self, server: &str) -> Vec<(String, bool)> {
        let lists = self.site.founder.run(&["servers", "checklist"]);
        let list = lists.as_array().unwrap().iter().find(|list| list["server"] == server).unwrap();
        let entry = |entry: &Value| (entry["item"].as_str().unwrap().to_owned(), entry["done"].as_bool().unwrap());
        list["entries"].as_array().unwrap().iter().map(entry).collect()
    }
}

/// The long name of the server at which somebody works.
fn long_name(cli: &Cli) -> String {
    cli.run(&["status"])["membership"]["server"].as_str().unwrap().to_owned()
}

fn running(cli: &Cli) {
    site::status(cli, "it runs", |status| status["state"]["state"] == "running");
}

fn stopped(cli: &Cli, code: &str) {
    site::status(cli, code, |status| {
        status["state"]["state"] == "stopped" && status["state"]["reason"]["code"] == code
    });
}

/// The key epochs of everything that is sealed at the hub, but for revisions, which stay as they were signed.
async fn epochs(hand: &Hand) -> Vec<u32> {
    let mut epochs: Vec<u32> = hand
        .rows("user")
        .await
        .iter()
        .map(|row| Record::read(row.body.as_slice()).unwrap().header().context.epoch)
        .collect();
    epochs.extend(hand.rows("object").await.iter().map(|row| object::epoch(row.body.as_slice()).unwrap()));
    epochs.extend(hand.rows("fact").await.iter().map(|row| fact::epoch(row.body.as_slice()).unwrap()));
    epochs
}

#[test]
fn a_retired_server_reads_and_writes_nothing_more_and_the_others_go_on_under_new_keys() {
    let mut all = Servers::new();
    let (founder, runtime) = (&all.site.founder, Runtime::new().unwrap());
    founder.run(&["users", "invite", "bob@example.com"]);
    let id = long_name(&all.three.1);
    let retired = founder.run(&["servers", "retire", &id, "--yes", "--wait", "30"]);
    assert_eq!(retired, json!({"server": id, "epoch": 2, "left": 0, "checklist": null}));
    stopped(&all.three.1, "service.retired");
    assert_eq!(all.three.1.code(&["save", "--yes"]), "service.no_changes");
    all.three.1.run(&["draft", "set", "skew_seconds", "99"]);
    assert_eq!(all.three.1.code(&["save", "--yes"]), "service.retired");

    // With its keys in the hand nobody gets further than it does.
    let (_, identity) = stolen(&all.three.0);
    let (_, of_two) = stolen(&all.two.0);
    let hand = runtime.block_on(Hand::sign_in(&all.site));
    let connection = hand.place.connection.to_string();
    runtime.block_on(async {
        let thief = by_key(&all.site, &identity).await.unwrap();
        let users = hand.rows("user").await;
        let record = |epoch| NewRecord {
            after: users[0].rev,
            epoch,
            record: Blob(vec![1]),
            email: "0".repeat(64),
            former: None,
        };
        let code = |outcome: Result<(), sekisho_fault::Fault>| outcome.unwrap_err().code.as_str().to_owned();
        assert_eq!(code(thief.feed(&connection, 0, 0, 0).await.map(drop)), "hub.retired");
        assert_eq!(code(thief.revision(&connection, None).await.map(drop)), "hub.retired");
        assert_eq!(code(thief.put_user(&connection, &users[0].id, &record(2)).await), "hub.retired");
        let sequence = thief.log(0).await.unwrap().len() as u64;
        let entries = hand.organisation().await.head().sequence + 1;
        assert_eq!(sequence, entries, "it may read that it is retired");
        let live = by_key(&all.site, &of_two).await.unwrap();
        assert_eq!(code(live.put_user(&connection, &users[0].id, &record(1)).await), "hub.retired_epoch");
        let organisation = hand.organisation().await;
        let newest = organisation.connections[&hand.place.connection].epochs.last().unwrap();
        assert!(newest.servers.iter().all(|sealed| sealed.receiver != identity.id()));
        assert_eq!(newest.servers.len(), 2);
        let sealed = epochs(&hand).await;
        assert!(sealed.len() == 4 && sealed.iter().all(|epoch| *epoch == 2), "user, two keys, fact: {sealed:?}");
    });

    // The others sign in who is known and who is new, save, and verify everything from the first entry on.
    assert_eq!(all.sign_in("127.0.0.2", "alice"), all.key);
    let new = all.sign_in("127.0.0.2", "bob");
    site::status(founder, "the first knows both", |status| status["users"] == 2);
    founder.run(&["draft", "set", "skew_seconds", "30"]);
    founder.run(&["save", "--yes", "--reason", "under the new keys"]);
    site::status(&all.two.1, "the second has applied it", |status| status["revision"] == 2);
    for cli in [founder, &all.two.1] {
        assert_eq!(cli.run(&["sync", "--full"])["faults"], json!([]));
    }
    assert!(runtime.block_on(epochs(&hand)).iter().all(|epoch| *epoch == 2));

    // Who comes later reads all of it, and who has left says why it does not serve after a restart, too.
    let (_four, four) = all.site.another("four", "127.0.0.4");
    running(&four);
    assert_eq!(all.sign_in("127.0.0.4", "bob"), new);
    assert_eq!(four.run(&["history"]).as_array().unwrap().len(), 2);
    assert!(four.run(&["history"])[1]["fault"].is_null(), "what was sealed before it came can be read");
    all.three.0.kill();
    all.three.0.start_again();
    stopped(&all.three.1, "service.retired");
    assert_eq!(founder.code(&["servers", "retire", "no-such-machine", "--yes"]), "admin.no_server");
    let list = founder.run(&["servers", "list"]);
    let left: Vec<&Value> = list.as_array().unwrap().iter().filter(|server| !server["retired"].is_null()).collect();
    assert!(left.len() == 1 && left[0]["server"] == id, "{list}");
}

#[test]
fn a_server_that_was_away_when_it_was_retired_learns_of_it_when_it_returns() {
    let mut all = Servers::new();
    let (founder, id) = (&all.site.founder, long_name(&all.three.1));
    assert_eq!(typed(founder, &["servers", "retire", &id], "no\n"), Some("cli.not_confirmed".to_owned()));
    running(&all.three.1);
    all.three.0.kill();
    let name = founder.run(&["servers", "list"])[0]["name"].as_str().unwrap().to_owned();
    assert_eq!(typed(founder, &["servers", "retire", &id], &format!("{name}\n")), None);
    all.three.0.start_again();
    stopped(&all.three.1, "service.retired");
}

/// Runs a command that asks, and gives the code if it is refused.
fn typed(cli: &Cli, arguments: &[&str], answer: &str) -> Option<String> {
    let mut command = cli.command(arguments);
    command.env("SEKISHO_ANSWERS", "1").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut asked = command.spawn().unwrap();
    asked.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
    let output = asked.wait_with_output().unwrap();
    let fault: Value = serde_json::from_slice(&output.stderr).unwrap_or_default();
    fault["code"].as_str().map(str::to_owned)
}

#[test]
fn a_retirement_that_was_cut_off_anywhere_is_finished_when_it_is_run_again() {
    let mut all = Servers::new();
    let runtime = Runtime::new().unwrap();
    all.site.founder.run(&["users", "invite", "bob@example.com"]);
    let id = long_name(&all.three.1);
    let (server, identity) = stolen(&all.three.0);
    let hand = runtime.block_on(Hand::sign_in(&all.site));
    let connection = hand.place.connection;
    // Cut off after the entry: the server has left, and the keys are as they were.
    let retire = Append { retire: vec![identity.id().to_string()], ..none() };
    let act = Act::RetireServer { connection, server, compromised: false, records: 0 };
    runtime.block_on(hand.append(act, retire));
    stopped(&all.three.1, "service.retired");
    all.site.service.kill();
    all.two.0.kill();
    let again = all.site.founder.run(&["servers", "retire", &id, "--yes", "--wait", "0"]);
    assert_eq!((&again["epoch"], &again["left"]), (&2.into(), &1.into()), "no server is there to seal the user anew");

    // Cut off after the epoch's entry: nothing is sealed anew.
    runtime.block_on(async {
        let next = hand.keyring().await.next(Secret::new([9; 32]));
        let organisation = hand.organisation().await;
        let live = organisation.connections[&connection].servers.values().filter(|state| state.active);
        let servers = live.map(|state| next.seal_to(hand.place, &state.server.keys).unwrap()).collect();
        let sealed = next.seal_under(&hand.key, hand.place, [4; 12]).unwrap();
        let epoch = Epoch { number: 3, organisation: sealed, servers };
        let begun = vec![BegunEpoch { connection: connection.to_string(), number: 3 }];
        hand.append(Act::NewEpoch { connection, epoch }, Append { epochs: begun, ..none() }).await;
    });
    assert!(runtime.block_on(epochs(&hand)).iter().all(|epoch| *epoch < 3));
    // Killed while it watches the servers, which are not there.
    let mut watching = all.site.founder.command(&["servers", "retire", &id, "--yes", "--wait", "60"]);
    let watching = Process::start(watching.stdout(Stdio::null()).stderr(Stdio::null()));
    let resealed = || {
        let sealed = runtime.block_on(epochs(&hand));
        Some(()).filter(|()| sealed.iter().filter(|epoch| **epoch == 3).count() == 3)
    };
    wait_or_say("keys and fact are sealed anew", resealed, || format!("{:?}", runtime.block_on(epochs(&hand))));
    drop(watching);

    // One server is enough, and may be killed while it is at it.
    all.two.0.start_again();
    all.two.0.kill();
    all.two.0.start_again();
    let done = all.site.founder.run(&["servers", "retire", &id, "--yes", "--wait", "30"]);
    assert_eq!((&done["epoch"], &done["left"]), (&3.into(), &0.into()));
    assert!(runtime.block_on(epochs(&hand)).iter().all(|epoch| *epoch == 3));
    all.site.service.start_again();
    running(&all.site.founder);
    assert_eq!(all.sign_in("127.0.0.1", "alice"), all.key);
    assert_eq!(all.site.founder.run(&["sync", "--full"])["faults"], json!([]));
}

#[test]
fn after_a_server_was_in_wrong_hands_a_list_is_worked_off_and_kept() {
    let all = Servers::new();
    let founder = &all.site.founder;
    assert_eq!(founder.run(&["servers", "checklist"]), json!([]));
    let id = long_name(&all.three.1);
    // Retired first; that it was in wrong hands turns out afterwards.
    founder.run(&["servers", "retire", &id, "--yes"]);
    assert_eq!(founder.code(&["servers", "done", &id, "disk"]), "admin.no_checklist");
    founder.run(&["servers", "compromised", &id, "--yes", "--wait", "30"]);
    let second = long_name(&all.two.1);
    founder.run(&["servers", "compromised", &second, "--yes", "--wait", "30"]);
    stopped(&all.two.1, "service.compromised");
    let list = |done: [bool; 6]| -> Vec<(String, bool)> {
        let items = ["resealed", "tls", "saml", "identity_provider", "user_secrets", "disk"];
        items.iter().map(|item| (*item).to_owned()).zip(done).collect()
    };
    assert_eq!(all.done(&second), list([true, false, false, false, false, false]));

    // What can be seen is told by itself, what cannot is marked; each for one server.
    self_signed(&all.site.home, "tls", "localhost");
    let file = |name: &str| all.site.home.join(name).to_string_lossy().into_owned();
    founder.run(&["draft", "certificate", &file("tls.crt"), &file("tls.key")]);
    founder.run(&["save", "--yes", "--reason", "another key", "--wait", "0"]);
    founder.run(&["servers", "done", &second, "disk"]);
    assert_eq!(all.done(&second), list([true, true, false, false, false, true]));
    assert_eq!(all.done(&id), list([true, true, false, false, false, false]));
    for (step, renewed) in [("prepare", false), ("switch", false), ("finish", true)] {
        founder.run(&["draft", "saml-key", step]);
        founder.run(&["save", "--yes", "--reason", step, "--wait", "0"]);
        assert_eq!(all.done(&second)[2], ("saml".to_owned(), renewed), "{step}");
    }
    founder.run(&["servers", "done", &second, "disk", "--undo"]);
    founder.run(&["servers", "done", &second, "user-secrets"]);
    founder.run(&["servers", "done", &second, "identity-provider"]);
    assert_eq!(all.done(&second), list([true, true, true, true, true, false]));
    let marked = founder.run(&["servers", "checklist"]);
    let own = marked.as_array().unwrap().iter().find(|list| list["server"] == *second).unwrap();
    assert_eq!(own["entries"][4]["marked"]["by"], "tanaka");
    // Done again, it forgets nothing.
    founder.run(&["servers", "compromised", &second, "--yes"]);
    assert_eq!(all.done(&second), list([true, true, true, true, true, false]));
    running(founder);
}
