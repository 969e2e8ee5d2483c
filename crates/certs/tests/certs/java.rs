//! Java key stores that `keytool` made (`tests/java/README.md`).

use std::path::Path;

use crate::openssl::file;
use proptest::prelude::*;
use sekisho_certs::import::{self, Import, Passwords};
use sekisho_certs::{Pair, codes, coverage};
use sekisho_fault::{Arg, Fault};

const JAPANESE: &str = "関所の合言葉";

fn store(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/java").join(name)).unwrap()
}

fn read(name: &str, store_password: &str, key_password: Option<&str>) -> sekisho_fault::Result<Pair> {
    let passwords = Passwords { store: Some(store_password), key: key_password };
    import::pair(&[file(name, &store(name))], &passwords)
}

fn refusal(name: &str, store_password: &str, key_password: Option<&str>) -> Fault {
    read(name, store_password, key_password).expect_err("a refusal")
}

#[track_caller]
fn assert_whole(pair: &Pair) {
    assert_eq!(coverage::names(pair.leaf()).unwrap(), ["sso.example.com"]);
    assert_eq!(pair.chain().len(), 3, "leaf, intermediate, root");
}

#[test]
fn a_key_and_its_chain_are_read_from_each_kind_of_store() {
    for name in ["one.jks", "one.jceks", "one.p12"] {
        assert_whole(&read(name, "changeit", None).unwrap());
        assert_whole(&read(name, "changeit", Some("meant for another file")).unwrap());
        assert_whole(&import::pair(&[file(name, &store(name))], &Passwords::one("changeit")).unwrap());
    }
    assert_eq!(read("japanese.jks", JAPANESE, None).unwrap().chain().len(), 1);
}

#[test]
fn a_key_may_have_a_password_of_its_own() {
    assert_whole(&read("two-passwords.jks", "changeit", Some("the-keys-own")).unwrap());
    assert_eq!(read("two-passwords.jceks", "changeit", Some("the-keys-own")).unwrap().chain().len(), 1);
}

#[test]
fn it_is_said_which_password_is_wrong() {
    for name in ["two-passwords.jks", "two-passwords.jceks"] {
        for (store, key, code, field) in [
            ("wrong", None, codes::STORE_PASSWORD, "store_password"),
            ("the-keys-own", Some("changeit"), codes::STORE_PASSWORD, "store_password"),
            ("changeit", None, codes::KEY_PASSWORD, "key_password"),
            ("changeit", Some("wrong"), codes::KEY_PASSWORD, "key_password"),
            ("changeit", Some(JAPANESE), codes::KEY_PASSWORD, "key_password"),
        ] {
            let fault = refusal(name, store, key);
            assert_eq!((fault.code, fault.field.as_deref()), (code, Some(field)), "{name} {store} {key:?}");
            assert_eq!(fault.args["file"], Arg::from(name));
        }
        let needed = import::pair(&[file(name, &store(name))], &Passwords::default()).unwrap_err();
        assert_eq!((needed.code, needed.field.as_deref()), (codes::PASSWORD_NEEDED, Some("store_password")));
    }
}

#[test]
fn of_several_entries_the_key_that_opens_is_meant() {
    let found = |key| {
        let passwords = Passwords { store: Some("changeit"), key };
        import::read(&[file("several.jks", &store("several.jks"))], &passwords).and_then(Import::pair)
    };
    assert_whole(&found(None).unwrap());
    assert_whole(&found(Some("changeit")).unwrap());
    // With the other one's password both open, for the store's password opens the first.
    assert_eq!(found(Some("the-keys-own")).unwrap_err().code, codes::SEVERAL_KEYS);
    assert_eq!(refusal("two-keys.jceks", "changeit", None).code, codes::SEVERAL_KEYS);
}

#[test]
fn certificates_of_a_store_join_a_key_from_another_file() {
    let files = [store("trusted.jks"), store("two-passwords.jceks")];
    let passwords = Passwords { store: Some("changeit"), key: Some("the-keys-own") };
    let found = import::read(&[file("trusted.jks", &files[0]), file("key.jceks", &files[1])], &passwords).unwrap();
    assert_eq!(found.certificates.len(), 2);
    assert_eq!(refusal("trusted.jks", "changeit", None).code, codes::NO_KEY);
}

#[test]
fn a_store_that_cannot_be_read_is_refused_by_its_reason() {
    assert_eq!(refusal("secret.jceks", "changeit", None).code, codes::SECRET_KEYS);
    let whole = store("one.jks");
    let refused = |bytes: &[u8]| import::read(&[file("cut", bytes)], &Passwords::one("changeit")).unwrap_err().code;
    for length in [4, 30, whole.len() / 2, whole.len() - 1] {
        assert_eq!(refused(&whole[..length]), codes::DAMAGED, "{length}");
    }
    let mut changed = whole;
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    assert_eq!(refused(&changed), codes::STORE_PASSWORD, "Java cannot tell either");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_with_the_head_of_a_store_are_read_or_refused(
        head in prop::sample::select(vec![[0xfe, 0xed, 0xfe, 0xed], [0xce; 4]]),
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let bytes = [&head[..], &[0, 0, 0, 2, 0, 0, 0], &bytes].concat();
        prop_assert!(import::read(&[file("any", &bytes)], &Passwords::one("changeit")).is_err());
    }
}
