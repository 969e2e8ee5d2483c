//! What goes wrong at the start is told as the status, by its code, and mended by the file alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::net::TcpListener;
use std::path::Path;

use sekisho_admin_api::status::{GetStatus, State, Status};
use sekisho_admin_api::{Client, Endpoint};
use sekisho_fault::{Code, Fault};
use sekisho_tests::service::{Service, Sp, self_signed};

/// Metadata as an identity provider writes it, with a certificate made here.
fn metadata(folder: &Path) -> String {
    self_signed(folder.to_owned(), "idp", "idp");
    let pem = std::fs::read_to_string(folder.join("idp.crt")).unwrap();
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

/// A folder with everything that a service needs.
struct Prepared {
    home: tempfile::TempDir,
    sp: Sp,
}

impl Prepared {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let sp = Sp::prepare(home.path());
        std::fs::write(home.path().join("idp.xml"), metadata(home.path())).unwrap();
        Self { home, sp }
    }

    fn status(&self, changes: &[(&str, &str)]) -> Status {
        self.sp.configure(Path::new("idp.xml"), changes);
        let service = Service::start(&self.sp);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let status = runtime.block_on(async {
            let client = Client::connect(&Endpoint::at(&service.socket)).await.unwrap();
            loop {
                let mut events = client.events();
                let status = client.call::<GetStatus>(()).await.unwrap();
                if status.state != State::Starting {
                    return status;
                }
                events.recv().await.unwrap();
            }
        });
        assert_eq!(service.end(), Some(0));
        status
    }

    fn stopped(&self, changes: &[(&str, &str)]) -> Fault {
        match self.status(changes).state {
            State::Stopped { reason } => reason,
            other => panic!("{other:?}"),
        }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.home.path().join(name), text).unwrap();
    }
}

#[test]
fn a_wrong_private_ip_stops_with_this_machines_addresses_and_a_right_one_runs() {
    let prepared = Prepared::new();
    let reason = prepared.stopped(&[("127.0.0.1", "192.0.2.77")]);
    assert_eq!(reason.code, sekisho_service::codes::ADDRESS_NOT_HERE);
    assert_eq!(reason.field.as_deref(), Some("private_ip"));
    assert!(format!("{reason}").contains("127.0.0.1"), "{reason}");
    assert!(matches!(prepared.status(&[]).state, State::Running { .. }));
}

#[test]
fn a_port_in_use_is_told() {
    let prepared = Prepared::new();
    let _other = TcpListener::bind(("127.0.0.1", prepared.sp.port)).unwrap();
    assert_eq!(prepared.stopped(&[]).code, sekisho_service::codes::PORT_IN_USE);
}

#[test]
fn bad_metadata_is_told_by_its_code() {
    let prepared = Prepared::new();
    let good = metadata(prepared.home.path());
    let cases: [(String, Code); 4] = [
        ("no xml".into(), sekisho_saml::codes::NOT_XML),
        (good.replace("IDPSSODescriptor", "SPSSODescriptor"), sekisho_saml::codes::METADATA_IS_SP),
        (
            good.replace("<md:KeyDescriptor>", "<md:KeyDescriptor use=\"encryption\">"),
            sekisho_saml::codes::METADATA_NO_CERTIFICATE,
        ),
        (" ".repeat(6 << 20), sekisho_saml::codes::TOO_LARGE),
    ];
    for (text, code) in cases {
        prepared.write("idp.xml", &text);
        let reason = prepared.stopped(&[]);
        assert_eq!((reason.code, reason.field.as_deref()), (code, Some("idp_metadata")));
    }
}

#[test]
fn a_certificate_that_does_not_fit_is_told_by_its_code() {
    let prepared = Prepared::new();
    let at = prepared.home.path();
    let read = |name: &str| std::fs::read_to_string(at.join(name)).unwrap();
    self_signed(at.to_owned(), "other", "sso.example.net");
    let cases = [
        (read("other.crt") + &read("other.key"), sekisho_certs::codes::NOT_COVERED),
        (read("tls.crt") + &read("other.key"), sekisho_certs::codes::KEY_MISMATCH),
        (read("tls.crt"), sekisho_certs::codes::NO_KEY),
        ("hello".into(), sekisho_certs::codes::NOT_PEM),
    ];
    for (text, code) in cases {
        prepared.write("tls.pem", &text);
        let reason = prepared.stopped(&[]);
        assert_eq!((reason.code, reason.field.as_deref()), (code, Some("tls_certificate")));
    }
}

#[test]
fn a_typing_error_in_the_configuration_is_told() {
    let prepared = Prepared::new();
    let reason = prepared.stopped(&[("advertised_host", "advertized_host")]);
    assert_eq!(reason.code, sekisho_config::codes::FILE);
    assert!(format!("{reason}").contains("advertized_host"), "{reason}");
}
