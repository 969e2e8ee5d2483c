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
        let port = free_port();
        let driver = Process::start(
            Command::new("chromedriver").arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()),
        );
        let profile = format!("--user-data-dir={}", home.join("chromium").display());
        let arguments = [
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
}
