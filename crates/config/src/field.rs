//! Setting one field from a text: the same words for form, command line and file.

use std::net::{IpAddr, SocketAddr};

use sekisho_fault::{Fault, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::codes;
use crate::document::Document;
use crate::email::Email;
use crate::host::Host;
use crate::mail::{self, Server};
use crate::network::Network;
use crate::server::ThisServer;
use crate::webhook::Webhook;

/// The fields that are set from a text, in the order of the form. Certificates and metadata come as files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
#[allow(missing_docs, reason = "Document and ThisServer document them")]
pub enum Field {
    AdvertisedHost,
    AdvertisedPort,
    PrivateIp,
    PrivatePort,
    SamlKey,
    IdpType,
    AttributeFirst,
    AttributeLast,
    AttributeEmail,
    AttributeSubject,
    EntityId,
    Signing,
    EncryptedAssertions,
    SignMetadata,
    NameIdFormat,
    RequestBinding,
    AuthnContext,
    ForceAuthn,
    SingleLogout,
    UnsolicitedDirect,
    IdpMetadataUrl,
    MetadataAdditions,
    AllowSha1,
    SkewSeconds,
    JustInTime,
    ClientProtocol,
    TrustedProxies,
    Webhook,
    MailServer,
    MailSecurity,
    MailAuthorities,
    MailUser,
    MailFrom,
    MailTo,
    MailLanguage,
    Proxy,
    Resolver,
    Authorities,
    AcmePort,
    AcmeHook,
}

impl Field {
    /// All fields, in the order of the form.
    pub const ALL: &[Self] = &[
        Self::AdvertisedHost,
        Self::AdvertisedPort,
        Self::PrivateIp,
        Self::PrivatePort,
        Self::SamlKey,
        Self::IdpType,
        Self::AttributeFirst,
        Self::AttributeLast,
        Self::AttributeEmail,
        Self::AttributeSubject,
        Self::EntityId,
        Self::Signing,
        Self::EncryptedAssertions,
        Self::SignMetadata,
        Self::NameIdFormat,
        Self::RequestBinding,
        Self::AuthnContext,
        Self::ForceAuthn,
        Self::SingleLogout,
        Self::UnsolicitedDirect,
        Self::IdpMetadataUrl,
        Self::MetadataAdditions,
        Self::AllowSha1,
        Self::SkewSeconds,
        Self::JustInTime,
        Self::ClientProtocol,
        Self::TrustedProxies,
        Self::Webhook,
        Self::MailServer,
        Self::MailSecurity,
        Self::MailAuthorities,
        Self::MailUser,
        Self::MailFrom,
        Self::MailTo,
        Self::MailLanguage,
        Self::Proxy,
        Self::Resolver,
        Self::Authorities,
        Self::AcmePort,
        Self::AcmeHook,
    ];

    /// Its name in files, on the command line and in faults.
    pub fn name(self) -> String {
        // Every variant is written as a plain string.
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The field of this name.
    ///
    /// Code: `NO_SUCH_FIELD`.
    pub fn parse(name: &str) -> Result<Self> {
        word(name).ok_or_else(|| Fault::new(codes::NO_SUCH_FIELD).with("value", name))
    }

    /// Whether it belongs to this server only.
    pub fn is_local(self) -> bool {
        let machine =
            matches!(self, Self::PrivateIp | Self::PrivatePort | Self::Proxy | Self::Resolver | Self::Authorities);
        machine || matches!(self, Self::AcmePort | Self::AcmeHook)
    }
}

fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}

pub(crate) fn plain_word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// An attribute's name, or another text that must be there and have no stray spaces around it.
fn name(text: &str) -> Result<String> {
    if text.is_empty() || text.len() > 256 || text.trim() != text || text.chars().any(char::is_control) {
        return Err(Fault::new(codes::NAME).with("value", text.chars().take(80).collect::<String>()));
    }
    Ok(text.to_owned())
}

fn optional<T>(text: &str, read: impl FnOnce(&str) -> Result<T>) -> Result<Option<T>> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

pub(crate) fn port(text: &str) -> Result<u16> {
    text.parse().ok().filter(|port| *port > 0).ok_or_else(|| Fault::new(codes::PORT).with("value", text))
}

pub(crate) fn choice<T: DeserializeOwned>(text: &str) -> Result<T> {
    word(text).ok_or_else(|| Fault::new(codes::CHOICE).with("value", text))
}

fn switch(text: &str) -> Result<bool> {
    text.parse().map_err(|_| Fault::new(codes::CHOICE).with("value", text))
}

/// The address of something that is fetched.
pub(crate) fn https(text: &str) -> Result<String> {
    let wrong = || Fault::new(codes::HTTPS).with("value", text.chars().take(80).collect::<String>());
    let url = url::Url::parse(text).ok().filter(|url| url.scheme() == "https" && text.len() <= 2048);
    url.map(|_| text.to_owned()).ok_or_else(wrong)
}

fn entity_id(text: &str) -> Result<String> {
    if text.len() > 1024 || text.contains(char::is_whitespace) {
        return Err(Fault::new(codes::ENTITY_ID));
    }
    Ok(text.to_owned())
}

/// Classes of authentication: URIs, separated by single spaces.
fn authn_context(text: &str) -> Result<String> {
    let classes: Vec<&str> = text.split_whitespace().collect();
    let uri = |class: &&str| class.contains(':') && url::Url::parse(class).is_ok();
    if classes.is_empty() || classes.len() > 8 || !classes.iter().all(uri) {
        return Err(Fault::new(codes::AUTHN_CONTEXT).with("value", text.chars().take(80).collect::<String>()));
    }
    Ok(classes.join(" "))
}

/// Networks, separated by spaces or commas.
fn networks(text: &str) -> Result<Vec<Network>> {
    let parts = text.split([' ', ',', '\n']).filter(|part| !part.is_empty());
    let networks = parts.map(Network::parse).collect::<Result<Vec<_>>>()?;
    if networks.len() > 64 { Err(Fault::new(codes::NETWORK).with("value", networks.len())) } else { Ok(networks) }
}

/// The whole path of a program; nothing is looked for, and no shell reads it.
fn hook(text: &str) -> Option<String> {
    let whole = std::path::Path::new(text).is_absolute() && text.len() <= 1024 && !text.contains(char::is_control);
    whole.then(|| text.to_owned())
}

/// Sets a field of the document.
///
/// Codes: `HOST`, `PORT`, `ENTITY_ID`, `SKEW`, `HTTPS`, `CHOICE`, `NAME`, `NETWORK`, `EMAIL`, `TOO_MANY_RECIPIENTS`,
/// `MAIL_AUTHORITIES`, `LOCAL_FIELD`, `ROLLOVER_UNDER_WAY`; each with the field.
pub fn set(document: &mut Document, field: Field, text: &str) -> Result<()> {
    set_shared(document, field, text).map_err(|fault| fault.on(&field.name()))
}

fn set_shared(document: &mut Document, field: Field, text: &str) -> Result<()> {
    match field {
        Field::AdvertisedHost => document.advertised_host = optional(text, Host::parse)?,
        Field::AdvertisedPort => document.advertised_port = port(text)?,
        Field::SamlKey => document.choose_saml_key(choice(text)?)?,
        Field::IdpType => document.idp.kind = choice(text)?,
        Field::AttributeFirst => document.attributes.first = name(text)?,
        Field::AttributeLast => document.attributes.last = name(text)?,
        Field::AttributeEmail => document.attributes.email = name(text)?,
        Field::AttributeSubject => document.attributes.subject = optional(text, name)?,
        Field::EntityId => document.entity_id = optional(text, entity_id)?,
        Field::Signing => document.signing = choice(text)?,
        Field::EncryptedAssertions => document.encrypted_assertions = switch(text)?,
        Field::SignMetadata => document.sign_metadata = switch(text)?,
        Field::NameIdFormat => document.name_id_format = optional(text, name)?,
        Field::RequestBinding => document.request_binding = choice(text)?,
        Field::AuthnContext => document.authn_context = optional(text, authn_context)?,
        Field::ForceAuthn => document.force_authn = switch(text)?,
        Field::SingleLogout => document.single_logout = switch(text)?,
        Field::UnsolicitedDirect => document.unsolicited_direct = switch(text)?,
        Field::IdpMetadataUrl => document.idp.metadata_url = optional(text, https)?,
        Field::MetadataAdditions => document.metadata_additions = switch(text)?,
        Field::AllowSha1 => document.allow_sha1 = switch(text)?,
        Field::SkewSeconds => {
            let seconds = text.parse().ok().filter(|seconds| *seconds <= 300);
            document.skew_seconds = seconds.ok_or_else(|| Fault::new(codes::SKEW).with("value", text))?;
        }
        Field::JustInTime => document.just_in_time = switch(text)?,
        Field::ClientProtocol => document.client_protocol = switch(text)?,
        Field::TrustedProxies => document.trusted_proxies = networks(text)?,
        Field::Webhook => document.webhook = optional(text, https)?.map(Webhook::at),
        Field::MailServer => document.mail.set_server(optional(text, Server::parse)?),
        Field::MailSecurity => document.mail.security = choice(text)?,
        Field::MailAuthorities => document.mail.set_authorities(optional(text, mail::authorities)?),
        Field::MailUser => document.mail.set_user(optional(text, name)?),
        Field::MailFrom => document.mail.from = optional(text, Email::parse)?,
        Field::MailTo => document.mail.to = mail::recipients(text)?,
        Field::MailLanguage => document.mail.language = choice(text)?,
        Field::PrivateIp
        | Field::PrivatePort
        | Field::Proxy
        | Field::Resolver
        | Field::Authorities
        | Field::AcmePort
        | Field::AcmeHook => {
            return Err(Fault::new(codes::LOCAL_FIELD));
        }
    }
    Ok(())
}

/// Sets a field of this server.
///
/// Codes: `ADDRESS`, `PORT`, `PROXY`, `RESOLVER`, `LOCAL_FIELD`; each with the field.
pub fn set_local(server: &mut ThisServer, field: Field, text: &str) -> Result<()> {
    let wrong = |code| Fault::new(code).with("value", text).on(&field.name());
    match field {
        Field::PrivateIp => {
            server.private_ip = optional(text, |text| text.parse::<IpAddr>().map_err(|_| wrong(codes::ADDRESS)))?;
        }
        Field::PrivatePort => {
            server.private_port = optional(text, port).map_err(|fault| fault.on(&field.name()))?;
        }
        Field::Proxy => {
            server.proxy = optional(text, |text| match url::Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "http" | "https" | "socks5") && url.host_str().is_some() => {
                    Ok(text.to_owned())
                }
                _ => Err(wrong(codes::PROXY)),
            })?;
        }
        Field::Resolver => {
            let dns = |text: &str| match text.parse::<IpAddr>() {
                Ok(ip) => Ok(SocketAddr::new(ip, 53)),
                Err(_) => {
                    text.parse().ok().filter(|at: &SocketAddr| at.port() != 0).ok_or_else(|| wrong(codes::RESOLVER))
                }
            };
            server.resolver = optional(text, dns)?;
        }
        Field::Authorities => server.authorities = optional(text, |text| Ok(text.to_owned()))?,
        Field::AcmePort => {
            server.acme_port = optional(text, port).map_err(|fault| fault.on(&field.name()))?;
        }
        Field::AcmeHook => server.acme_hook = optional(text, |text| hook(text).ok_or_else(|| wrong(codes::ACME_HOOK)))?,
        _ => return Err(wrong(codes::LOCAL_FIELD)),
    }
    Ok(())
}

/// The value of a field as text, as [`set`] takes it.
pub fn get(document: &Document, server: &ThisServer, field: Field) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    match field {
        Field::AdvertisedHost => document.advertised_host.as_ref().map(ToString::to_string).unwrap_or_default(),
        Field::AdvertisedPort => document.advertised_port.to_string(),
        Field::PrivateIp => server.private_ip.map(|address| address.to_string()).unwrap_or_default(),
        Field::PrivatePort => server.private_port.map(|port| port.to_string()).unwrap_or_default(),
        Field::SamlKey => plain_word(&document.saml_key),
        Field::IdpType => plain_word(&document.idp.kind),
        Field::AttributeFirst => document.attributes.first.clone(),
        Field::AttributeLast => document.attributes.last.clone(),
        Field::AttributeEmail => document.attributes.email.clone(),
        Field::AttributeSubject => text(&document.attributes.subject),
        Field::EntityId => text(&document.entity_id),
        Field::Signing => plain_word(&document.signing),
        Field::EncryptedAssertions => document.encrypted_assertions.to_string(),
        Field::SignMetadata => document.sign_metadata.to_string(),
        Field::NameIdFormat => text(&document.name_id_format),
        Field::RequestBinding => plain_word(&document.request_binding),
        Field::AuthnContext => text(&document.authn_context),
        Field::ForceAuthn => document.force_authn.to_string(),
        Field::SingleLogout => document.single_logout.to_string(),
        Field::UnsolicitedDirect => document.unsolicited_direct.to_string(),
        Field::IdpMetadataUrl => text(&document.idp.metadata_url),
        Field::MetadataAdditions => document.metadata_additions.to_string(),
        Field::AllowSha1 => document.allow_sha1.to_string(),
        Field::SkewSeconds => document.skew_seconds.to_string(),
        Field::JustInTime => document.just_in_time.to_string(),
        Field::ClientProtocol => document.client_protocol.to_string(),
        Field::TrustedProxies => document.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Field::Webhook => document.webhook.as_ref().map(|webhook| webhook.url.clone()).unwrap_or_default(),
        Field::MailServer => document.mail.server.as_ref().map(ToString::to_string).unwrap_or_default(),
        Field::MailSecurity => plain_word(&document.mail.security),
        Field::MailAuthorities => text(&document.mail.authorities),
        Field::MailUser => text(&document.mail.user),
        Field::MailFrom => document.mail.from.as_ref().map(|from| from.as_str().to_owned()).unwrap_or_default(),
        Field::MailTo => mail::addresses(&document.mail.to),
        Field::MailLanguage => plain_word(&document.mail.language),
        Field::Proxy => text(&server.proxy),
        Field::Resolver => match server.resolver {
            Some(at) if at.port() == 53 => at.ip().to_string(),
            at => at.map(|at| at.to_string()).unwrap_or_default(),
        },
        Field::Authorities => text(&server.authorities),
        Field::AcmePort => server.acme_port.map(|port| port.to_string()).unwrap_or_default(),
        Field::AcmeHook => text(&server.acme_hook),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(field: Field, text: &str) -> sekisho_fault::Code {
        let mut document = Document::default();
        let fault = set(&mut document, field, text).unwrap_err();
        assert_eq!(document, Document::default(), "a refused value changes nothing");
        assert_eq!(fault.field, Some(field.name()));
        fault.code
    }

    #[test]
    fn wrong_values_are_refused_by_their_code_and_change_nothing() {
        assert_eq!(refused(Field::AdvertisedHost, "https://a.example"), codes::HOST);
        for port in ["", "0", "65536", "84 43", "x"] {
            assert_eq!(refused(Field::AdvertisedPort, port), codes::PORT);
        }
        assert_eq!(refused(Field::SkewSeconds, "301"), codes::SKEW);
        assert_eq!(refused(Field::EntityId, "a b"), codes::ENTITY_ID);
        assert_eq!(refused(Field::Signing, "maybe"), codes::CHOICE);
        assert_eq!(refused(Field::RequestBinding, "soap"), codes::CHOICE);
        assert_eq!(refused(Field::AuthnContext, "password"), codes::AUTHN_CONTEXT);
        assert_eq!(refused(Field::JustInTime, "yes"), codes::CHOICE);
        assert_eq!(refused(Field::UnsolicitedDirect, "on"), codes::CHOICE);
        assert_eq!(refused(Field::TrustedProxies, "10.2.0.0/16 balancer"), codes::NETWORK);
        for address in ["http://idp.example.com/metadata", "file:///etc/passwd", "idp.example.com", "https://"] {
            assert_eq!(refused(Field::IdpMetadataUrl, address), codes::HTTPS);
            assert_eq!(refused(Field::Webhook, address), codes::HTTPS);
        }
        assert_eq!(refused(Field::AttributeEmail, " Email"), codes::NAME);
        assert_eq!(refused(Field::PrivateIp, "10.0.0.1"), codes::LOCAL_FIELD);
    }

    #[test]
    fn this_servers_fields_are_set_apart() {
        let mut server = ThisServer::default();
        set_local(&mut server, Field::PrivateIp, "10.2.0.11").unwrap();
        set_local(&mut server, Field::PrivatePort, "9443").unwrap();
        set_local(&mut server, Field::Proxy, "http://proxy.example:3128").unwrap();
        assert_eq!(set_local(&mut server, Field::PrivateIp, "10.2.0").unwrap_err().code, codes::ADDRESS);
        assert_eq!(set_local(&mut server, Field::Proxy, "proxy").unwrap_err().code, codes::PROXY);
        for (text, shown) in
            [("10.0.0.53", "10.0.0.53"), ("[fd00::53]:5353", "[fd00::53]:5353"), ("::1", "::1"), ("", "")]
        {
            set_local(&mut server, Field::Resolver, text).unwrap();
            assert_eq!(get(&Document::default(), &server, Field::Resolver), shown);
        }
        for text in ["dns.example.com", "10.0.0.53:0", "10.0.0.53:99999", "53"] {
            assert_eq!(set_local(&mut server, Field::Resolver, text).unwrap_err().code, codes::RESOLVER, "{text}");
        }
        assert_eq!(set_local(&mut server, Field::AdvertisedHost, "a").unwrap_err().code, codes::LOCAL_FIELD);
        assert_eq!(get(&Document::default(), &server, Field::PrivateIp), "10.2.0.11");
    }

    #[test]
    fn every_field_is_known_by_its_name() {
        for field in Field::ALL {
            assert_eq!(Field::parse(&field.name()).unwrap(), *field);
        }
    }

    proptest! {
        #[test]
        fn what_was_set_reads_back_and_can_be_set_again(at in 0..Field::ALL.len(), text in ".{0,40}") {
            let field = Field::ALL[at];
            let (mut document, server) = (Document::default(), ThisServer::default());
            if set(&mut document, field, &text).is_ok() {
                let shown = get(&document, &server, field);
                let mut again = document.clone();
                set(&mut again, field, &shown).unwrap();
                prop_assert_eq!(again, document);
            }
        }
    }
}
