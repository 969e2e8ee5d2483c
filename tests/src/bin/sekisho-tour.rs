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

    use sekisho_tests::browser::Browser;
    use sekisho_tests::first_server::{ENGLISH, walk as set_up};
    use sekisho_tests::site::Site;
    use sekisho_tests::webdriver::Session;
    use sekisho_tests::window::Window;

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
        let (sp, _idp) = (walked.sp, walked.idp);
        both(&window.page, folder, "16-running");

        let browser = Browser::start(&work);
        browser.sign_in(&sp.origin, "alice");
        browser.page.wait("[data-testid=signed-in]");
        browser.page.shot(&folder.join("17-signed-in-en.png"));
        browser.page.choose("select", "ja");
        browser.page.shot(&folder.join("17-signed-in-ja.png"));
        step("a user signs in");

        let other = Browser::start(&work.join("other"));
        other.sign_in(&sp.origin, "nomail");
        other.page.wait("[data-testid=reference]");
        other.page.shot(&folder.join("18-refused-en.png"));
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
        step("the user signs out");

        window.page.click("[data-testid=nav-settings]");
        window.page.click("[data-testid=theme-dark]");
        window.page.wait("html[data-theme=dark]");
        both(&window.page, folder, "20-settings-dark");
        window.page.click("[data-testid=nav-activity]");
        window.page.wait("[data-testid=entry]");
        both(&window.page, folder, "21-activity-dark");
        window.page.click("[data-testid=nav-configuration]");
        window.page.wait("[data-testid=field-advertised_host]");
        both(&window.page, folder, "22-configuration-dark");
        step("dark");
        println!("screenshots: {}", folder.display());
    }

    fn both(page: &Session, folder: &Path, name: &str) {
        for language in ["en", "ja"] {
            page.choose("[data-testid=language]", language);
            page.wait(&format!("html[lang={language}]"));
            page.shot(&folder.join(format!("{name}-{language}.png")));
        }
    }
}
