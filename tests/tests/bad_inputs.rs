//! Bad input is refused by its code, and changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use sekisho_tests::service::self_signed;
use sekisho_tests::site::{Site, search};
use serde_json::Value;

/// Metadata as an identity provider writes it, with a certificate made here.
fn metadata(folder: &Path) -> String {
    self_signed(folder, "idp", "idp");
    let pem = fs::read_to_string(folder.join("idp.crt")).unwrap();
    let certificate: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.com\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><md:KeyDescriptor>\
         <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>{certificate}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.example.com/sso\"/>\
         </md:IDPSSODescriptor></md:EntityDescriptor>"
    )
}

struct Prepared {
    home: tempfile::TempDir,
    site: Site,
}

impl Prepared {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let site = Site::found(home.path());
        site.draft(&[]);
        Self { home, site }
    }

    fn write(&self, name: &str, text: &[u8]) -> String {
        let path = self.home.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    fn draft(&self) -> Value {
        self.site.founder.run(&["draft", "show"])
    }

    /// The command is refused with this code at this field, and the draft is as it was.
    fn refused(&self, arguments: &[&str], code: &str, field: Option<&str>) {
        let before = self.draft();
        let fault = self.site.founder.refused(arguments);
        assert_eq!((fault["code"].as_str(), fault["field"].as_str()), (Some(code), field), "{arguments:?}: {fault}");
        assert_eq!(self.draft(), before, "a refused change changes nothing");
    }
}

#[test]
fn values_of_fields() {
    let prepared = Prepared::new();
    let set = |field: &str, value: &str, code: &str| {
        prepared.refused(&["draft", "set", field, value], code, Some(field));
    };
    set("advertised_host", "https://sso.example.com", "config.host");
    set("advertised_host", "sso example com", "config.host");
    set("advertised_port", "65536", "config.port");
    set("private_ip", "10.2.0", "config.address");
    set("skew_seconds", "301", "config.skew");
    set("idp_type", "nobody", "config.choice");
    set("attribute_email", " Email", "config.name");
    set("proxy", "proxy", "config.proxy");
    prepared.refused(&["draft", "set", "advertized_host", "a"], "config.no_such_field", None);
}

#[test]
fn metadata_of_an_identity_provider() {
    let prepared = Prepared::new();
    let good = metadata(prepared.home.path());
    let take = |text: &str, code: &str| {
        let file = prepared.write("idp.xml", text.as_bytes());
        prepared.refused(&["draft", "metadata", &file], code, Some("idp_metadata"));
    };
    take("no xml", "saml.not_xml");
    take(&good.replace("IDPSSODescriptor", "SPSSODescriptor"), "saml.metadata_is_sp");
    take(&good.replace("<md:KeyDescriptor>", "<md:KeyDescriptor use=\"encryption\">"), "saml.metadata_no_certificate");
    take(&" ".repeat(6 << 20), "saml.too_large");
    prepared.refused(&["draft", "metadata", "https://127.0.0.1/idp"], "service.fetch_address", Some("idp_metadata"));
}

#[test]
fn certificates_and_their_keys() {
    let prepared = Prepared::new();
    let at = prepared.home.path();
    let file = |name: &str| at.join(name).to_string_lossy().into_owned();
    self_signed(at, "other", "sso.example.net");
    prepared.refused(
        &["draft", "certificate", &file("tls.crt"), &file("other.key")],
        "certs.key_mismatch",
        Some("tls"),
    );
    prepared.refused(&["draft", "certificate", &file("other.crt")], "certs.no_key", Some("tls"));
    let pfx = Command::new("openssl")
        .args(["pkcs12", "-export", "-in", "tls.crt", "-inkey", "tls.key", "-out", "tls.pfx", "-passout", "pass:right"])
        .current_dir(at)
        .status()
        .unwrap();
    assert!(pfx.success());
    let before = prepared.draft();
    let needed = prepared.site.founder.refused(&["draft", "certificate", &file("tls.pfx")]);
    assert_eq!(needed["field"], "store_password", "{needed}");
    let wrong = prepared.write("wrong", b"wrong");
    let import = ["draft", "certificate", &file("tls.pfx"), "--store-password-file", &wrong];
    let refused = prepared.site.founder.refused(&import);
    assert_eq!(refused["field"], "store_password", "{refused}");
    assert_ne!(refused["code"], needed["code"], "which of the two is told");
    assert_eq!(prepared.draft(), before);
    let right = prepared.write("right", b"right\n");
    prepared.site.founder.run(&["draft", "certificate", &file("tls.pfx"), "--store-password-file", &right]);
    assert_eq!(search(&prepared.site.service.folder, &["right\n"]), None, "the password is not kept");

    // It is taken into the draft, but blocks the save: another name, and one that has ended.
    prepared.site.founder.run(&["draft", "certificate", &file("other.crt"), &file("other.key")]);
    prepared.refused(&["save", "--yes"], "certs.not_covered", Some("tls"));
    let ended = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "-1", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-keyout", "ended.key", "-out", "ended.crt"])
        .current_dir(at)
        .output()
        .unwrap();
    if ended.status.success() {
        prepared.site.founder.run(&["draft", "certificate", &file("ended.crt"), &file("ended.key")]);
        prepared.refused(&["save", "--yes"], "certs.expired", Some("tls"));
    }
}

#[test]
fn an_empty_draft_says_what_is_missing() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let faults = site.founder.command(&["validate"]).output().unwrap();
    let found: Value = serde_json::from_slice(&faults.stdout).unwrap();
    let missing: Vec<&str> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|fault| fault["code"] == "config.missing")
        .map(|fault| fault["field"].as_str().unwrap())
        .collect();
    assert_eq!(missing, ["advertised_host", "tls", "idp_metadata"]);
    assert!(!faults.status.success());
    // Nothing but a service without a configuration: no change, no save.
    assert_eq!(site.founder.code(&["save", "--yes"]), "service.no_changes");
    site.founder.run(&["draft", "set", "advertised_host", "nowhere.invalid"]);
    let output = site.founder.command(&["validate"]).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let unresolved = found.as_array().unwrap().iter().find(|fault| fault["code"] == "service.host_unresolved");
    assert_eq!(unresolved.unwrap()["severity"], "warning");
}

#[test]
fn a_wrong_private_ip_and_a_port_in_use() {
    let prepared = Prepared::new();
    let site = &prepared.site;
    let file = prepared.write("idp.xml", metadata(prepared.home.path()).as_bytes());
    site.save(Path::new(&file));
    // This server's own settings are tried before they are kept.
    let fault = site.founder.refused(&["draft", "set", "private_ip", "192.0.2.77"]);
    assert_eq!(
        (fault["code"].as_str(), fault["field"].as_str()),
        (Some("service.address_not_here"), Some("private_ip"))
    );
    assert!(fault["args"]["addresses"]["value"].to_string().contains("127.0.0.1"), "{fault}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert_eq!(site.founder.code(&["draft", "set", "private_port", &port]), "service.port_in_use");
    let status = site.status("it goes on", |status| status["state"]["state"] == "running");
    assert_eq!(status["listening"], format!("127.0.0.1:{}", site.port));
}

#[test]
fn a_private_ip_that_is_gone_at_the_start_stops_with_a_reason_and_a_right_one_runs() {
    let mut prepared = Prepared::new();
    let file = prepared.write("idp.xml", metadata(prepared.home.path()).as_bytes());
    prepared.site.save(Path::new(&file));
    prepared.site.service.kill();
    // As on a machine that was cloned or moved: the address in the settings is another machine's.
    let settings = prepared.site.service.folder.join("data/server.json");
    let moved = fs::read_to_string(&settings).unwrap().replace("127.0.0.1", "192.0.2.77");
    fs::write(&settings, moved).unwrap();
    prepared.site.service.start_again();
    let site = &prepared.site;
    let status = site.status("it says why it does not serve", |status| status["state"]["state"] == "stopped");
    assert_eq!(status["state"]["reason"]["code"], "service.address_not_here");
    assert!(status["state"]["reason"]["args"]["addresses"]["value"].to_string().contains("127.0.0.1"), "{status}");
    site.founder.run(&["draft", "set", "private_ip", "127.0.0.1"]);
    site.status("it runs", |status| status["state"]["state"] == "running");
}

#[test]
fn a_hub_with_another_certificate_than_the_pinned_one() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::empty(home.path());
    let code = site.hub.setup_code();
    // Somebody in between: another hub answers at the address.
    site.hub.kill();
    fs::remove_file(site.hub.folder.join("tls.pem")).unwrap();
    site.hub.start_again();
    let founder = &site.founder;
    let passphrase = founder.write("passphrase", sekisho_tests::site::PASSPHRASE);
    let (code, secret) = (founder.write("setup-code", &code), founder.file("totp"));
    let mut found = vec!["found", "--hub-file", &code, "--name", "Example", "--login", "tanaka"];
    found.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &secret]);
    assert_eq!(founder.code(&found), "hub.certificate");
}

#[test]
fn damaged_files_are_set_aside_and_filled_again_from_the_hub() {
    let mut prepared = Prepared::new();
    let file = prepared.write("idp.xml", metadata(prepared.home.path()).as_bytes());
    prepared.site.save(Path::new(&file));
    prepared.site.service.kill();
    let data = prepared.site.service.folder.join("data");
    for wal in ["replica.sqlite-wal", "replica.sqlite-shm"] {
        let _ = fs::remove_file(data.join(wal));
    }
    fs::write(data.join("replica.sqlite"), b"garbage that is no database, and long enough to be read as a header")
        .unwrap();
    prepared.site.service.start_again();
    let site = &prepared.site;
    let status = site.status("it runs again", |status| status["state"]["state"] == "running");
    assert_eq!(status["revision"], 1);
    assert!(data.join("replica.damaged").exists(), "what was damaged is kept for a look");
}

#[test]
fn large_metadata_is_saved_and_served_by_every_server() {
    let prepared = Prepared::new();
    // All that it says is small: a comment makes it two megabytes.
    let metadata = metadata(prepared.home.path());
    let filling = "words\n".repeat((2 << 20) / 6);
    let filling = format!("<!--{filling}--></md:EntityDescriptor>");
    let file = prepared.write("idp.xml", metadata.replace("</md:EntityDescriptor>", &filling).as_bytes());
    prepared.site.save(Path::new(&file));
    let status = prepared.site.status("it runs", |status| status["state"]["state"] == "running");
    assert_eq!(status["revision"], 1);
    let (_second, two) = prepared.site.second();
    sekisho_tests::site::status(&two, "a second server has it too", |status| status["revision"] == 1);
}
