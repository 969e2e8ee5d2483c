//! One XML parser in the whole of signing in: two that read one document in two ways have been the end of many a service.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Words that start a parser, and the only files in which each may stand.
const PARSERS: [(&str, &[&str]); 12] = [
    ("quick_xml", &["crates/saml/src/build.rs"]),
    ("uppsala::parse", &[]),
    ("Parser::new", &["crates/saml/src/xml.rs"]),
    ("Parser::default", &[]),
    ("with_forbid_dtd(false)", &[]),
    ("XmlDocument", &[]),
    // It parses by itself, without our limits.
    ("canonicalize(", &[]),
    ("canonicalize::<", &[]),
    ("bergshamra_c14n::canonicalize,", &[]),
    ("roxmltree", &[]),
    ("xml::reader", &[]),
    ("html5ever", &[]),
];

/// What of quick-xml may be used: its writer.
const WRITES: [&str; 3] = ["use quick_xml::Writer;", "use quick_xml::events::{", "Writer::new("];

/// Crates that read XML. `uppsala` is the parser; the two of bergshamra canonicalize its tree; `quick-xml` writes.
const XML: [&str; 17] = [
    "uppsala",
    "bergshamra-c14n",
    "bergshamra-xml",
    "bergshamra-core",
    "quick-xml",
    "xml-rs",
    "xml",
    "roxmltree",
    "xmltree",
    "xmlparser",
    "serde-xml-rs",
    "minidom",
    "libxml",
    "sxd-document",
    "xot",
    "html5ever",
    "xml5ever",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn nothing_in_the_way_of_a_sign_in_starts_a_second_parser() {
    let mut files = Vec::new();
    for member in ["saml", "signin", "service"] {
        sources(&root().join(format!("crates/{member}/src")), &mut files);
    }
    assert!(files.len() > 50, "only {} files were found", files.len());
    let mut seen = BTreeSet::new();
    for file in files {
        let name = file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&file).unwrap();
        for (word, allowed) in PARSERS {
            if text.contains(word) {
                assert!(allowed.contains(&name.as_str()), "{name}: {word}");
                seen.insert(word);
            }
        }
        for line in text.lines().filter(|line| line.contains("quick_xml")) {
            assert!(WRITES.iter().any(|write| line.starts_with(write)), "{name}: {line}");
        }
        assert!(!text.contains("quick_xml") || !text.contains("Reader"), "{name}: a reader of quick-xml");
    }
    assert_eq!(seen, BTreeSet::from(["quick_xml", "Parser::new"]), "what is looked for is where it is known to be");
}

#[test]
fn one_crate_parses_xml_and_what_it_links_is_what_the_service_links() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    // A machine that only built for itself has not fetched what other platforms need.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let arguments = ["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", &platform];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let names: BTreeMap<String, String> = list(&metadata["packages"])
        .iter()
        .map(|package| (package["id"].as_str().unwrap().to_owned(), package["name"].as_str().unwrap().to_owned()))
        .collect();
    let links: BTreeMap<String, Vec<String>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| {
            let normal = list(&node["deps"])
                .into_iter()
                .filter(|link| list(&link["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()));
            (
                node["id"].as_str().unwrap().to_owned(),
                normal.map(|link| link["pkg"].as_str().unwrap().to_owned()).collect(),
            )
        })
        .collect();
    let (service, _) = names.iter().find(|(_, name)| *name == "sekisho-service").unwrap();
    let mut seen = BTreeSet::new();
    let mut ahead = vec![service.clone()];
    let mut who: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    while let Some(package) = ahead.pop() {
        if !seen.insert(package.clone()) {
            continue;
        }
        for link in &links[&package] {
            if let Some(known) = XML.iter().find(|known| **known == names[link]) {
                who.entry(known).or_default().insert(names.get(&package).unwrap());
            }
            ahead.push(link.clone());
        }
    }
    let saml = BTreeSet::from(["sekisho-saml"]);
    let canonicalizer = BTreeSet::from(["bergshamra-c14n", "bergshamra-core", "bergshamra-xml", "sekisho-saml"]);
    for (parser, by) in who {
        match parser {
            "quick-xml" => assert_eq!(by, saml, "{parser}"),
            "uppsala" | "bergshamra-c14n" | "bergshamra-xml" | "bergshamra-core" => {
                assert!(by.is_subset(&canonicalizer), "{parser}: {by:?}");
            }
            other => panic!("{other} reads XML too, for {by:?}"),
        }
    }
}
