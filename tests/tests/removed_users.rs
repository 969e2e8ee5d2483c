//! Users who are removed: at every server, taken back, and many at once, which waits (R11, R12).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

mod hand;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use hand::{Hand, by_key, stolen};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{NewFact, NewRecord};
use sekisho_keys::fact::{Fact, Said};
use sekisho_keys::ids::Hash;
use sekisho_keys::removal::Removal;
use sekisho_keys::user::{Context, Record, State, User, Writer, blinded};
use sekisho_service::secret;
use sekisho_service::store::SealedFile;
use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::Service;
use sekisho_tests::site::{self, Site, Sp, status};
use sekisho_tests::wait::wait_or_say;
use serde_json::Value;

/// Two servers, and the user alice.
struct Two {
    site: Site,
    sp: Sp,
    _idp: SimpleSaml,
    second_service: Service,
    second: Cli,
}

impl Two {
    fn start(home: &Path) -> Self {
        let site = Site::found(home);
        let sp = site.draft(&[]);
        let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
        site.save(&idp.metadata);
        let (second_service, second) = site.second();
        let two = Self { site, sp, _idp: idp, second_service, second };
        for cli in two.servers() {
            status(cli, "it runs", |status| status["state"]["state"] == "running");
        }
        two
    }

    fn servers(&self) -> [&Cli; 2] {
        [&self.site.founder, &self.second]
    }

    /// Where alice signs in at each server.
    fn sign_in(&self, name: &str) -> [(Browser, &Cli); 2] {
        [("127.0.0.1", &self.site.founder), ("127.0.0.2", &self.second)].map(|(address, cli)| {
            let browser = Browser::start_where(&self.site.home.join(format!("{name}-{address}")), address);
            browser.sign_in(&self.sp.origin, "alice");
            (browser, cli)
        })
    }

    /// The check numbers of the keys that she has.
    fn keys(&self, name: &str) -> [String; 2] {
        self.sign_in(name).map(|(browser, _)| browser.key_check())
    }

    /// She is refused at each, as one who was removed.
    fn refused(&self, name: &str) {
        for (browser, cli) in self.sign_in(name) {
            assert_eq!(site::refusal(cli, &browser.page), "signin.removed");
        }
    }

    /// From here on each server knows what was said until now.
    fn synced(&self) {
        for cli in self.servers() {
            cli.run(&["sync", "--full"]);
        }
    }

    fn state(&self, email: &str) -> Value {
        let users = self.site.founder.run(&["users", "list"]);
        users.as_array().unwrap().iter().find(|user| user["email"] == email).unwrap()["state"].clone()
    }
}

/// What a server says of removals that wait.
fn held(status: &Value) -> Option<&Value> {
    status["warnings"].as_array().unwrap().iter().find(|one| one["code"] == "service.removals_held")
}

/// Makes users `user1@example.com` and so on, as a third server that nobody runs any more.
async fn make_users(site: &Site, count: u64) {
    let (mut third, _) = site.another("three", "127.0.0.3");
    let (server, identity) = stolen(&third);
    third.kill();
    let hand = Hand::sign_in(site).await;
    let hub = by_key(site, &identity).await.unwrap();
    let (place, keyring) = (hand.place, hand.keyring().await);
    let mut previous = Hash::NONE;
    for counter in 1..=count {
        let subject = format!("user{counter}");
        let user = User {
            email: format!("{subject}@example.com"),
            first_name: "A".to_owned(),
            last_name: "User".to_owned(),
            idp: "idp".to_owned(),
            source: "nameid".to_owned(),
            subject,
            secret: [u8::try_from(counter).unwrap(); 32],
            state: State::Active,
            linked: None,
            former: None,
            factors: None,
        };
        let id = blinded(&keyring, &["identity", &user.idp, &user.source, &user.subject]);
        let context = Context { place, user: id, revision: 1, epoch: keyring.epoch };
        let writer = Writer { identity: &identity, server, counter, previous, time: 1_800_000_000 };
        let record = Record::sign(context, None, &user, &keyring, writer, [7; 12]).unwrap();
        previous = record.hash();
        let email = blinded(&keyring, &["email", &user.email]).to_string();
        let body = NewRecord { after: 0, epoch: keyring.epoch, record: Blob(record.to_bytes()), email, former: None };
        hub.put_user(&place.connection.to_string(), &id.to_string(), &body).await.unwrap();
    }
}

#[test]
fn a_removed_user_signs_in_at_no_server_until_it_is_taken_back_and_has_the_same_key_then() {
    let home = tempfile::tempdir().unwrap();
    let two = Two::start(home.path());
    let founder = &two.site.founder;
    let keys = two.keys("before");
    assert_eq!(keys[0], keys[1]);
    assert_eq!(founder.code(&["users", "remove", "nobody@example.com"]), "admin.no_user");

    let removed = founder.run(&["users", "remove", "alice@example.com"]);
    assert_eq!((&removed["changed"], &removed["waiting"]), (&1.into(), &0.into()));
    two.synced();
    assert_eq!(two.state("alice@example.com"), "removed");
    two.refused("removed");
    let exported = founder.run(&["connection", "export", "--to", &founder.file("without-her")]);
    assert_eq!(exported["users"], 0, "a file brings nobody back who was removed");
    assert_eq!(founder.run(&["users", "remove", "alice@example.com"])["changed"], 0, "she is removed already");

    founder.run(&["users", "restore", "alice@example.com"]);
    two.synced();
    assert_eq!(two.keys("restored"), keys);

    // An invitation lets her in again, too; and somebody who was only invited is not any more.
    founder.run(&["users", "remove", "alice@example.com"]);
    founder.run(&["users", "invite", "alice@example.com"]);
    two.synced();
    assert_eq!(two.keys("invited"), keys);
    founder.run(&["users", "invite", "bob@example.com"]);
    founder.run(&["users", "remove", "bob@example.com"]);
    two.synced();
    let browser = Browser::start(&home.path().join("bob"));
    browser.sign_in(&two.sp.origin, "bob");
    assert_eq!(site::refusal(founder, &browser.page), "signin.removed");
    founder.run(&["users", "restore", "bob@example.com"]);
    assert_eq!(two.state("bob@example.com"), "invited");
}

/// The addresses of made users, one in a line.
fn addresses(users: RangeInclusive<u64>) -> String {
    users.map(|number| format!("user{number}@example.com")).collect::<Vec<_>>().join("\n")
}

/// Fault row 25: a mass deletion arrives by sync.
#[tokio::test(flavor = "multi_thread")]
async fn thirty_of_forty_users_removed_at_once_wait_at_every_server_until_an_administrator_agrees() {
    let home = tempfile::tempdir().unwrap();
    let mut two = tokio::task::block_in_place(|| Two::start(home.path()));
    make_users(&two.site, 39).await;
    tokio::task::block_in_place(|| many(&mut two));
}

fn many(two: &mut Two) {
    let keys = two.keys("before");
    let list = two.site.founder.write("list", &format!("{}\nalice@example.com\n", addresses(1..=29)));
    two.synced();
    for cli in two.servers() {
        assert_eq!(cli.run(&["status"])["users"], 40);
    }
    let removed = two.site.founder.run(&["users", "remove", "--file", &list]);
    assert_eq!((&removed["changed"], &removed["waiting"]), (&30.into(), &30.into()));

    // They wait at both, who has signed them and since when is told, and the users sign in.
    for cli in two.servers() {
        let told = status(cli, "removals wait", |status| held(status).is_some());
        let args = &held(&told).unwrap()["args"];
        assert_eq!((&args["count"]["value"], &args["by"]["value"]), (&30.into(), &serde_json::json!(["tanaka"])));
        assert!(args["since"]["value"].as_i64().unwrap() > 1_700_000_000);
    }
    assert_eq!(two.keys("held"), keys);
    assert_eq!(two.state("user1@example.com"), "waiting");

    // A Full Sync and a restart change nothing.
    two.synced();
    two.site.service.kill();
    two.site.service.start_again();
    for cli in two.servers() {
        status(cli, "it runs, and removals wait", |status| {
            status["state"]["state"] == "running" && held(status).is_some()
        });
    }
    assert_eq!(two.keys("restarted"), keys);

    // One more waits with them. All are decided on together: one that is taken back alone could put the others into force.
    let founder = &two.site.founder;
    assert_eq!(founder.run(&["users", "remove", "user30@example.com"])["waiting"], 1);
    assert_eq!(founder.code(&["users", "restore", "user30@example.com"]), "admin.removal_waits");
    assert_eq!(founder.code(&["users", "invite", "user30@example.com"]), "admin.removal_waits");
    let waiting = founder.run(&["users", "removals", "list"]);
    assert_eq!(waiting["removals"].as_array().unwrap().len(), 31);
    let approved = founder.run(&["users", "removals", "approve", "--yes"]);
    assert_eq!(approved["changed"], 31);
    founder.run(&["users", "restore", "user30@example.com"]);
    for cli in two.servers() {
        status(cli, "nothing waits", |status| held(status).is_none());
    }
    two.refused("approved");
    assert_eq!((two.state("user1@example.com"), two.state("user30@example.com")), ("removed".into(), "active".into()));
    assert_eq!(founder.code(&["users", "removals", "approve", "--yes"]), "admin.removals_changed");

    // It can be taken back even so; many at once that are rejected stay.
    founder.run(&["users", "restore", "alice@example.com"]);
    let rest = founder.write("rest", &addresses(30..=39));
    let removed = founder.run(&["users", "remove", "alice@example.com", "--file", &rest]);
    assert_eq!(removed["waiting"], 11);
    founder.run(&["users", "removals", "reject"]);
    two.synced();
    assert_eq!(two.keys("rejected"), keys);
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Signs something about alice: of two words the one with the higher number counts.
async fn say(hand: &Hand, said: Said, number: u64) {
    let (keyring, time) = (hand.keyring().await, i64::try_from(now()).unwrap());
    let said = ("alice@example.com", said, number);
    let (about, fact) = Fact::sign(hand.place, said, &keyring, &hand.identity, time, [9; 12]).unwrap();
    let body = NewFact { after: None, epoch: keyring.epoch, fact: Blob(fact) };
    hand.hub.put_fact(&hand.place.connection.to_string(), &about.to_string(), &body).await.unwrap();
}

/// Signs a removal of alice as of so many days ago.
async fn remove_days_ago(hand: &Hand, days: u64) {
    let at = now() - days * 86_400;
    say(hand, Said::Removed(Removal { at, users: 1, approved: None, invited: false }), now()).await;
}

/// What a server has stored says that she is due; what the hub has says that she is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_away_when_a_removal_was_taken_back_shreds_nobody() {
    let home = tempfile::tempdir().unwrap();
    let mut two = tokio::task::block_in_place(|| Two::start(home.path()));
    let keys = tokio::task::block_in_place(|| two.keys("before"));
    let hand = Hand::sign_in(&two.site).await;
    remove_days_ago(&hand, 33).await;
    tokio::task::block_in_place(|| {
        two.synced();
        two.second_service.kill();
        two.second_service.start_again();
        let seen = two.second_service.folder.join("data/removals.sealed");
        wait_or_say("it knows of the removal", || seen.exists().then_some(()), || two.second.run(&["status"]));
        two.second_service.kill();
        known_for(&two.second_service, 33);
    });
    // A later word, be it of the same second.
    say(&hand, Said::Restored, now() + 1).await;
    tokio::task::block_in_place(|| {
        two.second_service.start_again();
        status(&two.second, "it follows the hub", |status| status["hub"]["hub"] == "reachable");
        two.synced();
        assert_eq!(two.state("alice@example.com"), "active");
        assert_eq!(two.keys("returned"), keys);
    });
}

/// Fault row 19: a server that was away when a user was removed, and comes back when the secret is gone everywhere else.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_away_for_longer_than_a_removal_can_be_taken_back_brings_nobody_back() {
    let home = tempfile::tempdir().unwrap();
    let mut two = tokio::task::block_in_place(|| Two::start(home.path()));
    tokio::task::block_in_place(|| two.keys("before"));
    two.second_service.kill();
    let hand = Hand::sign_in(&two.site).await;
    remove_days_ago(&hand, 33).await;
    tokio::task::block_in_place(|| {
        let founder = &two.site.founder;
        founder.run(&["sync", "--full"]);
        // It looks at each start, and once in an hour.
        two.site.service.kill();
        two.site.service.start_again();
        let seen = two.site.service.folder.join("data/removals.sealed");
        wait_or_say("it knows of the removal", || seen.exists().then_some(()), || founder.run(&["status"]));
        two.site.service.kill();
        known_for(&two.site.service, 33);
        two.site.service.start_again();
        let list = || two.site.founder.run(&["users", "list"]);
        wait_or_say("she is shredded", || (two.state("alice@example.com") == "gone").then_some(()), list);

        two.second_service.start_again();
        two.synced();
        two.refused("returned");
        assert_eq!(two.state("alice@example.com"), "gone");
        assert_eq!(two.second.run(&["status"])["users"], two.site.founder.run(&["status"])["users"]);
    });
}

/// A stopped server has known of the one removal for so many days more.
fn known_for(service: &Service, days: i64) {
    let data = service.folder.join("data");
    let file = SealedFile::new(&data, "removals.sealed", &secret::read_or_make(&data).unwrap());
    let mut known: BTreeMap<String, i64> = file.read().unwrap().unwrap();
    assert_eq!(known.len(), 1);
    for since in known.values_mut() {
        *since -= days * 86_400;
    }
    file.write(&known).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_after_a_removal_the_secret_is_gone_everywhere_and_an_invitation_begins_anew() {
    let home = tempfile::tempdir().unwrap();
    let two = tokio::task::block_in_place(|| Two::start(home.path()));
    let before = tokio::task::block_in_place(|| two.keys("before"));
    let hand = Hand::sign_in(&two.site).await;
    remove_days_ago(&hand, 33).await;
    tokio::task::block_in_place(|| a_month_later(two, &before));
}

fn a_month_later(mut two: Two, before: &[String; 2]) {
    let restart = |two: &mut Two, days: i64| {
        two.site.service.kill();
        if days > 0 {
            known_for(&two.site.service, days);
        }
        two.site.service.start_again();
        two.site.status("it follows the hub", |status| status["hub"]["hub"] == "reachable");
    };
    let is_shredded = |two: &Two| {
        let list = two.site.founder.run(&["users", "list"]);
        list.as_array().unwrap().iter().any(|user| user["email"] == "alice@example.com" && user["name"] == "")
    };
    two.synced();

    // What claims to be a month old shreds nothing: a server has to have seen it for as long.
    restart(&mut two, 0);
    two.refused("removed");
    restart(&mut two, 30);
    two.refused("a_day_before");
    assert!(!is_shredded(&two));
    restart(&mut two, 3);
    let list = || two.site.founder.run(&["users", "list"]);
    wait_or_say("she is shredded", || is_shredded(&two).then_some(()), list);
    assert_eq!(two.state("alice@example.com"), "gone");
    assert_eq!(two.site.founder.code(&["users", "restore", "alice@example.com"]), "admin.removed_for_good");
    two.synced();
    two.refused("gone");

    two.site.founder.run(&["users", "invite", "alice@example.com"]);
    two.synced();
    let after = two.keys("after");
    assert_eq!(after[0], after[1]);
    assert_ne!(&after, before, "she begins anew");
    assert_eq!(two.state("alice@example.com"), "active");
}
