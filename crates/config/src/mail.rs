//! Whom the servers write mails to, and through which mail server.
//!
//! The password is none of it: it is sealed apart, as private keys are (R19), and the document names it.

use std::fmt;

use sekisho_certs::{describe, pem, sha256};
use sekisho_fault::{Fault, Result, Severity};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::codes;
use crate::email::Email;
use crate::field::{plain_word, port};
use crate::host::Host;

/// The most recipients.
const RECIPIENTS: usize = 10;
/// The longest text of authorities' certificates, in bytes.
const AUTHORITIES: usize = 32 * 1024;
/// The longest password, in bytes.
const PASSWORD: usize = 512;
/// What a sealed password begins with; no private key does.
const TAG: &[u8] = b"sekisho mail password 1\0";
/// Random bytes before a password, so that its name tells nothing about it.
const SALT: usize = 32;

/// How the connection to the mail server is encrypted; it always is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// It begins in plain text and goes on encrypted, before anything is said that matters.
    #[default]
    Starttls,
    /// From the first byte.
    Tls,
}

/// The language of mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
}

/// A mail server's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Server {
    /// Its name.
    pub host: Host,
    port: Option<u16>,
}

impl Server {
    /// A host, perhaps with a port: `smtp.example.com`, `smtp.example.com:2525`, `[fd00::1]:25`.
    ///
    /// Codes: `HOST`, `PORT`.
    pub fn parse(text: &str) -> Result<Self> {
        if let Ok(host) = Host::parse(text) {
            return Ok(Self { host, port: None });
        }
        let (host, number) = text.rsplit_once(':').unwrap_or((text, ""));
        let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        // An address with colons is told from its port by brackets, and nothing else has them.
        let host = Host::parse(inside.unwrap_or(host))?;
        if inside.is_some() != host.as_str().contains(':') {
            return Err(Fault::new(codes::HOST).with("value", text.chars().take(80).collect::<String>()));
        }
        let port = if text.ends_with(']') { None } else { Some(port(number)?) };
        Ok(Self { host, port })
    }

    /// The port: what was set, or the usual one.
    pub fn port(&self, security: Security) -> u16 {
        self.port.unwrap_or(match security {
            Security::Starttls => 587,
            Security::Tls => 465,
        })
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host.in_url()),
            None => self.host.fmt(f),
        }
    }
}

impl TryFrom<String> for Server {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Server> for String {
    fn from(server: Server) -> Self {
        server.to_string()
    }
}

/// Mails about what an administrator should look at. None are written without a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The mail server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Server>,
    /// How it is spoken with.
    #[serde(default)]
    pub security: Security,
    /// As whom; nobody where the server asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The name under which the password is sealed. It is for this server and this user alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Who sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Email>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Email>,
    /// In which language.
    #[serde(default)]
    pub language: Language,
    /// Certificates (PEM) of authorities that are trusted for the mail server besides the system's. Signed as all of this is: who
    /// may set no more than one server's own settings does not get the password by them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorities: Option<String>,
    /// What a newer version has added.
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl Mail {
    /// Whether nothing was ever set.
    pub(crate) fn is_unset(&self) -> bool {
        *self == Self::default()
    }

    /// Another server gets no password that was entered for the one before.
    pub(crate) fn set_server(&mut self, server: Option<Server>) {
        if self.server.as_ref().map(|server| &server.host) != server.as_ref().map(|server| &server.host) {
            self.password = None;
        }
        self.server = server;
    }

    /// Nor does another user.
    pub(crate) fn set_user(&mut self, user: Option<String>) {
        if self.user != user {
            self.password = None;
        }
        self.user = user;
    }

    /// Nor does a server that another authority vouches for.
    pub(crate) fn set_authorities(&mut self, authorities: Option<String>) {
        if self.authorities != authorities {
            self.password = None;
        }
        self.authorities = authorities;
    }

    /// The password of these settings, if it is for the same server and user; a former one is not revived (R19).
    pub fn take_password(&mut self, of: &Self) {
        let host = |mail: &Self| mail.server.as_ref().map(|server| server.host.clone());
        let same = host(self) == host(of) && self.user == of.user && self.authorities == of.authorities;
        self.password = of.password.clone().filter(|_| same);
    }

    /// What of it names nobody and opens nothing.
    #[must_use]
    pub fn redacted(&self) -> Self {
        Self { server: self.server.clone(), security: self.security, language: self.language, ..Self::default() }
    }

    /// What keeps mails from being written.
    pub(crate) fn check(&self) -> Vec<Fault> {
        if self.server.is_none() {
            return Vec::new();
        }
        let missing =
            |lacks: bool, field: &str| lacks.then(|| Fault::new(codes::MISSING).on(field).as_severity(Severity::Error));
        let all = [
            missing(self.from.is_none(), "mail_from"),
            missing(self.to.is_empty(), "mail_to"),
            missing(self.user.is_some() && self.password.is_none(), "mail_password"),
        ];
        all.into_iter().flatten().collect()
    }
}

impl fmt::Display for Mail {
    /// In full: two that differ are never shown alike. Of the password the name is shown, which tells nothing about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = vec![plain_word(&self.security), plain_word(&self.language)];
        parts.extend(self.server.iter().map(|server| format!("server {server}")));
        parts.extend(self.user.iter().map(|user| format!("user {user:?}")));
        parts.extend(self.password.iter().map(|name| format!("password #{name}")));
        parts.extend(self.from.iter().map(|from| format!("from {}", from.as_str())));
        if !self.to.is_empty() {
            parts.push(format!("to {}", addresses(&self.to)));
        }
        if let Some(text) = &self.authorities {
            let read = pem::read(text.as_bytes()).map(|found| found.certificates).unwrap_or_default();
            parts.extend(read.iter().map(|der| format!("SHA-256 {}", sha256(der))));
            // Of the text, too: what else stands in it is no certificate, and a difference.
            parts.push(format!("text #{}", sha256(text.as_bytes())));
        }
        if !self.unknown.is_empty() {
            parts.push(Value::Object(self.unknown.clone()).to_string());
        }
        f.write_str(&parts.join(" · "))
    }
}

/// Addresses as [`recipients`] takes them.
pub(crate) fn addresses(to: &[Email]) -> String {
    to.iter().map(Email::as_str).collect::<Vec<_>>().join(" ")
}

/// Addresses, separated by spaces, commas or lines; each once.
///
/// Codes: `EMAIL`, `TOO_MANY_RECIPIENTS`.
pub(crate) fn recipients(text: &str) -> Result<Vec<Email>> {
    let mut found: Vec<Email> = Vec::new();
    for part in text.split([' ', ',', ';', '\n', '\r', '、']).filter(|part| !part.is_empty()) {
        let address = Email::parse(part)?;
        if !found.contains(&address) {
            found.push(address);
        }
    }
    if found.len() > RECIPIENTS {
        return Err(Fault::new(codes::TOO_MANY_RECIPIENTS).with("most", RECIPIENTS));
    }
    Ok(found)
}

/// Certificates of authorities, PEM, and nothing else.
///
/// Code: `MAIL_AUTHORITIES`.
pub(crate) fn authorities(text: &str) -> Result<String> {
    let read = || {
        let found = pem::read(text.as_bytes()).ok().filter(|found| found.key.is_none())?;
        let all_read = found.certificates.iter().all(|der| describe(der).is_ok());
        (text.len() <= AUTHORITIES && !found.certificates.is_empty() && all_read).then(|| text.to_owned())
    };
    read().ok_or_else(|| Fault::new(codes::MAIL_AUTHORITIES))
}

/// A password as it is sealed, and the name for it. `salt`: random bytes.
///
/// Code: `MAIL_PASSWORD`.
pub fn seal_ready(password: &str, salt: [u8; SALT]) -> Result<(String, Zeroizing<Vec<u8>>)> {
    if password.is_empty() || password.len() > PASSWORD || password.chars().any(char::is_control) {
        return Err(Fault::new(codes::MAIL_PASSWORD).on("mail_password"));
    }
    let whole = Zeroizing::new([TAG, &salt, password.as_bytes()].concat());
    Ok((sha256(&whole), whole))
}

/// The password in what was sealed.
pub fn password(sealed: &[u8]) -> Option<Zeroizing<String>> {
    let rest = sealed.strip_prefix(TAG)?.get(SALT..)?;
    std::str::from_utf8(rest).ok().map(|text| Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::Document;
    use crate::diff::{diff, merge};
    use crate::document::{MIN_READER, key_name};
    use crate::field::{Field, get, set};

    const SET: [(Field, &str); 6] = [
        (Field::MailServer, "smtp.example.com:2525"),
        (Field::MailSecurity, "starttls"),
        (Field::MailUser, "sekisho"),
        (Field::MailFrom, "sekisho@example.com"),
        (Field::MailTo, "a@example.com, b@example.com"),
        (Field::MailLanguage, "ja"),
    ];

    /// A certificate of an authority's own.
    static AUTHORITY: LazyLock<String> =
        LazyLock::new(|| sekisho_certs::trial::certificate("ca.example", 1_800_000_000).unwrap().chain_pem());

    fn whole() -> Document {
        let mut document = Document::default();
        for (field, text) in SET {
            set(&mut document, field, text).unwrap();
        }
        set(&mut document, Field::MailAuthorities, &AUTHORITY).unwrap();
        document
    }

    #[test]
    fn a_document_without_mail_is_written_as_by_versions_that_do_not_know_of_it() {
        assert!(!String::from_utf8(Document::default().to_json()).unwrap().contains("\"mail\""));
        let document = whole();
        assert_eq!(Document::read(&document.to_json(), MIN_READER).unwrap(), document);
        assert_eq!(get(&document, &crate::ThisServer::default(), Field::MailTo), "a@example.com b@example.com");
    }

    #[test]
    fn a_server_is_a_host_and_perhaps_a_port() {
        for (text, host, port) in [
            ("smtp.example.com", "smtp.example.com", 587),
            ("smtp.example.com:25", "smtp.example.com", 25),
            ("10.0.0.1:465", "10.0.0.1", 465),
            ("fd00::1", "fd00::1", 587),
            ("[fd00::1]:25", "fd00::1", 25),
        ] {
            let server = Server::parse(text).unwrap();
            assert_eq!(
                (server.host.as_str(), server.port(Security::Starttls), &*server.to_string()),
                (host, port, text)
            );
        }
        assert_eq!(Server::parse("smtp.example.com").unwrap().port(Security::Tls), 465);
        for text in
            ["", "smtp.example.com:", "smtp.example.com:0", "smtp://a.example", "a b:25", "[a.example]:25", "x:25:25"]
        {
            assert!(Server::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_that_are_none_or_hide_a_line_are_refused() {
        for text in ["a", "a@example.com\u{b}", "Taro <a@example.com>", "a@example.com%0aBcc:b@example.com"] {
            assert!(recipients(text).is_err(), "{text}");
        }
        let many = (0..11).map(|at| format!("a{at}@example.com")).collect::<Vec<_>>().join(",");
        assert_eq!(recipients(&many).unwrap_err().code, codes::TOO_MANY_RECIPIENTS);
        assert_eq!(recipients("a@example.com A@example.com").unwrap().len(), 1);
    }

    #[test]
    fn another_server_or_user_gets_no_password_that_was_entered_for_the_one_before() {
        let mut document = whole();
        let kept = |document: &Document| document.mail.password.is_some();
        document.mail.password = Some("p".to_owned());
        set(&mut document, Field::MailServer, "smtp.example.com:587").unwrap();
        set(&mut document, Field::MailUser, "sekisho").unwrap();
        assert!(kept(&document), "another port is the same server");
        set(&mut document, Field::MailUser, "other").unwrap();
        assert!(!kept(&document));
        document.mail.password = Some("p".to_owned());
        set(&mut document, Field::MailServer, "smtp.evil.example").unwrap();
        assert!(!kept(&document));
        document.mail.password = Some("p".to_owned());
        set(&mut document, Field::MailAuthorities, &AUTHORITY).unwrap();
        assert!(kept(&document));
        set(&mut document, Field::MailAuthorities, "").unwrap();
        assert!(!kept(&document), "whoever it vouches for");
    }

    #[test]
    fn an_authority_is_a_certificate_and_is_shown_by_its_hash() {
        let code = |text: &str| set(&mut Document::default(), Field::MailAuthorities, text).unwrap_err().code;
        for text in ["x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert_eq!(code(text), codes::MAIL_AUTHORITIES, "{text}");
        }
        let many = AUTHORITY.repeat(100);
        assert_eq!(code(&many), codes::MAIL_AUTHORITIES);
        let shown = whole().mail.to_string();
        let der = pem::read(AUTHORITY.as_bytes()).unwrap().certificates.remove(0);
        assert!(shown.contains(&format!("SHA-256 {}", sha256(&der))) && shown.contains(&sha256(AUTHORITY.as_bytes())));
    }

    #[test]
    fn a_restore_revives_no_former_password() {
        let (mut old, mut today) = (whole(), whole());
        (old.mail.password, today.mail.password) = (Some("former".to_owned()), Some("of today".to_owned()));
        assert_eq!(old.clone().restored_over(&today).mail.password.as_deref(), Some("of today"));
        set(&mut today, Field::MailUser, "other").unwrap();
        today.mail.password = Some("of the other".to_owned());
        assert_eq!(old.clone().restored_over(&today).mail.password, None);
        let mut today = whole();
        today.mail.password = Some("of today".to_owned());
        old.mail.authorities = None;
        assert_eq!(old.restored_over(&today).mail.password, None, "nor is it handed to whom another authority names");
    }

    #[test]
    fn what_lacks_is_told_at_its_field_and_only_where_mails_are_wanted() {
        let fields =
            |document: &Document| document.mail.check().into_iter().filter_map(|fault| fault.field).collect::<Vec<_>>();
        assert!(fields(&Document::default()).is_empty());
        let mut document = Document::default();
        set(&mut document, Field::MailTo, "a@example.com").unwrap();
        assert!(fields(&document).is_empty());
        set(&mut document, Field::MailServer, "smtp.example.com").unwrap();
        set(&mut document, Field::MailUser, "sekisho").unwrap();
        assert_eq!(fields(&document), ["mail_from", "mail_password"]);
    }

    #[test]
    fn a_password_is_named_by_what_is_sealed_and_its_name_tells_nothing_of_it() {
        let (name, sealed) = seal_ready("correct horse", [1; 32]).unwrap();
        assert_eq!(key_name(&sealed).unwrap(), name);
        assert_eq!(password(&sealed).unwrap().as_str(), "correct horse");
        assert_ne!(seal_ready("correct horse", [2; 32]).unwrap().0, name);
        assert!(seal_ready("", [1; 32]).is_err() && seal_ready("a\r\nb", [1; 32]).is_err());
        assert!(password(b"something else").is_none());
    }

    #[test]
    fn mail_is_one_difference_and_one_sides_in_a_merge_and_what_is_newer_is_kept_and_shown() {
        let base = whole();
        let (mut theirs, mut ours) = (base.clone(), base.clone());
        set(&mut theirs, Field::MailServer, "smtp.other.example").unwrap();
        theirs.mail.password = Some("0".repeat(64));
        let changes = diff(&base, &theirs);
        assert_eq!(changes.len(), 1);
        assert!(
            changes[0].from.contains("smtp.example.com:2525") && changes[0].to.contains(&"0".repeat(64)),
            "{changes:?}"
        );
        set(&mut ours, Field::MailUser, "other").unwrap();
        let (merged, conflicts) = merge(&base, &theirs, &ours);
        assert_eq!((merged.mail, conflicts.len()), (ours.mail, 1), "no server with another server's user");
        let newer = Document::read(br#"{"mail":{"server":"a.example","only":"errors"}}"#, MIN_READER).unwrap();
        assert!(String::from_utf8(newer.to_json()).unwrap().contains(r#""only":"errors""#));
        assert!(diff(&base, &newer)[0].to.contains("errors"));
    }
}
