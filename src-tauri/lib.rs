//! The desktop app: one window, two commands. Everything else is in the crates.

mod backend;
mod desktop;
mod diagnostics;
mod downloads;
mod export;
mod notices;
mod tray;

use backend::Backend;
use notices::Notices;
use tauri::{Manager, WindowEvent};

/// Opens the window and runs until it is closed.
///
/// # Errors
/// What the windowing system says when no window can be opened.
pub fn run() -> tauri::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            let folder = app.path().app_config_dir()?;
            // An account without a folder for downloads has a home.
            let downloads = app.path().download_dir().or_else(|_| app.path().home_dir())?;
            let backend = Backend::new(&folder, downloads);
            app.manage(Notices::new(backend.memory_folder()));
            app.manage(backend);
            tauri::async_runtime::spawn(notices::keep_watching(app.handle().clone()));
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event
                && window.state::<Backend>().keeps_in_tray()
            {
                api.prevent_close();
                // One that cannot be hidden stays.
                let _ = window.hide();
            }
        })
        .invoke_handler(tauri::generate_handler![backend::call, backend::subscribe])
        .run(tauri::generate_context!())
}
