//! Bodies for fuzzing, each a plain function from octets, and changes of genuine messages that know their structure. What
//! must hold, whatever comes in: no panic, no other meaning than was signed, and an end within a moment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use proptest::prelude::*;
use proptest::test_runner::Config;
use sekisho_saml::UnixTime;
use sekisho_saml::keys::{IdpKey, SpKey};
use sekisho_saml::metadata::IdpMetadata;
use sekisho_saml::response::{Expectations, Flow, SigningRule, Unverified, Verified, verify, verify_xml};
use support::encrypting::Encrypting;
use support::keys::Key;
use support::signing::Signing;
use support::{ACS, IDP, NOW, SP, assertion, response};

/// One for all: a genuine message of each kind, and what it means.
struct World {
    wanted: Expectations,
    genuine: Vec<(String, Verified)>,
    aggregate: String,
    anchors: [IdpKey; 1],
}

const ONE: &str = "https://idp.one.example/idp/shibboleth";

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let (idp, own) = (Key::p256(), Key::rsa());
    let wanted = Expectations {
        sp_entity_id: SP.into(),
        acs_urls: vec![ACS.into()],
        idp_entity_id: IDP.into(),
        idp_keys: vec![idp.idp_key()],
        now: UnixTime::parse(NOW).unwrap(),
        skew_seconds: 60,
        flow: Flow::Solicited { request_id: "_request".into() },
        signing: SigningRule::Either,
        decryption_keys: vec![SpKey::from_pkcs8(&own.pkcs8).unwrap()],
        allow_sha1: false,
    };
    let signing = Signing::by(&idp);
    let unsigned = response(&assertion("_a", "alice@example.com"));
    let of_assertion = signing.sign(&unsigned, "_a");
    let of_both = signing.sign(&of_assertion, "_r");
    let of_response = signing.sign(&unsigned, "_r");
    let inside =
        &of_assertion[of_assertion.find("<saml:Assertion").unwrap()..of_assertion.find("</samlp:Response>").unwrap()];
    let encrypted = response(&Encrypting::to(&own).encrypt(inside.as_bytes()));
    let genuine = [of_assertion.clone(), of_both, of_response, encrypted]
        .into_iter()
        .map(|message| (message.clone(), verify_xml(&message, &wanted).unwrap()))
        .collect();
    let vendors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/metadata/vendors");
    let read = |name: &str| std::fs::read_to_string(vendors.join(name)).unwrap();
    let anchor: String = read("shibboleth-aggregate.anchor").split_whitespace().collect();
    let anchors = [IdpKey::from_certificate(&BASE64.decode(anchor.as_bytes()).unwrap()).unwrap()];
    World { wanted, genuine, aggregate: read("shibboleth-aggregate.xml"), anchors }
});

/// What is said, whoever of the two signed it.
fn meaning(verified: &Verified) -> Verified {
    Verified { signed: Vec::new(), ..verified.clone() }
}

fn soon<T>(what: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = what();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    result
}

/// Body: octets as a form field and as its content.
fn fuzz_response(octets: &[u8]) {
    soon(|| {
        let text = String::from_utf8_lossy(octets);
        for field in [text.as_ref(), &BASE64.encode(octets)] {
            let _ = Unverified::read(field);
            assert!(verify(field, &WORLD.wanted).is_err(), "accepted: {text}");
        }
        assert!(verify_xml(&text, &WORLD.wanted).is_err(), "accepted: {text}");
    });
}

/// Body: a genuine message that was changed keeps its meaning or is refused.
fn fuzz_changed_response(which: usize, changes: &[Change]) {
    let (message, said) = &WORLD.genuine[which % WORLD.genuine.len()];
    let result = changes.iter().fold(message.clone(), |document, change| change.apply(&document));
    if let Ok(verified) = soon(|| verify_xml(&result, &WORLD.wanted)) {
        assert_eq!(meaning(&verified), meaning(said), "{changes:?}\n{result}");
    }
}

/// Body: octets as metadata, and as a certificate within.
fn fuzz_metadata(octets: &[u8]) {
    soon(|| {
        for entity in [None, Some(ONE)] {
            if let Ok(read) = IdpMetadata::parse_for(octets, entity) {
                assert!(
                    read.summary().is_ok() && read.keys().is_ok_and(|keys| !keys.is_empty()) && !read.sso.is_empty()
                );
            }
            assert!(IdpMetadata::parse_signed(octets, entity, &WORLD.anchors).is_err());
        }
    });
}

/// Body: signed metadata that was changed keeps its meaning or is refused.
fn fuzz_changed_metadata(changes: &[Change]) {
    let result = changes.iter().fold(WORLD.aggregate.clone(), |document, change| change.apply(&document));
    let _ = soon(|| IdpMetadata::parse_for(result.as_bytes(), Some(ONE)).and_then(|read| read.summary()));
    if let Ok(read) = soon(|| IdpMetadata::parse_signed(result.as_bytes(), Some(ONE), &WORLD.anchors)) {
        let said = IdpMetadata::parse_for(WORLD.aggregate.as_bytes(), Some(ONE)).unwrap();
        assert_eq!(read, said, "{changes:?}");
    }
}

/// Body: octets as a certificate and as a key of ours.
fn fuzz_certificate(octets: &[u8]) {
    soon(|| {
        let _ = IdpKey::from_certificate(octets);
        let _ = SpKey::from_pkcs8(octets);
    });
}

/// A change of a document. Places are parts of its whole: of its characters, or of its elements.
#[derive(Clone, Debug)]
enum Change {
    Character(u16, char),
    Insert(u16, &'static str),
    Remove(u16, u8),
    /// One element to another's place.
    Move(u16, u16),
    Copy(u16, u16),
    Drop(u16),
    /// Another name for the same element.
    Rename(u16, &'static str),
    /// An element around it.
    Wrap(u16, &'static str),
    /// One attribute's value for another's.
    Value(u16, u16),
}

const PIECES: [&str; 14] = [
    "<!---->",
    "<![CDATA[x]]>",
    "<?x?>",
    "&#0;",
    "&amp;",
    "\0",
    "<x/>",
    " ID=\"_a\"",
    " xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    "<!DOCTYPE x>",
    "<saml:NameID>admin@example.com</saml:NameID>",
    "admin@example.com",
    "<ds:DigestValue/>",
    "\r\n",
];
const NAMES: [&str; 8] = [
    "saml:Assertion",
    "samlp:Response",
    "ds:Signature",
    "ds:Object",
    "saml:Advice",
    "samlp:Extensions",
    "saml:NameID",
    "x",
];

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let at = any::<u16>;
    let name = || prop::sample::select(NAMES.to_vec());
    let change = prop_oneof![
        (at(), any::<char>()).prop_map(|(at, to)| Change::Character(at, to)),
        (at(), prop::sample::select(PIECES.to_vec())).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (at(), 1..40_u8).prop_map(|(at, length)| Change::Remove(at, length)),
        (at(), at()).prop_map(|(from, to)| Change::Move(from, to)),
        (at(), at()).prop_map(|(from, to)| Change::Copy(from, to)),
        at().prop_map(Change::Drop),
        (at(), name()).prop_map(|(at, name)| Change::Rename(at, name)),
        (at(), name()).prop_map(|(at, name)| Change::Wrap(at, name)),
        (at(), at()).prop_map(|(from, to)| Change::Value(from, to)),
    ];
    prop::collection::vec(change, 1..4)
}

/// The span of an element: from its start tag to behind its end tag.
type Span = (usize, usize);

/// The elements of a well-formed document, found without a parser; of another one, some.
fn elements(document: &str) -> Vec<Span> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    for (at, _) in document.match_indices('<') {
        let Some(length) = document[at..].find('>') else { break };
        let end = at + length + 1;
        match &document[at + 1..end - 1] {
            tag if tag.starts_with('/') => found.extend(open.pop().map(|start| (start, end))),
            tag if tag.starts_with(['!', '?']) => {}
            tag if tag.ends_with('/') => found.push((at, end)),
            _ => open.push(at),
        }
    }
    found
}

/// The spans of attributes' values.
fn values(document: &str) -> Vec<Span> {
    let starts = document.match_indices("=\"").map(|(at, _)| at + 2);
    starts.filter_map(|start| document[start..].find('"').map(|length| (start, start + length))).collect()
}

fn pick(spans: &[Span], part: u16) -> Option<Span> {
    spans.get(usize::from(part) % spans.len().max(1)).copied()
}

impl Change {
    fn apply(&self, document: &str) -> String {
        self.applied(document).unwrap_or_else(|| document.to_owned())
    }

    fn applied(&self, document: &str) -> Option<String> {
        let replaced = |span: Span, with: &str| {
            let mut changed = document.to_owned();
            changed.replace_range(span.0..span.1, with);
            changed
        };
        let character = |part: u16| {
            let at = usize::from(part) * document.len() / (usize::from(u16::MAX) + 1);
            (0..=at).rev().find(|at| document.is_char_boundary(*at)).unwrap_or_default()
        };
        let all = elements(document);
        Some(match self {
            Self::Character(part, to) => {
                let at = character(*part);
                let length = document[at..].chars().next()?.len_utf8();
                replaced((at, at + length), &to.to_string())
            }
            Self::Insert(part, piece) => replaced((character(*part), character(*part)), piece),
            Self::Remove(part, length) => {
                let end: usize =
                    document[character(*part)..].chars().take(usize::from(*length)).map(char::len_utf8).sum();
                replaced((character(*part), character(*part) + end), "")
            }
            Self::Move(from, to) => {
                let (from, to) = (pick(&all, *from)?, pick(&all, *to)?.0);
                let moved = &document[from.0..from.1];
                let mut changed = document.to_owned();
                if to >= from.1 {
                    changed.insert_str(to, moved);
                    changed.replace_range(from.0..from.1, "");
                } else if to <= from.0 {
                    changed.replace_range(from.0..from.1, "");
                    changed.insert_str(to, moved);
                }
                changed
            }
            Self::Copy(from, to) => {
                let (from, to) = (pick(&all, *from)?, pick(&all, *to)?.0);
                replaced((to, to), &document[from.0..from.1])
            }
            Self::Drop(at) => replaced(pick(&all, *at)?, ""),
            Self::Rename(at, name) => {
                let span = pick(&all, *at)?;
                let old = document[span.0 + 1..].split([' ', '>', '/']).next()?;
                let element = document[span.0..span.1].replacen(&format!("<{old}"), &format!("<{name}"), 1);
                let end = format!("</{old}>");
                replaced(span, &element.strip_suffix(&end).map_or(element.clone(), |start| format!("{start}</{name}>")))
            }
            Self::Wrap(at, name) => {
                let span = pick(&all, *at)?;
                replaced(span, &format!("<{name}>{}</{name}>", &document[span.0..span.1]))
            }
            Self::Value(from, to) => {
                let all = values(document);
                let (from, to) = (pick(&all, *from)?, pick(&all, *to)?);
                replaced(to, &document[from.0..from.1])
            }
        })
    }
}

/// What other readers of XML, base64 or DER stumbled over.
fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "",
        "<",
        "<a",
        "<a>",
        "</a>",
        "<a/>",
        "<?xml",
        "<?xml?>",
        "<!--",
        "<![CDATA[",
        "<!DOCTYPE",
        "&",
        "<a b=",
        "<a b='",
        "\u{feff}<a/>",
        "<:/>",
        "<a:/>",
        "<a xmlns:=''/>",
        "<a xmlns:b=''/>",
        "<a b='1' b='1'/>",
        "]]>",
        "<a>]]></a>",
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>",
        "====",
        "AAA=",
        "P",
        "\0\0\0\0",
    ];
    let mut seeds: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    seeds.extend([
        vec![0xff; 100],
        vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        vec![0x30, 0x80],
        vec![0x30; 2_000],
        b"\xef\xbb\xbf".to_vec(),
    ]);
    seeds.push("<a>".repeat(10_000).into_bytes());
    seeds.push("<a ".repeat(30_000).into_bytes());
    seeds.push("<!--".repeat(20_000).into_bytes());
    seeds.push("&#".repeat(50_000).into_bytes());
    seeds.push(format!("<a {}/>", "b='\n' ".repeat(15_000)).into_bytes());
    seeds
}

#[test]
fn no_seed_is_accepted_or_takes_long() {
    for seed in seeds() {
        fuzz_response(&seed);
        fuzz_metadata(&seed);
        fuzz_certificate(&seed);
    }
}

#[test]
fn genuine_messages_mean_what_they_say() {
    for (_, said) in &WORLD.genuine {
        assert_eq!(said.name_id.as_ref().unwrap().value, "alice@example.com");
    }
    for which in 0..WORLD.genuine.len() {
        fuzz_changed_response(which, &[]);
    }
    fuzz_changed_metadata(&[]);
}

#[test]
fn a_certificate_cut_or_changed_anywhere_is_read_or_refused() {
    let certificate = Key::p256().certificate;
    for at in 0..certificate.len() {
        fuzz_certificate(&certificate[..at]);
        let mut changed = certificate.clone();
        changed[at] ^= 0xff;
        fuzz_certificate(&changed);
    }
}

proptest! {
    #![proptest_config(Config { cases: 400, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_octets_are_refused(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        fuzz_response(&octets);
        fuzz_metadata(&octets);
        fuzz_certificate(&octets);
    }

    #[test]
    fn any_text_is_refused(text in "[<>/='\"&;!\\-\\[\\]?: a-c]{0,200}|.{0,200}") {
        fuzz_response(text.as_bytes());
        fuzz_metadata(text.as_bytes());
    }

    #[test]
    fn a_changed_response_keeps_its_meaning_or_is_refused(which in 0..4_usize, changes in changes()) {
        fuzz_changed_response(which, &changes);
    }

    #[test]
    fn changed_metadata_keeps_its_meaning_or_is_refused(changes in changes()) {
        fuzz_changed_metadata(&changes);
    }
}
