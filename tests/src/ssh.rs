//! A real `sshd` on a port of its own, whose only account key leads to `sekisho admin-stdio` at one service.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{Process, built, free_port};
use crate::wait::wait_for;

/// A started server, and the client's side of it.
pub struct Sshd {
    /// `ssh://…`, for `--host` and the console.
    pub address: String,
    /// What `PATH` has to begin with, so that `ssh` reads this client's settings and nobody's own.
    pub path: String,
    folder: PathBuf,
    _process: Process,
}

impl Sshd {
    /// Starts one before the service at `socket`.
    pub fn start(folder: &Path, socket: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        // Without this folder it refuses to start; the package's unit makes it, which does not run here.
        fs::create_dir_all("/run/sshd").unwrap();
        let (port, at) = (free_port(), |name: &str| folder.join(name).display().to_string());
        for key in ["host", "user"] {
            let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f", &at(key)]).status();
            assert!(made.unwrap().success());
        }
        let public = |key: &str| fs::read_to_string(folder.join(format!("{key}.pub"))).unwrap();
        let command = format!("SEKISHO_ADMIN_SOCKET={} {} admin-stdio", socket.display(), built("sekisho").display());
        write(folder, "authorized_keys", &format!("restrict,command=\"{command}\" {}", public("user")));
        let server = format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\nPidFile none\n\
             PermitRootLogin prohibit-password\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n",
            at("host"),
            at("authorized_keys")
        );
        write(folder, "sshd_config", &server);
        let client = format!(
            "Host *\n IdentityFile {}\n UserKnownHostsFile {}\n IdentitiesOnly yes\n",
            at("user"),
            at("known_hosts")
        );
        write(folder, "ssh_config", &client);
        write(folder, "bin/ssh", &format!("#!/bin/sh\nexec /usr/bin/ssh -F {} \"$@\"\n", at("ssh_config")));
        fs::set_permissions(folder.join("bin/ssh"), fs::Permissions::from_mode(0o755)).unwrap();
        let log = fs::File::create(folder.join("sshd.log")).unwrap();
        let mut sshd = Command::new("/usr/sbin/sshd");
        let process =
            Process::start(sshd.args(["-D", "-e", "-f", &at("sshd_config")]).stdout(Stdio::null()).stderr(log));
        wait_for("sshd listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        let path = format!("{}:{}", at("bin"), std::env::var("PATH").unwrap_or_default());
        let address = format!("ssh://root@127.0.0.1:{port}");
        let started = Self { address, path, folder: folder.to_owned(), _process: process };
        started.knows(&format!("[127.0.0.1]:{port} {}", public("host")));
        started
    }

    /// What the client knows of hosts, from now on.
    pub fn knows(&self, hosts: &str) {
        write(&self.folder, "known_hosts", hosts);
    }
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
