//! The licences of what is linked into the programs and the pages: their authors ask that they go with every copy.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::shell;

/// What vite puts into the pages.
const PAGES: &[&str] = &["@hpke/common", "@hpke/core", "@tauri-apps/api", "clsx", "esm-env", "svelte"];

/// A library, with the folder that its licence lies in.
struct Library {
    name: String,
    licence: String,
    folder: PathBuf,
}

/// All libraries with their licences; a text that many share stands once, below all their names.
pub(super) fn text() -> Result<String, String> {
    let mut libraries = crates()?;
    for name in PAGES {
        libraries.push(page_library(name)?);
    }
    let mut by_text: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut without = BTreeSet::new();
    for library in &libraries {
        let title = format!("{} ({})", library.name, library.licence);
        let texts = licences(&library.folder)?;
        if texts.is_empty() {
            without.insert(title.clone());
        }
        for text in texts {
            by_text.entry(text).or_default().insert(title.clone());
        }
    }
    let mut all = "Sekisho's programs and pages hold these libraries.\n".to_owned();
    let rule = "=".repeat(80);
    for (text, titles) in &by_text {
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        // Writing into a string does not fail.
        let _ = write!(all, "\n{rule}\n{}\n{rule}\n\n{}\n", titles.join("\n"), text.trim_end());
    }
    let without: Vec<String> = without.into_iter().collect();
    let _ =
        write!(all, "\n{rule}\nThese name their licence and bring no text of their own:\n\n{}\n", without.join("\n"));
    Ok(all)
}

/// The crates of others that the package's programs are linked with.
fn crates() -> Result<Vec<Library>, String> {
    let line = "cargo metadata --format-version 1 --offline --filter-platform x86_64-unknown-linux-gnu";
    let metadata = shell::output("", line).ok_or("cargo metadata failed")?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let linked = linked(&metadata);
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let foreign = packages.filter(|package| !package["source"].is_null());
    let library = |package: &Value| {
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        let folder = Path::new(&text("manifest_path")).parent().map(Path::to_path_buf).unwrap_or_default();
        Library { name: format!("{} {}", text("name"), text("version")), licence: text("license"), folder }
    };
    let wanted = foreign.filter(|package| package["id"].as_str().is_some_and(|id| linked.contains(id)));
    Ok(wanted.map(library).collect())
}

/// The ids of all packages that our programs reach by normal dependencies.
fn linked(metadata: &Value) -> BTreeSet<&str> {
    let nodes = metadata["resolve"]["nodes"].as_array().into_iter().flatten();
    let nodes: BTreeMap<&str, &Value> = nodes.filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let programs = ["sekisho-console", "sekisho-service", "sekisho-cli", "sekisho-hub"];
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let ours = packages.filter(|package| programs.iter().any(|name| package["name"] == **name));
    let mut open: Vec<&str> = ours.filter_map(|package| package["id"].as_str()).collect();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !found.insert(id) {
            continue;
        }
        let links = nodes.get(id).and_then(|node| node["deps"].as_array()).into_iter().flatten();
        let normal =
            |link: &&Value| link["dep_kinds"].as_array().into_iter().flatten().any(|kind| kind["kind"].is_null());
        open.extend(links.filter(normal).filter_map(|link| link["pkg"].as_str()));
    }
    found
}

fn page_library(name: &str) -> Result<Library, String> {
    let folder = shell::root().join("ui/node_modules").join(name);
    let manifest = super::read(&folder.join("package.json"))?;
    let manifest: Value = serde_json::from_str(&manifest).map_err(|error| format!("{name}: {error}"))?;
    let text = |key: &str| manifest[key].as_str().unwrap_or_default().to_owned();
    Ok(Library { name: format!("{name} {}", text("version")), licence: text("license"), folder })
}

/// The licences that lie in a library's folder.
fn licences(folder: &Path) -> Result<Vec<String>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut texts = Vec::new();
    for file in fs::read_dir(folder).map_err(failed)? {
        let file = file.map_err(failed)?;
        let name = file.file_name().to_string_lossy().to_lowercase();
        let is_licence = ["licen", "copying", "notice", "unlicense"].iter().any(|start| name.starts_with(start));
        if is_licence && file.path().is_file() {
            // A few are in older encodings.
            texts.push(String::from_utf8_lossy(&fs::read(file.path()).map_err(failed)?).replace('\r', ""));
        }
    }
    Ok(texts)
}
