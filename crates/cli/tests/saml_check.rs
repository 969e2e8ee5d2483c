//! `sekisho saml check` as a script meets it: exit codes and JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::{Command, Stdio};

use data_encoding::BASE64;
use serde_json::Value;

const ACS: &str = "https://sso.example.com:8443/sso-connect/saml/sso";
const SP: &str = "https://sso.example.com:8443/sso-connect";

struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    /// An identity provider's metadata, and a response of it that OpenSSL and xmlsec1 made.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let case = Self { folder };
        let certificate = rcgen::generate_simple_self_signed(vec!["idp".to_owned()]).unwrap();
        let der = BASE64.encode(certificate.cert.der());
        case.write(
            "idp.xml",
            &format!(
                "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.com\">\
                 <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><md:KeyDescriptor>\
                 <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>{der}\
                 </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService \
                 Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.example.com/sso\"/>\
                 </md:IDPSSODescriptor></md:EntityDescriptor>"
            ),
        );
        case.write("idp.key", &certificate.signing_key.serialize_pem());
        case
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.at(name), text).unwrap();
    }

    /// Signs the template, which has an empty signature in its place.
    fn sign(&self, template: &str) -> String {
        self.write("template.xml", template);
        let signed = Command::new("xmlsec1")
            .args(["--sign", "--privkey-pem", "idp.key", "--id-attr:ID"])
            .args(["urn:oasis:names:tc:SAML:2.0:assertion:Assertion", "--output", "signed.xml", "template.xml"])
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
        std::fs::read_to_string(self.at("signed.xml")).unwrap()
    }

    fn check(&self, more: &[&str], input: &str) -> (i32, Value, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sekisho"))
            .args(["saml", "check", "--json", "--idp-metadata"])
            .arg(self.at("idp.xml"))
            .args(["--entity-id", SP, "--acs", ACS])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that is misused ends without reading.
        let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let told = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code().unwrap(), told, String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn template() -> String {
    let times = "NotBefore=\"2026-11-24T09:40:37Z\" NotOnOrAfter=\"2026-11-24T09:46:07Z\"";
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\" Version=\"2.0\" \
         IssueInstant=\"2026-11-24T09:41:07Z\" Destination=\"{ACS}\" InResponseTo=\"_request\"><samlp:Status>\
         <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         <saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a\" Version=\"2.0\" \
         IssueInstant=\"2026-11-24T09:41:07Z\"><saml:Issuer>https://idp.example.com</saml:Issuer>\
         <ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo><ds:CanonicalizationMethod \
         Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><ds:SignatureMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"/><ds:Reference URI=\"#_a\"><ds:Transforms>\
         <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><ds:Transform \
         Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms><ds:DigestMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>\
         <ds:SignatureValue/></ds:Signature><saml:Subject><saml:NameID>alice</saml:NameID><saml:SubjectConfirmation \
         Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData InResponseTo=\"_request\" \
         NotOnOrAfter=\"2026-11-24T09:46:07Z\" Recipient=\"{ACS}\"/></saml:SubjectConfirmation></saml:Subject>\
         <saml:Conditions {times}><saml:AudienceRestriction><saml:Audience>{SP}</saml:Audience>\
         </saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant=\"2026-11-24T09:41:07Z\">\
         <saml:AuthnContext/></saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name=\"Email\">\
         <saml:AttributeValue>alice@example.com</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>\
         </saml:Assertion></samlp:Response>"
    )
}

const THEN: [&str; 2] = ["--at", "2026-11-24T18:41:10+09:00"];

#[test]
fn a_good_response_exits_with_0_and_says_what_it_says() {
    let case = Case::new();
    let response = case.sign(&template());
    let (code, told, errors) = case.check(&[&THEN[..], &["--request-id", "_request", "-"]].concat(), &response);
    assert_eq!((code, &told["verdict"], &told["code"]), (0, &"accepted".into(), &Value::Null), "{told} {errors}");
    assert_eq!((&told["name_id"], &told["signed"]), (&"alice".into(), &serde_json::json!(["assertion"])));
    assert_eq!(told["attributes"], serde_json::json!({"Email": ["alice@example.com"]}));
    // The same from a file, as the form field has it.
    case.write("field.txt", &format!("{}\n", BASE64.encode(response.as_bytes())));
    let field = case.at("field.txt");
    let more = ["--request-id", "_request", "--base64", field.to_str().unwrap()];
    assert_eq!(case.check(&[&THEN[..], &more].concat(), "").0, 0);
}

#[test]
fn a_refused_one_exits_with_3_and_its_code_and_facts() {
    let case = Case::new();
    let response = case.sign(&template());
    let refused = |more: &[&str], input: &str| {
        let (code, told, errors) = case.check(&[more, &["-"]].concat(), input);
        assert_eq!((code, &told["verdict"]), (3, &"refused".into()), "{told} {errors}");
        (told["code"].as_str().unwrap().to_owned(), told["facts"].clone())
    };
    let then = |more: &[&'static str]| [&THEN[..], more].concat();
    let (code, facts) = refused(&then(&["--request-id", "_other"]), &response);
    assert_eq!(
        (&*code, &facts["expected"], &facts["received"]),
        ("saml.in_response_to", &"_other".into(), &"_request".into())
    );
    assert_eq!(refused(&then(&["--unsolicited"]), &response).0, "saml.in_response_to");
    assert_eq!(refused(&then(&[]), &response).0, "saml.in_response_to", "unsolicited is what is judged by default");
    let (code, facts) = refused(&["--request-id", "_request", "--at", "2026-11-24T10:41:07Z"], &response);
    assert_eq!((&*code, &facts["now"]), ("saml.expired", &"2026-11-24T10:41:07Z".into()));
    let changed = response.replace("alice@", "admin@");
    assert_eq!(refused(&then(&["--request-id", "_request"]), &changed).0, "saml.digest");
    assert_eq!(refused(&then(&["--request-id", "_request", "--base64"]), &response).0, "saml.not_base64");
    assert_eq!(refused(&then(&["--request-id", "_request"]), &"<".repeat(400_000)).0, "saml.too_large");
}

#[test]
fn a_wrong_question_exits_with_2_and_judges_nothing() {
    let case = Case::new();
    let misuse = |more: &[&str]| {
        let (code, told, errors) = case.check(more, "");
        assert_eq!((code, told), (2, Value::Null), "{errors}");
        errors
    };
    misuse(&[]);
    misuse(&["--request-id", "_a", "--unsolicited", "-"]);
    misuse(&["--sp-key", "key.pem", "-"]);
    assert!(misuse(&["--at", "yesterday", "-"]).contains("cli.moment"));
    assert!(misuse(&["no such file"]).contains("cli.file"));
    case.write("idp.xml", "<nothing/>");
    assert!(misuse(&["-"]).contains("saml.metadata_no_idp"));
}

#[test]
fn people_get_reason_and_remedy_in_their_language() {
    let case = Case::new();
    let path: &Path = &case.at("response.xml");
    std::fs::write(path, case.sign(&template())).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .env("LC_ALL", "ja_JP.UTF-8")
        .args(["saml", "check", "--entity-id", "https://other.example.com", "--acs", ACS, "--request-id", "_request"])
        .args(THEN)
        .arg("--idp-metadata")
        .arg(case.at("idp.xml"))
        .arg(path)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(told.contains("拒否") && told.contains(SP), "{told}");
}
