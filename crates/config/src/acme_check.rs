//! Whether certificates can be had by ACME as a document says, and what an administrator should know of it.

use std::net::IpAddr;

use sekisho_fault::{Fault, Severity};

use crate::acme::{Acme, AcmeChallenge};
use crate::codes;
use crate::document::{Document, SamlKey};

/// Names in one certificate, at most: those of the document, and a few more.
const MOST_NAMES: usize = 20;
/// E-mail addresses, at most.
const MOST_CONTACTS: usize = 10;

/// What there is to say of it.
pub fn check(document: &Document) -> Vec<Fault> {
    let Some(acme) = &document.acme else { return Vec::new() };
    let mut found = Vec::new();
    if document.saml_key == SamlKey::Tls {
        found.push(Fault::new(codes::ACME_SAML_KEY));
    }
    if !is_https(&acme.directory) {
        found.push(Fault::new(codes::HTTPS).with("value", shown(&acme.directory)));
    }
    let wrong = acme.contact.iter().find(|contact| !is_address(contact));
    let too_many = (acme.contact.len() > MOST_CONTACTS).then(|| acme.contact.len().to_string());
    if let Some(contact) = wrong.map(|wrong| shown(wrong)).or(too_many) {
        found.push(Fault::new(codes::ACME_CONTACT).with("value", contact));
    }
    found.extend(names(document, acme));
    found.into_iter().map(|fault| fault.on("acme")).collect()
}

/// Whether an authority can put these names into a certificate, and those that are served are among them.
fn names(document: &Document, acme: &Acme) -> Vec<Fault> {
    let names = document.acme_names();
    let mut found = Vec::new();
    if names.len() > MOST_NAMES {
        found.push(Fault::new(codes::ACME_NAME).with("value", names.len().to_string()));
    }
    for name in &names {
        let bare = name.strip_prefix("*.");
        if !is_public(bare.unwrap_or(name)) {
            found.push(Fault::new(codes::ACME_NAME).with("value", shown(name)));
        } else if bare.is_some() && acme.challenge != AcmeChallenge::Dns01 {
            found.push(Fault::new(codes::ACME_WILDCARD).with("name", name.as_str()));
        }
    }
    let missing = document.names_of_tls().map(|host| host.as_str().to_ascii_lowercase());
    let missing: Vec<String> = missing.filter(|host| !covers(&names, host)).collect();
    if !missing.is_empty() {
        found.push(Fault::new(codes::ACME_NAMES_LACK).with("hosts", missing));
    }
    found
}

/// Whether one of these names covers a host: itself, or a `*` in the place of its first label.
fn covers(names: &[String], host: &str) -> bool {
    let wild = host.split_once('.').map(|(_, rest)| format!("*.{rest}"));
    names.iter().any(|name| name == host || Some(name) == wild.as_ref())
}

/// A DNS name as certificates write it: letters, digits and hyphens between dots, and no number alone.
fn is_public(name: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label) && name.parse::<IpAddr>().is_err()
}

fn is_https(text: &str) -> bool {
    text.len() <= 2048 && url::Url::parse(text).is_ok_and(|url| url.scheme() == "https")
}

/// An e-mail address of one person: it becomes `mailto:` of it, in which a comma or a `?` would be something else.
fn is_address(text: &str) -> bool {
    let (local, domain) = text.split_once('@').unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$&'*+-/=^_`{|}~".contains(&byte);
    !local.is_empty() && text.len() <= 254 && local.bytes().all(plain) && is_public(domain)
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

/// That a certificate of one's own ends ACME: for whoever has imported it. `applied`: what is served.
pub fn turned_off(document: &Document, applied: &Document) -> Option<Fault> {
    let ended = applied.acme.is_some() && document.acme.is_none();
    ended.then(|| Fault::new(codes::ACME_TURNED_OFF).on("acme").as_severity(Severity::Info))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::MIN_READER;

    fn codes_of(more: &str) -> Vec<String> {
        let text = format!(
            r#"{{"advertised_host":"sso.example.com","acme":{{"directory":"https://a.example/d","account":"k"{more}}}"#
        );
        let document = Document::read(format!("{text}}}").as_bytes(), MIN_READER).unwrap();
        check(&document).iter().map(|fault| fault.code.as_str().to_owned()).collect()
    }

    #[test]
    fn what_an_authority_cannot_do_is_told() {
        assert!(codes_of("").is_empty());
        let lacks = codes::ACME_NAMES_LACK.as_str().to_owned();
        assert_eq!(codes_of(r#","names":["other.example.com"]"#), std::slice::from_ref(&lacks));
        assert_eq!(codes_of(r#","names":["*.example.com"]"#), [codes::ACME_WILDCARD.as_str()]);
        assert!(codes_of(r#","names":["*.example.com"],"challenge":"dns01""#).is_empty());
        assert_eq!(codes_of(r#","names":["*.com"],"challenge":"dns01""#), std::slice::from_ref(&lacks));
        for name in ["10.0.0.1", "a b", "*.*.example.com", "-a.example.com", "a..b", "*", ""] {
            let found = codes_of(&format!(r#","names":["sso.example.com","{name}"],"challenge":"dns01""#));
            assert_eq!(found, [codes::ACME_NAME.as_str()], "{name}");
        }
        for contact in ["", "a", "a@b,c@d.example", "a@b.example?cc=x", "a@10.0.0.1", "@b.example"] {
            assert_eq!(codes_of(&format!(r#","contact":["{contact}"]"#)), [codes::ACME_CONTACT.as_str()], "{contact}");
        }
        assert!(codes_of(r#","contact":["web+tls@example.co.jp"]"#).is_empty());
    }

    #[test]
    fn samls_key_is_never_renewed_by_acme() {
        let text = br#"{"advertised_host":"sso.example.com","saml_key":"tls","acme":{"directory":"https://a.example/d","account":"k"}}"#;
        let document = Document::read(text, MIN_READER).unwrap();
        assert_eq!(check(&document)[0].code, codes::ACME_SAML_KEY);
        assert_eq!(check(&document)[0].severity, Severity::Error);
    }
}
