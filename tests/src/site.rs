//! A whole site: a hub, an organisation with its administrator, a connection, and a first server that is enrolled.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::Cli;
use crate::dns;
use crate::hub::Hub;
use crate::process::free_port;
use crate::service::{Service, self_signed};
use crate::wait::wait_or_say;
use crate::webdriver::Session;

/// The founder's passphrase.
pub const PASSPHRASE: &str = "seven-quiet-lanterns-over-the-river-gate";

/// What an identity provider has to know of the service provider.
#[derive(Clone)]
pub struct Sp {
    /// Scheme, host and port.
    pub origin: String,
    /// The Entity ID.
    pub entity_id: String,
    /// The assertion consumer service.
    pub acs: String,
    /// The logout address.
    pub slo: String,
    /// The SAML certificate: PEM without its first and last line.
    pub certificate: String,
}

/// A site.
pub struct Site {
    /// The hub.
    pub hub: Hub,
    /// The first server.
    pub service: Service,
    /// The founder.
    pub founder: Cli,
    /// The public port.
    pub port: u16,
    /// Where all of it is.
    pub home: PathBuf,
}

impl Site {
    /// Starts a hub and a service, founds an organisation with the connection `example`, and enrols the server.
    pub fn found(home: &Path) -> Self {
        Self::found_at(home, Hub::start(&home.join("hub")))
    }

    /// The same at this hub.
    pub fn found_at(home: &Path, hub: Hub) -> Self {
        let site = Self::beside(home, hub);
        site.found_organisation();
        let founder = &site.founder;
        founder.run(&["connection", "add", "--name", "Tokyo office", "--enterprise-domain", "example"]);
        site.reserve("example.com");
        founder.run(&["enrol"]);
        site
    }

    /// Reserves a mail domain for the only connection, with the TXT record that proves it.
    pub fn reserve(&self, domain: &str) {
        self.reserve_for("", domain);
    }

    /// The same for a connection.
    pub fn reserve_for(&self, connection: &str, domain: &str) {
        show_domain(&self.founder, connection, domain);
        let proof = self.founder.run(&["connection", "reserve-domain", "--connection", connection, domain]);
        assert_eq!(proof["state"]["state"], "proven", "{proof}");
    }

    /// A hub and a service that know nothing of each other.
    pub fn empty(home: &Path) -> Self {
        Self::beside(home, Hub::start(&home.join("hub")))
    }

    /// A service that knows nothing of this hub.
    pub fn beside(home: &Path, hub: Hub) -> Self {
        let service = Service::start(&home.join("one"));
        let founder = Cli::new(&home.join("founder"), &service.socket);
        Self { hub, service, founder, port: free_port(), home: home.to_owned() }
    }

    /// The hub and the service of the package, on this public port; `home` is the founder's.
    pub fn installed(home: &Path, port: u16) -> Self {
        let (hub, service) = (Hub::installed(), Service::installed());
        let founder = Cli::new(&home.join("founder"), &service.socket);
        Self { hub, service, founder, port, home: home.to_owned() }
    }

    /// Founds the organisation; the founder is signed in.
    pub fn found_organisation(&self) {
        let words = self.founding();
        self.founder.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// The command that founds it; the kit comes to the founder's file `kit`.
    pub fn founding(&self) -> Vec<String> {
        let founder = &self.founder;
        let code = founder.write("setup-code", &self.hub.setup_code());
        let passphrase = founder.write("passphrase", PASSPHRASE);
        let (totp, kit) = (founder.file("totp"), founder.file("kit"));
        let mut found = vec!["found", "--hub-file", &code, "--name", "Example Inc.", "--login", "tanaka"];
        found.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &totp, "--kit-file", &kit]);
        found.into_iter().map(str::to_owned).collect()
    }

    /// From the next save on, users are led through no first steps.
    pub fn without_first_steps(&self) {
        self.founder.run(&["draft", "role", "put", "Plain", "--no-onboarding"]);
        self.founder.run(&["draft", "role", "default", "Plain"]);
    }

    /// Fills the draft for a service at `localhost`, with a certificate of its own, and gives what an identity provider
    /// has to know.
    pub fn draft(&self, changes: &[(&str, &str)]) -> Sp {
        let founder = &self.founder;
        let port = self.port.to_string();
        let fields = [
            ("advertised_host", "localhost"),
            ("advertised_port", &port),
            ("private_ip", "127.0.0.1"),
            ("attribute_first", "givenName"),
            ("attribute_last", "sn"),
            ("attribute_email", "mail"),
            ("just_in_time", "true"),
        ];
        for (field, value) in fields.iter().chain(changes) {
            founder.run(&["draft", "set", field, value]);
        }
        self_signed(&self.home, "tls", "localhost");
        let file = |name: &str| self.home.join(name).to_string_lossy().into_owned();
        founder.run(&["draft", "certificate", &file("tls.crt"), &file("tls.key")]);
        self.sp()
    }

    /// What an identity provider has to know, out of our metadata.
    pub fn sp(&self) -> Sp {
        let xml = self.founder.run(&["sp-metadata"])["xml"].as_str().unwrap().to_owned();
        let between = |from: &str, to: &str| {
            let (_, rest) = xml.split_once(from).unwrap_or_else(|| panic!("{from} in {xml}"));
            rest.split_once(to).unwrap().0.to_owned()
        };
        Sp {
            origin: format!("https://localhost:{}", self.port),
            entity_id: between("entityID=\"", "\""),
            acs: format!("https://localhost:{}/sso-connect/saml/sso", self.port),
            slo: format!("https://localhost:{}/sso-connect/saml/logout", self.port),
            certificate: between("X509Certificate>", "<").split_whitespace().collect(),
        }
    }

    /// Takes the identity provider's metadata, saves, and waits until the first server runs.
    pub fn save(&self, metadata: &Path) -> Value {
        self.founder.run(&["draft", "metadata", &metadata.to_string_lossy()]);
        self.founder.run(&["save", "--yes", "--reason", "first configuration", "--change-number", "CHG-1"])
    }

    /// Another server of the connection, enrolled, on another address of this machine.
    pub fn second(&self) -> (Service, Cli) {
        self.another("two", "127.0.0.2")
    }

    /// Another server of the connection, enrolled, on this address of this machine.
    pub fn another(&self, name: &str, address: &str) -> (Service, Cli) {
        let service = Service::start(&self.home.join(name));
        let cli = self.founder.at(&service.socket);
        cli.run(&["draft", "set", "private_ip", address]);
        cli.run(&["enrol"]);
        (service, cli)
    }

    /// The status, as soon as it is as asked.
    pub fn status(&self, condition: &str, is: impl Fn(&Value) -> bool) -> Value {
        status(&self.founder, condition, is)
    }
}

/// Writes the TXT record that proves a mail domain for a connection where all services look.
pub fn show_domain(founder: &Cli, connection: &str, domain: &str) {
    show_domain_in(dns::ours(), founder, connection, domain);
}

/// The same in another DNS server.
pub fn show_domain_in(dns: &dns::Dns, founder: &Cli, connection: &str, domain: &str) {
    let (record, value) = domain_proof(founder, connection, domain);
    dns.says(&record, &[&value]);
}

/// The name of the TXT record that proves a mail domain for a connection, and what it says.
pub fn domain_proof(founder: &Cli, connection: &str, domain: &str) -> (String, String) {
    let proof = founder.run(&["connection", "domain-proof", "--connection", connection, domain]);
    let text = |name: &str| proof[name].as_str().unwrap().to_owned();
    (text("record"), text("value"))
}

/// The status at a server, as soon as it is as asked.
pub fn status(cli: &Cli, condition: &str, is: impl Fn(&Value) -> bool) -> Value {
    let ask = || Some(cli.run(&["status"])).filter(|status| is(status));
    wait_or_say(condition, ask, || cli.run(&["status"]))
}

/// The code by which the sign-in was refused whose page is shown. The page comes first, the activity has it a moment later.
pub fn refusal(cli: &Cli, page: &Session) -> String {
    let reference = page.text("[data-testid=reference]");
    let found = || {
        let activity = cli.run(&["activity"]);
        let entry = activity.as_array()?.iter().find(|entry| entry["reference"] == reference.as_str())?.clone();
        entry["refusal"]["code"].as_str().map(str::to_owned)
    };
    wait_or_say("the activity has it", found, || cli.run(&["activity"]))
}

/// Whether any file below a folder holds one of these texts; the first that does.
pub fn search(folder: &Path, texts: &[&str]) -> Option<(PathBuf, String)> {
    assert!(folder.is_dir(), "{} is searched", folder.display());
    search_below(folder, texts)
}

/// The same; a folder that has gone meanwhile holds nothing.
fn search_below(folder: &Path, texts: &[&str]) -> Option<(PathBuf, String)> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        entries => entries.unwrap(),
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if let Some(found) = search_below(&path, texts) {
                return Some(found);
            }
        } else if let Ok(bytes) = fs::read(&path) {
            let has = |text: &&&str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
            if let Some(text) = texts.iter().find(has) {
                return Some((path, (*text).to_owned()));
            }
        }
    }
    None
}
