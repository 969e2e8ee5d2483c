//! The admin socket under garbage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use sekisho_admin_api::status::GetStatus;
use sekisho_admin_api::{Client, Endpoint, Hello, codes};
use sekisho_tests::process::Process;
use sekisho_tests::service::Service;
use sekisho_tests::wait::wait_for;

fn ask(service: &Service) -> sekisho_fault::Result<sekisho_admin_api::status::Status> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { Client::connect(&Endpoint::at(&service.socket)).await?.call::<GetStatus>(()).await })
}

#[test]
fn oversized_and_garbage_frames_end_their_connection_and_harm_nobody_else() {
    let home = tempfile::tempdir().unwrap();
    let service = Service::start(home.path());
    for garbage in [&b"\xff\xff\xff\xff"[..], b"\0\0\0\x04nope", b"GET / HTTP/1.1\r\n\r\n"] {
        let mut stream = UnixStream::connect(&service.socket).unwrap();
        stream.write_all(garbage).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    }
    assert!(ask(&service).is_ok());
    let socket = service.socket.clone();
    assert_eq!(service.end(), Some(0));
    assert!(!socket.exists(), "the socket goes with the service");
}

/// One connection that asks and never reads, and a thousand that say nothing.
const MANY: &str = r"
import json, resource, socket, struct, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (2000, 2000))

def frame(message):
    body = json.dumps(message).encode()
    return struct.pack('>I', len(body)) + body

def connection():
    one = socket.socket(socket.AF_UNIX)
    one.connect(sys.argv[1])
    return one

deaf = connection()
deaf.settimeout(20)
deaf.sendall(frame(HELLO))
silent = [connection() for _ in range(1000)]
print('full', flush=True)
sent = 0
try:
    while sent < 200000:
        deaf.sendall(frame({'id': sent, 'method': 'status.get', 'params': None}))
        sent += 1
except OSError:
    print('ended', sent, flush=True)
sys.stdin.read()
";

/// Fault row 31: connections that say nothing, and a client that asks and asks and reads no answer.
#[test]
fn a_thousand_silent_connections_and_one_that_never_reads_end_and_harm_nobody_else() {
    let home = tempfile::tempdir().unwrap();
    let mut service = Service::start(home.path());
    std::fs::write(home.path().join("admin-accounts"), "65533\n").unwrap();
    service.kill();
    service.start_again();
    let opened = Command::new("chmod").args(["a+rx"]).arg(home.path()).status().unwrap();
    assert!(opened.success());
    let script = MANY.replace("HELLO", &serde_json::to_string(&Hello::ours()).unwrap());
    let mut many = Process::start(
        Command::new("setpriv")
            .args(["--reuid=65533", "--clear-groups", "/usr/bin/python3", "-c", &script])
            .arg(&service.socket)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped()),
    );
    let mut told = BufReader::new(many.child().stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(told.next().as_deref(), Some("full"));
    assert!(ask(&service).is_ok(), "who owns the service is heard all the while");
    let ended = told.next().unwrap();
    assert!(ended.starts_with("ended "), "the client that does not read is dropped: {ended}");
    wait_for("the silent ones have gone, and whoever is listed is heard again", || {
        let files = std::fs::read_dir(format!("/proc/{}/fd", service.id())).ok()?.count();
        (files < 40).then_some(())
    });
    assert!(ask(&service).is_ok());
}

#[test]
fn another_account_cannot_speak_with_the_service_unless_it_is_listed() {
    let home = tempfile::tempdir().unwrap();
    let mut service = Service::start(home.path());
    // The folder is opened for all, so that only the socket itself and the service refuse.
    let opened = Command::new("chmod").args(["a+rx"]).arg(home.path()).status().unwrap();
    assert!(opened.success());
    let script = format!(
        // The whole frame: its length and its body may arrive apart.
        "import socket; s = socket.socket(socket.AF_UNIX); s.connect({:?}); f = s.makefile('rb'); \
         print(f.read(int.from_bytes(f.read(4), 'big')))",
        service.socket.display().to_string()
    );
    let other = |account: &str| {
        let mut command = Command::new("setpriv");
        command.args([&format!("--reuid={account}"), "--clear-groups", "/usr/bin/python3", "-c", &script]);
        command.output().unwrap()
    };
    let refused = other("65534");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("PermissionError"), "{said}");
    assert_ne!(ask(&service).map_err(|fault| fault.code).err(), Some(codes::NOT_ALLOWED));

    // One account is listed: the service itself refuses every other, by its code.
    std::fs::write(home.path().join("admin-accounts"), "65533\n").unwrap();
    service.kill();
    service.start_again();
    let said = String::from_utf8_lossy(&other("65534").stdout).into_owned();
    assert!(said.contains(codes::NOT_ALLOWED.as_str()), "{said}");
    // Whoever is on the list is heard: the service waits for a greeting, until the other side goes.
    let heard = Command::new("timeout")
        .args(["1", "setpriv", "--reuid=65533", "--clear-groups", "/usr/bin/python3", "-c", &script])
        .output()
        .unwrap();
    assert_eq!((heard.status.code(), heard.stdout.len()), (Some(124), 0), "it is not refused");
}
