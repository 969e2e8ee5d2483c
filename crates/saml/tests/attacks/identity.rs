//! Classes `comment-truncation` (CVE-2017-11427 and its family), `identity-structure`, `unicode-identity`,
//! `attribute-ambiguity` and `identity`: the name is what was signed, to the letter, or there is none.

use sekisho_saml::codes;

use crate::maker::{
    LEGIT, REAL, VICTIM, change, genuine, judged, named, refused, said, sign_assertion, sign_response, unsigned,
    wanted_of,
};
use crate::support::signing::Signing;
use crate::support::{assertion, response};

fn nameid(text: &str) -> String {
    said(&format!("<saml:NameID>{LEGIT}"), &format!("<saml:NameID>{text}"))
}

#[test]
fn a_comment_cannot_cut_a_name() {
    let long = "alice@example.com.evil.example";
    let signed = sign_assertion(&response(&assertion("_a", long)));
    let split = |how: &str| signed.replace(long, &format!("alice@example.com{how}.evil.example"));
    for (name, how) in [("empty", "<!---->"), ("with text", "<!-- x -->"), ("two", "<!--a--><!--b-->")] {
        refused(name, &split(how), &codes::SHAPE);
    }
    refused("before", &change(&signed, long, &format!("<!---->{long}")), &codes::SHAPE);
    refused("after", &change(&signed, long, &format!("{long}<!---->")), &codes::SHAPE);
    // Signed with the comment: the canonicalization that keeps it does not make it harmless.
    let kept = Signing { c14n: "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", ..Signing::by(&REAL) };
    let kept = kept.sign(&response(&assertion("_a", "alice@example.com<!---->.evil.example")), "_a");
    refused("signed with it", &kept, &codes::SHAPE);
    let whole = sign_response(&response(&assertion("_a", "alice@example.com<!---->.evil.example")));
    refused("in a signed response", &whole, &codes::SHAPE);
}

#[test]
fn an_instruction_or_an_element_cannot_cut_a_name() {
    for text in
        ["alice@example.com<?x?>.evil.example", "<b>alice@example.com</b>", "alice@example.com<b/>.evil.example"]
    {
        let assertion =
            sign_assertion(&change(&unsigned(), &format!("<saml:NameID>{LEGIT}"), &format!("<saml:NameID>{text}")));
        refused(text, &assertion, &codes::SHAPE);
        refused(text, &nameid(text), &codes::SHAPE);
    }
}

#[test]
fn character_data_sections_are_read_whole() {
    for text in [
        "alice@example.com<![CDATA[.evil.example]]>",
        "<![CDATA[alice@example.com]]>.evil.example",
        "alice@example.com<![CDATA[]]>.evil.example",
    ] {
        named(text, &nameid(text), &wanted_of(&REAL), "alice@example.com.evil.example");
    }
}

#[test]
fn names_that_look_like_another_stay_themselves() {
    let names = [
        ("Cyrillic", "\u{430}lice@example.com"),
        ("fullwidth", "\u{ff41}lice@example.com"),
        ("zero width", "alice\u{200b}@example.com"),
        ("no-break space", "alice@example.com\u{a0}"),
        ("space at the end", "alice@example.com "),
        ("space at the start", " alice@example.com"),
        ("line break at the end", "alice@example.com\n"),
        ("right to left", "\u{202e}alice@example.com"),
        ("long s", "alice@example\u{17f}.com"),
        ("dotless i", "al\u{131}ce@example.com"),
        ("Kelvin", "\u{212a}alice@example.com"),
        ("combining", "alice\u{301}@example.com"),
        ("dot at the end", "alice@example.com."),
        ("plus", "alice+x@example.com"),
        ("quoted", "&quot;alice&quot;@example.com"),
        ("two signs", "alice@example.com@evil.example"),
        ("line break", "alice@example.com\nmallory"),
        ("list", "alice@example.com,mallory@evil.example"),
        ("capitals", "Alice@example.com"),
        ("byte order mark", "\u{feff}alice@example.com"),
        ("tab by reference", "alice@example.com&#9;"),
        ("carriage return by reference", "alice@example.com&#13;"),
    ];
    for (name, text) in names {
        let letter = text.replace("&quot;", "\"").replace("&#9;", "\t").replace("&#13;", "\r");
        assert_ne!(letter, VICTIM);
        named(name, &nameid(text), &wanted_of(&REAL), &letter);
    }
}

#[test]
fn an_empty_name_is_refused() {
    for text in ["", " ", "\n\t", "\u{a0}"] {
        refused(text, &nameid(text), &codes::SHAPE);
    }
}

#[test]
fn attributes_are_told_one_by_one_and_values_never_by_halves() {
    let with = |attributes: &str| {
        let email = format!(
            "<saml:Attribute Name=\"Email\"><saml:AttributeValue>{LEGIT}</saml:AttributeValue></saml:Attribute>"
        );
        let verified = judged(&said(&email, attributes), &wanted_of(&REAL)).unwrap();
        verified.attributes.into_iter().map(|attribute| (attribute.name, attribute.values)).collect::<Vec<_>>()
    };
    let one = |name: &str, value: &str| {
        format!("<saml:Attribute Name=\"{name}\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>")
    };
    let told = |name: &str, values: &[&str]| {
        (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(
        with(&format!("{}{}", one("Email", LEGIT), one("Email", VICTIM))),
        [told("Email", &[LEGIT]), told("Email", &[VICTIM])]
    );
    assert_eq!(
        with(&format!("{}{}", one("Email", LEGIT), one("email", VICTIM))),
        [told("Email", &[LEGIT]), told("email", &[VICTIM])]
    );
    let two = format!(
        "<saml:Attribute Name=\"Email\"><saml:AttributeValue>{LEGIT}</saml:AttributeValue><saml:AttributeValue>{VICTIM}</saml:AttributeValue></saml:Attribute>"
    );
    assert_eq!(with(&two), [told("Email", &[LEGIT, VICTIM])]);
    let half = format!(
        "<saml:Attribute Name=\"Email\"><saml:AttributeValue>{VICTIM}</saml:AttributeValue><saml:AttributeValue><b>{LEGIT}</b></saml:AttributeValue></saml:Attribute>"
    );
    assert_eq!(with(&half), [told("Email", &[])]);
    let statements =
        format!("{}</saml:AttributeStatement><saml:AttributeStatement>{}", one("Email", LEGIT), one("Email", VICTIM));
    assert_eq!(with(&statements), [told("Email", &[LEGIT]), told("Email", &[VICTIM])]);
    let formats = format!(
        "{}<saml:Attribute Name=\"Email\" NameFormat=\"urn:x\"><saml:AttributeValue>{VICTIM}</saml:AttributeValue></saml:Attribute>",
        one("Email", LEGIT)
    );
    let verified = judged(&said(&one("Email", LEGIT), &formats), &wanted_of(&REAL)).unwrap();
    assert_eq!(verified.attributes[1].name_format.as_deref(), Some("urn:x"));
}

#[test]
fn a_name_and_an_attribute_that_differ_are_both_told() {
    let differing = said(&format!("<saml:AttributeValue>{LEGIT}"), &format!("<saml:AttributeValue>{VICTIM}"));
    let verified = judged(&differing, &wanted_of(&REAL)).unwrap();
    assert_eq!(verified.name_id.unwrap().value, LEGIT);
    assert_eq!(verified.attributes[0].values, [VICTIM]);
}

#[test]
fn two_names_are_refused() {
    let two = said("</saml:NameID>", &format!("</saml:NameID><saml:NameID>{VICTIM}</saml:NameID>"));
    refused("two names", &two, &codes::SHAPE);
    let second = said(
        "</saml:Subject>",
        &format!("</saml:Subject><saml:Subject><saml:NameID>{VICTIM}</saml:NameID></saml:Subject>"),
    );
    refused("two subjects", &second, &codes::SHAPE);
    assert!(genuine().contains(LEGIT));
}
