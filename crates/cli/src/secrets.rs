//! Where secrets come from: a file, the standard input, or a prompt that does not echo; never from the command line.

use std::fs;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use sekisho_admin_api::private_file;
use sekisho_fault::{Fault, Result};
use totp_rs::{Algorithm, Builder, Secret};
use zeroize::Zeroizing;

use crate::codes;

pub(crate) fn file_fault(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(codes::FILE).with("path", path.display().to_string()).with("detail", error.to_string())
}

/// A text from a file, or from the standard input for `-`, without the line's end.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map_err(|error| file_fault(path, &error))?;
    } else {
        *text = fs::read_to_string(path).map_err(|error| file_fault(path, &error))?;
    }
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Writes a secret where only its owner reads it.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    // Made anew: a file that is there may be open to others, or lead elsewhere.
    if let Err(error) = fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(file_fault(path, &error));
    }
    let written = private_file::create(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| file_fault(path, &error))
}

/// From a file if one is named, else asked without an echo.
pub(crate) fn secret(path: Option<&Path>, what: &str) -> Result<Zeroizing<String>> {
    match path {
        Some(path) => read(path),
        None if std::io::stdin().is_terminal() => {
            let typed = rpassword::prompt_password(format!("{what}: "));
            typed.map(Zeroizing::new).map_err(|error| file_fault(Path::new("-"), &error))
        }
        None => Err(Fault::new(codes::NOBODY_THERE).with("what", what)),
    }
}

/// A line that is typed; what stands in brackets is taken by Enter.
pub(crate) fn line(what: &str, default: &str) -> Result<String> {
    if !std::io::stdin().is_terminal() && std::env::var_os("SEKISHO_ANSWERS").is_none() {
        return Err(Fault::new(codes::NOBODY_THERE).with("what", what));
    }
    if default.is_empty() {
        print!("{what}: ");
    } else {
        print!("{what} [{default}]: ");
    }
    let _ = std::io::stdout().flush();
    let mut typed = String::new();
    let read = std::io::stdin().read_line(&mut typed).map_err(|error| file_fault(Path::new("-"), &error))?;
    if read == 0 {
        return Err(Fault::new(codes::NOBODY_THERE).with("what", what));
    }
    let typed = typed.trim();
    Ok(if typed.is_empty() { default.to_owned() } else { typed.to_owned() })
}

/// Time-based codes (RFC 6238) from a secret in base32.
pub(crate) fn code_of(secret: &str) -> Result<String> {
    let wrong = |_| Fault::new(codes::TOTP_SECRET);
    let secret = Secret::try_from_base32(secret.trim()).map_err(|_| Fault::new(codes::TOTP_SECRET))?;
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret).build().map_err(wrong)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(totp.generate(now).to_string())
}
