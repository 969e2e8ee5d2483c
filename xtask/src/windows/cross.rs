//! Debian's own compiler for Windows: it brings the standard library's source, which is built with the rest.

use std::path::PathBuf;

use crate::machine;
use crate::shell::{self, Outcome};

/// The system that is built for.
pub const TARGET: &str = "x86_64-pc-windows-gnu";

const PACKAGES: &[&str] =
    &["cargo-web", "cmake", "g++-mingw-w64-x86-64-posix", "gcc-mingw-w64-x86-64-posix", "rust-web-src", "rustc-web"];

/// Installs the compiler.
pub fn prepare() -> Outcome {
    machine::install(PACKAGES)
}

/// A folder of its own: these builds and those of the machine's own compiler would throw each other's away.
pub fn folder() -> PathBuf {
    shell::target().join("windows")
}

/// Where the programs are.
pub fn programs() -> PathBuf {
    folder().join(TARGET).join("debug")
}

/// Runs Debian's cargo for Windows.
pub fn cargo(line: &str) -> Outcome {
    let line = format!("/usr/bin/cargo {line} --target {TARGET}");
    let mut command = shell::command("", &line);
    command
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTDOC", "/usr/bin/rustdoc")
        // Building the standard library, and refusing warnings, are not stable yet.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_unwind")
        .env("CARGO_UNSTABLE_WARNINGS", "true")
        .env("CARGO_BUILD_WARNINGS", "deny")
        .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", "x86_64-w64-mingw32-gcc")
        .env("CARGO_TARGET_DIR", folder())
        // The cargo that runs us points these to its own compiler.
        .env_remove("CARGO")
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("RUSTUP_TOOLCHAIN");
    shell::finish(&mut command)
}
