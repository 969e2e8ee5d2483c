//! Classes `well-formedness`, `xml-parser`, `xml-dos`, `encoding`, `parser-differential` (CVE-2025-25291, CVE-2025-25292)
//! and `go-xml-roundtrip` (CVE-2020-29509 to 29511): what two parsers could read in two ways is read in none.

use std::time::{Duration, Instant};

use data_encoding::BASE64;
use sekisho_fault::Code;
use sekisho_saml::codes;
use sekisho_saml::response::verify;

use crate::maker::{LEGIT, REAL, change, genuine, named, refused, sign_assertion, unsigned, wanted_of};

const DOCTYPES: [(&str, &str); 8] = [
    ("without anything", "<!DOCTYPE x>"),
    ("internal entity", "<!DOCTYPE x [<!ENTITY e \"x\">]>"),
    ("external entity", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"),
    ("entity over the network", "<!DOCTYPE x [<!ENTITY e SYSTEM \"http://127.0.0.1:9/\">]>"),
    ("parameter entity", "<!DOCTYPE x [<!ENTITY % e SYSTEM \"http://127.0.0.1:9/\"> %e;]>"),
    ("external subset", "<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\">"),
    (
        "default attribute",
        "<!DOCTYPE x [<!ATTLIST ds:Signature xmlns:ds CDATA \"http://www.w3.org/2000/09/xmldsig#\">]>",
    ),
    ("nested comment and quote", "<!DOCTYPE x [<!ENTITY e '\"><!-- '>]>"),
];

#[test]
fn document_types_are_refused_with_all_that_is_in_them() {
    for (name, doctype) in DOCTYPES {
        refused(name, &format!("{doctype}{}", genuine()), &codes::NOT_XML);
        refused(name, &format!("<?xml version=\"1.0\"?>\n{doctype}\n{}", genuine()), &codes::NOT_XML);
    }
    let laughs: Vec<String> =
        (1..10).map(|i| format!("<!ENTITY l{i} \"{}\">", format!("&l{};", i - 1).repeat(10))).collect();
    refused(
        "laughs",
        &format!("<!DOCTYPE x [<!ENTITY l0 \"lol\">{}]>{}", laughs.concat(), change(&genuine(), LEGIT, "&l9;")),
        &codes::NOT_XML,
    );
    let big = format!("<!DOCTYPE x [<!ENTITY e \"{}\">]>", "x".repeat(30_000));
    refused("one big entity", &format!("{big}{}", change(&genuine(), LEGIT, &"&e;".repeat(1_000))), &codes::NOT_XML);
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let good = genuine();
    let cases = [
        ("an attribute twice", change(&good, "<saml:Assertion ", "<saml:Assertion ID=\"_x\" ")),
        (
            "an attribute twice by two prefixes",
            change(&good, "<saml:Subject>", "<saml:Subject xmlns:a=\"urn:x\" xmlns:b=\"urn:x\" a:n=\"1\" b:n=\"2\">"),
        ),
        ("two roots", format!("{good}<x/>")),
        ("octets after the root", format!("{good}x")),
        ("a space before the declaration", format!(" <?xml version=\"1.0\"?>{good}")),
        ("NUL", change(&good, LEGIT, "mallory\0@example.com")),
        ("NUL as a reference", change(&good, LEGIT, "mallory&#0;@example.com")),
        ("a surrogate as a reference", change(&good, LEGIT, "mallory&#xD800;@example.com")),
        ("beyond Unicode", change(&good, LEGIT, "mallory&#x110000;@example.com")),
        ("an unknown entity", change(&good, LEGIT, "mallory&nbsp;@example.com")),
        ("an unknown prefix", change(&good, "<saml:Subject>", "<y:z/><saml:Subject>")),
        ("a name of three parts", change(&good, "<saml:Subject>", "<x::y xmlns:x=\"urn:x\"/><saml:Subject>")),
        ("an attribute that begins with a colon", change(&good, "<saml:Subject>", "<saml:Subject :a=\"1\">")),
        ("an attribute that ends with one", change(&good, "<saml:Subject>", "<saml:Subject saml:=\"1\">")),
        ("a directive", change(&good, "<saml:Subject>", "<!x><saml:Subject>")),
        ("an unclosed comment", change(&good, "<saml:Subject>", "<!-- <saml:Subject>")),
        ("a comment with two dashes", change(&good, "<saml:Subject>", "<!-- a -- b --><saml:Subject>")),
        ("an unquoted attribute", change(&good, "Version=\"2.0\"", "Version=2.0")),
        ("a less-than sign in an attribute", change(&good, "ID=\"_r\"", "ID=\"<\"")),
        ("an end of CDATA in text", change(&good, LEGIT, "mallory]]>")),
        ("elements that cross", change(&good, "</saml:Subject>", "</saml:Conditions>")),
        ("the xml prefix for something else", change(&good, "<saml:Subject>", "<saml:Subject xmlns:xml=\"urn:x\">")),
        ("the xmlns prefix", change(&good, "<saml:Subject>", "<saml:Subject xmlns:xmlns=\"urn:x\">")),
        ("nothing", String::new()),
        ("plain text", "plain text".into()),
    ];
    for (name, document) in cases {
        refused(name, &document, &codes::NOT_XML);
    }
}

#[test]
fn instructions_and_strange_namespaces_are_refused() {
    let good = genuine();
    let cases = [
        ("an instruction", change(&good, "<samlp:Status>", "<?x y?><samlp:Status>")),
        ("a style sheet", format!("<?xml-stylesheet href=\"http://127.0.0.1:9/\"?>{good}")),
        ("an instruction after the root", format!("{good}<?x?>")),
        ("a relative namespace", change(&good, "<samlp:Status>", "<samlp:Status xmlns:x=\"relative\">")),
        ("a namespace that is no URI", change(&good, "<samlp:Status>", "<samlp:Status xmlns:x=\"urn:x]\">")),
        ("a namespace with a half escape", change(&good, "<samlp:Status>", "<samlp:Status xmlns:x=\"urn:x%2\">")),
        ("a namespace with two fragments", change(&good, "<samlp:Status>", "<samlp:Status xmlns:x=\"urn:x#y#z\">")),
        ("a namespace with a space", change(&good, "<samlp:Status>", "<samlp:Status xmlns:x=\"urn:x \">")),
        (
            "inclusion of a file",
            change(
                &good,
                "<samlp:Status>",
                "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/><samlp:Status>",
            ),
        ),
    ];
    for (name, document) in cases {
        refused(name, &document, &codes::SHAPE);
    }
}

#[test]
fn one_version_and_one_encoding_are_read() {
    for declaration in [
        "<?xml version=\"1.0\" encoding=\"latin1\"?>",
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-7\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
        "<?xml version=\"1.0\" encoding=\"IBM037\"?>",
        "<?xml version=\"1.1\"?>",
        "<?xml\tversion=\"1.1\"?>",
        "<?xml\nversion=\"1.0\" encoding=\"UTF-7\"?>",
        "<?xml version=\"1.1\" standalone=\"yes\"?><!-- version=\"1.0\" -->",
        "<?xml?>",
        "<?xml version=\"1.0\"",
    ] {
        refused(declaration, &format!("{declaration}{}", genuine()), &codes::NOT_XML);
    }
    for declaration in [
        "<?xml version=\"1.0\"?>",
        "<?xml version='1.0' encoding='utf-8'?>\n",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>",
    ] {
        named(declaration, &format!("{declaration}{}", genuine()), &wanted_of(&REAL), LEGIT);
    }
}

#[test]
fn octets_that_are_not_utf8_are_refused() {
    let code =
        |octets: Vec<u8>| verify(&BASE64.encode(&octets), &wanted_of(&REAL)).map(drop).map_err(|fault| fault.code);
    let with = |octets: &[u8]| {
        let good = genuine();
        let at = good.find(LEGIT).unwrap();
        [&good.as_bytes()[..at], octets, &good.as_bytes()[at..]].concat()
    };
    let refused = |octets| assert_eq!(code(octets), Err(codes::NOT_XML));
    refused(with(b"\xff"));
    refused(with(b"\xc0\xbc"));
    refused(with(b"\xed\xa0\x80"));
    refused(with(b"\xf4\x90\x80\x80"));
    let wide: Vec<u8> = genuine().encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused([b"\xff\xfe".to_vec(), wide].concat());
}

/// Refused, and soon: these cost other libraries seconds.
fn soon(name: &str, document: &str, code: &Code) {
    let started = Instant::now();
    refused(name, document, code);
    assert!(started.elapsed() < Duration::from_secs(2), "{name}: {:?}", started.elapsed());
}

#[test]
fn no_message_costs_more_than_its_size_is_worth() {
    let good = genuine();
    let extended = |what: &str| {
        change(&good, "<samlp:Status>", &format!("<samlp:Extensions>{what}</samlp:Extensions><samlp:Status>"))
    };
    let deep = format!("{}{}", "<a>".repeat(2_000), "</a>".repeat(2_000));
    soon("deep", &extended(&deep), &codes::SHAPE);
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    soon("not that deep", &extended(&deep), &codes::NOT_XML);
    soon("wide", &extended(&"<b/>".repeat(20_000)), &codes::SHAPE);
    let attributes = |value: &str| (0..7_000).map(|i| format!(" a{i}={value}")).collect::<Vec<_>>().concat();
    soon("attributes", &extended(&format!("<x{}/>", attributes("\"\""))), &codes::SHAPE);
    soon("attributes that hide their number", &extended(&format!("<x{}/>", attributes("\">\""))), &codes::SHAPE);
    soon("attributes in other quotes", &extended(&format!("<x{}/>", attributes("'>'"))), &codes::SHAPE);
    let after_comment = format!("<!-- ' --><x{}/>", attributes("\">\""));
    soon("attributes after a quote in a comment", &extended(&after_comment), &codes::SHAPE);
    soon("attributes after a quote in text", &extended(&format!("'\"<x{}/>", attributes("\">\""))), &codes::SHAPE);
    let after_data = format!("<![CDATA[ ' < ]]><x{}/>", attributes("\">\""));
    soon("attributes after a quote in CDATA", &extended(&after_data), &codes::SHAPE);
    let namespaces: Vec<String> = (0..4_000).map(|i| format!(" xmlns:a{i}=\"urn:{i}\"")).collect();
    soon("namespaces", &extended(&format!("<x{}/>", namespaces.concat())), &codes::SHAPE);
    soon("comments in text", &extended(&format!("<x>{}x</x>", "<!---->".repeat(3_500))), &codes::SHAPE);
    soon("comments", &extended(&"<!---->".repeat(10_000)), &codes::SHAPE);
    soon(
        "signed elements with namespaces",
        &sign_assertion(&change(
            &unsigned(),
            "<saml:AuthnContext/>",
            &format!("<saml:AuthnContext>{}</saml:AuthnContext>", "<b/>".repeat(5_000)),
        )),
        &codes::SHAPE,
    );
}
