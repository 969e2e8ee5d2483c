//! Answers of an authenticator that lives in this test.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use minicbor::Encoder;
use proptest::prelude::*;

use super::*;

const HOST: &str = "sso.example.com";
const ORIGIN: &str = "https://sso.example.com:8443";

enum Pair {
    Es256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

impl Pair {
    fn all() -> [Self; 3] {
        [
            Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()),
            Self::Ed25519(Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()),
            Self::Rs256(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())),
        ]
    }

    fn cose(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes);
        match self {
            Self::Es256(pair) => {
                let point = pair.public_key().as_ref();
                encoder.map(5).unwrap().i64(1).unwrap().i64(2).unwrap().i64(3).unwrap().i64(-7).unwrap();
                encoder.i64(-1).unwrap().i64(1).unwrap();
                encoder.i64(-2).unwrap().bytes(&point[1..33]).unwrap();
                encoder.i64(-3).unwrap().bytes(&point[33..]).unwrap();
            }
            Self::Ed25519(pair) => {
                encoder.map(4).unwrap().i64(1).unwrap().i64(1).unwrap().i64(3).unwrap().i64(-8).unwrap();
                encoder.i64(-1).unwrap().i64(6).unwrap();
                encoder.i64(-2).unwrap().bytes(pair.public_key().as_ref()).unwrap();
            }
            Self::Rs256(pair) => {
                let key = pair.public_key();
                encoder.map(4).unwrap().i64(1).unwrap().i64(3).unwrap().i64(3).unwrap().i64(-257).unwrap();
                encoder.i64(-1).unwrap().bytes(key.modulus().big_endian_without_leading_zero()).unwrap();
                encoder.i64(-2).unwrap().bytes(key.exponent().big_endian_without_leading_zero()).unwrap();
            }
        }
        bytes
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }
        }
    }
}

fn data(host: &str, flags: u8, rest: &[u8]) -> Vec<u8> {
    [digest(&SHA256, host.as_bytes()).as_ref(), &[flags], &5_u32.to_be_bytes(), rest].concat()
}

fn credential(id: &[u8], cose: &[u8]) -> Vec<u8> {
    let length = u16::try_from(id.len()).unwrap().to_be_bytes();
    [&[9; 16][..], &length, id, cose].concat()
}

fn object(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes);
    encoder.map(3).unwrap().str("fmt").unwrap().str("none").unwrap();
    encoder.str("attStmt").unwrap().map(0).unwrap().str("authData").unwrap().bytes(data).unwrap();
    bytes
}

fn client(kind: &str, challenge: u8, origin: &str, more: &str) -> Vec<u8> {
    let challenge = BASE64URL_NOPAD.encode(&[challenge; CHALLENGE]);
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"{more}}}"#).into_bytes()
}

fn with_asked<T>(act: impl FnOnce(&Asked<'_>) -> T) -> T {
    act(&Asked { challenge: &[1; CHALLENGE], origins: &[ORIGIN.to_owned()], host: HOST })
}

fn made(pair: &Pair) -> Registered {
    let attested = object(&data(HOST, PRESENT | ATTESTED, &credential(b"credential", &pair.cose())));
    with_asked(|asked| registered(asked, &client("webauthn.create", 1, ORIGIN, ""), &attested)).unwrap()
}

/// What is answered where the client data and the data of the authenticator are these.
fn answer(pair: &Pair, client: &[u8], data: &[u8]) -> Result<u32> {
    let key = made(pair).key;
    let signature = pair.sign(&[data, digest(&SHA256, client).as_ref()].concat());
    with_asked(|asked| answered(asked, &key, client, data, &signature))
}

#[test]
fn keys_of_all_three_algorithms_are_made_and_answer() {
    for pair in Pair::all() {
        assert_eq!(made(&pair).id, b"credential");
        let client = client("webauthn.get", 1, ORIGIN, r#","crossOrigin":false,"other":"x""#);
        assert_eq!(answer(&pair, &client, &data(HOST, PRESENT, b"")).unwrap(), 5);
        assert_eq!(answer(&pair, &client, &data(HOST, PRESENT | ELIGIBLE | BACKED_UP, b"")).unwrap(), 5);
    }
}

#[test]
fn what_was_answered_to_another_question_place_or_by_another_key_does_not_count() {
    let [pair, other, _] = Pair::all();
    let good = client("webauthn.get", 1, ORIGIN, "");
    let here = data(HOST, PRESENT, b"");
    let is_told = |outcome: Result<u32>, wrong: &str| {
        assert_eq!(outcome.unwrap_err(), super::wrong(wrong));
    };
    for (wrong, client) in [
        ("type", client("webauthn.create", 1, ORIGIN, "")),
        ("challenge", client("webauthn.get", 2, ORIGIN, "")),
        ("origin", client("webauthn.get", 1, "https://sso.example.com", "")),
        ("in another page", client("webauthn.get", 1, ORIGIN, r#","crossOrigin":true"#)),
        ("in another page", client("webauthn.get", 1, ORIGIN, r#","topOrigin":"https://evil.example""#)),
        ("client data", b"{}".to_vec()),
    ] {
        is_told(answer(&pair, &client, &here), wrong);
    }
    for (wrong, data) in [
        ("host", data("example.com", PRESENT, b"")),
        ("nobody present", data(HOST, 0, b"")),
        ("backup", data(HOST, PRESENT | BACKED_UP, b"")),
        ("more than an answer", data(HOST, PRESENT, b"x")),
        ("more than an answer", data(HOST, PRESENT | ATTESTED, b"x")),
        ("cut", data(HOST, PRESENT, b"")[..36].to_vec()),
    ] {
        is_told(answer(&pair, &good, &data), wrong);
    }
    let by_other = other.sign(&[&here[..], digest(&SHA256, &good).as_ref()].concat());
    let key = made(&pair).key;
    is_told(with_asked(|asked| answered(asked, &key, &good, &here, &by_other)), "signature");
}

#[test]
fn a_key_that_could_never_answer_is_not_taken() {
    let [pair, ..] = Pair::all();
    let client = client("webauthn.create", 1, ORIGIN, "");
    let take = |object: &[u8]| with_asked(|asked| registered(asked, &client, object));
    let cose = pair.cose();
    let whole = credential(b"c", &cose);
    for (name, flags, rest) in [
        ("no key", PRESENT, whole.clone()),
        ("nobody present", ATTESTED, whole.clone()),
        ("cut", PRESENT | ATTESTED, whole[..30].to_vec()),
        ("more", PRESENT | ATTESTED, [&whole[..], b"x"].concat()),
        ("no credential", PRESENT | ATTESTED, credential(b"", &cose)),
        ("too long", PRESENT | ATTESTED, credential(&[1; 1024], &cose)),
        // {3: -7} alone.
        ("no point", PRESENT | ATTESTED, credential(b"c", &[0xa1, 3, 0x26])),
    ] {
        assert_eq!(take(&object(&data(HOST, flags, &rest))).err().unwrap().code, codes::SECURITY_KEY, "{name}");
    }
    let good = object(&data(HOST, PRESENT | ATTESTED, &whole));
    assert!(take(&good).is_ok());
    assert!(take(&[&good[..], b"x"].concat()).is_err() && take(b"").is_err());
    // Extensions that nobody has asked for are passed over.
    assert!(take(&object(&data(HOST, PRESENT | ATTESTED | EXTENDED, &[&whole[..], &[0xa0]].concat()))).is_ok());
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(object in prop::collection::vec(any::<u8>(), 0..300), at in 0..200_usize, with: u8) {
        let client = client("webauthn.create", 1, ORIGIN, "");
        let take = |bytes: &[u8]| with_asked(|asked| registered(asked, &client, bytes).is_ok());
        let _ = take(&object);
        let pair = Pair::Ed25519(Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap());
        let mut good = self::object(&data(HOST, PRESENT | ATTESTED, &credential(b"credential", &pair.cose())));
        if let Some(byte) = good.get_mut(at) {
            *byte = with;
        }
        let _ = take(&good);
    }
}
