//! A real PostgreSQL: a cluster of the test's own, on a socket in a temporary folder and, with TLS, on a loopback port.
//! It ends with the test.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::{fs, thread};

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use crate::process::free_port;

/// A running server.
#[derive(Debug)]
pub struct Cluster {
    binaries: PathBuf,
    folder: TempDir,
    port: u16,
    server: Child,
}

impl Cluster {
    /// Makes a cluster and waits until it takes connections.
    pub fn start() -> Self {
        let binaries = binaries();
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path());
        if is_root() {
            let owned = Command::new("chown").args(["-R", "postgres:"]).arg(folder.path()).status().unwrap();
            assert!(owned.success(), "there is no account postgres to run PostgreSQL as");
        }
        // Sorting by the rules of a language, as an administrator's database may: the store must not mind.
        let made = unprivileged(folder.path(), &binaries.join("initdb"))
            .args(["-D", "data", "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"])
            .args(["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = free_port();
        let server = serve(&binaries, folder.path(), port);
        Self { binaries, folder, port, server }
    }

    /// Its process, of which those for each connection are children.
    pub fn id(&self) -> u32 {
        self.server.id()
    }

    /// The address of a database of the cluster, over its socket.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@localhost/{database}?host={}&port={}", self.folder.path().display(), self.port)
    }

    /// The address of the cluster's first database for an account of its own, by which the server knows who asks.
    pub fn url_as(&self, account: &str) -> String {
        self.sql(&format!("CREATE ROLE {account} SUPERUSER LOGIN"));
        self.url("postgres").replacen("postgres@", &format!("{account}@"), 1)
    }

    /// Runs SQL in the first database, and gives what it prints: values alone, one row in a line.
    pub fn sql(&self, text: &str) -> String {
        let done = self.psql().args(["-c", text]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// PostgreSQL's own client at the first database.
    pub fn psql(&self) -> Command {
        let mut command = Command::new(self.binaries.join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", &self.url("postgres")]);
        command
    }

    /// The address of the cluster's first database over TLS. Its certificate is for `localhost`.
    pub fn tls_url(&self, host: &str, authority: &Path) -> String {
        let tls = format!("sslmode=verify-full&sslrootcert={}", authority.display());
        format!("postgresql://postgres@{host}:{}/postgres?{tls}", self.port)
    }

    /// The authority of the server's certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// An authority that did not sign it.
    pub fn other_authority(&self) -> PathBuf {
        self.folder.path().join("other-authority.pem")
    }

    /// Ends every process of the server at once, as a power cut does, and starts it again.
    pub fn crash(&mut self) {
        self.signal("QUIT");
        self.server = serve(&self.binaries, self.folder.path(), self.port);
    }

    fn signal(&mut self, signal: &str) {
        let id = self.server.id().to_string();
        let _ = Command::new("kill").args(["-s", signal, &id]).status();
        let _ = self.server.wait();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.signal("QUIT");
    }
}

/// Debian keeps the server's programs off the path, in a folder for each version.
fn binaries() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let programs = versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file());
    programs.max().expect("PostgreSQL is not installed. Install it: apt-get install postgresql-15")
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// The server's certificate and key, its authority, and another authority.
fn certificates(folder: &Path) {
    let authority = || {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    };
    let (signer, other) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate: Certificate = params.signed_by(&key, &signer).unwrap();
    for (name, pem) in [
        ("authority.pem", signer.pem()),
        ("other-authority.pem", other.pem()),
        ("server.pem", certificate.pem()),
        ("server.key", key.serialize_pem()),
    ] {
        fs::write(folder.join(name), pem).unwrap();
    }
    fs::set_permissions(folder.join("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
}

/// A program that is not root, which PostgreSQL refuses to be, and that ends with this test.
fn unprivileged(folder: &Path, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=QUIT");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.arg(program).current_dir(folder).env("LC_ALL", "C");
    command
}

fn serve(binaries: &Path, folder: &Path, port: u16) -> Child {
    let mut server = unprivileged(folder, &binaries.join("postgres"))
        .args(["-D", "data", "-c", "max_connections=50", "-c", "listen_addresses=127.0.0.1", "-c", "ssl=on"])
        .args(["-c", "ssl_cert_file=../server.pem", "-c", "ssl_key_file=../server.key"])
        .args(["-p", &port.to_string(), "-k"])
        .arg(folder)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(server.stderr.take().unwrap());
    let (ready, is_ready) = mpsc::channel();
    thread::spawn(move || {
        let mut said = String::new();
        // Read to the end, or the server would wait for a reader.
        for line in log.lines().map_while(Result::ok) {
            if line.contains("database system is ready to accept connections") {
                let _ = ready.send(Ok(()));
            }
            said.push_str(&line);
            said.push('\n');
        }
        let _ = ready.send(Err(said));
    });
    if let Err(said) = is_ready.recv().unwrap() {
        panic!("PostgreSQL did not start:\n{said}");
    }
    server
}
