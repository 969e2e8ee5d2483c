//! A renewed certificate beside the one whose place it takes, and certificates without their keys.

use crate::openssl::{Workshop, file};
use sekisho_certs::import::{self, Passwords};
use sekisho_certs::{check, codes, coverage};
use sekisho_fault::{Arg, Severity};

fn chain(shop: &Workshop, names: &[&str]) -> Vec<Vec<u8>> {
    import::read(&[file("all.pem", &shop.joined(names))], &Passwords::default()).unwrap().chain().unwrap()
}

#[test]
fn a_chain_is_found_without_its_key_in_any_order() {
    let shop = Workshop::new();
    let with_key = chain(&shop, &["leaf.crt", "leaf.key", "mid.crt", "root.crt"]);
    for names in [["root.crt", "leaf.crt", "mid.crt"], ["mid.crt", "root.crt", "leaf.crt"]] {
        assert_eq!(chain(&shop, &names), with_key);
    }
    // A root alone is what was shown.
    assert_eq!(coverage::names(&chain(&shop, &["root.crt"])[0]).unwrap(), Vec::<String>::new());
    let nothing = import::read(&[file("leaf.key", &shop.read("leaf.key"))], &Passwords::default()).unwrap();
    assert_eq!(nothing.chain().unwrap_err().code, codes::NO_CERTIFICATE);
}

#[test]
fn what_is_less_about_a_renewed_certificate_is_named() {
    let shop = Workshop::new();
    let old = chain(&shop, &["leaf.crt", "mid.crt", "root.crt"]);
    assert_eq!(check::beside(&old, &old).unwrap(), []);
    // Another authority, an earlier end, another name. Of two `-days` the last counts.
    shop.openssl("req -x509 -newkey rsa:2048 -nodes -keyout other.key -subj /CN=Other-Root -days 3650 -out other.crt");
    shop.issue("leaf", "other", "subjectAltName=DNS:login.example.com\n", "-sha256 -days 10");
    let new = chain(&shop, &["leaf.crt", "other.crt"]);
    let found = check::beside(&old, &new).unwrap();
    let told: Vec<_> = found.iter().map(|fault| (&fault.code, fault.severity)).collect();
    let warning = Severity::Warning;
    assert_eq!(
        told,
        [(&codes::FEWER_NAMES, warning), (&codes::ENDS_EARLIER, warning), (&codes::ANOTHER_ROOT, warning)]
    );
    assert_eq!(found[0].args["names"], Arg::List(vec!["sso.example.com".into()]));
    assert_eq!((&found[2].args["before"], &found[2].args["now"]), (&"Test-Root".into(), &"Other-Root".into()));
    // A chain that leaves its root out leads to the same one.
    assert_eq!(check::beside(&chain(&shop, &["leaf.crt"]), &new).unwrap(), []);
}
