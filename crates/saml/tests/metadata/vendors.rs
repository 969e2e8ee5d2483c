//! Metadata as vendors write it: files in their styles, and, where they lie beside the repository, their own.

use std::path::Path;

use sekisho_saml::metadata::entra::{Missing, missing};
use sekisho_saml::metadata::{Binding, Endpoint, IdpMetadata};
use sekisho_saml::{UnixTime, codes};

use crate::support::beside;

const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

pub fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/metadata/vendors").join(name)).unwrap()
}

/// What a file has to say: entity ID, addresses for sign-in (Redirect, POST), number of logout addresses, the beginnings
/// of the fingerprints of its signing certificates (SHA-256, SHA-1) as OpenSSL tells them, and NameID formats.
struct Says {
    entity_id: &'static str,
    redirect: Option<&'static str>,
    post: Option<&'static str>,
    logouts: usize,
    keys: &'static [(&'static str, &'static str)],
    formats: &'static [&'static str],
}

#[track_caller]
fn says(name: &str, wanted: &Says) -> IdpMetadata {
    let read = IdpMetadata::parse(&file(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let summary = read.summary().unwrap();
    assert_eq!(summary.entity_id, wanted.entity_id, "{name}");
    assert_eq!(read.sso_for(&Binding::Redirect), wanted.redirect, "{name}");
    assert_eq!(read.sso_for(&Binding::Post), wanted.post, "{name}");
    assert_eq!(summary.slo.len(), wanted.logouts, "{name}");
    assert_eq!(summary.name_id_formats, wanted.formats, "{name}");
    let keys: Vec<(&str, &str)> = summary.signing.iter().map(|key| (&key.sha256[..11], &key.sha1[..11])).collect();
    assert_eq!(keys, wanted.keys, "{name}");
    read
}

#[test]
fn ad_fs_is_read_between_its_other_roles() {
    let address = Some("https://adfs.example.com/adfs/ls/");
    says(
        "ad-fs.xml",
        &Says {
            entity_id: "http://adfs.example.com/adfs/services/trust",
            redirect: address,
            post: address,
            logouts: 2,
            keys: &[("78:17:1E:42", "C2:DB:F4:56"), ("FB:19:27:A3", "1D:03:69:CB")],
            formats: &[EMAIL, PERSISTENT, TRANSIENT],
        },
    );
}

#[test]
fn entra_id_is_read_and_its_address_judged() {
    let address = Some("https://login.microsoftonline.com/8e2f3c1a-4b5d-4e6f-8a9b-0c1d2e3f4a5b/saml2");
    let read = says(
        "entra-id.xml",
        &Says {
            entity_id: "https://sts.windows.net/8e2f3c1a-4b5d-4e6f-8a9b-0c1d2e3f4a5b/",
            redirect: address,
            post: address,
            logouts: 1,
            keys: &[("16:30:CB:BE", "5D:3F:B3:72"), ("C3:AA:F3:44", "C4:8F:75:3A")],
            formats: &[],
        },
    );
    let at = |tail: &str| {
        format!("https://login.microsoftonline.com/8e2f3c1a/federationmetadata/2007-06/federationmetadata.xml{tail}")
    };
    assert_eq!(missing(&at(""), &read), Some(Missing::AppId));
    assert_eq!(missing(&at("?appid="), &read), Some(Missing::AppId));
    assert_eq!(missing(&at("?other=1"), &read), Some(Missing::AppId));
    assert_eq!(missing(&at("?appid=1b2c"), &read), None);
    assert_eq!(missing(&at("?x=y&AppId=1b2c"), &read), None);
    assert_eq!(missing("https://files.example.com/metadata.xml", &read), None, "somebody's copy");
    let everybody = IdpMetadata { entity_id: "https://sts.windows.net/{tenantid}/".into(), ..read };
    assert_eq!(missing(&at("?appid=1b2c"), &everybody), Some(Missing::Tenant));
    let other = IdpMetadata { entity_id: "https://idp.example.com".into(), ..everybody };
    assert_eq!(missing(&at(""), &other), None);
}

#[test]
fn okta_google_onelogin_auth0_and_jumpcloud_are_read() {
    let okta = Some("https://example.okta.com/app/example_sekisho_1/exk1a2b3c4d5e6f7g8h9/sso/saml");
    let (id, keys) = ("http://www.okta.com/exk1a2b3c4d5e6f7g8h9", &[("DC:B0:7F:77", "4B:70:D7:5C")]);
    says(
        "okta.xml",
        &Says { entity_id: id, redirect: okta, post: okta, logouts: 0, keys, formats: &[UNSPECIFIED, EMAIL] },
    );

    let google = Some("https://accounts.google.com/o/saml2/idp?idpid=C0example");
    let (id, keys) = ("https://accounts.google.com/o/saml2?idpid=C0example", &[("9B:B4:A1:AC", "CD:40:3B:09")]);
    let read = says(
        "google.xml",
        &Says { entity_id: id, redirect: google, post: google, logouts: 0, keys, formats: &[EMAIL] },
    );
    assert_eq!(read.valid_until, Some(UnixTime::parse("2031-01-15T08:00:00Z").unwrap()));

    let onelogin = Some("https://example.onelogin.com/trust/saml2/http-post/sso/8e2f3c1a-4b5d-4e6f-8a9b-0c1d2e3f4a5b");
    let (id, keys) = (
        "https://app.onelogin.com/saml/metadata/8e2f3c1a-4b5d-4e6f-8a9b-0c1d2e3f4a5b",
        &[("48:17:E1:E7", "82:36:1B:44")],
    );
    says(
        "onelogin.xml",
        &Says { entity_id: id, redirect: onelogin, post: onelogin, logouts: 1, keys, formats: &[EMAIL] },
    );

    let auth0 = Some("https://example.eu.auth0.com/samlp/abc");
    let (id, keys) = ("urn:example.eu.auth0.com", &[("FB:1A:9E:E3", "FB:C4:A7:FB")]);
    says(
        "auth0.xml",
        &Says {
            entity_id: id,
            redirect: auth0,
            post: auth0,
            logouts: 2,
            keys,
            formats: &[EMAIL, PERSISTENT, TRANSIENT],
        },
    );

    let jumpcloud = Some("https://sso.jumpcloud.com/saml2/example");
    let (id, keys) = ("JumpCloud", &[("BC:FC:3A:56", "1B:97:94:60")]);
    says(
        "jumpcloud.xml",
        &Says { entity_id: id, redirect: jumpcloud, post: jumpcloud, logouts: 0, keys, formats: &[UNSPECIFIED, EMAIL] },
    );
}

#[test]
fn keycloak_simplesamlphp_and_pingone_are_read() {
    let keycloak = Some("https://keycloak.example.com/realms/example/protocol/saml");
    let (id, keys) = ("https://keycloak.example.com/realms/example", &[("51:B3:95:BC", "95:56:28:DA")]);
    let formats = &[PERSISTENT, TRANSIENT, UNSPECIFIED, EMAIL];
    let read =
        says("keycloak.xml", &Says { entity_id: id, redirect: keycloak, post: keycloak, logouts: 2, keys, formats });
    assert!(read.want_authn_requests_signed);

    let simple = Some("https://idp.example.org/simplesaml/saml2/idp/SSOService.php");
    let (id, keys) = ("https://idp.example.org/simplesaml/saml2/idp/metadata.php", &[("C8:9F:B9:CC", "49:3F:DA:ED")]);
    says(
        "simplesamlphp.xml",
        &Says { entity_id: id, redirect: simple, post: None, logouts: 1, keys, formats: &[TRANSIENT] },
    );

    let ping = Some("https://auth.pingone.eu/8e2f3c1a-4b5d-4e6f-8a9b-0c1d2e3f4a5b/saml20/idp/sso");
    let (id, keys) =
        ("https://auth.pingone.eu/8e2f3c1a-4b5d-4e6f-8a9b-0c1d2e3f4a5b", &[("52:30:57:39", "28:88:99:24")]);
    let read =
        says("pingone.xml", &Says { entity_id: id, redirect: ping, post: ping, logouts: 1, keys, formats: &[EMAIL] });
    assert_eq!(read.cache_seconds, Some(86_400));
}

#[test]
fn a_federations_aggregate_is_read_for_the_one_that_is_asked_for() {
    let text = file("shibboleth-aggregate.xml");
    assert_eq!(IdpMetadata::parse(&text).unwrap_err().code, codes::METADATA_SEVERAL_IDPS);
    let one = IdpMetadata::parse_for(&text, Some("https://idp.one.example/idp/shibboleth")).unwrap();
    assert_eq!(one.certificates().unwrap().iter().map(|key| &key.sha256[..11]).collect::<Vec<_>>(), ["7E:79:8F:0A"]);
    assert_eq!(one.sso_for(&Binding::Redirect), Some("https://idp.one.example/idp/profile/SAML2/Redirect/SSO"));
    assert_eq!(one.name_id_formats, [TRANSIENT, PERSISTENT]);
    assert_eq!(one.valid_until, Some(UnixTime::parse("2026-12-01T00:00:00Z").unwrap()), "its own, the earlier one");
    assert_eq!(one.cache_seconds, Some(21_600), "that of the whole, the shorter one");
    let location = "https://idp.one.example/idp/profile/SAML2/Redirect/SLO";
    let logout = Endpoint {
        binding: Binding::Redirect,
        location: location.into(),
        response_location: Some(format!("{location}/done")),
    };
    assert_eq!(one.slo, [logout]);
    let two = IdpMetadata::parse_for(&text, Some("https://idp.two.example/idp/shibboleth")).unwrap();
    assert_eq!(two.certificates().unwrap().iter().map(|key| &key.sha256[..11]).collect::<Vec<_>>(), ["4A:5F:7A:04"]);
    assert_eq!(two.valid_until, Some(UnixTime::parse("2026-12-04T12:00:00Z").unwrap()));
    assert!(two.want_authn_requests_signed);
    let sp = IdpMetadata::parse_for(&text, Some("https://sp.example/shibboleth"));
    assert_eq!(sp.unwrap_err().code, codes::METADATA_NO_SUCH_ENTITY);
}

/// The values of an attribute, found without a parser.
fn values<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let marks = text.match_indices(name).filter(|(at, _)| text[..*at].ends_with([' ', '\n', '\t', '\r']));
    marks.filter_map(|(at, _)| text[at + name.len()..].trim_start().strip_prefix("=\"")?.split('"').next()).collect()
}

#[test]
fn what_real_vendors_publish_is_read_where_it_lies_beside_the_repository() {
    let Some(folder) = beside("shared/vectors/metadata") else {
        println!("the vendors' own files are not here; those in their styles stand alone");
        return;
    };
    let mut read = 0;
    for path in std::fs::read_dir(folder).unwrap().flatten().map(|file| file.path()) {
        if path.extension().is_none_or(|ending| ending != "xml") {
            continue;
        }
        let (name, bytes) = (path.display(), std::fs::read(&path).unwrap());
        let text = String::from_utf8(bytes.clone()).unwrap();
        let summary = IdpMetadata::parse(&bytes).and_then(|metadata| metadata.summary());
        let summary = summary.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(values(&text, "entityID"), [summary.entity_id.as_str()], "{name}");
        let located: Vec<String> =
            values(&text, "Location").into_iter().map(|value| value.replace("&amp;", "&")).collect();
        assert!(!summary.sso.is_empty(), "{name}");
        for endpoint in summary.sso.iter().chain(&summary.slo) {
            assert!(located.contains(&endpoint.location), "{name}: {}", endpoint.location);
        }
        // Each certificate stands in the text, and each fingerprint is as long as it has to be.
        let packed: String = text.replace("&#xD;", "").split_whitespace().collect();
        for der in IdpMetadata::parse(&bytes).unwrap().signing_certificates {
            assert!(packed.contains(&data_encoding::BASE64.encode(&der)), "{name}");
        }
        assert!(summary.signing.iter().all(|key| key.sha1.len() == 59 && key.sha256.len() == 95), "{name}");
        read += 1;
    }
    assert!(read >= 10, "only {read} files were found");
}
