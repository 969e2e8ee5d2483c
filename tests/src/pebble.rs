//! A real ACME authority: Debian's pebble, with its own DNS server, both inside the company of a test's own network.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use serde_json::json;

use crate::process::{Process, free_port};
use crate::wait::wait_for;

/// Where it is, as every name is by its DNS.
pub const ADDRESS: &str = "10.77.0.1";

/// A started authority.
pub struct Pebble {
    /// Its directory.
    pub directory: String,
    /// The root of its own certificate: a file, PEM.
    pub root: PathBuf,
    /// The port at which it looks for http-01 challenges, in the place of 80.
    pub http_port: u16,
    /// Where its DNS server takes records.
    pub dns: String,
    log: PathBuf,
    _processes: [Process; 2],
}

impl Pebble {
    /// Starts one whose certificates hold for so many seconds. The namespace has to have [`ADDRESS`].
    pub fn start(folder: &Path, validity: u32) -> Self {
        fs::create_dir_all(folder).unwrap();
        let [port, management, http_port, tls_port, dns_port, records] = std::array::from_fn(|_| free_port());
        certified(folder);
        let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let config = json!({ "pebble": {
            "listenAddress": format!("{ADDRESS}:{port}"),
            "managementListenAddress": format!("{ADDRESS}:{management}"),
            "certificate": file("pebble.crt"),
            "privateKey": file("pebble.key"),
            "httpPort": http_port,
            "tlsPort": tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "certificateValidityPeriod": validity,
        }});
        fs::write(folder.join("pebble.json"), config.to_string()).unwrap();
        let log = folder.join("pebble.log");
        let written = || fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let (dns_at, records_at) = (format!("{ADDRESS}:{dns_port}"), format!("{ADDRESS}:{records}"));
        let mut dns = Command::new("/usr/bin/pebble-challtestsrv");
        dns.args(["-defaultIPv4", ADDRESS, "-defaultIPv6", "", "-dns01", &dns_at, "-management", &records_at]);
        dns.args(["-http01", "", "-https01", "", "-tlsalpn01", ""]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut pebble = Command::new("/usr/bin/pebble");
        pebble.args(["-config", &file("pebble.json"), "-dnsserver", &dns_at]);
        // No answer is refused or put off for practice.
        for (name, value) in [("VA_NOSLEEP", "1"), ("WFE_NONCEREJECT", "0"), ("AUTHZREUSE", "0")] {
            pebble.env(format!("PEBBLE_{name}"), value);
        }
        pebble.stdout(written()).stderr(written());
        let processes = [Process::start(&mut dns), Process::start(&mut pebble)];
        wait_for("the authority's DNS takes records", || TcpStream::connect(&records_at).ok());
        wait_for("the authority listens", || TcpStream::connect((ADDRESS, port)).ok());
        let (directory, root) = (format!("https://{ADDRESS}:{port}/dir"), folder.join("root.crt"));
        Self { directory, root, http_port, dns: format!("http://{records_at}"), log, _processes: processes }
    }

    /// How many orders were made.
    pub fn orders(&self) -> usize {
        fs::read_to_string(&self.log).unwrap().matches("Added order").count()
    }

    /// What it has written.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

/// Its own certificate, and the root that vouches for it.
fn certified(folder: &Path) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (of_authority, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    fs::write(folder.join("root.crt"), authority.self_signed(&of_authority).unwrap().pem()).unwrap();
    let mut own = CertificateParams::new(vec![ADDRESS.to_owned()]).unwrap();
    own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let own = own.signed_by(&key, &Issuer::new(authority, of_authority)).unwrap();
    fs::write(folder.join("pebble.crt"), own.pem()).unwrap();
    fs::write(folder.join("pebble.key"), key.serialize_pem()).unwrap();
}
