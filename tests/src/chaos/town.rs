//! The organisation that all rounds are played in: a hub, two servers that stay, and a guest that comes and goes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::act::Victim;
use super::agent;
use crate::cli::Cli;
use crate::service::{Service, self_signed};
use crate::site::{PASSPHRASE, Site};
use crate::wait::wait_for;

/// The connection as one file, in the folder of all.
pub(super) const EXPORT: &str = "connection.export";
/// What opens it.
pub(super) const EXPORT_PASSPHRASE: &str = "connection.passphrase";

/// A server with the command line at it.
pub(super) struct Server {
    pub(super) service: Service,
    pub(super) cli: Cli,
    address: &'static str,
}

impl Server {
    pub(super) fn status(&self) -> Value {
        self.cli.run(&["status"])
    }

    /// The long name; none before it has joined.
    pub(super) fn name(&self) -> Option<String> {
        self.status()["membership"]["server"].as_str().map(str::to_owned)
    }
}

/// The organisation.
pub(super) struct Town {
    pub(super) site: Site,
    pub(super) second: Server,
    /// The server that joins and leaves.
    pub(super) guest: Option<Server>,
    /// What every revision sets, from the first on.
    pub(super) saved: Vec<Saved>,
    /// The half minute whose code of the authenticator app was used last: each counts once.
    signed_in: u64,
    /// How much of each program's log was read.
    read: BTreeMap<PathBuf, usize>,
}

/// What one save sets. Each is made from the round's number, so that parts of two revisions can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Saved {
    pub(super) reason: String,
    pub(super) skew: String,
    pub(super) attribute: String,
}

impl Saved {
    pub(super) fn in_round(round: u32) -> Self {
        let skew = (31 + round % 200).to_string();
        Self { reason: format!("round {round}"), skew, attribute: format!("name{round}") }
    }
}

fn half_minute() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30
}

impl Town {
    /// Founds it, saves once, and lets the second server join.
    pub(super) fn found(home: &Path) -> Self {
        let site = Site::found(home);
        site.draft(&[]);
        let first = Saved::in_round(0);
        site.founder.run(&["draft", "set", "skew_seconds", &first.skew]);
        site.founder.run(&["draft", "set", "attribute_first", &first.attribute]);
        let metadata = metadata(home);
        site.founder.run(&["draft", "metadata", &metadata]);
        site.founder.run(&["save", "--yes", "--reason", &first.reason]);
        site.founder.run(&["users", "invite", "alice@example.com"]);
        // What later revisions differ from, so that its import shows.
        let exported = site.founder.run(&["connection", "export", "--to", &home.join(EXPORT).to_string_lossy()]);
        fs::write(home.join(EXPORT_PASSPHRASE), exported["passphrase"].as_str().unwrap()).unwrap();
        let then =
            Saved { reason: "after the export".to_owned(), skew: "297".to_owned(), attribute: "after".to_owned() };
        site.founder.run(&["draft", "set", "skew_seconds", &then.skew]);
        site.founder.run(&["draft", "set", "attribute_first", &then.attribute]);
        site.founder.run(&["save", "--yes", "--reason", &then.reason]);
        for name in ["import-0", "import-1"] {
            self_signed(home, name, "localhost");
        }
        let (service, cli) = site.second();
        let second = Server { service, cli, address: "127.0.0.2" };
        let saved = vec![first, then];
        Self { site, second, guest: None, saved, signed_in: half_minute(), read: BTreeMap::new() }
    }

    /// An empty server beside the others, not a member yet.
    pub(super) fn invite_guest(&mut self) {
        let folder = self.site.home.join("guest");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        self.read.remove(&folder.join("sekishod.log"));
        let service = Service::start(&folder);
        let cli = self.site.founder.at(&service.socket);
        cli.run(&["draft", "set", "private_ip", "127.0.0.3"]);
        self.guest = Some(Server { service, cli, address: "127.0.0.3" });
    }

    /// The command lines at all servers that are there, the first one's first.
    pub(super) fn members(&self) -> Vec<(&Cli, &'static str)> {
        let mut members = vec![(&self.site.founder, "127.0.0.1"), (&self.second.cli, self.second.address)];
        members.extend(self.guest.iter().map(|guest| (&guest.cli, guest.address)));
        members
    }

    /// Kills it.
    pub(super) fn kill(&mut self, victim: Victim) {
        match victim {
            Victim::First => self.site.service.kill(),
            Victim::Second => self.second.service.kill(),
            Victim::Guest => self.guest.iter_mut().for_each(|guest| guest.service.kill()),
            Victim::Hub => self.site.hub.kill(),
            Victim::Agent => agent::kill(&self.site.founder.file("agent.sock")),
            // Whoever has started it ends it.
            Victim::Command => {}
        }
    }

    /// Starts what was killed.
    pub(super) fn revive(&mut self, victim: Victim) {
        match victim {
            Victim::First => self.site.service.start_again(),
            Victim::Second => self.second.service.start_again(),
            Victim::Guest => self.guest.iter_mut().for_each(|guest| guest.service.start_again()),
            Victim::Hub => self.site.hub.start_again(),
            Victim::Agent => self.sign_in(),
            Victim::Command => {}
        }
    }

    /// Whether the administrator could sign in again at once.
    pub(super) fn may_sign_in(&self) -> bool {
        half_minute() > self.signed_in + 1
    }

    fn sign_in(&mut self) {
        let founder = &self.site.founder;
        let passphrase = founder.write("passphrase", PASSPHRASE);
        let secret = founder.file("totp");
        wait_for("the next code counts", || self.may_sign_in().then_some(()));
        founder.run(&["sign-in", "--passphrase-file", &passphrase, "--totp-secret-file", &secret]);
        self.signed_in = half_minute();
    }

    /// What the programs have written down since it was asked last, where it tells of damage or of a failure inside.
    pub(super) fn told(&mut self) -> Vec<String> {
        let logs = ["hub/hub.log", "one/sekishod.log", "two/sekishod.log", "guest/sekishod.log"];
        let mut told = Vec::new();
        for log in logs.map(|log| self.site.home.join(log)) {
            let text = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
            let read = self.read.entry(log).or_default();
            let new = text.get(*read..).unwrap_or(&text);
            told.extend(
                new.lines().filter(|line| line.contains("damaged") || line.contains("panicked")).map(str::to_owned),
            );
            *read = text.len();
        }
        told
    }

    /// Files that a program has begun and not put into place.
    pub(super) fn litter(&self) -> Vec<PathBuf> {
        let folders = ["hub", "one", "one/data", "two", "two/data", "guest", "guest/data", "founder"];
        let folders = folders.iter().filter_map(|folder| fs::read_dir(self.site.home.join(folder)).ok());
        let litter = |path: &PathBuf| {
            let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            ["new", "fresh", "tmp", "damaged", "part", "journal"].contains(&extension.as_str())
        };
        folders.flat_map(|folder| folder.flatten().map(|entry| entry.path())).filter(litter).collect()
    }
}

/// The metadata of an identity provider that nobody asks anything.
fn metadata(home: &Path) -> String {
    self_signed(home, "idp", "idp");
    let pem = fs::read_to_string(home.join("idp.crt")).unwrap();
    let certificate: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let xml = format!(
        "<m:EntityDescriptor xmlns:m=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\" entityID=\"https://idp.example.com\"><m:IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><m:KeyDescriptor use=\"signing\"><d:KeyInfo>\
         <d:X509Data><d:X509Certificate>{certificate}</d:X509Certificate></d:X509Data></d:KeyInfo></m:KeyDescriptor>\
         <m:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
         Location=\"https://idp.example.com/sso\"/></m:IDPSSODescriptor></m:EntityDescriptor>"
    );
    let file = home.join("idp.xml");
    fs::write(&file, xml).unwrap();
    file.to_string_lossy().into_owned()
}
