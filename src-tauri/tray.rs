//! The icon in the tray: how the service is at a glance, Full Sync, and the way back to the window. Its words come from the
//! page, which knows the language.

use serde::Deserialize;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Result};

use crate::backend::Backend;

const NAME: &str = "sekisho";

/// What the tray says.
#[derive(Deserialize)]
pub struct Words {
    /// Server and state.
    state: String,
    open: String,
    full_sync: String,
    sync_all: String,
    quit: String,
    /// Whether closing the window leaves the icon.
    keep: bool,
}

/// Shows the icon with these words. False where this desktop has no way to show one.
///
/// # Errors
/// What the windowing system says.
pub fn show(app: &AppHandle, words: &Words) -> Result<bool> {
    if !is_possible() {
        return Ok(false);
    }
    let item = |id: &str, text: &str, enabled| MenuItem::with_id(app, id, text, enabled, None::<&str>);
    let line = || PredefinedMenuItem::separator(app);
    let menu = Menu::with_items(
        app,
        &[
            &item("state", &words.state, false)?,
            &line()?,
            &item("open", &words.open, true)?,
            &item("full_sync", &words.full_sync, true)?,
            &item("sync_all", &words.sync_all, true)?,
            &line()?,
            &item("quit", &words.quit, true)?,
        ],
    )?;
    let tray = if let Some(tray) = app.tray_by_id(NAME) {
        tray
    } else {
        let builder = TrayIconBuilder::with_id(NAME).show_menu_on_left_click(true);
        let builder = app.default_window_icon().cloned().into_iter().fold(builder, TrayIconBuilder::icon);
        builder.on_menu_event(|app, event| choose(app, event.id().as_ref())).build(app)?
    };
    tray.set_menu(Some(menu))?;
    tray.set_tooltip(Some(&words.state))?;
    app.state::<Backend>().keep_in_tray(words.keep);
    Ok(true)
}

fn choose(app: &AppHandle, item: &str) {
    if item == "quit" {
        app.exit(0);
        return;
    }
    // A window that cannot be shown is none that could be told.
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
    if item != "open" {
        app.state::<Backend>().tell_page(&format!("tray.{item}"));
    }
}

/// Whether the library that shows the icon would be found: without it the program that asks for one ends. The dynamic linker's
/// cache says so.
#[cfg(target_os = "linux")]
fn is_possible() -> bool {
    let cache = std::fs::read("/etc/ld.so.cache").unwrap_or_default();
    let names: [&[u8]; 2] = [b"libayatana-appindicator3.so.1\0", b"libappindicator3.so.1\0"];
    names.iter().any(|name| cache.windows(name.len()).any(|part| part == *name))
}

#[cfg(not(target_os = "linux"))]
fn is_possible() -> bool {
    true
}
