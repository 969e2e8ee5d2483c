//! Messages that xmlsec1 signed, and what becomes of them.

use std::cell::Cell;

use proptest::prelude::*;
use sekisho_saml::UnixTime;
use sekisho_saml::response::{Expectations, Flow, SigningRule, verify_xml};

use crate::documents::{Element, elements};
use crate::support::keys::Key;
use crate::support::signing::{DSIG, ENVELOPED, EXCLUSIVE, MORE, XENC, after_issuer_of};
use crate::support::{ACS, IDP, NOW, SP, assertion, response};
use crate::tools::{Bench, cases};

const WHO: &str = "alice@example.com";

fn wanted(keys: &[Key]) -> Expectations {
    Expectations {
        sp_entity_id: SP.into(),
        acs_urls: vec![ACS.into()],
        idp_entity_id: IDP.into(),
        idp_keys: keys.iter().map(Key::idp_key).collect(),
        now: UnixTime::parse(NOW).unwrap(),
        skew_seconds: 60,
        flow: Flow::Solicited { request_id: "_request".into() },
        signing: SigningRule::Either,
        decryption_keys: Vec::new(),
        allow_sha1: false,
    }
}

/// Which signature xmlsec1 is to make.
#[derive(Clone, Debug)]
struct Template {
    key: usize,
    rsa_hash: &'static str,
    digest: String,
    c14n: String,
    info_c14n: String,
    prefixes: &'static str,
    of_response: bool,
}

const CURVES: [&str; 3] = ["ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512"];

fn templates() -> impl Strategy<Value = Template> {
    let c14n = || {
        prop::sample::select(vec![
            EXCLUSIVE.to_owned(),
            format!("{EXCLUSIVE}WithComments"),
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315".to_owned(),
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments".to_owned(),
            "http://www.w3.org/2006/12/xml-c14n11".to_owned(),
            "http://www.w3.org/2006/12/xml-c14n11#WithComments".to_owned(),
        ])
    };
    let digest = prop::sample::select(vec![format!("{XENC}sha256"), format!("{MORE}sha384"), format!("{XENC}sha512")]);
    let rsa_hash = prop::sample::select(vec!["rsa-sha256", "rsa-sha384", "rsa-sha512"]);
    let prefixes = prop::sample::select(vec!["", "a", "a b #default", "c nobody"]);
    (0..4_usize, rsa_hash, digest, c14n(), c14n(), prefixes, any::<bool>()).prop_map(
        |(key, rsa_hash, digest, c14n, info_c14n, prefixes, of_response)| Template {
            key,
            rsa_hash,
            digest,
            c14n,
            info_c14n,
            prefixes,
            of_response,
        },
    )
}

impl Template {
    fn fill(&self, document: &str) -> String {
        let method = CURVES.get(self.key.wrapping_sub(1)).copied().unwrap_or(self.rsa_hash);
        let list = if self.prefixes.is_empty() || !self.c14n.starts_with(EXCLUSIVE) {
            String::new()
        } else {
            format!("<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{}\"/>", self.prefixes)
        };
        let id = if self.of_response { "_r" } else { "_a" };
        let signature = format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\">\n<ds:SignedInfo>\n  <ds:CanonicalizationMethod Algorithm=\"{}\"/><ds:SignatureMethod \
             Algorithm=\"{MORE}{method}\"/><ds:Reference URI=\"#{id}\"><ds:Transforms>{ENVELOPED}<ds:Transform \
             Algorithm=\"{}\">{list}</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue/>\
             </ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>",
            self.info_c14n, self.c14n, self.digest
        );
        after_issuer_of(document, id, &signature)
    }
}

const IDS: &str = "--id-attr:ID urn:oasis:names:tc:SAML:2.0:assertion:Assertion --id-attr:ID urn:oasis:names:tc:SAML:2.0:protocol:Response";

/// A message with something random in an attribute and in the extensions, and with what a response declares for both.
/// Comments stand between elements alone: within text they are refused, whoever signed them.
fn message(value: &Element, extension: &Element) -> String {
    let message = response(&assertion("_a", WHO));
    let declared = "<samlp:Response xmlns:a=\"urn:one\" xmlns:b=\"urn:around\" xml:lang=\"en\" xmlns=\"urn:default\"";
    let attribute = format!(
        "<saml:Attribute Name=\"Random\"><saml:AttributeValue>{}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>",
        value.to_xml(false)
    );
    let extensions = format!("<samlp:Extensions>{}</samlp:Extensions><samlp:Status>", extension.to_xml(false));
    let message = message.replace("<samlp:Response", declared).replace("</saml:AttributeStatement>", &attribute);
    message.replace("<samlp:Status>", &extensions).replace("<saml:Conditions", "<!-- x -->\n<saml:Conditions")
}

fn keys() -> [Key; 4] {
    [Key::rsa(), Key::p256(), Key::p384(), Key::p521()]
}

/// Has the message signed.
fn signed(bench: &Bench, template: &Template, message: &str) -> String {
    bench.write("message.xml", template.fill(message).as_bytes());
    let made =
        bench.run(&format!("xmlsec1 --sign --privkey-pem {}.key {IDS} --output signed.xml message.xml", template.key));
    assert!(made.status.success(), "{template:?} {message} {}", String::from_utf8_lossy(&made.stderr));
    bench.read("signed.xml")
}

fn bench(keys: &[Key]) -> Option<Bench> {
    let bench = Bench::with("xmlsec1")?;
    for (number, key) in keys.iter().enumerate() {
        bench.keep(&number.to_string(), key);
    }
    Some(bench)
}

#[test]
fn what_xmlsec1_signs_is_accepted() {
    let keys = keys();
    let Some(bench) = bench(&keys) else { return };
    let wanted = wanted(&keys);
    proptest!(cases(48), |(template in templates(), value in elements(), extension in elements())| {
        let signed = signed(&bench, &template, &message(&value, &extension));
        let verified = verify_xml(&signed, &wanted);
        prop_assert!(verified.is_ok(), "{} {:?} {}", verified.unwrap_err(), template, signed);
        let verified = verified.unwrap();
        prop_assert_eq!(verified.name_id.unwrap().value, WHO);
        let key = keys[template.key].idp_key();
        prop_assert_eq!(&verified.key_fingerprint, key.fingerprint());
    });
}

/// A change of a document, at a place that is a part of its length.
#[derive(Clone, Debug)]
enum Mutation {
    Replace(u16, char),
    Insert(u16, String),
    Remove(u16, u8),
    Copy(u16, u8, u16),
    Swap(&'static str, &'static str),
}

fn mutations() -> impl Strategy<Value = Mutation> {
    let piece =
        prop::sample::select(vec!["<!-- -->", "<x/>", " ", "&#10;", "<![CDATA[x]]>", "xmlns:a=\"urn:x\"", "<ds:X/>"]);
    let pairs = vec![
        ("alice", "admin"),
        ("_a", "_b"),
        ("sha256", "sha512"),
        ("xml-exc-c14n#", "xml-exc-c14n#WithComments"),
        ("</saml:NameID>", "</saml:NameID><!-- -->"),
        ("urn:one", "urn:two"),
        ("<saml:AuthnContext/>", "<saml:AuthnContext></saml:AuthnContext>"),
        ("<saml:Subject>", "<saml:Subject >"),
        ("Version=\"2.0\"", "Version='2.0'"),
        ("SAML:2.0:cm", "SAML:2.0:sm"),
    ];
    prop_oneof![
        (any::<u16>(), any::<char>()).prop_map(|(at, to)| Mutation::Replace(at, to)),
        (any::<u16>(), piece).prop_map(|(at, piece)| Mutation::Insert(at, piece.to_owned())),
        (any::<u16>(), 1..20_u8).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (any::<u16>(), 1..200_u8, any::<u16>()).prop_map(|(from, length, to)| Mutation::Copy(from, length, to)),
        prop::sample::select(pairs).prop_map(|(from, to)| Mutation::Swap(from, to)),
    ]
}

impl Mutation {
    fn apply(&self, document: &str) -> String {
        let mut characters: Vec<char> = document.chars().collect();
        let at = |part: u16| usize::from(part) * (document.chars().count() - 1) / usize::from(u16::MAX);
        let range = |from: u16, length: u8| at(from)..(at(from) + usize::from(length)).min(document.chars().count());
        match self {
            Self::Replace(place, to) => characters[at(*place)] = *to,
            Self::Insert(place, piece) => drop(characters.splice(at(*place)..at(*place), piece.chars())),
            Self::Remove(place, length) => drop(characters.drain(range(*place, *length))),
            Self::Copy(from, length, to) => {
                let piece = characters[range(*from, *length)].to_vec();
                drop(characters.splice(at(*to)..at(*to), piece));
            }
            Self::Swap(from, to) => return document.replace(from, to),
        }
        characters.into_iter().collect()
    }
}

#[test]
fn what_xmlsec1_refuses_after_a_change_is_refused() {
    let keys = keys();
    let Some(bench) = bench(&keys) else { return };
    let wanted = wanted(&keys);
    let several = prop::collection::vec(prop::collection::vec(mutations(), 1..3), 3);
    let (refused, both) = (Cell::new(0), Cell::new(0));
    proptest!(cases(32), |(template in templates(), value in elements(), changes in several)| {
        let signed = signed(&bench, &template, &message(&value, &value));
        for change in &changes {
            let changed = change.iter().fold(signed.clone(), |document, mutation| mutation.apply(&document));
            let verdict = verify_xml(&changed, &wanted);
            if let Ok(verified) = &verdict {
                prop_assert_eq!(&verified.name_id.as_ref().unwrap().value, WHO);
                // Only then is there something to compare.
                bench.write("changed.xml", changed.as_bytes());
                let judged = bench.run(&format!("xmlsec1 --verify --pubkey-cert-der {}.der {IDS} changed.xml", template.key));
                prop_assert!(judged.status.success(), "{:?} {}", change, changed);
                both.set(both.get() + 1);
            } else {
                refused.set(refused.get() + 1);
            }
        }
    });
    println!("{} refused, {} accepted by both", refused.get(), both.get());
    assert!(refused.get() > 20, "most changes are refused, not {}", refused.get());
}
