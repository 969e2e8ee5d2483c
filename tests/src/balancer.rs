//! Real balancers: Debian's `HAProxy` and nginx, with configurations of their own or those that Sekisho gives.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
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

    /// Starts `HAProxy` with a text that names this port, which no other process has.
    pub fn haproxy(folder: &Path, port: u16, text: &str) -> Self {
        let file = written(folder, "haproxy.cfg", text);
        let checked = Command::new("/usr/sbin/haproxy").arg("-c").arg("-f").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&checked.stderr);
        assert!(checked.status.success() && !said.contains("WARNING"), "{said}");
        let log = fs::File::create(folder.join("haproxy.log")).unwrap();
        let mut command = Command::new("/usr/sbin/haproxy");
        Self::started(command.arg("-db").arg("-f").arg(file).stdout(Stdio::null()).stderr(log), port)
    }

    /// Starts nginx with a text that names this port, which no other process has; `stream`: it stands beside `http`.
    pub fn nginx(folder: &Path, port: u16, text: &str, stream: bool) -> Self {
        let parts = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary: String = parts.map(|part| format!("{part}_temp_path {};", folder.join(part).display())).concat();
        let main = if stream { text.to_owned() } else { format!("http {{ access_log off; {temporary}\n{text}}}") };
        let modules = if stream { "load_module /usr/lib/nginx/modules/ngx_stream_module.so;" } else { "" };
        let pid = folder.join("nginx.pid");
        let head = format!("{modules}\nmaster_process off;\npid {};\nevents {{ }}\n", pid.display());
        let file = written(folder, "nginx.conf", &format!("{head}{main}"));
        let log = folder.join("nginx.log");
        let nginx = || {
            let mut command = Command::new("/usr/sbin/nginx");
            command.arg("-e").arg(&log).arg("-p").arg(folder).arg("-c").arg(&file);
            command
        };
        let checked = nginx().arg("-t").output().unwrap();
        let said = String::from_utf8_lossy(&checked.stderr);
        assert!(checked.status.success() && !said.contains("[warn]"), "{said}");
        Self::started(nginx().args(["-g", "daemon off;"]).stdout(Stdio::null()).stderr(Stdio::null()), port)
    }

    fn started(command: &mut Command, port: u16) -> Self {
        let process = Process::start(command);
        wait_for("the balancer listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        Self { port, _process: process }
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
        Self::started(command.arg("-db").arg("-f").arg(file).stdout(Stdio::null()).stderr(log), port)
    }
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file
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
