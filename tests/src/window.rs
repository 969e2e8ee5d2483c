//! The console's real window on a virtual display.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::display::Display;
use crate::process::{Process, built, free_port};
use crate::webdriver::Session;

/// The console's window, with a WebDriver session in it.
pub struct Window {
    /// The session that clicks and reads.
    pub page: Session,
    /// The display that the window is on.
    pub display: Display,
    _driver: Process,
}

impl Window {
    /// Opens the console with its settings in `home`, for the service at `socket`.
    pub fn open(home: &Path, socket: &Path) -> Self {
        Self::open_where(home, socket, &[])
    }

    /// The same, with more in the console's environment.
    pub fn open_where(home: &Path, socket: &Path, more: &[(&str, &str)]) -> Self {
        let display = Display::start();
        let port = free_port();
        let driver = Process::start(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env("DISPLAY", display.name())
                // What tauri-driver sets: the webview accepts automation.
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .env("GDK_BACKEND", "x11")
                .env("LIBGL_ALWAYS_SOFTWARE", "1")
                .env("NO_AT_BRIDGE", "1")
                .env("XDG_DATA_HOME", home.join("data"))
                .env("XDG_CACHE_HOME", home.join("cache"))
                .env("XDG_CONFIG_HOME", home.join("config"))
                .env("SEKISHO_ADMIN_SOCKET", socket)
                .envs(more.iter().copied())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let options = json!({"webkitgtk:browserOptions": {"binary": built("sekisho-console"), "args": []}});
        let page = Session::open(port, &options);
        Self { page, display, _driver: driver }
    }
}
