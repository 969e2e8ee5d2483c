//! The scripted tour: the real window through everything there is, with a screenshot of each step.
//!
//! `sekisho-tour FOLDER` prints the minutes of each step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a tour that cannot go on has failed")]

#[cfg(target_os = "linux")]
fn main() {
    let folder = std::env::args_os().nth(1).expect("usage: sekisho-tour FOLDER");
    tour::walk(std::path::Path::new(&folder));
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The tour drives the window of Linux.");
}

#[cfg(target_os = "linux")]
mod tour {
    use std::path::Path;
    use std::time::Instant;

    use sekisho_tests::account::{authenticator, kit_lines, read_back, sign_in};
    use sekisho_tests::authority::Authority;
    use sekisho_tests::browser::Browser;
    use sekisho_tests::cli::Cli;
    use sekisho_tests::first_server::{ENGLISH, Walked, walk as set_up};
    use sekisho_tests::service::Service;
    use sekisho_tests::site::{PASSPHRASE, Site};
    use sekisho_tests::totp;
    use sekisho_tests::vault_pages;
    use sekisho_tests::wait::wait_for;
    use sekisho_tests::webdriver::Session;
    use sekisho_tests::window::Window;

    const OPEN_ADD: &str = "[data-testid=add-server]";
    /// What Entra ID sends for a user who is not assigned to the application.
    const NOT_ASSIGNED: &str = "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\" Version=\"2.0\" \
        IssueInstant=\"2026-11-24T09:41:07Z\"><samlp:Status><samlp:StatusCode \
        Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/><samlp:StatusMessage>AADSTS50105: Your administrator has \
        configured the application to block users unless they are specifically granted access.</samlp:StatusMessage>\
        </samlp:Status></samlp:Response>";

    /// Walks, and leaves a screenshot of each step in both languages.
    pub fn walk(folder: &Path) {
        let _ = std::fs::remove_dir_all(folder);
        let work = folder.join("work");
        std::fs::create_dir_all(&work).unwrap();
        let mut last = Instant::now();
        let mut step = |name: &str| {
            println!("{:6.2} minutes  {name}", last.elapsed().as_secs_f64() / 60.0);
            last = Instant::now();
        };

        let window = Window::open(&work.join("console"), &work.join("one/admin.sock"));
        window.page.wait("[data-testid=notice][data-code='admin-api.unreachable']");
        both(&window.page, folder, "01-no-service");
        step("the console without a service");

        let site = Site::empty(&work);
        window.page.wait("[data-testid=set-up]");
        both(&window.page, folder, "02-not-configured");
        step("a hub, and a service that is not set up");
        let mut number = 3;
        let walked = set_up(&window.page, &site, &ENGLISH, |page, name| {
            both(page, folder, &format!("{number:02}-wizard-{name}"));
            number += 1;
            step(&format!("wizard: {name}"));
        });
        let (sp, _idp) = (&walked.sp, &walked.idp);
        both(&window.page, folder, "16-running");

        let browser = Browser::start(&work);
        browser.page.go(&format!("{}/vault/", sp.origin));
        vault(&browser.page, folder, "sign-in", OUTSIDE);
        browser.sign_in(&sp.origin, "alice");
        browser.page.wait("[data-testid=signed-in]");
        vault_pages::walk(&browser.page, &work, |page, name| vault(page, folder, name, INSIDE));
        step("a user signs in, and is led through the first steps");

        let other = Browser::start(&work.join("other"));
        other.sign_in(&sp.origin, "nomail");
        other.page.wait("[data-testid=reference]");
        other.page.shot(&folder.join("18-refused-en.png"));
        other.page.choose("main > select", "ja");
        other.page.shot(&folder.join("18-refused-ja.png"));
        window.page.click("[data-testid=nav-activity]");
        window.page.click("[data-testid=entry][data-code='signin.no_email'] button");
        both(&window.page, folder, "19-explained");
        step("a refusal, explained");

        for language in ["en", "ja"] {
            // A dialog is in front of the choice of language.
            window.page.choose("[data-testid=language]", language);
            window.page.click("[data-testid=explain-message]");
            window.page.fill("#explain-text", NOT_ASSIGNED);
            window.page.click("[data-testid=explain]");
            window.page.wait("[data-testid=test-report]");
            window.page.shot(&folder.join(format!("19-message-explained-{language}.png")));
            window.page.click("[data-testid=close-explain]");
        }
        step("a message of the identity provider, explained");

        browser.page.click("[data-testid=sign-out]");
        browser.page.wait("#how[data-how=everywhere]");
        browser.page.shot(&folder.join("19-signed-out-en.png"));
        browser.sign_in(&sp.origin, "alice");
        browser.page.wait("[data-testid=factor-asked]");
        vault(&browser.page, folder, "factor-asked", OUTSIDE);
        step("the user signs out");

        provisioning(&window.page, folder);
        routing(&other.page, folder, &site);
        step("how users come, and the page that leads them");

        people(&window.page, folder, &work, &site);
        step("an administrator is invited, admitted and removed");
        servers(&window.page, folder, &site, &walked);
        step("a second server comes, and leaves");

        connection(&window.page, folder, &site);
        step("a save is watched, a connection exported; how it would be deleted");

        certificates(&window.page, folder, &work, &site);
        step("certificates, and how one is renewed");

        moving(&window.page, folder, &work, &site);
        step("a move to another hostname");

        more(&window.page, folder);
        step("what is seldom changed, and the change of SAML's key");

        waiting(&window.page, folder, &site);
        step("a balancer, ACME, mails, users under another name, a parked plan");

        window.page.click("[data-testid=nav-settings]");
        at(&window.page, "[data-testid=managed]", folder, "28-managed");
        window.page.click("[data-testid=theme-dark]");
        window.page.wait("html[data-theme=dark]");
        both(&window.page, folder, "28-settings-dark");
        window.page.click("[data-testid=nav-servers]");
        window.page.wait("[data-testid=item-disk]");
        both(&window.page, folder, "29-servers-dark");
        at(&window.page, "[data-testid=item-saml]", folder, "29-to-do-dark");
        window.page.click("[data-testid=nav-activity]");
        window.page.wait("[data-testid=entry]");
        both(&window.page, folder, "30-activity-dark");
        window.page.click("[data-testid=nav-configuration]");
        window.page.wait("[data-testid=field-advertised_host]");
        both(&window.page, folder, "31-configuration-dark");
        window.page.click("[data-testid=nav-certificates]");
        window.page.wait("[data-testid=served-own]");
        both(&window.page, folder, "32-certificates-dark");
        window.page.click("[data-testid=move]");
        window.page.wait("[data-testid=uses]");
        both(&window.page, folder, "33-move-retire-dark");
        window.page.click("[data-testid=close-wizard]");
        step("dark");
        println!("screenshots: {}", folder.display());
    }

    /// The server's menu; the minutes after a save; a connection as a file, and what its deletion would take away.
    fn connection(page: &Session, folder: &Path, site: &Site) {
        site.founder.run(&["draft", "set", "skew_seconds", "45"]);
        site.founder.run(&["save", "--yes", "--reason", "clocks are in order", "--change-number", "CHG-7"]);
        page.click("[data-testid=nav-overview]");
        page.wait("[data-testid=watched-save]");
        at(page, "[data-testid=watched-save]", folder, "26-watched-save");
        page.click("[data-testid=menu-server]");
        page.shot(&folder.join("26-menu-ja.png"));
        page.click("[data-testid=menu-diagnostics]");
        page.shot(&folder.join("26-diagnostics-ja.png"));
        page.click("[data-testid=cancel-diagnostics]");
        page.click("[data-testid=nav-settings]");
        at(page, "[data-testid=delete-connection]", folder, "26-connection");
        dialog(page, folder, "26-import", "[data-testid=import-connection]", "[data-testid=cancel-import]");
        for language in ["en", "ja"] {
            page.choose("[data-testid=language]", language);
            page.wait(&format!("html[lang={language}]"));
            page.click("[data-testid=delete-connection]");
            page.wait("[data-testid=going-users]");
            page.shot(&folder.join(format!("26-delete-{language}.png")));
            page.click("[data-testid=cancel-delete]");
        }
    }

    /// The page of certificates, one that is only judged, and a renewal up to its check; what was imported is thrown away again.
    fn certificates(page: &Session, folder: &Path, work: &Path, site: &Site) {
        page.click("[data-testid=nav-certificates]");
        page.wait("[data-testid=served-own]");
        both(page, folder, "27-certificates");
        at(page, "[data-testid=matrix]", folder, "27-certificates-names");
        at(page, "[data-testid=served]", folder, "27-certificates-served");
        at(page, "[data-testid=other-certificates]", folder, "27-certificates-saml");
        let authority = Authority::new(&work.join("authority"));
        let request = site.founder.run(&["draft", "request"])["pem"].as_str().unwrap().to_owned();
        let answer = authority.answer(&request, &["*.example.co.jp", "login.example.com"], 47);
        for language in ["en", "ja"] {
            page.choose("[data-testid=language]", language);
            page.wait(&format!("html[lang={language}]"));
            page.click("[data-testid=check-certificate]");
            page.fill("[data-testid=check-names]", "sso.example.co.jp example.co.jp");
            page.upload("[data-testid=field-check]", &[&answer.to_string_lossy()]);
            page.wait("[data-testid=lifetime-shown]");
            page.shot(&folder.join(format!("27-check-{language}.png")));
            page.click("[data-testid=close-check]");
        }
        page.click("[data-testid=renew]");
        page.click("[data-testid=request-certificate]");
        page.click("[data-testid=close-request]");
        at(page, "[data-testid=waiting-ca]", folder, "27-renew-waiting");
        let answer = authority.answer(&request, &["localhost"], 200);
        page.upload("[data-testid=field-tls]", &[&answer.to_string_lossy()]);
        page.wait("[data-testid=step-check][data-state=done]");
        page.click("[data-testid=next]");
        page.wait("[data-testid=new-certificate]");
        both(page, folder, "27-renew-check");
        page.click("[data-testid=close-wizard]");
        site.founder.run(&["draft", "discard"]);
    }

    /// A move to another hostname, page by page; what the pages would save is saved by command line.
    fn moving(page: &Session, folder: &Path, work: &Path, site: &Site) {
        const NEW: &str = "login.example.co.jp";
        page.click("[data-testid=move]");
        page.wait("[data-testid=field-new-host]");
        both(page, folder, "27-move-1-name");
        page.fill("[data-testid=field-new-host]", NEW);
        page.click("[data-testid=add-name]");
        page.wait("[data-testid=to]");
        both(page, folder, "27-move-1-along");
        page.click("[data-testid=next]");
        page.wait("[data-testid=fault-names]");
        both(page, folder, "27-move-2-certificate");
        let authority = Authority::new(&work.join("authority"));
        let request = site.founder.run(&["draft", "request", "--for-name", NEW])["pem"].as_str().unwrap().to_owned();
        let answer = authority.answer(&request, &[NEW], 200);
        page.upload("[data-testid=field-of-name]", &[&answer.to_string_lossy()]);
        page.wait("[data-testid=step-certificate][data-state=done]");
        at(page, "[data-testid=matrix]", folder, "27-move-2-covered");
        page.click("[data-testid=next]");
        page.wait("[data-testid=text-sheet-idp]");
        both(page, folder, "27-move-3-idp");
        page.click("[data-testid=idp-told]");
        page.click("[data-testid=next]");
        page.wait("[data-testid=checks][aria-busy=false]");
        both(page, folder, "27-move-4-overlap");
        site.founder.run(&["save", "--yes", "--reason", "both names"]);
        page.wait("[data-testid=step-overlap][data-state=done]");
        page.wait("[data-testid=served-own]");
        both(page, folder, "27-move-4-answered");
        page.click("[data-testid=next]");
        page.wait("[data-testid=new-vault]");
        both(page, folder, "27-move-5-test");
        page.click("[data-testid=next]");
        page.click("[data-testid=advertise]");
        page.wait("[data-testid=checks][aria-busy=false]");
        both(page, folder, "27-move-6-switch");
        site.founder.run(&["save", "--yes", "--reason", "the new name"]);
        page.wait("[data-testid=switched]");
        both(page, folder, "27-move-6-switched");
        page.click("[data-testid=next]");
        page.wait("[data-testid=uses]");
        both(page, folder, "27-move-7-retire");
        page.click("[data-testid=close-wizard]");
    }

    /// How users come: a domain that is still to be shown, the way there, and the users.
    fn provisioning(page: &Session, folder: &Path) {
        page.click("[data-testid=nav-provisioning]");
        page.wait("[data-testid='reserved-example.com'][data-proof=proven]");
        for user in ["hanako@example.com", "ichiro@example.com"] {
            page.fill("[data-testid=field-invite-user]", user);
            page.click("[data-testid=invite-user]");
            page.wait("[data-testid=text-invitation]");
            page.click("[data-testid=close-invitation]");
            page.wait(&format!("[data-testid='user-{user}'][data-state=invited]"));
        }
        roles(page, folder);
        page.click("[data-testid='lock-hanako@example.com']");
        at(page, "[data-testid=field-just_in_time]", folder, "28-provisioning");
        page.fill("[data-testid=field-mail-domain]", "example.org");
        page.click("[data-testid=reserve]");
        page.wait("[data-testid='reserved-example.org'][data-proof=missing]");
        at(page, "[data-testid='reserved-example.org']", folder, "28-domains");
        let release = "[data-testid='release-example.org']";
        dialog(page, folder, "28-release", release, "[data-testid=cancel-release]");
        page.click(release);
        page.click("[data-testid=confirm-release]");
        at(page, "[data-testid=way-link]", folder, "28-way");
        page.wait("[data-testid='user-hanako@example.com'][data-state=locked]");
        at(page, "[data-testid=users]", folder, "28-users");
        let invitation = "[data-testid='invitation-ichiro@example.com']";
        dialog(page, folder, "28-invitation", invitation, "[data-testid=close-invitation]");
        dialog(
            page,
            folder,
            "28-remove",
            "[data-testid='remove-ichiro@example.com']",
            "[data-testid=cancel-remove-user]",
        );
    }

    /// Roles, nodes and groups, as a draft that is thrown away.
    fn roles(page: &Session, folder: &Path) {
        dialog(page, folder, "28-role", "[data-testid=add-role]", "[data-testid=cancel-role]");
        for (name, minutes) in [("Staff", "60"), ("Strict", "15")] {
            page.click("[data-testid=add-role]");
            page.fill("[data-testid=field-role-name]", name);
            page.fill("[data-testid=field-role-session]", minutes);
            page.click("[data-testid=role-two_factor]");
            page.click("[data-testid=put-role]");
            page.wait(&format!("[data-testid='role-{name}']"));
        }
        for (below, name) in [("add-node", "Osaka"), ("add-below-Osaka", "Sales"), ("add-node", "Kyoto")] {
            page.click(&format!("[data-testid={below}]"));
            page.fill("[data-testid=field-node-name]", name);
            page.click("[data-testid=put-node]");
            page.wait(&format!("[data-testid=node-{name}]"));
        }
        dialog(page, folder, "28-node", "[data-testid=add-below-Sales]", "[data-testid=cancel-node]");
        at(page, "[data-testid=roles]", folder, "28-roles");
        at(page, "[data-testid=nodes]", folder, "28-nodes");
        at(page, "[data-testid=field-group-attribute]", folder, "28-groups");
        page.click("[data-testid=nav-configuration]");
        page.click("[data-testid=discard]");
        page.click("[data-testid=confirm-discard]");
        page.click("[data-testid=nav-provisioning]");
        page.wait("[data-testid='reserved-example.com'][data-proof=proven]");
    }

    /// Where the vault page's language is chosen, in an open vault and before.
    const INSIDE: &str = "header select";
    const OUTSIDE: &str = "main > select";

    /// A place of the vault page: both languages, light and dark, and as a phone shows it.
    fn vault(page: &Session, folder: &Path, name: &str, language_select: &str) {
        for (language, theme, width) in
            [("en", "light", 1200), ("ja", "light", 1200), ("en", "dark", 1200), ("ja", "light", 420)]
        {
            page.resize(width, 900);
            page.choose(language_select, language);
            page.script(&format!("document.documentElement.dataset.theme = '{theme}'"));
            let shape = if width < 500 { "-phone" } else { "" };
            let theme = if theme == "dark" { "-dark" } else { "" };
            page.shot(&folder.join(format!("17-vault-{name}-{language}{theme}{shape}.png")));
        }
        page.resize(1200, 900);
        page.choose(language_select, "en");
        page.script("document.documentElement.dataset.theme = 'light'");
    }

    /// The hub's page for users.
    fn routing(page: &Session, folder: &Path, site: &Site) {
        page.go(&format!("https://localhost:{}/", site.hub.port()));
        for language in ["en", "ja"] {
            page.choose("main > select", language);
            page.fill("[data-testid=who]", "alice@");
            page.click("[data-testid=look]");
            page.wait("[data-testid=fault][data-fault=wrong]");
            page.shot(&folder.join(format!("29-routing-{language}.png")));
            page.fill("[data-testid=who]", "alice@example.com");
            page.click("[data-testid=look]");
            page.wait("[data-testid=go]");
            page.shot(&folder.join(format!("29-leads-{language}.png")));
            page.click("[data-testid=back]");
        }
    }

    /// The configuration's last section, and a next key for SAML, which is thrown away again.
    fn more(page: &Session, folder: &Path) {
        page.click("[data-testid=nav-configuration]");
        page.wait("[data-testid=field-advertised_host]");
        page.click("[data-testid=more] summary");
        for (field, name) in [
            ("entity_id", "27-more-1"),
            ("force_authn", "27-more-2"),
            ("trusted_proxies", "27-more-3"),
            ("webhook", "27-more-4"),
        ] {
            at(page, &format!("[data-testid=field-{field}]"), folder, name);
        }
        at(page, "[data-testid=rollover]", folder, "27-saml-key");
        page.click("[data-testid=rollover-prepare]");
        page.wait("[data-testid=rollover-switch]");
        at(page, "[data-testid=rollover]", folder, "27-saml-key-next");
        page.click("[data-testid=rollover-back]");
        page.wait("[data-testid=rollover-prepare]");
    }

    /// What a connection is given once: a balancer, an authority, mails; users who would be strangers; a plan that waits.
    fn waiting(page: &Session, folder: &Path, site: &Site) {
        dialog(page, folder, "27-balancer", "[data-testid=open-balancer]", "[data-testid=close-balancer]");
        at(page, "[data-testid=field-mail_server]", folder, "27-mail");
        site.founder.run(&["draft", "set", "attribute_subject", "uid"]);
        page.click("[data-testid=nav-overview]");
        page.click("[data-testid=nav-configuration]");
        at(page, "[data-testid=relink]", folder, "27-relink");
        page.click("[data-testid=relink-open]");
        page.wait("[data-testid=relink-close]");
        at(page, "[data-testid=relink]", folder, "27-relink-open");
        dialog(page, folder, "27-park", "[data-testid=park]", "[data-testid=cancel-park]");
        site.founder.run(&["plan", "park", "2027-01-10 22:00"]);
        page.click("[data-testid=nav-overview]");
        page.click("[data-testid=nav-configuration]");
        at(page, "[data-testid=plans]", folder, "27-plans");
        page.click("[data-testid=nav-certificates]");
        at(page, "[data-testid=acme]", folder, "27-acme");
        dialog(page, folder, "27-acme-set", "[data-testid=acme-set]", "[data-testid=acme-cancel]");
    }

    /// Settings: invites an administrator, who accepts in a window of their own, is admitted, and removed.
    fn people(page: &Session, folder: &Path, work: &Path, site: &Site) {
        page.click("[data-testid=nav-settings]");
        page.fill("[data-testid=field-invite-login]", "suzuki");
        page.click("[data-testid=invite]");
        let invitation = wait_for("the invitation is there", || {
            let value = page.script("return document.querySelector('[data-testid=text-invitation]')?.value");
            value.as_str().map(str::to_owned)
        });
        at(page, "[data-testid=administrator-tanaka]", folder, "20-settings");
        at(page, "[data-testid=text-invitation]", folder, "20-invited");

        let second = Window::open(&work.join("second"), &site.service.socket);
        let own = &second.page;
        own.click("[data-testid=nav-settings]");
        at(own, "[data-testid=way-recover]", folder, "21-ways");
        own.click("[data-testid=way-recover]");
        at(own, "[data-testid=field-kit-fingerprint]", folder, "21-recover");
        own.click("[data-testid=back-to-sign-in]");
        own.click("[data-testid=way-accept]");
        own.fill("[data-testid=field-invitation]", &invitation);
        own.click("[data-testid=check-invitation]");
        own.fill("[data-testid=field-passphrase]", PASSPHRASE);
        let secret = authenticator(own);
        at(own, "[data-testid=accept]", folder, "22-accept");
        own.fill("[data-testid=field-totp]", &totp::now(&secret));
        own.click("[data-testid=accept]");
        own.wait("[data-testid=account-made]");
        at(own, "[data-testid=account-made]", folder, "22-accepted");

        page.click("[data-testid=nav-overview]");
        page.click("[data-testid=nav-settings]");
        page.click("[data-testid=admit-suzuki]");
        page.wait("[data-testid=remove-suzuki]");
        at(page, "[data-testid=remove-suzuki]", folder, "23-administrators");
        dialog(page, folder, "23-remove", "[data-testid=remove-suzuki]", "[data-testid=cancel-remove]");
        page.click("[data-testid=remove-suzuki]");
        page.fill("[data-testid=field-typed-name]", "suzuki");
        page.click("[data-testid=confirm-remove]:enabled");
        page.wait("[data-testid=dialog-new-kit]");
        page.shot(&folder.join("24-next-kit.png"));
        read_back(page, &kit_lines(page));
        page.click("[data-testid=close-kit]");
        dialog(page, folder, "24-new-kit", "[data-testid=new-kit]", "[data-testid=cancel-new-kit]");
    }

    /// Servers: another one is enrolled, shown, and taken out as one that was in wrong hands.
    fn servers(page: &Session, folder: &Path, site: &Site, walked: &Walked) {
        let founder = &site.founder;
        let code = founder.write("setup-code", &site.hub.setup_code());
        let passphrase = founder.write("passphrase", &walked.passphrase);
        let app = founder.write("app", &walked.totp_secret);
        let code_file = founder.write("code", &totp::next(&app));
        let sign_in = ["sign-in", "--hub-file", &code, "--login", "tanaka", "--passphrase-file", &passphrase];
        founder.run(&[&sign_in[..], &["--code-file", &code_file]].concat());
        page.click("[data-testid=nav-servers]");
        page.wait("[data-testid=only-one]");
        both(page, folder, "24-only-one");
        dialog(page, folder, "24-add-server", OPEN_ADD, "[data-testid=close-add]");
        let (_service, two) = adding(folder, site, walked, &app, &totp::next(&app));
        let id = two.run(&["status"])["membership"]["server"].as_str().unwrap().to_owned();
        page.wait(&format!("[data-testid='server-{id}'][data-state=running]"));
        both(page, folder, "25-servers");
        for way in ["retire", "compromised"] {
            let button = format!("[data-testid='{way}-{id}']");
            dialog(page, folder, &format!("26-{way}"), &button, "[data-testid=cancel-leave]");
        }
        page.click(&format!("[data-testid='compromised-{id}']"));
        let name = founder.run(&["servers", "list"])[0]["name"].as_str().unwrap().to_owned();
        page.fill("[data-testid=field-typed-name]", &name);
        page.click("[data-testid=confirm-leave]:enabled");
        page.click("[data-testid=mark-disk]");
        page.wait("[data-testid=item-resealed][data-done=true]");
        page.wait("[data-testid=item-disk][data-done=true]");
        at(page, "[data-testid=item-saml]", folder, "27-to-do");
    }

    /// The wizard that adds a server, in a window of its own, up to the question whether it takes another one's place.
    fn adding(folder: &Path, site: &Site, walked: &Walked, app: &str, used: &str) -> (Service, Cli) {
        let file = site.founder.file("join.json");
        site.founder.run(&["pool", "join-file", &file]);
        let service = Service::start(&site.home.join("two"));
        let cli = site.founder.at(&service.socket);
        let window = Window::open(&site.home.join("two-console"), &service.socket);
        let page = &window.page;
        let on = |name: &str| {
            page.wait("[data-testid=next][data-ready=true]");
            page.click("[data-testid=next]");
            page.wait(&format!("[data-testid=page-{name}]"));
        };
        page.wait("[data-testid=join-connection]");
        at(page, "[data-testid=join-connection]", folder, "24-add-welcome");
        page.click("[data-testid=join-connection]");
        both(page, folder, "24-add-1-empty");
        page.upload("[data-testid=field-join-file]", &[&file]);
        page.wait("[data-testid=join-found]");
        both(page, folder, "24-add-1-join");
        on("account");
        both(page, folder, "24-add-2-account");
        let fresh = wait_for("a code that was not used", || Some(totp::next(app)).filter(|code| code != used));
        sign_in(page, Some("tanaka"), &walked.passphrase, &fresh);
        page.wait("[data-testid=step-account][data-state=done]");
        on("enrol");
        both(page, folder, "24-add-3-enrol");
        page.click("[data-testid=enrol]");
        page.wait("[data-testid=step-enrol][data-state=done]");
        on("address");
        page.wait("[data-code='service.port_in_use']");
        both(page, folder, "24-add-4-taken");
        page.fill("[data-testid=field-private_ip]", "127.0.0.2");
        page.click("[data-testid=next]");
        page.wait("[data-testid=probe-own][data-status='200']");
        both(page, folder, "24-add-5-probe");
        on("pool");
        both(page, folder, "24-add-6-pool");
        page.click("[data-testid=next]");
        page.wait("[data-testid=page-replace]");
        page.click("label:last-of-type input[name=replaces]");
        page.wait("[data-testid=drained]");
        both(page, folder, "24-add-7-replace");
        at(page, "[data-testid=counts]", folder, "24-add-7-counts");
        (service, cli)
    }

    /// Both languages of a dialog, which stands in front of the choice of language.
    fn dialog(page: &Session, folder: &Path, name: &str, open: &str, close: &str) {
        for language in ["en", "ja"] {
            page.choose("[data-testid=language]", language);
            page.wait(&format!("html[lang={language}]"));
            page.click(open);
            page.wait("dialog[open]");
            page.shot(&folder.join(format!("{name}-{language}.png")));
            page.click(close);
        }
    }

    /// Both languages, with this in the middle of the page.
    fn at(page: &Session, css: &str, folder: &Path, name: &str) {
        for language in ["en", "ja"] {
            page.choose("[data-testid=language]", language);
            page.wait(&format!("html[lang={language}]"));
            page.wait(css);
            page.script(&format!("document.querySelector(\"{css}\").scrollIntoView({{block: 'center'}})"));
            page.shot(&folder.join(format!("{name}-{language}.png")));
        }
    }

    fn both(page: &Session, folder: &Path, name: &str) {
        for language in ["en", "ja"] {
            page.choose("[data-testid=language]", language);
            page.wait(&format!("html[lang={language}]"));
            page.shot(&folder.join(format!("{name}-{language}.png")));
        }
    }
}
