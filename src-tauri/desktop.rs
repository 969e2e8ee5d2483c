//! The desktop's own notices: over the session's message bus on Linux, as toasts on Windows.

use notify_rust::Notification;
use tauri::AppHandle;
#[cfg(target_os = "linux")]
use tauri::Manager;
#[cfg(target_os = "linux")]
use tokio::task::JoinHandle;

#[cfg(target_os = "linux")]
use crate::backend::Backend;

/// The most notices whose click is waited for.
#[cfg(target_os = "linux")]
const WAITING: usize = 8;

/// The notices that were shown.
#[derive(Default)]
pub struct Desktop {
    #[cfg(target_os = "linux")]
    waiting: Vec<JoinHandle<()>>,
}

impl Desktop {
    /// Shows a notice; whether this desktop takes it. A click opens the window on this page.
    #[cfg(target_os = "linux")]
    pub async fn show(&mut self, app: &AppHandle, title: &str, body: &str, page: &'static str) -> bool {
        let mut notice = Notification::new();
        notice.appname("Sekisho").icon("sekisho-console").summary(title).body(&escaped(body)).action("default", "");
        let Ok(shown) = notice.show_async().await else { return false };
        let app = app.clone();
        self.waiting.retain(|waiting| !waiting.is_finished());
        if self.waiting.len() >= WAITING {
            self.waiting.remove(0).abort();
        }
        self.waiting.push(tokio::spawn(async move {
            let mut clicked = false;
            let response = |response: &notify_rust::NotificationResponse| {
                clicked = !matches!(response, notify_rust::NotificationResponse::Closed(_));
            };
            shown.wait_for_action_async(response).await;
            if clicked {
                open(&app, page);
            }
        }));
        true
    }

    /// Shows a notice; whether this desktop takes it.
    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::unused_async, reason = "it is on Linux")]
    pub async fn show(&mut self, app: &AppHandle, title: &str, body: &str, page: &'static str) -> bool {
        let mut notice = Notification::new();
        notice.appname("Sekisho").summary(title).body(body);
        #[cfg(windows)]
        notice.app_id(&app.config().identifier);
        // The window that it would open is in the taskbar.
        let _ = (app, page);
        notice.show().is_ok()
    }
}

/// Shows the window on a page.
#[cfg(target_os = "linux")]
fn open(app: &AppHandle, page: &str) {
    // A window that cannot be shown is none that could be told.
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
    app.state::<Backend>().tell_page(&format!("tray.page.{page}"));
}

/// Desktops may take a body for markup.
#[cfg(target_os = "linux")]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
