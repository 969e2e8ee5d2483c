//! The rules of the house that a compiler does not check: which crate may link which.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::shell::{self, Outcome};

/// For each crate, the crates of this project it may link. `fault` is open to all.
const LINKS: &[(&str, &[&str])] = &[
    ("fault", &[]),
    ("messages", &[]),
    ("saml", &[]),
    ("certs", &[]),
    ("keys", &[]),
    ("config", &["saml", "certs"]),
    ("windows", &[]),
    ("resolver", &[]),
    ("admin-api", &["windows"]),
    ("notices", &["admin-api", "messages"]),
    ("hub-api", &[]),
    ("hub", &["hub-api", "messages", "windows"]),
    ("admin", &["keys", "hub-api", "config", "resolver"]),
    ("signin", &["saml", "config", "keys", "messages"]),
    (
        "service",
        &[
            "signin",
            "admin-api",
            "hub-api",
            "config",
            "keys",
            "certs",
            "saml",
            "messages",
            "notices",
            "resolver",
            "windows",
        ],
    ),
    ("cli", &["admin", "admin-api", "messages", "saml", "certs", "config", "windows"]),
    ("console", &["admin", "admin-api", "messages", "notices"]),
    ("tests", &["admin-api"]),
    ("bench", &["admin-api", "hub", "keys", "saml", "service", "tests"]),
    ("fuzz", &["admin-api", "certs", "keys", "saml"]),
];

/// Crates that must stay without I/O: none of these may be among their dependencies.
const PURE: &[&str] = &["saml", "certs", "config", "keys"];
const IMPURE: &[&str] = &["tokio", "reqwest", "hyper", "sqlx", "axum"];

/// Checks the links.
pub fn check() -> Outcome {
    let metadata =
        shell::output("", "cargo metadata --format-version 1 --no-deps --offline").ok_or("cargo metadata failed")?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let allowed: BTreeMap<&str, &[&str]> = LINKS.iter().copied().collect();
    let mut wrong = BTreeSet::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let Some(name) = short(&package["name"]) else { continue };
        let Some(may) = allowed.get(name) else {
            wrong.insert(format!("{name} is not in the list of xtask/src/house.rs"));
            continue;
        };
        let normal = package["dependencies"].as_array().into_iter().flatten().filter(|link| link["kind"].is_null());
        for link in normal {
            if let Some(other) = short(&link["name"]) {
                if other != "fault" && !may.contains(&other) {
                    wrong.insert(format!("{name} may not link {other}"));
                }
            } else if PURE.contains(&name) && IMPURE.iter().any(|impure| link["name"] == **impure) {
                wrong.insert(format!("{name} is pure and may not link {}", link["name"]));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into_iter().collect::<Vec<_>>().join("\n")) }
}

fn short(name: &Value) -> Option<&str> {
    name.as_str()?.strip_prefix("sekisho-")
}
