//! Files of every kind, read together.

use crate::openssl::{Workshop, file};
use sekisho_certs::import::{self, Import, Passwords};
use sekisho_certs::{Pair, codes, coverage, pem};
use sekisho_fault::{Arg, Code, Fault};

const JAPANESE: &str = "関所の合言葉";

fn all(shop: &Workshop, names: &[&str], passwords: &Passwords<'_>) -> sekisho_fault::Result<Import> {
    let contents: Vec<_> = names.iter().map(|name| (*name, shop.read(name))).collect();
    let files: Vec<_> = contents.iter().map(|(name, bytes)| file(name, bytes)).collect();
    import::read(&files, passwords)
}

fn pair(shop: &Workshop, names: &[&str], password: Option<&str>) -> Pair {
    let passwords = password.map(Passwords::one).unwrap_or_default();
    let pair = all(shop, names, &passwords).and_then(Import::pair);
    pair.unwrap_or_else(|fault| panic!("{names:?}: {fault}"))
}

fn refusal(shop: &Workshop, names: &[&str], passwords: &Passwords<'_>) -> Fault {
    all(shop, names, passwords).and_then(Import::pair).expect_err("a refusal")
}

fn code(shop: &Workshop, names: &[&str]) -> Code {
    refusal(shop, names, &Passwords::default()).code
}

#[track_caller]
fn assert_whole(pair: &Pair) {
    assert_eq!(coverage::names(pair.leaf()).unwrap(), ["sso.example.com"]);
    assert_eq!(pair.chain().len(), 3, "leaf, intermediate, root");
}

#[test]
fn key_leaf_and_intermediates_come_in_files_of_their_own_and_in_any_order() {
    let shop = Workshop::new();
    assert_whole(&pair(&shop, &["root.crt", "leaf.key", "mid.crt", "leaf.crt"], None));
    assert_whole(&pair(&shop, &["leaf.crt", "mid.crt", "root.crt", "leaf.key", "leaf.csr", "leaf.crt"], None));
}

#[test]
fn keys_are_read_in_their_older_forms_too() {
    let shop = Workshop::new();
    shop.openssl("rsa -traditional -in leaf.key -out old.key");
    shop.openssl("rsa -traditional -in leaf.key -outform DER -out old.der");
    shop.openssl("pkcs8 -topk8 -nocrypt -in leaf.key -outform DER -out new.der");
    for key in ["old.key", "old.der", "new.der"] {
        assert_whole(&pair(&shop, &["leaf.crt", "mid.crt", "root.crt", key], None));
    }
    for curve in ["P-256", "P-384"] {
        shop.ec_key("leaf.key", curve);
        shop.issue("leaf", "mid", "subjectAltName=DNS:sso.example.com\n", "-sha256");
        shop.openssl("ec -in leaf.key -out old.key");
        shop.openssl("ec -in leaf.key -outform DER -out old.der");
        for key in ["old.key", "old.der", "leaf.key"] {
            assert_whole(&pair(&shop, &["leaf.crt", "mid.crt", "root.crt", key], None));
        }
    }
    // `openssl ecparam -genkey` writes the curve in a section of its own.
    shop.openssl("ecparam -name prime256v1 -genkey -out leaf.key");
    shop.issue("leaf", "mid", "subjectAltName=DNS:sso.example.com\n", "-sha256");
    assert_whole(&pair(&shop, &["leaf.crt", "mid.crt", "root.crt", "leaf.key"], None));
}

#[test]
fn certificates_are_read_from_der_and_pkcs7() {
    let shop = Workshop::new();
    shop.openssl("x509 -in leaf.crt -outform DER -out leaf.der");
    shop.openssl("crl2pkcs7 -nocrl -certfile leaf.crt -certfile mid.crt -certfile root.crt -out all.p7b");
    shop.openssl("crl2pkcs7 -nocrl -certfile mid.crt -certfile root.crt -outform DER -out others.p7b");
    assert_whole(&pair(&shop, &["all.p7b", "leaf.key"], None));
    assert_whole(&pair(&shop, &["leaf.der", "others.p7b", "leaf.key"], None));
    // Some authorities put PKCS#7 under the label of a certificate.
    let mislabelled = String::from_utf8(shop.read("all.p7b")).unwrap().replace("PKCS7", "CERTIFICATE");
    shop.write("all.cer", mislabelled.as_bytes());
    assert_whole(&pair(&shop, &["all.cer", "leaf.key"], None));
}

#[test]
fn text_around_sections_and_the_habits_of_windows_do_not_matter() {
    let shop = Workshop::new();
    let text = String::from_utf8(shop.joined(&["leaf.key", "leaf.crt", "mid.crt", "root.crt"])).unwrap();
    let text = format!("Bag Attributes\n    friendlyName: 証明書\nsubject=CN = sso\n\n{text}\nend\n");
    let windows = text.replace('\n', "\r\n");
    let indented = text.replace('\n', "  \n  ");
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(windows.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xef\xbb\xbf".as_slice(), windows.as_bytes()].concat();
    let shift_jis = [b"\x8f\xd8\x96\xbe\x8f\x91\n".as_slice(), text.as_bytes()].concat();
    for bytes in [text.as_bytes(), windows.as_bytes(), indented.as_bytes(), &utf16, &marked, &shift_jis] {
        shop.write("all.pem", bytes);
        assert_whole(&pair(&shop, &["all.pem"], None));
    }
    // A newline after DER.
    shop.openssl("x509 -in leaf.crt -outform DER -out leaf.der");
    shop.write("leaf.der", &[shop.read("leaf.der"), b"\r\n".to_vec()].concat());
    assert_whole(&pair(&shop, &["leaf.der", "mid.crt", "root.crt", "leaf.key"], None));
}

#[test]
fn pkcs12_is_read_old_and_new() {
    let shop = Workshop::new();
    shop.write("chain.crt", &shop.joined(&["mid.crt", "root.crt"]));
    let export = "pkcs12 -export -in leaf.crt -inkey leaf.key -certfile chain.crt -out leaf.pfx";
    for kind in [
        "-legacy",
        "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1",
        "-macalg sha256",
        "-macalg sha512",
        "-nomac",
        "-keypbe AES-256-CBC -certpbe NONE",
        "-name 関所",
    ] {
        for password in ["secret", JAPANESE] {
            shop.openssl(&format!("{export} {kind} -passout pass:{password}"));
            assert_whole(&pair(&shop, &["leaf.pfx"], Some(password)));
        }
    }
    for kind in
        ["-passout pass:", "-passout pass: -legacy", "-passout pass: -nomac", "-nomac -keypbe NONE -certpbe NONE"]
    {
        shop.openssl(&format!("{export} {kind} -passout pass:"));
        assert_whole(&pair(&shop, &["leaf.pfx"], None));
        assert_whole(&pair(&shop, &["leaf.pfx"], Some("meant for another file")));
    }
}

#[test]
fn an_encrypted_key_is_opened_by_its_password() {
    let shop = Workshop::new();
    for kind in [
        "-v2 aes-256-cbc -v2prf hmacWithSHA256",
        "-v2 aes-128-cbc -v2prf hmacWithSHA512",
        "-v2 aes-256-cbc -v2prf hmacWithSHA1",
        "-v2 des3",
        "-scrypt",
        "-outform DER",
    ] {
        shop.openssl(&format!("pkcs8 -topk8 {kind} -in leaf.key -passout pass:{JAPANESE} -out sealed.key"));
        let names = ["leaf.crt", "mid.crt", "root.crt", "sealed.key"];
        assert_whole(&pair(&shop, &names, Some(JAPANESE)));
        let needed = refusal(&shop, &names, &Passwords::default());
        assert_eq!((needed.code, needed.field.as_deref()), (codes::PASSWORD_NEEDED, Some("key_password")));
        assert_eq!(needed.args["file"], Arg::from("sealed.key"));
        assert_eq!(refusal(&shop, &names, &Passwords::one("wrong")).code, codes::KEY_PASSWORD);
    }
    assert_eq!(pem::read(b"-----BEGIN ENCRYPTED PRIVATE KEY-----").unwrap_err().code, codes::KEY_ENCRYPTED);
}

#[test]
fn a_store_and_a_key_have_each_their_password() {
    let shop = Workshop::new();
    shop.openssl("pkcs12 -export -nokeys -in leaf.crt -certfile mid.crt -passout pass:store -out leaf.p12");
    shop.openssl("pkcs8 -topk8 -in leaf.key -passout pass:key -out sealed.key");
    let names = ["sealed.key", "root.crt", "leaf.p12"];
    let passwords = Passwords { store: Some("store"), key: Some("key") };
    assert_whole(&all(&shop, &names, &passwords).and_then(Import::pair).unwrap());
    let wrong = refusal(&shop, &names, &Passwords { store: Some("key"), key: Some("key") });
    assert_eq!((wrong.code, wrong.field.as_deref()), (codes::STORE_PASSWORD, Some("store_password")));
    assert_eq!(wrong.args["file"], Arg::from("leaf.p12"));
    let wrong = refusal(&shop, &names, &Passwords { store: Some("store"), key: None });
    assert_eq!((wrong.code, wrong.field.as_deref()), (codes::KEY_PASSWORD, Some("key_password")));
    let needed = refusal(&shop, &["leaf.p12"], &Passwords::default());
    assert_eq!((needed.code, needed.field.as_deref()), (codes::PASSWORD_NEEDED, Some("store_password")));
}

#[test]
fn an_encryption_that_is_not_supported_is_named() {
    let shop = Workshop::new();
    shop.openssl("rsa -traditional -aes256 -in leaf.key -passout pass:secret -out old.key");
    shop.openssl("pkcs8 -topk8 -v1 PBE-SHA1-3DES -in leaf.key -passout pass:secret -out pbes1.key");
    for key in ["old.key", "pbes1.key"] {
        assert_eq!(refusal(&shop, &["leaf.crt", key], &Passwords::one("secret")).code, codes::ENCRYPTION_KIND);
    }
    shop.openssl("pkcs12 -export -in leaf.crt -inkey leaf.key -passout pass:🔑 -out emoji.pfx");
    assert_eq!(refusal(&shop, &["emoji.pfx"], &Passwords::one("🔑")).code, codes::ENCRYPTION_KIND);
    assert_eq!(pem::read(&shop.read("old.key")).unwrap_err().code, codes::KEY_ENCRYPTED);
}

#[test]
fn each_refusal_has_one_true_reason() {
    let shop = Workshop::new();
    shop.write("readme.txt", "ご確認ください".as_bytes());
    shop.write("empty.pem", b"");
    shop.write("large.pem", &vec![b' '; (1 << 20) + 1]);
    let leaf = shop.read("leaf.crt");
    shop.write("cut.crt", &leaf[..leaf.len() / 2]);
    shop.openssl("pkcs12 -export -in leaf.crt -inkey leaf.key -passout pass:secret -out leaf.pfx");
    let store = shop.read("leaf.pfx");
    shop.write("cut.pfx", &store[..store.len() - 1]);
    shop.openssl("x509 -in leaf.crt -pubkey -noout -out public.pem");
    assert_eq!(code(&shop, &["leaf.crt", "mid.crt"]), codes::NO_KEY);
    assert_eq!(code(&shop, &["leaf.key"]), codes::NO_CERTIFICATE);
    assert_eq!(code(&shop, &[]), codes::NO_CERTIFICATE);
    assert_eq!(code(&shop, &["mid.crt", "leaf.key"]), codes::KEY_MISMATCH);
    assert_eq!(code(&shop, &["leaf.csr", "leaf.key"]), codes::IS_REQUEST);
    for (name, expected) in [
        ("readme.txt", codes::UNRECOGNISED),
        ("empty.pem", codes::UNRECOGNISED),
        ("public.pem", codes::UNRECOGNISED),
        ("large.pem", codes::TOO_LARGE),
        ("cut.crt", codes::DAMAGED),
        ("cut.pfx", codes::DAMAGED),
    ] {
        let fault = refusal(&shop, &["leaf.key", name, "leaf.crt"], &Passwords::default());
        assert_eq!((fault.code, &fault.args["file"]), (expected, &Arg::from(name)));
    }
    let mismatch = refusal(&shop, &["mid.crt", "leaf.key"], &Passwords::default());
    assert_eq!(mismatch.args["names"], Arg::List(vec!["mid".into()]));
}

#[test]
fn of_several_keys_the_one_with_a_certificate_is_meant() {
    let shop = Workshop::new();
    let chosen = pair(&shop, &["leaf.key", "root.key", "leaf.crt", "mid.crt"], None);
    assert_eq!(coverage::names(chosen.leaf()).unwrap(), ["sso.example.com"]);
    shop.ec_key("stranger.key", "P-256");
    assert_eq!(code(&shop, &["stranger.key", "root.key", "leaf.crt"]), codes::SEVERAL_KEYS);
    assert_eq!(code(&shop, &["leaf.key", "mid.key", "leaf.crt", "mid.crt"]), codes::SEVERAL_KEYS);
}

#[test]
fn keys_of_other_kinds_are_refused() {
    let shop = Workshop::empty();
    shop.openssl("genpkey -algorithm ED25519 -out ed25519.key");
    shop.openssl("genrsa -out short.key 1024");
    shop.openssl("genrsa -traditional -out older.key 1024");
    shop.ec_key("p521.key", "P-521");
    shop.openssl("ec -in p521.key -out p521-old.key");
    shop.openssl("genpkey -algorithm RSA-PSS -out pss.key");
    for name in ["ed25519.key", "short.key", "older.key", "p521.key", "p521-old.key", "pss.key"] {
        assert_eq!(code(&shop, &[name]), codes::KEY_KIND, "{name}");
    }
}

#[test]
fn a_pair_is_written_as_pem_and_read_again() {
    let shop = Workshop::new();
    let first = pair(&shop, &["leaf.key", "leaf.crt", "mid.crt"], None);
    let contents = pem::read(first.to_pem().as_bytes()).unwrap();
    assert_eq!(contents.certificates, first.chain());
    assert_eq!(contents.key.unwrap().pkcs8(), first.key().pkcs8());
    assert_eq!(first.chain_pem().as_bytes(), shop.joined(&["leaf.crt", "mid.crt"]));
    shop.write("again.pem", first.to_pem().as_bytes());
    shop.openssl("pkey -in again.pem -noout -check");
}
