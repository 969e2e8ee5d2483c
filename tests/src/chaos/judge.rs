//! What has to hold after every round.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::act::Act;
use super::round::Ended;
use super::town::Town;
use crate::cli::Cli;
use crate::wait::wait_or_say;

/// Brings an act that was cut off to its end by doing it again, and judges it; whether it had taken effect before that.
pub(super) fn act(town: &mut Town, act: Act, words: &[String], ended: &Ended, name: &str) -> bool {
    // Whoever was refused was told why.
    assert!(
        ended.acknowledged || ended.text == "killed" || ended.code.is_some(),
        "{name}: it ended without a code: {ended:?}"
    );
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match act {
        Act::Import | Act::Connection => import(town, &words, ended, name),
        Act::Save | Act::Apply => save(town, &words, ended, name),
        Act::Sync => sync(town, ended, name),
        Act::Enrol => enrol(town, &words, ended, name),
        Act::Retire => retire(town, &words, ended, name),
    }
}

/// The draft has the certificate, or what the connection's file says, or has it not; with its keys.
fn import(town: &Town, words: &[&str], ended: &Ended, name: &str) -> bool {
    let founder = &town.site.founder;
    running(founder, town.saved.len() as u64, name);
    let changes = founder.run(&["diff"]);
    let new = changes != json!([]);
    assert!(new || !ended.acknowledged, "{name}: an import that was acknowledged is lost");
    if !new {
        founder.run(words);
    }
    let checks = founder.run(&["validate"]);
    let checks = checks.as_array().unwrap();
    assert!(checks.iter().all(|check| check["severity"] != "error"), "{name}: {checks:?}");
    founder.run(&["draft", "discard"]);
    new
}

/// The hub has it once or not at all; a draft that is not saved is there.
fn save(town: &mut Town, words: &[&str], ended: &Ended, name: &str) -> bool {
    let founder = &town.site.founder;
    let wanted = town.saved.len() as u64;
    let newest = || wait_synced(founder, name)["revision"].as_u64().unwrap();
    let new = if ended.acknowledged { true } else { newest() == wanted };
    if !new {
        let again = founder.command(words).output().unwrap();
        let fault: Value = serde_json::from_slice(&again.stderr).unwrap_or_default();
        // The agent may have gone on with what a killed command has asked it for, and been faster.
        let faster = fault["code"] == "service.no_changes";
        assert!(again.status.success() || faster, "{name}: it is not saved the second time: {fault}");
        assert!(newest() == wanted, "{name}: it is not there after the second time");
    }
    running(founder, wanted, name);
    assert_eq!(founder.code(&["save", "--yes"]), "service.no_changes", "{name}: the draft was saved, and is there");
    new
}

/// It finds everything whole.
fn sync(town: &Town, ended: &Ended, name: &str) -> bool {
    let synced = wait_synced(&town.site.founder, name);
    assert_eq!(synced["revision"], town.saved.len() as u64, "{name}: {synced}");
    ended.acknowledged
}

/// A Full Sync, as soon as the hub is reached again.
fn wait_synced(cli: &Cli, name: &str) -> Value {
    let tried = || {
        let output = cli.command(&["sync", "--full"]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let synced: Option<Value> = serde_json::from_str(&text).ok().filter(|_| output.status.success());
        synced.ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let synced = wait_or_say(&format!("{name}: Full Sync"), || tried().ok(), || format!("{:?}", tried().err()));
    assert_eq!(synced["faults"], json!([]), "{name}: {synced}");
    synced
}

/// The guest belongs to the connection, whenever it was cut off, once it is asked again.
fn enrol(town: &Town, words: &[&str], ended: &Ended, name: &str) -> bool {
    let guest = town.guest.as_ref().expect("it was invited");
    // A second try is refused if it has joined, and for nothing else.
    let again = guest.cli.command(words).output().unwrap();
    let new = !again.status.success();
    let fault = String::from_utf8_lossy(&again.stderr);
    assert!(!new || fault.contains("service.already_enrolled"), "{name}: {fault}, after {ended:?}");
    assert!(new || !ended.acknowledged, "{name}: an enrolment that was acknowledged is lost");
    running(&guest.cli, town.saved.len() as u64, name);
    assert_eq!(guest.cli.code(words), "service.already_enrolled", "{name}");
    new
}

/// The guest has left for good, and the keys are new.
fn retire(town: &mut Town, words: &[&str], ended: &Ended, name: &str) -> bool {
    let guest = town.guest.take().expect("it has joined");
    let founder = &town.site.founder;
    let id = words[2];
    let left = |servers: &Value| !entry(servers, id).expect("it is listed")["retired"].is_null();
    let new = left(&founder.run(&["servers", "list"]));
    assert!(new || !ended.acknowledged, "{name}: a retirement that was acknowledged is lost");
    let done = founder.run(words);
    assert_eq!(done["left"], 0, "{name}: {done}");
    assert!(left(&founder.run(&["servers", "list"])), "{name}");
    let told = |status: &Value| {
        explained(status, name);
        status["state"]["reason"]["code"] == "service.retired"
    };
    wait_or_say(
        &format!("{name}: the guest knows that it has left"),
        || Some(()).filter(|()| told(&guest.status())),
        || guest.status(),
    );
    new
}

fn entry<'a>(servers: &'a Value, id: &str) -> Option<&'a Value> {
    servers.as_array().unwrap().iter().find(|server| server["server"] == id)
}

/// A state that is not `running` has a code, and so has each warning.
fn explained(status: &Value, name: &str) {
    let state = &status["state"];
    if state["state"] == "stopped" || state["state"] == "failed" {
        assert!(state["reason"]["code"].is_string(), "{name}: {status}");
    }
    for warning in status["warnings"].as_array().unwrap() {
        assert!(warning["code"].is_string(), "{name}: {status}");
    }
}

/// It serves this revision and follows the hub; until then an older one, and says so.
fn running(cli: &Cli, revision: u64, name: &str) {
    let ask = || {
        let status = cli.run(&["status"]);
        explained(&status, name);
        let there = status["revision"].as_u64().unwrap_or(0);
        assert!(there <= revision, "{name}: nobody has saved revision {there}");
        let follows = status["hub"]["hub"] == "reachable";
        (status["state"]["state"] == "running" && there == revision && follows).then_some(())
    };
    wait_or_say(&format!("{name}: revision {revision} is served"), ask, || cli.run(&["status"]));
}

/// What has to hold whatever was done.
pub(super) fn all_is_whole(town: &mut Town, name: &str) {
    let revision = town.saved.len() as u64;
    for (cli, address) in town.members() {
        running(cli, revision, name);
        served(town, cli, address, name);
    }
    history(town, name);
    servers(town, name);
    let told = town.told();
    assert!(told.is_empty(), "{name}: {told:?}");
    let litter = town.litter();
    assert!(litter.is_empty(), "{name}: {litter:?} was left lying about");
}

/// Every part of what a server serves is of its one revision; and the port answers with that revision's certificate.
fn served(town: &Town, cli: &Cli, address: &str, name: &str) {
    let export = cli.run(&["export", "--redacted"]);
    let revision = usize::try_from(export["revision"].as_u64().unwrap()).unwrap();
    let (document, saved) = (&export["document"], &town.saved[revision - 1]);
    assert_eq!(document["reason"], saved.reason, "{name}: {document}");
    assert_eq!(document["skew_seconds"].to_string(), saved.skew, "{name}: {document}");
    assert!(document["attributes"].to_string().contains(&format!("\"{}\"", saved.attribute)), "{name}: {document}");
    let chain = document["tls"]["certificates"].as_str().unwrap();
    let file = town.site.home.join("served.pem");
    fs::write(&file, chain).unwrap();
    let port = town.site.port;
    let asked = Command::new("curl")
        .args(["--silent", "--fail", "--output", "/dev/null", "--cacert"])
        .arg(&file)
        .args(["--resolve", &format!("localhost:{port}:{address}"), &format!("https://localhost:{port}/sso-connect")])
        .status()
        .unwrap();
    assert!(asked.success(), "{name}: the port at {address} serves another certificate, or nothing: {asked}");
}

/// Each save is there once, in its order, and can be read.
fn history(town: &Town, name: &str) {
    let history = town.site.founder.run(&["history"]);
    let entries = history.as_array().unwrap();
    let reasons: Vec<&str> = entries.iter().rev().map(|one| one["reason"].as_str().unwrap_or_default()).collect();
    let wanted: Vec<&str> = town.saved.iter().map(|saved| saved.reason.as_str()).collect();
    let newest = &wanted[wanted.len().saturating_sub(reasons.len())..];
    assert_eq!(reasons, newest, "{name}");
    let numbers: Vec<u64> = entries.iter().rev().map(|one| one["revision"].as_u64().unwrap()).collect();
    let all: Vec<u64> = (1..=wanted.len() as u64).collect();
    assert_eq!(numbers, all[all.len() - numbers.len()..], "{name}: a gap");
    assert!(entries.iter().all(|one| one["fault"].is_null()), "{name}: {history}");
}

/// Whoever is listed as a server runs, once.
fn servers(town: &Town, name: &str) {
    let list = town.site.founder.run(&["servers", "list"]);
    let live = list.as_array().unwrap().iter().filter(|server| server["retired"].is_null());
    let listed: Vec<&str> = live.map(|server| server["server"].as_str().unwrap()).collect();
    let here: BTreeSet<String> = town
        .members()
        .iter()
        .map(|(cli, _)| cli.run(&["status"])["membership"]["server"].as_str().unwrap().to_owned())
        .collect();
    let set: BTreeSet<String> = listed.iter().map(|id| (*id).to_owned()).collect();
    assert_eq!((set, listed.len()), (here.clone(), here.len()), "{name}: {list}");
}
