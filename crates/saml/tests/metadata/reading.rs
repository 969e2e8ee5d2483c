//! What is read, and what is refused by which code.

use proptest::prelude::*;
use sekisho_saml::metadata::{Binding, IdpMetadata};
use sekisho_saml::{UnixTime, codes};

use crate::made::{certificate, entity, metadata};
use crate::support::IDP;

#[test]
fn a_certificate_may_be_broken_over_any_lines_and_a_byte_order_mark_does_no_harm() {
    let lines: Vec<String> =
        certificate().as_bytes().chunks(7).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    let text = format!("\u{feff}{}", metadata(&format!("\r\n  {}\n", lines.join("\r\n\t")), "IDPSSODescriptor"));
    let read = IdpMetadata::parse(text.as_bytes()).unwrap();
    assert_eq!(read.entity_id, IDP);
    assert_eq!(read.sso_for(&Binding::Redirect), Some("https://idp.example.com/sso"));
    assert_eq!(read.certificates().unwrap()[0].sha256.len(), 95);
}

#[test]
fn what_is_not_the_metadata_of_one_identity_provider_is_refused_by_its_code() {
    let good = metadata(&certificate(), "IDPSSODescriptor");
    let cases = [
        ("not xml".to_owned(), codes::NOT_XML),
        ("<html/>".to_owned(), codes::METADATA_NO_IDP),
        (metadata(&certificate(), "SPSSODescriptor"), codes::METADATA_IS_SP),
        (good.replace("use=\"signing\"", "use=\"encryption\""), codes::METADATA_NO_CERTIFICATE),
        (metadata("AAAA", "IDPSSODescriptor"), codes::METADATA_CERTIFICATE),
        (good.replace("HTTP-Redirect", "SOAP"), codes::METADATA_NO_SSO),
        (good.replace("https://idp", "javascript:x"), codes::METADATA_NO_SSO),
        (format!("<!DOCTYPE x>{good}"), codes::NOT_XML),
        (
            format!(
                "<m:EntitiesDescriptor xmlns:m=\"urn:oasis:names:tc:SAML:2.0:metadata\">{good}{good}</m:EntitiesDescriptor>"
            ),
            codes::METADATA_SEVERAL_IDPS,
        ),
        (" ".repeat(6 << 20), codes::TOO_LARGE),
    ];
    for (text, code) in cases {
        assert_eq!(IdpMetadata::parse(text.as_bytes()).unwrap_err().code, code);
    }
}

#[test]
fn certificates_are_read_with_comments_sections_and_pem_lines_in_them() {
    let one = certificate();
    let (head, tail) = one.split_at(100);
    let plain = IdpMetadata::parse(metadata(&one, "IDPSSODescriptor").as_bytes()).unwrap().signing_certificates;
    for written in [
        format!("<!-- ours -->{one}"),
        format!("{head}<!-- cut here -->{tail}"),
        format!("{head}<![CDATA[{tail}]]>"),
        format!("\n-----BEGIN CERTIFICATE-----\n{head}\n{tail}\n-----END CERTIFICATE-----\n"),
        format!("{head}&#xD;\n{tail}&#9;"),
    ] {
        let read = IdpMetadata::parse(metadata(&written, "IDPSSODescriptor").as_bytes()).unwrap();
        assert_eq!(read.signing_certificates, plain, "{written}");
    }
    for broken in [format!("{head}<x/>{tail}"), format!("<x>{one}</x>")] {
        let fault = IdpMetadata::parse(metadata(&broken, "IDPSSODescriptor").as_bytes()).unwrap_err();
        assert_eq!(fault.code, codes::SHAPE);
    }
}

#[test]
fn of_a_chain_the_end_alone_is_a_signing_key() {
    let key = || rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    authority.distinguished_name.push(rcgen::DnType::CommonName, "Authority");
    let issuer_key = key();
    let authority_certificate = authority.self_signed(&issuer_key).unwrap();
    let issuer = rcgen::Issuer::new(authority, issuer_key);
    let mut end = rcgen::CertificateParams::new(Vec::new()).unwrap();
    end.distinguished_name.push(rcgen::DnType::CommonName, "End");
    let end = end.signed_by(&key(), &issuer).unwrap();
    let (end, authority) = (end.der().to_vec(), authority_certificate.der().to_vec());
    for chain in [[&end, &authority], [&authority, &end]] {
        let [first, second] = chain.map(|der| data_encoding::BASE64.encode(der));
        let text = metadata(&format!("{first}</ds:X509Certificate><ds:X509Certificate>{second}"), "IDPSSODescriptor");
        assert_eq!(IdpMetadata::parse(text.as_bytes()).unwrap().signing_certificates, std::slice::from_ref(&end));
    }
}

#[test]
fn of_many_the_one_that_is_asked_for_is_read() {
    let all = |inside: &str| {
        format!(
            "<m:EntitiesDescriptor xmlns:m=\"urn:oasis:names:tc:SAML:2.0:metadata\">{inside}</m:EntitiesDescriptor>"
        )
    };
    let other = entity("https://other.example", &certificate(), "IDPSSODescriptor");
    let ours = metadata(&certificate(), "IDPSSODescriptor");
    let service = entity("https://sp.example", &certificate(), "SPSSODescriptor");
    let text = all(&format!("{other}{}{service}", all(&ours)));
    let read = |text: &str, id: Option<&str>| {
        IdpMetadata::parse_for(text.as_bytes(), id).map(|read| read.entity_id).map_err(|fault| fault.code)
    };
    assert_eq!(read(&text, Some(IDP)).unwrap(), IDP);
    assert_eq!(read(&text, Some("https://other.example")).unwrap(), "https://other.example");
    assert_eq!(read(&text, None), Err(codes::METADATA_SEVERAL_IDPS));
    assert_eq!(read(&text, Some("https://sp.example")), Err(codes::METADATA_NO_SUCH_ENTITY));
    assert_eq!(read(&text, Some("https://idp.example.com/")), Err(codes::METADATA_NO_SUCH_ENTITY));
    assert_eq!(read(&all(&format!("{ours}{ours}")), Some(IDP)), Err(codes::SHAPE));
    assert_eq!(read(&all(&format!("{ours}{service}")), None).unwrap(), IDP);
    let hidden = text.replace(
        &ours,
        &format!("<m:Extensions xmlns:m=\"urn:oasis:names:tc:SAML:2.0:metadata\">{ours}</m:Extensions>"),
    );
    assert_eq!(read(&hidden, Some(IDP)), Err(codes::METADATA_NO_SUCH_ENTITY), "what stands in extensions is no entity");
}

#[test]
fn the_strictest_time_counts_whoever_says_it() {
    let mark = |role: &str, entity: &str, group: &str| {
        let text = metadata(&certificate(), "IDPSSODescriptor")
            .replace("<md:IDPSSODescriptor ", &format!("<md:IDPSSODescriptor {role} "));
        let text = text.replace("entityID=", &format!("{entity} entityID="));
        let all = format!(
            "<m:EntitiesDescriptor xmlns:m=\"urn:oasis:names:tc:SAML:2.0:metadata\" {group}>{text}</m:EntitiesDescriptor>"
        );
        IdpMetadata::parse(all.as_bytes())
    };
    let until = |day: u8| format!("validUntil=\"2026-12-{day:02}T00:00:00Z\" cacheDuration=\"PT{day}H\"");
    for days in [[1, 2, 3], [3, 1, 2], [2, 3, 1]] {
        let [role, entity, group] = days.map(until);
        let read = mark(&role, &entity, &group).unwrap();
        assert_eq!(read.valid_until, Some(UnixTime::parse("2026-12-01T00:00:00Z").unwrap()));
        assert_eq!(read.cache_seconds, Some(3_600));
        assert!(read.check_valid(UnixTime::parse("2026-11-30T23:59:59Z").unwrap()).is_ok());
        let late = read.check_valid(UnixTime::parse("2026-12-01T00:00:00Z").unwrap());
        assert_eq!(late.unwrap_err().code, codes::METADATA_EXPIRED);
    }
    assert_eq!(mark("", "", "").unwrap().valid_until, None);
    assert_eq!(mark("cacheDuration=\"soon\"", "", "").unwrap_err().code, codes::TIME);
    assert_eq!(mark("", "", "validUntil=\"\"").unwrap_err().code, codes::TIME);
}

#[test]
fn addresses_that_a_browser_must_not_be_sent_to_are_left_out() {
    let good = metadata(&certificate(), "IDPSSODescriptor");
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "https:",
        "//idp.example.com",
        "https://idp.example.com/&#10;x",
        "ht&#9;tps://idp.example.com/",
        "file:///x",
        "",
    ] {
        let text = good.replace("https://idp.example.com/sso", bad);
        assert_eq!(IdpMetadata::parse(text.as_bytes()).unwrap_err().code, codes::METADATA_NO_SSO, "{bad}");
    }
    let spaced = good.replace("https://idp.example.com/sso", " https://idp.example.com/sso ");
    assert_eq!(
        IdpMetadata::parse(spaced.as_bytes()).unwrap().sso_for(&Binding::Redirect),
        Some("https://idp.example.com/sso")
    );
}

proptest! {
    #[test]
    fn any_bytes_give_metadata_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = IdpMetadata::parse(&bytes);
    }
}
