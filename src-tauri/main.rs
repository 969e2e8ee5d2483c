//! The desktop console's program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

/// Starts this program anew, with its pages painted by the processor.
///
/// The window is forms and text. Painted so it opens faster, takes a quarter less memory, and is not blank where the
/// graphics of a server, a virtual machine or a remote desktop do not work. Whoever has decided otherwise is not asked;
/// and a driver of tests cannot take pictures of such a window.
#[cfg(target_os = "linux")]
fn paint_on_the_processor() {
    use std::os::unix::process::CommandExt;

    const SWITCH: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
    let decided = [SWITCH, "TAURI_WEBVIEW_AUTOMATION"].iter().any(|name| std::env::var_os(name).is_some());
    if decided {
        return;
    }
    if let Ok(own) = std::env::current_exe() {
        // It comes back only when it failed; then the window opens as it would have without.
        let _ = std::process::Command::new(own).args(std::env::args_os().skip(1)).env(SWITCH, "1").exec();
    }
}

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    paint_on_the_processor();
    match sekisho_console::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sekisho-console: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
