//! A mail server of a test's own: Debian's Exim, with mailboxes in a folder.

use std::fs;
use std::net::{IpAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use serde_json::Value;

use crate::process::{Process, free_port};
use crate::wait::wait_for;

/// The account as which Debian's Exim runs.
const ACCOUNT: &str = "Debian-exim";
/// Whom it lets send.
pub const USER: &str = "sekisho";
/// With which password.
pub const PASSWORD: &str = "quiet-lantern 7:%";

/// A mail server, which takes everything but mails to `nobody@` (refused) and `later@` (not yet).
pub struct MailServer {
    /// Its address.
    pub address: IpAddr,
    /// The port that offers STARTTLS.
    pub port: u16,
    /// The one that is encrypted from the first byte.
    pub tls_port: u16,
    /// The one that offers no encryption.
    pub plain_port: u16,
    /// Its authority, PEM.
    pub authority: String,
    folder: PathBuf,
    process: Option<Process>,
}

impl MailServer {
    /// Starts one at this address.
    pub fn start(folder: &Path, address: IpAddr) -> Self {
        for sub in ["spool", "mailbox", "log"] {
            fs::create_dir_all(folder.join(sub)).unwrap();
        }
        let authority = certified(folder, address);
        // Its own account delivers.
        for open in folder.ancestors().take(2) {
            fs::set_permissions(open, fs::Permissions::from_mode(0o711)).unwrap();
        }
        let (port, tls_port, plain_port) = (free_port(), free_port(), free_port());
        let owned = ["spool", "mailbox", "log", "mail.key"].map(|name| folder.join(name));
        assert!(Command::new("chown").arg(ACCOUNT).args(owned).status().unwrap().success());
        let configuration = CONFIGURATION
            .replace("FOLDER", &folder.display().to_string())
            .replace("ADDRESS", &address.to_string())
            .replace("TLS_PORT", &tls_port.to_string())
            .replace("PLAIN_PORT", &plain_port.to_string())
            .replace("START_PORT", &port.to_string())
            .replace("ACCOUNT", ACCOUNT)
            .replace("USER", USER)
            .replace("PASSWORD", PASSWORD);
        fs::write(folder.join("exim.conf"), configuration).unwrap();
        let folder = folder.to_owned();
        let mut server = Self { address, port, tls_port, plain_port, authority, folder, process: None };
        server.start_again();
        server
    }

    /// Stops it: nobody answers at its ports.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again, with what it had taken.
    pub fn start_again(&mut self) {
        let mut command = Command::new("/usr/sbin/exim4");
        command.arg("-C").arg(self.folder.join("exim.conf")).args(["-bdf", "-q1h"]);
        let log = fs::File::create(self.folder.join("exim.out")).unwrap();
        self.process = Some(Process::start(command.stdout(Stdio::null()).stderr(log)));
        wait_for("the mail server takes connections", || TcpStream::connect((self.address, self.port)).ok());
    }

    /// The mails that have arrived, the oldest first: `subject`, `from`, `to`, `body`, `head`.
    pub fn mails(&self) -> Vec<Value> {
        let mut read = Command::new("/usr/bin/python3");
        let read = read.args(["-c", READ]).arg(self.folder.join("mailbox")).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        serde_json::from_slice(&read.stdout).unwrap()
    }

    /// What it has written down.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log/mainlog")).unwrap_or_default()
    }
}

const CONFIGURATION: &str = "\
primary_hostname = mail.example.test
spool_directory = FOLDER/spool
log_file_path = FOLDER/log/%slog
pid_file_path = FOLDER/spool/exim.pid
local_interfaces = ADDRESS
daemon_smtp_ports = START_PORT : TLS_PORT : PLAIN_PORT
tls_on_connect_ports = TLS_PORT
tls_advertise_hosts = ${if eq{$received_port}{PLAIN_PORT}{}{*}}
tls_certificate = FOLDER/mail.crt
tls_privatekey = FOLDER/mail.key
host_lookup =
rfc1413_hosts =
keep_environment =
deliver_drop_privilege = true
acl_smtp_rcpt = recipient
begin acl
recipient:
  deny message = relay not permitted
       !authenticated = *
  defer message = greylisted, come back later
       local_parts = later
  deny message = unknown user
       local_parts = nobody
  accept
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = FOLDER/mailbox
  maildir_format = true
  user = ACCOUNT
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{USER}}{eq{$auth3}{PASSWORD}}}}
  server_set_id = $auth2
  server_advertise_condition = ${if def:tls_in_cipher}
";

const READ: &str = r#"
import email, email.policy, json, pathlib, sys
found = []
for path in sorted(pathlib.Path(sys.argv[1], "new").glob("*"), key=lambda path: path.stat().st_mtime_ns):
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    head = {name: str(value) for name, value in mail.items()}
    one = {name: head[name.title()] for name in ("subject", "from", "to")}
    found.append(one | {"head": head, "body": mail.get_content()})
print(json.dumps(found))
"#;

/// A certificate for this address and its key, in the folder; its authority.
fn certified(folder: &Path, address: IpAddr) -> String {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (of_authority, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let pem = authority.self_signed(&of_authority).unwrap().pem();
    let mut own = CertificateParams::new(vec![address.to_string()]).unwrap();
    own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let own = own.signed_by(&key, &Issuer::new(authority, of_authority)).unwrap();
    fs::write(folder.join("mail.crt"), own.pem()).unwrap();
    fs::write(folder.join("mail.key"), key.serialize_pem()).unwrap();
    pem
}
