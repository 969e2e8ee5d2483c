//! Chains and certificates from a real authority, judged.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::openssl::{Workshop, file};
use sekisho_certs::import::{self, Passwords};
use sekisho_certs::{Pair, check, codes, coverage, describe};
use sekisho_fault::{Arg, Code, Severity};

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

fn pair(shop: &Workshop, names: &[&str]) -> Pair {
    import::pair(&[file("all.pem", &shop.joined(names))], &Passwords::default()).unwrap()
}

fn verdicts(shop: &Workshop, names: &[&str]) -> Vec<(Code, Severity)> {
    let faults = check::server(&pair(shop, names), &["sso.example.com"], now()).unwrap();
    faults.into_iter().map(|fault| (fault.code, fault.severity)).collect()
}

#[test]
fn a_chain_to_the_root_is_complete() {
    let shop = Workshop::new();
    assert_eq!(verdicts(&shop, &["root.crt", "leaf.crt", "leaf.key", "mid.crt"]), []);
}

#[test]
fn a_missing_issuer_is_named_and_a_missing_root_is_only_worth_knowing() {
    let shop = Workshop::new();
    let alone = check::chain(&pair(&shop, &["leaf.crt", "leaf.key", "root.crt"]), now()).unwrap();
    assert_eq!(alone.len(), 1);
    assert_eq!((&alone[0].code, alone[0].severity), (&codes::CHAIN_INCOMPLETE, Severity::Warning));
    assert_eq!(alone[0].args["issuer"], Arg::from("mid"));
    assert_eq!(verdicts(&shop, &["leaf.crt", "leaf.key", "mid.crt"]), [(codes::CHAIN_INCOMPLETE, Severity::Info)]);
}

#[test]
fn an_issuer_of_the_same_name_and_another_key_does_not_belong() {
    let shop = Workshop::new();
    let rightful = shop.read("mid.crt");
    shop.ec_key("mid.key", "P-256");
    shop.issue("mid", "root", "basicConstraints=critical,CA:TRUE\n", "-sha256");
    assert_eq!(verdicts(&shop, &["leaf.crt", "leaf.key", "mid.crt"]), [(codes::CHAIN_INCOMPLETE, Severity::Warning)]);
    shop.write("rightful.crt", &rightful);
    let pair = pair(&shop, &["leaf.crt", "leaf.key", "mid.crt", "root.crt", "rightful.crt"]);
    assert_eq!(pair.chain().len(), 3);
    assert_eq!(check::chain(&pair, now()).unwrap(), []);
}

#[test]
fn of_an_old_and_a_renewed_certificate_the_renewed_one_is_taken() {
    let shop = Workshop::new();
    shop.write("old.crt", &shop.read("leaf.crt"));
    let extensions = "subjectAltName=DNS:sso.example.com,DNS:new.example.com\n";
    // Of two `-days` the last counts: this one holds longer.
    shop.issue("leaf", "mid", extensions, "-sha256 -days 365");
    for names in [["old.crt", "leaf.crt", "leaf.key"], ["leaf.crt", "old.crt", "leaf.key"]] {
        assert_eq!(coverage::names(pair(&shop, &names).leaf()).unwrap().len(), 2);
    }
}

#[test]
fn a_certificate_for_clients_is_no_server_certificate() {
    let shop = Workshop::with_authority();
    shop.ec_key("client.key", "P-256");
    shop.issue("client", "mid", "subjectAltName=DNS:sso.example.com\nextendedKeyUsage=clientAuth\n", "-sha256");
    let verdicts = verdicts(&shop, &["client.crt", "client.key", "mid.crt", "root.crt"]);
    assert_eq!(verdicts, [(codes::NOT_SERVER, Severity::Error)]);
}

#[test]
fn short_keys_and_broken_signatures_are_named() {
    let shop = Workshop::empty();
    shop.openssl(
        "req -x509 -newkey rsa:1024 -nodes -keyout root.key -subj /CN=Old-Root -days 3650 -sha1 -out root.crt",
    );
    shop.ec_key("leaf.key", "P-256");
    shop.issue("leaf", "root", "subjectAltName=DNS:sso.example.com\n", "-sha1");
    assert_eq!(
        verdicts(&shop, &["leaf.crt", "leaf.key", "root.crt"]),
        [(codes::WEAK_SIGNATURE, Severity::Error), (codes::WEAK_KEY, Severity::Error)]
    );
}

#[test]
fn a_common_name_does_not_count() {
    let shop = Workshop::empty();
    shop.openssl("req -x509 -newkey rsa:2048 -nodes -keyout own.key -subj /CN=sso.example.com -days 90 -out own.crt");
    let faults = check::server(&pair(&shop, &["own.crt", "own.key"]), &["sso.example.com"], now()).unwrap();
    let codes: Vec<_> = faults.iter().map(|fault| fault.code.clone()).collect();
    assert_eq!(codes, [codes::COMMON_NAME_ONLY, codes::SELF_SIGNED]);
    assert_eq!(faults[0].args["name"], Arg::from("sso.example.com"));
    assert_eq!(faults[1].severity, Severity::Warning);
}

#[test]
fn an_intermediate_that_ended_is_named() {
    let shop = Workshop::new();
    let pair = pair(&shop, &["leaf.crt", "leaf.key", "mid.crt", "root.crt"]);
    let later = now() + 1000 * 24 * 60 * 60;
    let faults = check::chain(&pair, later).unwrap();
    assert_eq!(faults.len(), 1);
    assert_eq!((&faults[0].code, &faults[0].args["name"]), (&codes::CHAIN_EXPIRED, &Arg::from("mid")));
}

#[test]
fn fewer_names_than_today_are_listed() {
    let shop = Workshop::with_authority();
    let make = |name: &str, names: &str| {
        shop.ec_key(&format!("{name}.key"), "P-256");
        shop.issue(name, "mid", &format!("subjectAltName={names}\n"), "-sha256");
        pair(&shop, &[&format!("{name}.crt"), &format!("{name}.key")])
    };
    let old = make("old", "DNS:sso.example.com,DNS:old.example.net,IP:10.0.0.1");
    let wildcard = make("new", "DNS:*.example.com,IP:10.0.0.1");
    let fault = check::fewer_names(old.leaf(), wildcard.leaf()).unwrap().expect("a warning");
    assert_eq!((fault.code, fault.severity), (codes::FEWER_NAMES, Severity::Warning));
    assert_eq!(fault.args["names"], Arg::List(vec!["old.example.net".into()]));
    assert_eq!(check::fewer_names(old.leaf(), old.leaf()).unwrap(), None);
}

#[test]
fn an_international_name_is_covered_by_its_a_labels() {
    let shop = Workshop::with_authority();
    shop.ec_key("leaf.key", "P-256");
    shop.issue("leaf", "mid", "subjectAltName=DNS:sso.xn--wgv71a119e.jp\n", "-sha256");
    let pair = pair(&shop, &["leaf.crt", "leaf.key"]);
    for host in ["sso.日本語.jp", "sso.xn--wgv71a119e.jp", "ＳＳＯ.日本語。jp", "SSO.日本語.JP."] {
        assert_eq!(check::pair(&pair, &[host], now()).unwrap(), [], "{host}");
    }
    assert_eq!(check::pair(&pair, &["sso.日本.jp"], now()).unwrap()[0].code, codes::NOT_COVERED);
}

#[test]
fn a_certificate_is_described_as_openssl_describes_it() {
    let shop = Workshop::new();
    let leaf = pair(&shop, &["leaf.crt", "leaf.key"]);
    let description = describe(leaf.leaf()).unwrap();
    let openssl = |option: &str| {
        shop.openssl(&format!("x509 -in leaf.crt -noout {option} -out said"));
        let said = String::from_utf8(shop.read("said")).unwrap();
        said.trim().split_once('=').unwrap().1.to_owned()
    };
    assert_eq!(description.sha256, openssl("-sha256 -fingerprint"));
    assert_eq!(description.sha1, openssl("-sha1 -fingerprint"));
    assert_eq!(description.serial.replace(':', ""), openssl("-serial"));
    assert_eq!((description.subject.as_str(), description.issuer.as_str()), ("CN=leaf", "CN=mid"));
    assert_eq!(description.names, ["sso.example.com"]);
    assert_eq!(description.key, "RSA 2048");
    assert_eq!(description.not_after - description.not_before, 90 * 24 * 60 * 60);
    for curve in ["P-256", "P-384"] {
        shop.ec_key("leaf.key", curve);
        shop.issue("leaf", "mid", "subjectAltName=DNS:sso.example.com\n", "-sha256");
        assert_eq!(describe(pair(&shop, &["leaf.crt", "leaf.key"]).leaf()).unwrap().key, format!("ECDSA {curve}"));
    }
}
