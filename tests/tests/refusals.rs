//! Whoever is refused reads why, in their language, with a number; the administrator reads one true reason under that number, in
//! theirs: each refusal provoked for real.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::path::Path;

use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{Site, Sp, status};
use sekisho_tests::wait::wait_or_say;

/// What somebody is told.
struct Told<'a> {
    code: &'static str,
    /// The vault page's word.
    why: &'static str,
    /// What the user reads in English and Japanese.
    user: [&'static str; 2],
    /// What the administrator reads.
    administrator: [&'a str; 2],
}

/// The activity as an administrator reads it, newest first.
fn read(cli: &Cli, language: &str) -> String {
    let mut command = std::process::Command::new(sekisho_tests::process::built("sekisho"));
    let json = cli.command(&["activity", "--limit", "3"]);
    command.args(json.get_args().filter(|one| *one != "--json"));
    for (name, value) in json.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let output = command.env("LANG", language).env("LC_ALL", language).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

struct Town<'a> {
    site: &'a Site,
    sp: &'a Sp,
    home: &'a Path,
    count: usize,
}

impl Town<'_> {
    /// Signs in with a new browser, is refused, and reads.
    fn refused(&mut self, user: &str, told: &Told<'_>) {
        self.count += 1;
        let browser = Browser::start(&self.home.join(format!("browser-{}", self.count)));
        browser.sign_in(&self.sp.origin, user);
        browser.page.wait(&format!("[data-testid=why][data-why={}]", told.why));
        let number = browser.page.text("[data-testid=reference]");
        for (language, text) in ["en", "ja"].iter().zip(told.user) {
            browser.page.choose("main > select", language);
            browser.page.wait(&format!("html[lang={language}]"));
            assert_eq!(browser.page.text("[data-testid=why]"), text, "{}", told.code);
        }
        let founder = &self.site.founder;
        let found = || {
            let activity = founder.run(&["activity"]);
            let entry = activity.as_array()?.iter().find(|entry| entry["reference"] == number.as_str())?.clone();
            Some(entry["refusal"]["code"].as_str()?.to_owned())
        };
        let code = wait_or_say("the activity has it", found, || founder.run(&["activity"]));
        assert_eq!(code, told.code);
        for (language, text) in ["en_US.UTF-8", "ja_JP.UTF-8"].iter().zip(told.administrator) {
            let read = read(founder, language);
            assert!(read.contains(text) && read.contains(&number), "{text} in {read}");
        }
    }

    /// Is refused as one whose domain, `example.com`, is not among those that are reserved.
    fn is_of_no_domain(&mut self, user: &str, reserved: &str) {
        let told = Told {
            code: "signin.domain_not_reserved",
            why: "domain",
            user: [
                "The domain of your e-mail address is not set up here.",
                "メールアドレスのドメインは、ここでは利用できるように設定されていません。",
            ],
            administrator: [
                &format!("The domain example.com is not reserved. Reserved: {reserved}"),
                &format!("example.comは予約済みドメインではありません。予約済みドメイン: {reserved}"),
            ],
        };
        self.refused(user, &told);
    }

    fn save(&self, changes: &[(&str, &str)]) {
        for (field, value) in changes {
            self.site.founder.run(&["draft", "set", field, value]);
        }
        self.site.founder.run(&["save", "--yes", "--reason", "another rule"]);
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "one refusal after the other")]
fn every_refusal_says_one_true_reason_to_the_user_and_to_the_administrator_in_both_languages() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let (_second, second) = site.second();
    status(&second, "the second server runs", |status| status["state"]["state"] == "running");
    {
        let mut town = Town { site: &site, sp: &sp, home: home.path(), count: 0 };
        let founder = &site.founder;
        let alice = Browser::start(&home.path().join("alice"));
        alice.sign_in(&sp.origin, "alice");
        let key = alice.key_check();

        town.refused(
            "nomail",
            &Told {
                code: "signin.no_email",
                why: "email",
                user: [
                    "Your company's sign-in has sent no e-mail address that can be used.",
                    "会社のログインから、使用できるメールアドレスが送られませんでした。",
                ],
                administrator: [
                    "There is not exactly one “mail”. Received: uid, givenName, sn",
                    "メールアドレスの属性「mail」が1つだけ届く必要があります。受信した属性: uid、givenName、sn",
                ],
            },
        );

        founder.run(&["users", "lock", "alice@example.com"]);
        assert_eq!(founder.run(&["users", "lock", "alice@example.com"])["changed"], 0, "once");
        assert_eq!(founder.run(&["users", "list"])[0]["state"], "locked");
        town.refused(
            "alice",
            &Told {
                code: "signin.locked",
                why: "locked",
                user: ["Your account is locked.", "アカウントがロックされています。"],
                administrator: [
                    "An administrator has locked alice@example.com.",
                    "alice@example.comは管理者によってロックされています。",
                ],
            },
        );
        let there = Browser::start_where(&home.path().join("there"), "127.0.0.2");
        there.sign_in(&sp.origin, "alice");
        there.page.wait("[data-testid=why][data-why=locked]");
        founder.run(&["users", "unlock", "alice@example.com"]);
        let again = Browser::start(&home.path().join("again"));
        again.sign_in(&sp.origin, "alice");
        assert_eq!(again.key_check(), key, "nothing was lost");
        assert_eq!(founder.code(&["users", "lock", "nobody@example.com"]), "admin.no_user");

        town.save(&[("just_in_time", "false")]);
        town.refused(
            "bob",
            &Told {
                code: "signin.unknown_user",
                why: "unknown",
                user: [
                    "Your company knows you, but you have no vault here.",
                    "会社のアカウントは確認できましたが、ボルトの利用登録がありません。",
                ],
                administrator: [
                    "bob@example.com is not known, and users are not made at the first sign-in.",
                    "bob@example.comは登録されておらず、ジャストインタイムプロビジョニングも無効です。",
                ],
            },
        );
        town.save(&[("just_in_time", "true"), ("attribute_email", "uid")]);
        town.refused(
            "bob",
            &Told {
                code: "config.email",
                why: "email",
                user: [
                    "Your company's sign-in has sent no e-mail address that can be used.",
                    "会社のログインから、使用できるメールアドレスが送られませんでした。",
                ],
                administrator: [
                    "“bob” is not one plain e-mail address.",
                    "「bob」は正しいメールアドレスではありません。",
                ],
            },
        );
        town.save(&[("attribute_email", "mail"), ("attribute_subject", "employeeNumber")]);
        town.refused(
            "bob",
            &Told {
                code: "signin.no_subject",
                why: "subject",
                user: [
                    "Your company's sign-in has not said for good who you are.",
                    "会社のログインから、変わることのない識別子が送られませんでした。",
                ],
                administrator: [
                    "Nothing names the user for good: employeeNumber is missing.",
                    "ユーザーを特定するemployeeNumberが含まれていません。",
                ],
            },
        );
        // Named anew in each session, nobody would find their vault again.
        let transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
        town.save(&[("attribute_subject", "")]);
        idp.answer_by(&sp, &format!("'NameIDFormat' => '{transient}'"));
        town.refused(
            "bob",
            &Told {
                code: "signin.transient_subject",
                why: "subject",
                user: [
                    "Your company's sign-in has not said for good who you are.",
                    "会社のログインから、変わることのない識別子が送られませんでした。",
                ],
                administrator: [
                    &format!("The identity provider names the user anew in each session ({transient})."),
                    &format!("IdPがセッションごとに異なる名前でユーザーを通知しています ({transient})。"),
                ],
            },
        );
        idp.answer_by(&sp, "");
        // By another attribute alice is somebody else, with alice's address.
        town.save(&[("attribute_subject", "givenName")]);
        let held = Told {
            code: "signin.held",
            why: "held",
            user: [
                "Your e-mail address belongs to another account here.",
                "このメールアドレスは、別のアカウントで使用されています。",
            ],
            administrator: [
                "Somebody new came with alice@example.com, which another user has. They wait for an administrator.",
                "別のユーザーが使用しているalice@example.comで、新しい人がログインしました。管理者の承認を待っています。",
            ],
        };
        town.refused("alice", &held);
        // An administrator sees both, and says first that they are two, then that they are one.
        let waits = || {
            let waiting = founder.run(&["users", "waiting", "list"]);
            (waiting[0]["email"] == "alice@example.com").then_some(waiting)
        };
        let waiting = wait_or_say("alice waits", waits, || founder.run(&["users", "waiting", "list"]));
        assert_eq!((&waiting[0]["subject"], &waiting[0]["known_name"]), (&"Alice".into(), &"Alice Liddell".into()));
        founder.run(&["users", "waiting", "reject", "alice@example.com"]);
        assert_eq!(founder.run(&["users", "waiting", "list"]), serde_json::json!([]));
        town.refused("alice", &held);
        wait_or_say("alice waits again", waits, || founder.run(&["users", "waiting", "list"]));
        founder.run(&["users", "waiting", "approve", "alice@example.com"]);
        let approved = || {
            let browser = Browser::start(&home.path().join("approved"));
            browser.sign_in(&sp.origin, "alice");
            browser.is_signed_in().then(|| browser.key_check())
        };
        let same = wait_or_say("alice is let in", approved, || founder.run(&["activity", "--limit", "3"]));
        assert_eq!(same, key, "with the vault that was hers");
        assert_eq!(founder.code(&["users", "waiting", "approve", "alice@example.com"]), "admin.nobody_waits");

        // Bob's domain is this connection's, and another one has invited him.
        founder.run(&["connection", "add", "--name", "Osaka office", "--enterprise-domain", "osaka"]);
        founder.run(&["users", "invite", "--connection", "osaka", "bob@example.com"]);
        let elsewhere = Told {
            code: "signin.invited_elsewhere",
            why: "elsewhere",
            user: ["You are invited to another sign-in of your company.", "会社の別のログイン先に招待されています。"],
            administrator: [
                "bob@example.com is invited to the connection with the Enterprise Domain osaka.",
                "bob@example.comは、SSOドメインosakaの接続に招待されています。",
            ],
        };
        town.refused("bob", &elsewhere);
        // What was said of bob is taken back.
        for act in ["remove", "restore"] {
            founder.run(&["users", act, "--connection", "example", "bob@example.com"]);
        }
        town.save(&[("attribute_subject", "")]);
        founder.run(&["users", "remove", "--connection", "example", "alice@example.com"]);
        town.refused(
            "alice",
            &Told {
                code: "signin.removed",
                why: "removed",
                user: ["Your account was removed.", "アカウントは削除されました。"],
                administrator: [
                    "An administrator has removed alice@example.com.",
                    "alice@example.comは管理者によって削除されています。",
                ],
            },
        );
        founder.run(&["users", "restore", "--connection", "example", "alice@example.com"]);
        site.reserve_for("example", "example.org");
        founder.run(&["connection", "release-domain", "--connection", "example", "example.com"]);
        site.status("the servers know it", |status| status["domains"] == serde_json::json!(["example.org"]));
        town.is_of_no_domain("bob", "example.org");
        // Whoever is known goes on.
        let known = Browser::start(&home.path().join("known"));
        known.sign_in(&sp.origin, "alice");
        assert_eq!(known.key_check(), key);
        founder.run(&["connection", "release-domain", "--connection", "example", "example.org"]);
        site.status("the servers know it", |status| status["domains"] == serde_json::json!([]));
        town.is_of_no_domain("bob", "–");
        site.reserve_for("example", "example.com");
        site.status("the servers know it", |status| status["domains"] == serde_json::json!(["example.com"]));
    }
    site.hub.kill();
    let mut town = Town { site: &site, sp: &sp, home: home.path(), count: 100 };
    town.refused(
        "bob",
        &Told {
            code: "signin.hub_needed",
            why: "later",
            user: [
                "You are new here, and new accounts cannot be made at this moment.",
                "初めてのログインですが、現在は新しいアカウントを作成できません。",
            ],
            administrator: [
                "bob@example.com signs in for the first time, and the hub cannot be asked now.",
                "bob@example.comは初めてのサインインですが、ハブに接続できません。",
            ],
        },
    );
}
