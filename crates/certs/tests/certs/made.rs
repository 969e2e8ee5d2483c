//! Trial certificates, SAML pairs and requests, as other software sees them.

use crate::openssl::{Workshop, file};
use sekisho_certs::import::{self, Passwords};
use sekisho_certs::request::{self, NewKey, Subject};
use sekisho_certs::{check, codes, describe, trial};
use sekisho_fault::{Arg, Severity};

const NOW: i64 = 1_795_513_267;
const DAY: i64 = 24 * 60 * 60;

#[test]
fn a_trial_certificate_is_fit_for_its_host_for_30_days() {
    for host in ["sso.example.com", "sso.日本語.jp", "192.0.2.1", "2001:db8::1"] {
        let pair = trial::certificate(host, NOW).unwrap();
        let faults = check::server(&pair, &[host], NOW).unwrap();
        assert_eq!(faults.iter().map(|fault| fault.code.clone()).collect::<Vec<_>>(), [codes::SELF_SIGNED], "{host}");
        assert_eq!(check::pair(&pair, &[host], NOW + 31 * DAY).unwrap()[0].code, codes::EXPIRED);
        let description = describe(pair.leaf()).unwrap();
        assert_eq!(description.subject, format!("CN={}", trial::SUBJECT));
        assert_eq!(description.key, "ECDSA P-256");
    }
    for host in ["", "two words", "ex_ample.com"] {
        assert_eq!(trial::certificate(host, NOW).unwrap_err().code, codes::HOST_NAME);
    }
    assert_eq!(trial::certificate("sso.example.com", i64::MAX).unwrap_err().code, codes::NOT_MADE);
}

#[test]
fn a_trial_certificate_that_is_trusted_is_accepted_by_a_client() {
    let shop = Workshop::empty();
    shop.write("trial.pem", trial::certificate("sso.example.com", NOW).unwrap().to_pem().as_bytes());
    let verify = "verify -CAfile trial.pem -purpose sslserver -verify_hostname sso.example.com";
    shop.openssl(&format!("{verify} -attime {NOW} -x509_strict trial.pem"));
    shop.openssl("pkey -in trial.pem -noout -check");
}

#[test]
fn a_saml_pair_signs_for_ten_years() {
    let shop = Workshop::empty();
    let entity = "https://sso.example.co.jp/sso-connect/with/a/path/that/is/longer/than/a/common/name/may/be";
    let pair = trial::saml_pair(entity, NOW).unwrap();
    let description = describe(pair.leaf()).unwrap();
    assert_eq!(description.key, "RSA 3072");
    assert_eq!(description.subject, format!("CN={}", &entity[..64]));
    assert_eq!(check::pair(&pair, &[], NOW + 3630 * DAY).unwrap()[0].code, codes::ENDS_SOON);
    assert_eq!(check::pair(&pair, &[], NOW).unwrap(), []);
    shop.write("saml.pem", pair.to_pem().as_bytes());
    shop.openssl("pkey -in saml.pem -noout -check");
}

#[test]
fn a_request_is_answered_by_an_authority() {
    let shop = Workshop::with_authority();
    let subject = Subject {
        organisation: Some("株式会社例".into()),
        state: Some("東京都".into()),
        country: Some("jp".into()),
        ..Subject::default()
    };
    for (key, kind) in [
        (NewKey::EcdsaP256, "ECDSA P-256"),
        (NewKey::EcdsaP384, "ECDSA P-384"),
        (NewKey::Rsa2048, "RSA 2048"),
        (NewKey::Rsa3072, "RSA 3072"),
        (NewKey::Rsa4096, "RSA 4096"),
    ] {
        let made = request::new(&["sso.example.com", "192.0.2.1", "*.日本語.jp"], &subject, key).unwrap();
        assert_eq!(request::names(&made.pem).unwrap(), ["sso.example.com", "192.0.2.1", "*.xn--wgv71a119e.jp"]);
        shop.write("made.csr", made.pem.as_bytes());
        shop.openssl("req -in made.csr -noout -verify");
        let answer = |arguments: &str| {
            let sign = "x509 -req -in made.csr -CA mid.crt -CAkey mid.key -days 90 -out answer.crt";
            shop.openssl(&format!("{sign} {arguments}"));
            let bytes = shop.joined(&["mid.crt", "answer.crt"]);
            import::read(&[file("answer.pem", &bytes)], &Passwords::default()).unwrap().certificates
        };
        let pair = request::answered_by(&made.key, &answer("-copy_extensions copy")).unwrap();
        assert_eq!(pair.chain().len(), 2);
        assert_eq!(request::lacking(&made.pem, &pair).unwrap(), None);
        let description = describe(pair.leaf()).unwrap();
        assert_eq!(description.subject, "C=JP, ST=東京都, O=株式会社例, CN=sso.example.com");
        assert_eq!(description.key, kind);
        shop.write("made.key", pair.to_pem().as_bytes());
        shop.openssl("pkey -in made.key -noout -check");

        shop.write("extensions", b"subjectAltName=DNS:sso.example.com\n");
        let pair = request::answered_by(&made.key, &answer("-extfile extensions")).unwrap();
        let fault = request::lacking(&made.pem, &pair).unwrap().expect("a warning");
        assert_eq!((fault.code, fault.severity), (codes::ANSWER_LACKS_NAMES, Severity::Warning));
        assert_eq!(fault.args["names"], Arg::List(vec!["192.0.2.1".into(), "*.xn--wgv71a119e.jp".into()]));
    }
}

#[test]
fn an_answer_to_another_request_is_refused() {
    let made = request::new(&["sso.example.com"], &Subject::default(), NewKey::EcdsaP256).unwrap();
    let other = trial::certificate("sso.example.com", NOW).unwrap();
    assert_eq!(request::answered_by(&made.key, other.chain()).unwrap_err().code, codes::ANSWER_OTHER_KEY);
    assert_eq!(request::answered_by(&made.key, &[]).unwrap_err().code, codes::NO_CERTIFICATE);
}

#[test]
fn a_request_that_cannot_be_made_is_refused() {
    let new = |names: &[&str], country: &str| {
        let subject = Subject { country: Some(country.into()), ..Subject::default() };
        request::new(names, &subject, NewKey::EcdsaP256).unwrap_err().code
    };
    assert_eq!(new(&[], "JP"), codes::NO_NAMES);
    assert_eq!(new(&["a b"], "JP"), codes::HOST_NAME);
    assert_eq!(new(&["sso.example.com"], "Japan"), codes::COUNTRY);
    assert_eq!(new(&["sso.example.com"], "日本"), codes::COUNTRY);
    assert_eq!(request::names("hello").unwrap_err().code, codes::REQUEST);
}

#[test]
fn a_protected_file_is_opened_by_its_passphrase_alone_in_other_software_and_here() {
    let shop = Workshop::new();
    let given = shop.joined(&["leaf.crt", "mid.crt", "leaf.key"]);
    let pair = import::pair(&[file("given.pem", &given)], &Passwords::default()).unwrap();
    shop.write("out.p12", &pair.to_pkcs12("ljhts-7jmkz-aaaab-qqqqq").unwrap());

    // As openssl shows it: how it is locked, and what is in it.
    let said = shop.said_of("pkcs12 -in out.p12 -info -nodes -passin pass:ljhts-7jmkz-aaaab-qqqqq");
    for wanted in ["PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256", "MAC: sha256, Iteration 600000"]
    {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert!(!said.contains("SHA1And") && !said.contains("RC2"), "{said}");
    shop.openssl("pkcs12 -in out.p12 -nodes -nocerts -passin pass:ljhts-7jmkz-aaaab-qqqqq -out key.pem");
    shop.openssl("pkey -in key.pem -outform DER -out key.der");
    shop.openssl("pkey -in leaf.key -outform DER -out leaf.der");
    assert!(shop.read("key.der") == shop.read("leaf.der"), "the same key");
    shop.openssl("pkcs12 -in out.p12 -nodes -nokeys -passin pass:ljhts-7jmkz-aaaab-qqqqq -out chain.pem");
    let chain = String::from_utf8(shop.read("chain.pem")).unwrap();
    assert_eq!(chain.matches("BEGIN CERTIFICATE").count(), 2, "the certificate and the one that issued it");
    let wrong = shop.said_of("pkcs12 -in out.p12 -nodes -passin pass:another-one");
    assert!(wrong.contains("invalid password") && !wrong.contains("PRIVATE KEY"), "{wrong}");

    // Our own import, and the whole file as a balancer reads it after `openssl pkcs12 -nodes`.
    let bytes = shop.read("out.p12");
    let opened = import::pair(&[file("out.p12", &bytes)], &Passwords::one("ljhts-7jmkz-aaaab-qqqqq")).unwrap();
    assert_eq!((opened.chain(), opened.key().pkcs8()), (pair.chain(), pair.key().pkcs8()));
    let refused = import::pair(&[file("out.p12", &bytes)], &Passwords::one("another-one")).unwrap_err();
    assert_eq!(refused.code, codes::STORE_PASSWORD);
    let bare = import::pair(&[file("out.p12", &bytes)], &Passwords::default()).unwrap_err();
    assert_eq!(bare.code, codes::PASSWORD_NEEDED);
    assert!(!bytes.windows(15).any(|part| part == b"sso.example.com"), "the certificate is not to be read either");
}
