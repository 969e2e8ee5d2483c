//! A real balancer: Debian's `HAProxy`, which passes TLS through to the nodes of a hub.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::process::{Process, free_port};
use crate::wait::wait_for;

/// A started balancer.
#[derive(Debug)]
pub struct Balancer {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    _process: Process,
}

impl Balancer {
    /// Starts one before these ports of 127.0.0.1, as the guide for hubs of several nodes says.
    pub fn start(folder: &Path, nodes: &[u16]) -> Self {
        let mut text = HUB.to_owned();
        for node in nodes {
            writeln!(text, "    server node-{node} 127.0.0.1:{node} check send-proxy").unwrap();
        }
        Self::with(folder, &text)
    }

    /// Starts one before servers, as their guide says: whoever answers `/ping` with 200 gets users.
    pub fn of_servers(folder: &Path, servers: &[String]) -> Self {
        let mut text = SERVERS.to_owned();
        for (number, server) in servers.iter().enumerate() {
            writeln!(text, "    server sso-{number} {server}").unwrap();
        }
        Self::with(folder, &text)
    }

    fn with(folder: &Path, listen: &str) -> Self {
        fs::create_dir_all(folder).unwrap();
        let port = free_port();
        let text = format!("{DEFAULTS}{}", listen.replace("PORT", &port.to_string()));
        let file = folder.join("haproxy.cfg");
        fs::write(&file, text).unwrap();
        let log = fs::File::create(folder.join("haproxy.log")).unwrap();
        // The worker ends with the process that is started here.
        let mut command = Command::new("/usr/sbin/haproxy");
        let process = Process::start(command.arg("-db").arg("-f").arg(file).stdout(Stdio::null()).stderr(log));
        wait_for("the balancer listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        Self { port, _process: process }
    }
}

const DEFAULTS: &str = "
defaults
    mode tcp
    timeout connect 3s
    timeout client 2m
    timeout server 2m
    retries 3
    option redispatch 1
";

const HUB: &str = "
listen hub
    bind 127.0.0.1:PORT
    balance roundrobin
    default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
";

const SERVERS: &str = "
listen sso
    bind 127.0.0.1:PORT
    balance roundrobin
    option httpchk GET /ping
    http-check expect status 200
    default-server check check-ssl verify none inter 500ms fall 2 rise 1
";
