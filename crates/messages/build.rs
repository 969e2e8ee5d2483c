//! Lists the files of `messages/`, so that a new area needs no line of code.

// The list is Rust source: names and paths are written as Rust literals on purpose.
#![allow(clippy::unnecessary_debug_formatting)]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../messages").canonicalize()?;
    println!("cargo:rerun-if-changed={}", root.display());
    let mut areas: Vec<_> = fs::read_dir(&root)?.collect::<Result<_, _>>()?;
    areas.sort_by_key(fs::DirEntry::file_name);
    let mut list = String::from("pub(super) const FILES: &[(&str, &str, &str)] = &[\n");
    for area in areas {
        for tag in ["en", "ja"] {
            let file = area.path().join(format!("{tag}.json"));
            println!("cargo:rerun-if-changed={}", file.display());
            if file.is_file() {
                writeln!(list, "({:?}, {tag:?}, include_str!({file:?})),", area.file_name().to_string_lossy())?;
            }
        }
    }
    list.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("texts.rs"), list)?;
    Ok(())
}
