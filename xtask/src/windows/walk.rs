//! The service as a Windows service, under wine: from `sc create` to `sc delete`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cross;
use super::wine::{Wine, path};
use crate::shell::{self, Outcome};

const PASSPHRASE: &str = "seven-quiet-lanterns-over-the-river-gate";

/// Runs the tests that were built for Windows.
pub fn tests() -> Outcome {
    let wine = Wine::fresh(&cross::folder().join("wine-tests"))?;
    let folder = cross::programs().join("deps");
    // The newest of each: older builds leave theirs behind.
    let newest = |name: &str| {
        let tests = files_named(&folder, name)?;
        let newest = tests.into_iter().max_by_key(|file| file.metadata().and_then(|file| file.modified()).ok());
        newest.ok_or_else(|| format!("there is no test {name}"))
    };
    for name in ["sekisho_windows-", "sekisho_admin_api-"] {
        println!("{}", wine.run(&path(&newest(name)?), &[])?);
    }
    event(&wine, &newest("sekisho_windows-")?)
}

/// wine keeps no event log, and tells what it was given when it is asked to.
fn event(wine: &Wine, test: &Path) -> Outcome {
    let told = wine.overheard(&path(test), &["event_log"], "eventlog")?.said;
    let event = told.lines().find(|line| line.contains("event=hub.lost reason=hub.unreachable"));
    println!("the event log was given: {}", event.ok_or_else(|| format!("no event: {told}"))?);
    Ok(())
}

fn files_named(folder: &Path, name: &str) -> Result<Vec<PathBuf>, String> {
    let files = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let files = files.flatten().map(|file| file.path());
    let meant = |file: &PathBuf| {
        let text = file.file_name().unwrap_or_default().to_string_lossy();
        text.starts_with(name) && text.ends_with(".exe")
    };
    Ok(files.filter(meant).collect())
}

/// The library that finds the system's browser lies beside the app, where Windows looks for it.
pub fn loader() -> Outcome {
    for file in ["sekisho-console.exe", "WebView2Loader.dll"] {
        let path = cross::programs().join(file);
        let size = path.metadata().map_err(|error| format!("{}: {error}", path.display()))?.len();
        println!("{file}: {size} bytes");
    }
    Ok(())
}

/// Installs the service, sets it up to serve sign-ins, stops it, starts it again, and removes it.
pub fn walk() -> Outcome {
    let folder = cross::folder().join("wine");
    let wine = Wine::fresh(&folder)?;
    let site = Site { wine: &wine, files: folder.join("files"), port: free_port()? };
    fs::create_dir_all(&site.files).map_err(|error| error.to_string())?;

    // As the guide says, so that the event viewer shows the service's events.
    let source = r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\sekishod";
    let shows = r"%SystemRoot%\System32\EventCreate.exe";
    wine.run("reg.exe", &["add", source, "/v", "EventMessageFile", "/t", "REG_EXPAND_SZ", "/d", shows])?;
    let service = format!("{} --service", program("sekishod"));
    wine.run("sc.exe", &["create", "sekishod", "binPath=", &service, "start=", "demand"])?;
    wine.run("sc.exe", &["start", "sekishod"])?;
    site.service_becomes("RUNNING")?;
    site.status_becomes("not_configured")?;
    println!("the service runs, and answers by the pipe");

    let hub_port = free_port()?;
    let _hub = site.hub(hub_port)?;
    site.set_up(hub_port)?;
    site.status_becomes("running")?;
    site.ping(true)?;
    println!("it is set up, and answers /ping over TLS");

    wine.run("sc.exe", &["stop", "sekishod"])?;
    site.service_becomes("STOPPED")?;
    site.ping(false)?;
    let code = site.fault(&["status"])?;
    if code != "admin-api.unreachable" {
        return Err(format!("a stopped service is {code}"));
    }
    println!("it has stopped: neither port nor pipe is open");

    wine.run("sc.exe", &["start", "sekishod"])?;
    site.service_becomes("RUNNING")?;
    site.status_becomes("running")?;
    site.ping(true)?;
    println!("started again, it serves what was saved");

    wine.run("sc.exe", &["stop", "sekishod"])?;
    site.service_becomes("STOPPED")?;
    wine.run("sc.exe", &["delete", "sekishod"])?;
    // The agent ends with the session.
    site.sekisho(&["sign-out"]).map(drop)
}

struct Site<'a> {
    wine: &'a Wine,
    files: PathBuf,
    port: u16,
}

impl Site<'_> {
    fn service_becomes(&self, state: &str) -> Outcome {
        wait_for(&format!("the service is {state}"), || {
            let query = self.wine.run("sc.exe", &["query", "sekishod"])?;
            if query.contains(state) { Ok(()) } else { Err(query) }
        })
    }

    fn status_becomes(&self, state: &str) -> Outcome {
        wait_for(&format!("the status is {state}"), || {
            let status = self.sekisho(&["status"])?;
            if status["state"]["state"] == state { Ok(()) } else { Err(status.to_string()) }
        })
    }

    fn hub(&self, port: u16) -> Result<Ended, String> {
        let listen = format!("127.0.0.1:{port}");
        let arguments = self.hub_arguments();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(["serve", "--listen", &listen]).collect();
        let hub = self.wine.command(&program("sekisho-hub"), &arguments).spawn();
        let hub = Ended(hub.map_err(|error| format!("sekisho-hub: {error}"))?);
        wait_for("the hub listens", || TcpStream::connect(&listen).map(drop).map_err(|error| error.to_string()))?;
        Ok(hub)
    }

    fn hub_arguments(&self) -> Vec<String> {
        ["--data", &path(&self.files.join("hub")), "--name", "127.0.0.1"].map(str::to_owned).to_vec()
    }

    /// Founds an organisation, and sets the server up from a file, as an administrator would.
    fn set_up(&self, hub_port: u16) -> Outcome {
        let url = format!("https://127.0.0.1:{hub_port}");
        let arguments = self.hub_arguments();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(["setup-code", "--url", &url]).collect();
        self.write("hub-code", self.wine.run(&program("sekisho-hub"), &arguments)?.trim())?;
        self.write("passphrase", PASSPHRASE)?;
        let file = |name: &str| path(&self.files.join(name));
        let mut found: Vec<String> = Vec::new();
        for (option, value) in [
            ("--hub-file", file("hub-code")),
            ("--name", "Example Inc.".to_owned()),
            ("--login", "tanaka".to_owned()),
            ("--passphrase-file", file("passphrase")),
            ("--totp-secret-file", file("totp")),
            ("--kit-file", file("kit")),
        ] {
            found.extend([option.to_owned(), value]);
        }
        let found: Vec<&str> = std::iter::once("found").chain(found.iter().map(String::as_str)).collect();
        self.sekisho(&found)?;
        let session = self.sekisho(&["whoami"])?;
        if session["signed_in"].is_null() {
            return Err(format!("the agent does not hold the session: {session}"));
        }
        self.certificate("tls", "localhost")?;
        self.certificate("idp", "idp")?;
        self.write("idp.xml", &self.metadata()?)?;
        self.write("initialize.toml", &initialize(self.port))?;
        self.sekisho(&["initialize", &file("initialize.toml")]).map(drop)
    }

    /// Runs a command of an administrator's.
    fn sekisho(&self, arguments: &[&str]) -> Result<Value, String> {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let printed = self.wine.run(&program("sekisho"), &arguments)?;
        Ok(serde_json::from_str(&printed).unwrap_or(Value::Null))
    }

    /// The code with which a command is refused.
    fn fault(&self, arguments: &[&str]) -> Result<String, String> {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let output = self.wine.output(&program("sekisho"), &arguments)?;
        let fault: Value = serde_json::from_str(&output.said).map_err(|error| format!("{error}: {}", output.said))?;
        Ok(fault["code"].as_str().unwrap_or_default().to_owned())
    }

    fn ping(&self, answered: bool) -> Outcome {
        let url = format!("https://localhost:{}/ping", self.port);
        let trusted = self.files.join("tls.crt");
        let line = format!("curl --silent --fail --max-time 10 --cacert {} {url}", trusted.display());
        match shell::output("", &line) {
            Some(answer) if answered => {
                println!("/ping: {answer}");
                let answer: Value = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
                if answer["configuration"].is_null() { Err(format!("/ping is {answer}")) } else { Ok(()) }
            }
            None if !answered => Ok(()),
            other => Err(format!("{url}: {other:?}")),
        }
    }

    fn certificate(&self, name: &str, host: &str) -> Outcome {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", &format!("/CN={host}")])
            .args(["-addext", &format!("subjectAltName=DNS:{host}")])
            .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")])
            .current_dir(&self.files)
            .output()
            .map_err(|error| format!("openssl: {error}"))?;
        if made.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&made.stderr).into_owned()) }
    }

    /// An identity provider's metadata: enough to save and to serve, though nobody signs in.
    fn metadata(&self) -> Result<String, String> {
        let pem = fs::read_to_string(self.files.join("idp.crt")).map_err(|error| error.to_string())?;
        let certificate: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        Ok(format!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"
  xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://idp.example.com/">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>
    </ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
      Location="https://idp.example.com/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>"#
        ))
    }

    fn write(&self, name: &str, text: &str) -> Outcome {
        fs::write(self.files.join(name), text).map_err(|error| format!("{name}: {error}"))
    }
}

fn initialize(port: u16) -> String {
    format!(
        r#"[administrator]
login = "tanaka"
passphrase_file = "passphrase"

[connection]
enterprise_domain = "example"
name = "Tokyo office"
domains = ["example.com"]

[settings]
advertised_host = "localhost"
advertised_port = {port}
private_ip = "127.0.0.1"
attribute_first = "givenName"
attribute_last = "sn"
attribute_email = "mail"
saml_key = "none"

[tls]
files = ["tls.crt", "tls.key"]

[idp]
metadata = "idp.xml"

[save]
reason = "seen under wine"
"#
    )
}

/// A program that was built for Windows.
fn program(name: &str) -> String {
    path(&cross::programs().join(format!("{name}.exe")))
}

fn free_port() -> Result<u16, String> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    port.map(|address| address.port()).map_err(|error| error.to_string())
}

/// Asks until it is so; after a minute, gives the last reason why it is not.
fn wait_for(condition: &str, ask: impl Fn() -> Outcome) -> Outcome {
    let start = Instant::now();
    loop {
        match ask() {
            Err(reason) if start.elapsed() > Duration::from_mins(1) => return Err(format!("{condition}: {reason}")),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
            Ok(()) => return Ok(()),
        }
    }
}

/// Ends the process when dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
