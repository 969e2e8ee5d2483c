//! What there is to know of a machine without asking the service.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::files;

/// This program, and the system below it.
pub(super) fn program() -> Value {
    let line = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    let release = line("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "release": name.map(|name| name.trim_matches('"')),
        "kernel": line("/proc/sys/kernel/osrelease"),
    })
}

/// The files of the data folder by size, and this server's settings; what is sealed stays closed.
pub(super) fn data_folder(folder: &Path) -> Value {
    let files = match files(folder) {
        Ok(files) => files,
        Err(error) => return json!({"unreadable": error.kind().to_string()}),
    };
    let settings = fs::read(folder.join("server.json")).ok();
    json!({
        "files": files,
        "this_server": settings.map(|text| serde_json::from_slice(&text).map_or(json!("damaged"), |all: Value| settings_of(&all))),
    })
}

/// Never the proxy's address: it can hold a password.
fn settings_of(all: &Value) -> Value {
    json!({
        "private_ip": all["private_ip"],
        "private_port": all["private_port"],
        "stopped": all["stopped"],
        "has_proxy": !all["proxy"].is_null(),
        "has_authorities": !all["authorities"].is_null(),
    })
}
