//! The real service, with its files in a folder.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{Process, built, free_port};
use crate::wait::wait_for;

/// What an identity provider has to know of the service provider.
pub struct Sp {
    /// The port.
    pub port: u16,
    /// Scheme, host and port.
    pub origin: String,
    /// The Entity ID.
    pub entity_id: String,
    /// The assertion consumer service.
    pub acs: String,
    /// The SAML certificate, PEM.
    pub certificate: PathBuf,
    folder: PathBuf,
}

impl Sp {
    /// Makes keys and certificates in `folder` for a service at `localhost`.
    pub fn prepare(folder: &Path) -> Self {
        let port = free_port();
        let origin = format!("https://localhost:{port}");
        let at = folder.to_path_buf();
        self_signed(at.clone(), "tls", "localhost");
        self_signed(at.clone(), "saml", "saml");
        for name in ["tls", "saml"] {
            let read = |end: &str| fs::read_to_string(at.join(format!("{name}.{end}"))).unwrap();
            fs::write(at.join(format!("{name}.pem")), read("crt") + &read("key")).unwrap();
        }
        Self {
            entity_id: format!("{origin}/sso-connect"),
            acs: format!("{origin}/sso-connect/saml/sso"),
            certificate: at.join("saml.crt"),
            origin,
            port,
            folder: at,
        }
    }

    /// Writes the configuration file. `changes` replace text in it: (from, to).
    pub fn configure(&self, metadata: &Path, changes: &[(&str, &str)]) {
        let mut text = format!(
            "[server]\nprivate_ip = \"127.0.0.1\"\n\n[connection]\nadvertised_host = \"localhost\"\nadvertised_port = {}\n\
             tls_certificate = \"tls.pem\"\nsaml_certificate = \"saml.pem\"\nidp_metadata = \"{}\"\n\n\
             [attributes]\nfirst = \"givenName\"\nlast = \"sn\"\nemail = \"mail\"\n\n\
             [provisioning]\njust_in_time = true\ndomains = [\"example.com\"]\n",
            self.port,
            metadata.display()
        );
        for (from, to) in changes {
            assert!(text.contains(from), "the configuration has no {from}");
            text = text.replace(from, to);
        }
        fs::write(self.folder.join("sekisho.toml"), text).unwrap();
    }
}

/// The started service.
pub struct Service {
    /// The admin API's socket.
    pub socket: PathBuf,
    process: Process,
}

impl Service {
    /// Starts the service with the configuration file that was written, and waits for its admin API.
    pub fn start(sp: &Sp) -> Self {
        let socket = sp.folder.join("admin.sock");
        let log = fs::OpenOptions::new().create(true).append(true).open(sp.folder.join("sekishod.log")).unwrap();
        let process = Process::start(
            Command::new(built("sekishod"))
                .arg("--data")
                .arg(sp.folder.join("data"))
                .arg("--admin-socket")
                .arg(&socket)
                .arg("--configuration")
                .arg(sp.folder.join("sekisho.toml"))
                .stderr(Stdio::from(log)),
        );
        wait_for("the admin API answers", || UnixStream::connect(&socket).ok());
        Self { socket, process }
    }

    /// Asks the service to end, as systemd does, and gives its exit code.
    pub fn end(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.process.child().wait().unwrap().code()
    }
}

/// Makes NAME.key and NAME.crt for a host.
pub fn self_signed(folder: PathBuf, name: &str, host: &str) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", &format!("/CN={host}")])
        .args(["-addext", &format!("subjectAltName=DNS:{host}")])
        .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
