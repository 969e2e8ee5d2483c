//! Classes `multiple-SignedInfo` (CVE-2025-29774), `digest-comment` (CVE-2025-29775), `digest-smuggling` (CVE-2024-45409)
//! and `void-canonicalization` (CVE-2025-66567, CVE-2025-66568): what is hashed and what is compared must be one.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use sekisho_saml::codes;

use crate::maker::{
    REAL, assertion_in, change, evil, genuine, refused, sign_assertion, sign_response, signature_in, unsigned,
};
use crate::support::response;
use crate::support::signing::{EXCLUSIVE, MORE, Signing, after_issuer_of};

fn element<'a>(document: &'a str, name: &str) -> &'a str {
    let end = format!("</ds:{name}>");
    let start = document.find(&format!("<ds:{name}")).unwrap();
    &document[start..document.find(&end).unwrap() + end.len()]
}

#[test]
fn a_second_signed_info_is_refused() {
    let (good, forged) = (genuine(), sign_assertion(&response(&evil("_a"))));
    let (real, other) = (element(&good, "SignedInfo"), element(&forged, "SignedInfo"));
    for (name, both) in [("forged first", format!("{other}{real}")), ("forged last", format!("{real}{other}"))] {
        let signature = change(signature_in(&good), real, &both);
        refused(name, &response(&after_issuer_of(&evil("_a"), "_a", &signature)), &codes::SHAPE);
        let elsewhere = format!("<samlp:Extensions>{}</samlp:Extensions><samlp:Status>", assertion_in(&good));
        let own = signature.replacen("#_a", "#_e", 1);
        let kept = change(&response(&after_issuer_of(&evil("_e"), "_e", &own)), "<samlp:Status>", &elsewhere);
        refused(name, &kept, &codes::SHAPE);
    }
}

#[test]
fn a_digest_split_by_a_comment_is_refused() {
    let (good, forged) = (genuine(), sign_assertion(&response(&evil("_a"))));
    let value = |document: &str| element(document, "DigestValue").to_owned();
    let text = |document: &str| value(document).replace("<ds:DigestValue>", "").replace("</ds:DigestValue>", "");
    let (real, other) = (text(&good), text(&forged));
    let splits = [
        ("comment before", format!("<!--{other}-->{real}")),
        ("comment after", format!("{real}<!--{other}-->")),
        ("comment within", format!("{}<!---->{}", &real[..4], &real[4..])),
        ("instruction", format!("<?x {other}?>{real}")),
        ("CDATA", format!("<![CDATA[{real}]]>")),
        ("an element", format!("<x>{other}</x>{real}")),
    ];
    for (name, split) in splits {
        let signature =
            change(signature_in(&good), &value(&good), &format!("<ds:DigestValue>{split}</ds:DigestValue>"));
        refused(name, &response(&after_issuer_of(&evil("_a"), "_a", &signature)), &codes::SHAPE);
        refused(
            name,
            &response(&after_issuer_of(&crate::support::assertion("_a", crate::maker::LEGIT), "_a", &signature)),
            &codes::SHAPE,
        );
    }
    let commented = change(&good, "<ds:SignatureValue>", "<ds:SignatureValue><!--x-->");
    refused("comment in the value", &commented, &codes::SHAPE);
}

#[test]
fn a_second_digest_elsewhere_is_refused() {
    let digest = element(&genuine(), "DigestValue")
        .replace("<ds:DigestValue", "<ds:DigestValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"");
    let extensions = format!("<samlp:Extensions>{digest}</samlp:Extensions><samlp:Status>");
    let detail = format!("<samlp:StatusDetail>{digest}</samlp:StatusDetail></samlp:Status>");
    let object = format!("<ds:Object>{digest}</ds:Object></ds:Signature>");
    let manifest = format!(
        "<ds:Object><ds:Manifest><ds:Reference>{digest}</ds:Reference></ds:Manifest></ds:Object></ds:Signature>"
    );
    let cases = [
        ("in Extensions", change(&genuine(), "<samlp:Status>", &extensions)),
        ("in StatusDetail", change(&genuine(), "</samlp:Status>", &detail)),
        ("in an Object", change(&genuine(), "</ds:Signature>", &object)),
        ("in a Manifest", change(&genuine(), "</ds:Signature>", &manifest)),
        ("in KeyInfo", change(&genuine(), "</ds:Signature>", &format!("<ds:KeyInfo/>{digest}</ds:Signature>"))),
        (
            "in an attribute",
            change(
                &sign_response(&unsigned()),
                "<saml:AuthnContext/>",
                &format!("<saml:AuthnContext>{digest}</saml:AuthnContext>"),
            ),
        ),
    ];
    for (name, document) in cases {
        refused(name, &document, &codes::SHAPE);
    }
}

#[test]
fn nothing_is_not_hashed() {
    let nothing = Some(BASE64.encode(digest(&SHA256, b"").as_ref()));
    let empty = Signing { digest_value: nothing.clone(), ..Signing::by(&REAL) };
    refused("digest of nothing", &empty.sign(&response(&evil("_a")), "_a"), &codes::DIGEST);
    let none = Signing { digest_value: Some(String::new()), ..Signing::by(&REAL) };
    refused("no digest", &none.sign(&response(&evil("_a")), "_a"), &codes::DIGEST);
    // libxml2 gives up on a relative namespace and leaves an empty result.
    let relative = change(&response(&evil("_a")), "<saml:Assertion ", "<saml:Assertion xmlns:x=\"relative\" ");
    refused("relative namespace in the assertion", &empty.sign(&relative, "_a"), &codes::SHAPE);
    let value = BASE64.encode(&REAL.sign(&format!("{MORE}ecdsa-sha256"), b""));
    let good = genuine();
    let signature = change(
        signature_in(&good),
        element(&good, "SignatureValue"),
        &format!("<ds:SignatureValue>{value}</ds:SignatureValue>"),
    );
    let signature = change(&signature, "<ds:SignedInfo>", "<ds:SignedInfo xmlns:x=\"relative\">");
    refused("value over nothing", &response(&after_issuer_of(&evil("_a"), "_a", &signature)), &codes::SHAPE);
}

#[test]
fn parts_of_a_signature_in_another_order_or_number_are_refused() {
    let good = genuine();
    let (info, value) = (element(&good, "SignedInfo"), element(&good, "SignatureValue"));
    let swapped = change(&good, &format!("{info}{value}"), &format!("{value}{info}"));
    let canonical = format!("<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"/>");
    let cases = [
        ("swapped", swapped),
        ("no value", change(&good, value, "")),
        ("two values", change(&good, value, &format!("{value}{value}"))),
        ("no canonicalization", change(&good, &canonical, "")),
        ("two canonicalizations", change(&good, &canonical, &format!("{canonical}{canonical}"))),
        ("no transforms", change(&good, element(&good, "Transforms"), "")),
        ("no digest", change(&good, element(&good, "DigestValue"), "")),
        ("two digests", change(&good, element(&good, "DigestValue"), &element(&good, "DigestValue").repeat(2))),
        ("no reference", change(&good, element(&good, "Reference"), "")),
        ("text in SignedInfo", change(&good, "<ds:SignedInfo>", "<ds:SignedInfo>x")),
    ];
    for (name, document) in cases {
        refused(name, &document, &codes::SHAPE);
    }
}
