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
fn certificates_that_do_not_belong_are_named() {
    let shop = Workshop::new();
    let mut certificates = pair(&shop, &["leaf.crt", "leaf.key", "mid.crt", "root.crt"]).chain().to_vec();
    let leaf = pair(&shop, &["leaf.crt", "leaf.key", "mid.crt", "root.crt"]);
    assert_eq!(check::left_out(&certificates, &leaf).unwrap(), None);
    certificates.push(sekisho_certs::trial::certificate("other.example.com", now()).unwrap().leaf().to_vec());
    let fault = check::left_out(&certificates, &leaf).unwrap().expect("a word");
    assert_eq!((fault.code, fault.severity), (codes::LEFT_OUT, Severity::Info));
    assert_eq!(fault.args["names"], Arg::List(vec![sekisho_certs::trial::SUBJECT.into()]));
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

#[test]
fn names_that_an_issuer_may_not_vouch_for_are_named_as_openssl_refuses_them() {
    let shop = Workshop::with_authority();
    let permitted = "permitted;DNS:example.com,permitted;IP:10.0.0.0/255.0.0.0";
    let constraints = format!("nameConstraints=critical,{permitted},excluded;DNS:hr.example.com\n");
    shop.issue("mid", "root", &format!("basicConstraints=critical,CA:TRUE\n{constraints}"), "-sha256");
    shop.ec_key("leaf.key", "P-256");
    for (names, forbidden) in [
        ("DNS:sso.example.com,DNS:*.example.org.example.com,IP:10.1.2.3", vec![]),
        ("DNS:example.com,DNS:sso.example.net", vec!["sso.example.net"]),
        ("DNS:sso.hr.example.com,IP:192.0.2.1", vec!["sso.hr.example.com", "192.0.2.1"]),
        ("DNS:notexample.com", vec!["notexample.com"]),
        ("IP:2001:db8::1", vec!["2001:db8::1"]),
    ] {
        shop.issue("leaf", "mid", &format!("subjectAltName={names}\n"), "-sha256");
        let pair = pair(&shop, &["leaf.crt", "leaf.key", "mid.crt", "root.crt"]);
        let faults = check::chain(&pair, now()).unwrap();
        let found: Vec<_> = faults.iter().map(|fault| fault.args["host"].clone()).collect();
        assert_eq!(found, forbidden.iter().map(|name| Arg::from(*name)).collect::<Vec<_>>(), "{names}");
        for fault in &faults {
            assert_eq!((&fault.code, fault.severity), (&codes::NAME_CONSTRAINTS, Severity::Error));
            assert_eq!(fault.args["issuer"], Arg::from("mid"));
        }
        let said = shop.said("verify -CAfile root.crt -untrusted mid.crt leaf.crt");
        assert_eq!(said.contains("leaf.crt: OK"), forbidden.is_empty(), "{names}");
        // The names are no question of trust.
        let root = pair.chain()[2].clone();
        assert_eq!(check::trusted(pair.chain(), &[root], now()).unwrap(), None, "{names}");
    }
}

#[test]
fn a_wildcard_that_covers_an_excluded_name_is_refused_as_browsers_do() {
    let shop = Workshop::with_authority();
    let constraints = "nameConstraints=critical,excluded;DNS:hr.example.com\n";
    shop.issue("mid", "root", &format!("basicConstraints=critical,CA:TRUE\n{constraints}"), "-sha256");
    shop.ec_key("leaf.key", "P-256");
    shop.issue("leaf", "mid", "subjectAltName=DNS:*.example.com\n", "-sha256");
    let faults = check::chain(&pair(&shop, &["leaf.crt", "leaf.key", "mid.crt", "root.crt"]), now()).unwrap();
    assert_eq!((&faults[0].code, &faults[0].args["host"]), (&codes::NAME_CONSTRAINTS, &Arg::from("*.example.com")));
}

#[test]
fn a_chain_is_trusted_where_its_root_is_known() {
    let shop = Workshop::new();
    let whole = pair(&shop, &["leaf.crt", "leaf.key", "mid.crt", "root.crt"]);
    let without_root = pair(&shop, &["leaf.crt", "leaf.key", "mid.crt"]);
    let alone = pair(&shop, &["leaf.crt", "leaf.key"]);
    let root = whole.chain()[2].clone();
    let stranger = sekisho_certs::trial::certificate("stranger.example.com", now()).unwrap();
    let roots = [stranger.leaf().to_vec(), b"no certificate".to_vec(), root];
    let issuer = |pair: &Pair, roots: &[Vec<u8>], then| {
        let fault = check::trusted(pair.chain(), roots, then).unwrap()?;
        assert_eq!((&fault.code, fault.severity), (&codes::NOT_TRUSTED, Severity::Warning));
        Some(fault.args["issuer"].clone())
    };
    assert_eq!(issuer(&whole, &roots, now()), None);
    assert_eq!(issuer(&without_root, &roots, now()), None);
    assert_eq!(issuer(&alone, &roots, now()), Some(Arg::from("mid")), "the intermediate is not sent");
    assert_eq!(issuer(&without_root, &roots[..2], now()), Some(Arg::from("Test-Root")));
    assert_eq!(issuer(&whole, &[], now()), Some(Arg::from("Test-Root")));
    assert_eq!(issuer(&whole, &roots, now() + 4000 * 24 * 60 * 60), None, "that it has ended is said elsewhere");
    // A certificate that is signed by itself is trusted where it is known itself.
    assert_eq!(issuer(&stranger, &roots[..1], now()), None);
    assert_eq!(issuer(&stranger, &roots[1..], now()), Some(Arg::from(sekisho_certs::trial::SUBJECT)));
}

#[test]
fn a_root_of_the_same_name_and_another_key_is_not_trusted() {
    let shop = Workshop::new();
    let pair = pair(&shop, &["leaf.crt", "leaf.key", "mid.crt"]);
    shop.ec_key("root.key", "P-256");
    shop.openssl("req -x509 -new -key root.key -subj /CN=Test-Root -days 3650 -out root.crt");
    let impostor = sekisho_certs::pem::read(&shop.read("root.crt")).unwrap().certificates;
    assert!(check::trusted(pair.chain(), &impostor, now()).unwrap().is_some());
}

#[test]
fn what_stands_in_the_old_certificate_without_counting_is_not_missed() {
    let shop = Workshop::with_authority();
    let make = |name: &str, names: &str| {
        shop.ec_key(&format!("{name}.key"), "P-256");
        shop.issue(name, "mid", &format!("subjectAltName={names}\n"), "-sha256");
        pair(&shop, &[&format!("{name}.crt"), &format!("{name}.key")])
    };
    let old = make("old", "DNS:sso.example.com,DNS:192.0.2.1,DNS:f*.example.com,DNS:*.jp");
    let new = make("new", "DNS:sso.example.com");
    assert_eq!(check::fewer_names(old.leaf(), new.leaf()).unwrap(), None);
    let faults = check::pair(&old, &["192.0.2.1", "foo.example.com", "sso.example.net"], now()).unwrap();
    let found: Vec<_> = faults.iter().map(|fault| (fault.code.clone(), fault.args.get("name").cloned())).collect();
    assert_eq!(found[0], (codes::NAME_IGNORED, Some("192.0.2.1".into())));
    assert_eq!(found[1], (codes::NAME_IGNORED, Some("f*.example.com".into())));
    assert_eq!(found[2], (codes::NOT_COVERED, None));
}
