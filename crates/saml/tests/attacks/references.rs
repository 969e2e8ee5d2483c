//! Classes `reference`, `reference-ssrf`, `transform` and `transform-dos`: a signature covers its parent, through the two
//! transforms, and nothing else. All of these are made with the identity provider's own key.

use sekisho_saml::codes;

use crate::maker::{
    LEGIT, REAL, VICTIM, assertion_in, change, evil, genuine, refused, sign_response, signature_in, unsigned,
};
use crate::support::response;
use crate::support::signing::{ENVELOPED, EXCLUSIVE, Signing};

fn with_transforms(transforms: &str) -> String {
    Signing { transforms: Some(transforms), ..Signing::by(&REAL) }.sign(&unsigned(), "_a")
}

#[test]
fn a_reference_to_anything_but_the_parent_is_refused() {
    let uris = [
        ("the whole document", ""),
        ("another element", "#_r"),
        ("an ID that nobody has", "#_x"),
        ("the root by pointer", "#xpointer(/)"),
        ("the parent by pointer", "#xpointer(id('_a'))"),
        ("a bare name", "_a"),
        ("with a space", "#_a "),
        ("over the network", "http://127.0.0.1:9/x"),
        ("a file", "file:///etc/hostname"),
        ("a file with the right fragment", "file:///etc/hostname#_a"),
    ];
    for (name, uri) in uris {
        let signing = Signing { uri: Some(uri.into()), ..Signing::by(&REAL) };
        refused(name, &signing.sign(&unsigned(), "_a"), &codes::SHAPE);
    }
    refused("none at all", &change(&genuine(), " URI=\"#_a\"", ""), &codes::SHAPE);
}

#[test]
fn a_signature_over_a_part_is_refused() {
    let issuer_only = change(&unsigned(), "<saml:Issuer>", "<saml:Issuer ID=\"_i\">");
    let signed = Signing { uri: Some("#_i".into()), ..Signing::by(&REAL) }.sign(&issuer_only, "_a");
    refused("issuer", &signed.replace(LEGIT, VICTIM), &codes::SHAPE);
    let status_only = change(&unsigned(), "<samlp:Status>", "<samlp:Status ID=\"_s\">");
    let signed = Signing { uri: Some("#_s".into()), ..Signing::by(&REAL) }.sign(&status_only, "_r");
    refused("status", &signed, &codes::SHAPE);
}

#[test]
fn exactly_one_reference_is_read() {
    let genuine = genuine();
    let (start, end) = (genuine.find("<ds:Reference").unwrap(), genuine.find("</ds:SignedInfo>").unwrap());
    let reference = genuine[start..end].to_owned();
    for more in [reference.clone(), reference.replace("#_a", "#_r"), reference.replace("#_a", "")] {
        let signing = Signing { more_info: &more, ..Signing::by(&REAL) };
        refused("two references", &signing.sign(&unsigned(), "_a"), &codes::SHAPE);
    }
}

#[test]
fn a_genuine_signature_of_an_assertion_elsewhere_is_refused() {
    let good = genuine();
    let advice = format!("<saml:Advice>{}</saml:Advice><saml:AuthnStatement", assertion_in(&good));
    let forged = change(&evil("_e"), "<saml:AuthnStatement", &advice);
    let forged = change(&forged, "</saml:Issuer>", &format!("</saml:Issuer>{}", signature_in(&good)));
    refused("copy in Advice", &response(&forged), &codes::SHAPE);
}

#[test]
fn other_transforms_are_refused() {
    let exclusive = format!("<ds:Transform Algorithm=\"{EXCLUSIVE}\"/>");
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>not(ancestor-or-self::*[local-name()='Subject'])</ds:XPath></ds:Transform>";
    let filter = "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"/>";
    let xslt = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>";
    let base64 = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>";
    let within = ENVELOPED.replace("/>", "><x/></ds:Transform>");
    let cases = [
        ("XPath between", format!("{ENVELOPED}{xpath}{exclusive}")),
        ("XPath instead", format!("{xpath}{exclusive}")),
        ("XPath at the end", format!("{ENVELOPED}{xpath}")),
        ("XPath filter", format!("{ENVELOPED}{filter}{exclusive}")),
        ("XSLT", format!("{ENVELOPED}{xslt}{exclusive}")),
        ("base64", format!("{ENVELOPED}{base64}")),
        ("none", String::new()),
        ("enveloped alone", ENVELOPED.to_owned()),
        ("canonicalization alone", exclusive.clone()),
        ("the other way round", format!("{exclusive}{ENVELOPED}")),
        ("enveloped twice", format!("{ENVELOPED}{ENVELOPED}{exclusive}")),
        ("canonicalization twice", format!("{ENVELOPED}{exclusive}{exclusive}")),
        ("parameters of the enveloped transform", format!("{within}{exclusive}")),
        ("two hundred", format!("{ENVELOPED}{}", exclusive.repeat(200))),
    ];
    for (name, transforms) in cases {
        // Two transforms in the right places: it is the second algorithm that is on no list.
        let code = if ["XPath at the end", "base64"].contains(&name) { codes::ALGORITHM } else { codes::SHAPE };
        refused(name, &with_transforms(&transforms), &code);
        let response_too = Signing { transforms: Some(&transforms), ..Signing::by(&REAL) }.sign(&genuine(), "_r");
        refused(name, &response_too, &code);
    }
}

#[test]
fn fifteen_hundred_transforms_are_refused_before_any_is_looked_at() {
    let many = format!("<ds:Transform Algorithm=\"{EXCLUSIVE}\"/>").repeat(1_500);
    let started = std::time::Instant::now();
    refused("fifteen hundred", &with_transforms(&many), &codes::SHAPE);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn a_canonicalization_outside_the_list_is_refused() {
    for c14n in
        ["", "none", "http://www.w3.org/2006/12/xml-c14n11#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#x"]
    {
        let of_info = Signing { info_c14n: c14n, ..Signing::by(&REAL) }.sign(&unsigned(), "_a");
        refused(c14n, &of_info, &codes::ALGORITHM);
        let of_reference = Signing { c14n, ..Signing::by(&REAL) }.sign(&unsigned(), "_a");
        refused(c14n, &sign_response(&of_reference), &codes::ALGORITHM);
    }
    let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    let parameters = Signing { c14n: inclusive, prefixes: "xs", ..Signing::by(&REAL) }.sign(&unsigned(), "_a");
    refused("a prefix list where there is none", &parameters, &codes::SHAPE);
}
