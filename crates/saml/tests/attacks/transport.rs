//! Classes `transport` and `limits`: the form field, before it is XML.

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL};
use sekisho_fault::Code;
use sekisho_saml::codes;
use sekisho_saml::response::{Unverified, verify};

use crate::maker::{LEGIT, REAL, change, genuine, said, sign_response, unsigned, wanted_of};

#[track_caller]
fn field(name: &str, value: &str, code: &Code) {
    let found = verify(value, &wanted_of(&REAL)).map(drop).map_err(|fault| fault.code);
    assert_eq!(found.as_ref(), Err(code), "{name}");
    assert_eq!(Unverified::read(value).map(drop).map_err(|fault| fault.code).as_ref(), Err(code), "{name}");
}

#[test]
fn a_field_that_is_no_base64_is_refused() {
    let good = BASE64.encode(genuine().as_bytes());
    let longer = |extra: usize| BASE64_NOPAD.encode(format!("{}{}", genuine(), " ".repeat(extra)).as_bytes());
    let unpadded = (0..3).map(longer).find(|text| text.len() % 4 != 0).unwrap();
    for (name, value) in [
        ("garbage", "%%%".to_owned()),
        ("characters inside", format!("{}*{}", &good[..40], &good[40..])),
        ("padding inside", format!("{}===={}", &good[..40], &good[40..])),
        ("no padding", unpadded),
        ("another alphabet", BASE64URL.encode(b"<a>\xc3\xbf\xc3\xbf??>>~~</a>")),
        ("NUL", format!("{good}\0")),
    ] {
        field(name, &value, &codes::NOT_BASE64);
    }
}

#[test]
fn a_field_that_holds_no_xml_is_refused() {
    let deflated = {
        use std::io::Write as _;
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(genuine().as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    for (name, octets) in [
        ("nothing", Vec::new()),
        ("text", b"plain text".to_vec()),
        ("base64 once more", BASE64.encode(genuine().as_bytes()).into_bytes()),
        ("deflated", deflated),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0".to_vec()),
    ] {
        field(name, &BASE64.encode(&octets), &codes::NOT_XML);
    }
}

#[test]
fn line_breaks_in_the_field_do_no_harm() {
    let lines: Vec<String> = BASE64
        .encode(genuine().as_bytes())
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    assert_eq!(verify(&lines.join("\r\n"), &wanted_of(&REAL)).unwrap().name_id.unwrap().value, LEGIT);
}

#[test]
fn size_is_bounded_whatever_fills_it() {
    let large = |text: String| BASE64.encode(text.as_bytes());
    let name = said(&format!("<saml:NameID>{LEGIT}"), &format!("<saml:NameID>{}", "x".repeat(1 << 20)));
    field("a name of a mebibyte", &large(name), &codes::TOO_LARGE);
    let attributes = sign_response(&change(
        &unsigned(),
        "<saml:AttributeValue>",
        &format!("<saml:AttributeValue>{}", "x".repeat(5 << 20)),
    ));
    field("five mebibytes of attributes", &large(attributes), &codes::TOO_LARGE);
    field("spaces", &large(format!("{}{}", " ".repeat(20 << 20), genuine())), &codes::TOO_LARGE);
    field("no base64 at all", &"A".repeat(400_000), &codes::TOO_LARGE);
    let spaces = format!("{}{}", BASE64.encode(genuine().as_bytes()), " ".repeat(1 << 20));
    field("spaces in the field", &spaces, &codes::TOO_LARGE);
}
