//! Disks that are full, broken, or lose their power in the middle of a save.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::namespace;
use sekisho_tests::process::Process;
use sekisho_tests::site::{self, Site};
use sekisho_tests::wait::{wait_for, wait_or_say};
use serde_json::Value;

/// Fills a disk to its last byte; the file that does it.
fn fill(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("full");
    let mut file = File::create(&path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    while file.write_all(&[0]).is_ok() {}
    path
}

fn warned(status: &Value, code: &str) -> bool {
    status["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == code)
}

/// Fault row 3: the disk is full, or only to be read, while a configuration is saved.
#[test]
fn on_a_full_or_broken_disk_a_save_is_refused_by_code_and_users_go_on() {
    if !namespace::entered_own_disks() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("two/data");
    namespace::small_disk(&data, 16);
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let (mut service, two) = site.second();
    let status = |condition: &str, is: &dyn Fn(&Value) -> bool| site::status(&two, condition, is);
    status("the second server runs", &|status| status["state"]["state"] == "running");
    let sign_in = |name: &str| {
        let browser = Browser::start_where(&home.path().join(name), "127.0.0.2");
        browser.sign_in(&sp.origin, "alice");
        browser.key_check()
    };
    let key = sign_in("before");

    // What was typed is not kept, and that is said; what is served goes on.
    let full = fill(&data);
    assert_eq!(two.code(&["draft", "set", "skew_seconds", "45"]), "service.file");
    assert_eq!(sign_in("full"), key);
    fs::remove_file(full).unwrap();
    two.run(&["draft", "set", "skew_seconds", "45"]);
    namespace::read_only(&data);
    assert_eq!(two.code(&["draft", "set", "skew_seconds", "46"]), "service.file");
    assert_eq!(sign_in("read-only"), key);
    namespace::writable(&data);
    assert_eq!(two.run(&["diff"])[0]["to"], "45", "the draft is as it was");

    // Full between a save and its application: the old one goes on, with the reason; then the new one comes by itself.
    signal(service.id(), "-STOP");
    site.founder.run(&["draft", "set", "skew_seconds", "77"]);
    site.founder.run(&["save", "--yes", "--reason", "while a disk fills"]);
    let full = fill(&data);
    signal(service.id(), "-CONT");
    let now = status("the reason is told", &|status| warned(status, "service.database"));
    assert_eq!((&now["state"]["state"], &now["revision"]), (&"running".into(), &1.into()));
    assert_eq!(sign_in("between"), key);
    fs::remove_file(full).unwrap();
    status("it is applied", &|status| status["revision"] == 2 && !warned(status, "service.database"));
    // What happens is written down again, too.
    let sign_ins = || {
        let entries = two.run(&["activity"]);
        entries.as_array().unwrap().iter().filter(|entry| entry["kind"] == "sign_in").count()
    };
    let before = sign_ins();
    sign_in("after");
    wait_for("the sign-in is written down", || (sign_ins() > before).then_some(()));
    service.kill();
    service.start_again();
    status("it runs again", &|status| status["revision"] == 2 && status["state"]["state"] == "running");
    // What is being written just now is there for a moment.
    let left = || -> Vec<_> { fs::read_dir(&data).unwrap().flatten().map(|file| file.file_name()).collect() };
    let is_done = || (!left().iter().any(|name| name.to_string_lossy().ends_with(".new"))).then_some(());
    wait_or_say("nothing half is left", is_done, || format!("{:?}", left()));
}

/// Fault row 3, at the hub: what it cannot write it refuses, and takes as soon as there is room, without a restart.
#[test]
fn a_hub_whose_disk_was_full_takes_the_save_as_soon_as_there_is_room() {
    if !namespace::entered_own_disks() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("hub");
    namespace::small_disk(&folder, 16);
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    site.founder.run(&["draft", "set", "skew_seconds", "45"]);
    let full = fill(&folder);
    assert_eq!(site.founder.code(&["save", "--yes", "--reason", "too much"]), "hub.store");
    assert_eq!(site.founder.run(&["status"])["revision"], 1);
    fs::remove_file(full).unwrap();
    site.founder.run(&["save", "--yes", "--reason", "there is room"]);
    site.status("it is applied", |status| status["revision"] == 2);
}

fn signal(process: u32, name: &str) {
    assert!(Command::new("kill").args([name, &process.to_string()]).status().unwrap().success());
}

/// The calls that say in which order bytes reach the disk.
const CALLS: &str = "openat,rename,renameat,renameat2,fsync,fdatasync";

/// Fault row 2: the power goes. What is acknowledged has reached the disk, file and folder, in an order that leaves the old or
/// the new.
#[test]
fn a_file_reaches_the_disk_before_its_name_and_the_name_before_the_answer() {
    let home = tempfile::tempdir().unwrap();
    let (site, trace) = (Site::found(home.path()), home.path().join("trace"));
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-y", "-e", &format!("trace={CALLS}"), "-p", &site.service.id().to_string(), "-o"]).arg(&trace);
    let tracer = Process::start(tracer.stderr(Stdio::null()));
    wait_for("it is traced", || fs::metadata(&trace).ok().filter(|_| is_traced(site.service.id())).map(drop));
    site.founder.run(&["draft", "set", "skew_seconds", "45"]);
    let answered = fs::read_to_string(&trace).unwrap();
    drop(tracer);
    let calls = calls(&answered);
    let call = |what: &str, is: &dyn Fn(&Call) -> bool| {
        calls.iter().rfind(|call| is(call)).unwrap_or_else(|| panic!("{what} in\n{answered}"))
    };
    let written = call("the file is written", &|call| call.is("fsync(", "/draft.new>)"));
    let named = call("it gets its name", &|call| call.is("rename", "draft.sealed\")"));
    let keeps = |call: &Call| call.is("fsync(", "/one/data>)") && call.begin > named.end;
    assert!(written.end < named.begin && calls.iter().any(keeps), "{answered}");
}

/// A call that has ended, by the lines of the trace between which it was made.
struct Call {
    begin: usize,
    end: usize,
    text: String,
}

impl Call {
    fn is(&self, name: &str, what: &str) -> bool {
        self.text.starts_with(name) && self.text.contains(what)
    }
}

/// The calls of a trace. One that another thread's came between stands there in two lines: the first ends with
/// `<unfinished ...>`, and the second begins with `<... name resumed>`.
fn calls(trace: &str) -> Vec<Call> {
    let (mut halves, mut done) = (HashMap::new(), Vec::new());
    for (at, line) in trace.lines().enumerate() {
        let Some((thread, text)) = line.split_once(' ') else { continue };
        let text = text.trim_start();
        if let Some(first) = text.strip_suffix(" <unfinished ...>") {
            halves.insert(thread, (at, first));
        } else if let Some((_, rest)) = text.strip_prefix("<... ").and_then(|text| text.split_once(" resumed>")) {
            // What was begun before it was traced is not asked for.
            let Some((begin, first)) = halves.remove(thread) else { continue };
            done.push(Call { begin, end: at, text: format!("{first}{rest}") });
        } else {
            done.push(Call { begin: at, end: at, text: text.to_owned() });
        }
    }
    done
}

fn is_traced(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    status.lines().any(|line| line.strip_prefix("TracerPid:").is_some_and(|tracer| tracer.trim() != "0"))
}
