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
    use sekisho_tests::idp::SimpleSaml;
    use sekisho_tests::service::{Service, Sp};
    use sekisho_tests::webdriver::Session;
    use sekisho_tests::window::Window;

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

        let sp = Sp::prepare(&work);
        let idp = SimpleSaml::start(&work.join("idp"), &sp, "");
        sp.configure(&idp.metadata, &[]);
        step("keys, and an identity provider");

        let window = Window::open(&work, &work.join("admin.sock"));
        window.page.wait("[data-testid=notice][data-code='admin-api.unreachable']");
        both(&window.page, folder, "1-no-service");
        step("the console without a service");

        let _service = Service::start(&sp);
        window.page.wait("[data-testid=state][data-state=running]");
        window.page.wait("[data-testid=listening]");
        both(&window.page, folder, "2-running");
        step("the service runs");

        let browser = Browser::start(&work);
        sign_in(&browser, &sp, "alice");
        browser.page.wait("[data-testid=signed-in]");
        browser.page.shot(&folder.join("3-signed-in-en.png"));
        browser.page.choose("select", "ja");
        browser.page.shot(&folder.join("3-signed-in-ja.png"));
        step("a user signs in");

        let other = Browser::start(&work.join("idp"));
        sign_in(&other, &sp, "nomail");
        other.page.wait("[data-testid=reference]");
        other.page.shot(&folder.join("4-refused-en.png"));
        window.page.click("[data-testid=nav-activity]");
        window.page.click("[data-testid=entry][data-code='signin.no_email'] button");
        both(&window.page, folder, "5-explained");
        step("a refusal, explained");

        window.page.click("[data-testid=nav-settings]");
        window.page.click("[data-testid=theme-dark]");
        window.page.wait("html[data-theme=dark]");
        both(&window.page, folder, "6-settings-dark");
        window.page.click("[data-testid=nav-activity]");
        window.page.wait("[data-testid=entry]");
        both(&window.page, folder, "7-activity-dark");
        step("dark");
        println!("screenshots: {}", folder.display());
    }

    fn sign_in(browser: &Browser, sp: &Sp, user: &str) {
        browser.page.go(&format!("{}/vault/", sp.origin));
        browser.page.click("[data-testid=sign-in]");
        browser.page.fill("input[name=username]", user);
        browser.page.fill("input[name=password]", &format!("{user}pw"));
        browser.page.click("button[type=submit], input[type=submit]");
    }

    fn both(page: &Session, folder: &Path, name: &str) {
        for language in ["en", "ja"] {
            page.choose("[data-testid=language]", language);
            page.wait(&format!("html[lang={language}]"));
            page.shot(&folder.join(format!("{name}-{language}.png")));
        }
    }
}
