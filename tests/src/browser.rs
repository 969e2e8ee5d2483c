//! A user's browser: headless Chromium.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::process::{Process, free_port};
use crate::webdriver::Session;

/// Chromium with a session in it.
pub struct Browser {
    /// The session that clicks and reads.
    pub page: Session,
    _driver: Process,
}

impl Browser {
    /// Starts one with an empty profile in `home`. It takes the test's own certificates.
    pub fn start(home: &Path) -> Self {
        Self::start_where(home, "127.0.0.1")
    }

    /// Starts one for which `localhost`, and every name under `sekisho.test`, is this address.
    pub fn start_where(home: &Path, localhost: &str) -> Self {
        let port = free_port();
        let driver = Process::start(
            Command::new("chromedriver").arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()),
        );
        let profile = format!("--user-data-dir={}", home.join("chromium").display());
        let resolver = format!("--host-resolver-rules=MAP localhost {localhost},MAP *.sekisho.test {localhost}");
        let arguments = [
            resolver.as_str(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            profile.as_str(),
        ];
        let page = Session::open(
            port,
            &json!({"acceptInsecureCerts": true, "goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": arguments}}),
        );
        Self { page, _driver: driver }
    }

    /// Starts a sign-in at the vault page and gives name and password at SimpleSAMLphp.
    pub fn sign_in(&self, origin: &str, user: &str) {
        self.page.go(&format!("{origin}/vault/"));
        self.begin();
        self.log_in(user);
    }

    /// Begins a sign-in at the vault page that is shown.
    pub fn begin(&self) {
        self.page.click("[data-testid=sign-in]");
    }

    /// Gives name and password at SimpleSAMLphp.
    pub fn log_in(&self, user: &str) {
        self.page.fill("input[name=username]", user);
        self.page.fill("input[name=password]", &format!("{user}pw"));
        self.page.click("#submit_button, button[type=submit], input[type=submit]");
    }

    /// Whether the sign-in has led into the vault, as soon as it has led somewhere.
    pub fn is_signed_in(&self) -> bool {
        self.page.wait("[data-testid=signed-in], [data-testid=reference]");
        self.page.script("return document.querySelector('[data-testid=signed-in]') !== null") == true
    }

    /// The check number of the key that the vault page has opened.
    pub fn key_check(&self) -> String {
        self.page.wait("[data-testid=signed-in]");
        self.page.attribute("[data-testid=key-check]", "data-check").expect("the key's check number")
    }
}
