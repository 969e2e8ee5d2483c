//! The desktop app: one window, two commands. Everything else is in the crates.

mod backend;

use backend::Backend;
use tauri::Manager;

/// Opens the window and runs until it is closed.
///
/// # Errors
/// What the windowing system says when no window can be opened.
pub fn run() -> tauri::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            let folder = app.path().app_config_dir()?;
            app.manage(Backend::new(&folder));
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![backend::call, backend::subscribe])
        .run(tauri::generate_context!())
}
