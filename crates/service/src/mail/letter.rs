//! What a mail says.

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use sekisho_config::Mail;
use sekisho_config::email::Email;
use sekisho_config::mail::Language as Set;
use sekisho_fault::Result;
use sekisho_keys::ids::Hash;
use sekisho_messages::{Language, text};
use sekisho_notices::{Trouble, page, titles};

use super::none;

/// Where it comes from.
pub(super) struct Origin<'a> {
    /// The connection's Enterprise Domain.
    pub(super) connection: &'a str,
    /// The server.
    pub(super) server: &'a str,
    /// The machine's name.
    pub(super) name: &'a str,
}

/// What leads users to their vault.
pub(super) struct Way<'a> {
    /// The page for everybody.
    pub(super) page: &'a str,
    /// The vault itself.
    pub(super) vault: &'a str,
    /// The Enterprise Domain.
    pub(super) domain: &'a str,
}

/// A mail, ready to be handed over.
pub(super) struct Written {
    pub(super) from: Address,
    pub(super) to: Vec<Address>,
    pub(super) message: Vec<u8>,
}

/// The mail about these troubles. `now`: seconds since 1970.
///
/// Code: `MAIL_NONE`.
pub(super) fn about(mail: &Mail, origin: &Origin<'_>, troubles: &[Trouble], now: i64) -> Result<Written> {
    let language = language(mail);
    let say = |key: &str, args: &[(&str, &str)]| text(language, &format!("notice.mail.{key}"), args);
    let mut parts = vec![say("intro", &[("server", origin.name), ("connection", origin.connection)])];
    for trouble in troubles {
        let (reason, remedy) = sekisho_notices::text(language, trouble);
        let page = page(language, trouble);
        let title = sekisho_notices::title(language, origin.name, trouble, now);
        let lines =
            [title, plain(&reason), say("todo", &[("remedy", &plain(&remedy))]), say("page", &[("page", &page)])];
        parts.push(lines.join("\n"));
    }
    let settings = text(language, "console.nav.configuration", &[]);
    parts.push(say("footer", &[("page", &settings)]));
    // The same mail that is sent twice, as when power fails in between, is one to whoever gets it.
    let mut names = vec![origin.server];
    names.extend(troubles.iter().map(|trouble| trouble.name.as_str()));
    let id: String = Hash::of(names.join("\0").as_bytes()).to_string().chars().take(32).collect();
    let subject = to_administrators(mail, &titles(language, origin.name, troubles, now));
    write(mail, &mail.to, &subject, &parts.join("\n\n"), &id, now)
}

/// A mail by which an administrator tests who is told. `id`: another one for each.
///
/// Code: `MAIL_NONE`.
pub(super) fn test(mail: &Mail, origin: &Origin<'_>, id: &str, now: i64) -> Result<Written> {
    let args = [("server", origin.name), ("connection", origin.connection)];
    let say = |key: &str| text(language(mail), &format!("notice.mail.test.{key}"), &args);
    write(mail, &mail.to, &to_administrators(mail, &say("title")), &say("body"), id, now)
}

/// The mail that leads a user to the vault. `id`: another one for each.
///
/// Code: `MAIL_NONE`.
pub(super) fn invitation(mail: &Mail, user: &Email, way: &Way<'_>, id: &str, now: i64) -> Result<Written> {
    let say = |key: &str, args: &[(&str, &str)]| text(language(mail), key, args);
    let body = say("console.provisioning.text", &[("page", way.page), ("vault", way.vault), ("domain", way.domain)]);
    write(mail, std::slice::from_ref(user), &say("notice.mail.invitation.subject", &[]), &body, id, now)
}

fn to_administrators(mail: &Mail, title: &str) -> String {
    text(language(mail), "notice.mail.subject", &[("title", title)])
}

fn write(mail: &Mail, to: &[Email], subject: &str, body: &str, id: &str, now: i64) -> Result<Written> {
    let address = |email: &Email| email.as_str().parse::<Address>().map_err(|_| none());
    let from = address(mail.from.as_ref().ok_or_else(none)?)?;
    let to = to.iter().map(address).collect::<Result<Vec<_>>>()?;
    if to.is_empty() {
        return Err(none());
    }
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(now).unwrap_or(0));
    let mut message = Message::builder()
        .from(Mailbox::new(Some("Sekisho".to_owned()), from.clone()))
        .subject(plain(subject))
        .date(date)
        .message_id(Some(format!("<{id}@{}>", from.domain())))
        // No machine answers it (RFC 3834).
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    for recipient in &to {
        message = message.to(Mailbox::new(None, recipient.clone()));
    }
    let message = message.singlepart(SinglePart::plain(body.to_owned())).map_err(|_| none())?;
    Ok(Written { from, to, message: message.formatted() })
}

fn language(mail: &Mail) -> Language {
    match mail.language {
        Set::English => Language::English,
        Set::Japanese => Language::Japanese,
    }
}

/// One line of it.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use sekisho_config::Document;
    use sekisho_config::field::{Field, set};
    use sekisho_fault::{Code, Fault};
    use sekisho_notices::What;

    use super::*;

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 86_400;

    fn mail(language: &str) -> Mail {
        let mut document = Document::default();
        for (field, value) in [
            (Field::MailServer, "smtp.example.com"),
            (Field::MailFrom, "sekisho@example.com"),
            (Field::MailTo, "a@example.com b@example.com"),
            (Field::MailLanguage, language),
        ] {
            set(&mut document, field, value).unwrap();
        }
        document.mail
    }

    fn origin() -> Origin<'static> {
        Origin { connection: "example", server: "s1", name: "sso1" }
    }

    fn ends() -> Trouble {
        let end = NOW + 12 * DAY;
        let fault = Fault::new(sekisho_certs::codes::ENDS_SOON).with("days", 12_i64).at("ends", end).on("tls");
        Trouble { name: "tls".to_owned(), what: What::Ends(end), fault }
    }

    fn source(written: &Written) -> String {
        String::from_utf8(written.message.clone()).unwrap()
    }

    #[test]
    fn a_mail_says_what_ends_when_what_to_do_and_where() {
        let mail = source(&about(&mail("en"), &origin(), &[ends()], NOW).unwrap());
        for part in [
            "Subject: [Sekisho] sso1: SSL certificate ends in 12 days (2027-01-27)\r\n",
            "To: a@example.com, b@example.com\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "To do: Renew the certificate.",
            "In the console: Certificates",
        ] {
            assert!(mail.contains(part), "{part} in {mail}");
        }
    }

    #[test]
    fn the_same_news_have_the_same_id_and_other_news_another() {
        let id = |troubles: &[Trouble], server| {
            let written = about(&mail("ja"), &Origin { server, ..origin() }, troubles, NOW).unwrap();
            source(&written).lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned()
        };
        assert_eq!(id(&[ends()], "s1"), id(&[ends()], "s1"));
        assert_ne!(id(&[ends()], "s1"), id(&[ends()], "s2"));
        let other = Trouble { name: "saml".to_owned(), ..ends() };
        assert_ne!(id(&[ends()], "s1"), id(&[other], "s1"));
    }

    #[test]
    fn what_others_have_written_makes_no_header() {
        let fault = Fault::new(Code::new("service.not_applied")).with("revision", 3_i64);
        let fault = fault.with("code", "x\r\nBcc: evil@example.com\r\n\r\nhello");
        let forged = Trouble { name: "x".to_owned(), what: What::Warning, fault };
        let bad = Origin { name: "sso1\r\nBcc: evil@example.com", ..origin() };
        for language in ["en", "ja"] {
            let written = about(&mail(language), &bad, std::slice::from_ref(&forged), NOW).unwrap();
            let whole = source(&written);
            let (head, _) = whole.split_once("\r\n\r\n").unwrap();
            assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
            assert_eq!(written.to.len(), 2);
        }
    }

    #[test]
    fn a_user_alone_is_told_the_way_in_the_language_that_is_chosen() {
        let user = Email::parse("hanako@example.co.jp").unwrap();
        let way = Way { page: "https://hub.example.com/", vault: "https://sso.example.com/vault/", domain: "example" };
        let written = invitation(&mail("en"), &user, &way, "1", NOW).unwrap();
        assert_eq!(written.to, ["hanako@example.co.jp".parse().unwrap()]);
        // Long lines go on in the next one (RFC 2045, 6.7).
        let said = source(&written).replace("=\r\n", "");
        for part in
            ["Subject: Your password vault\r\n", "To: hanako@example.co.jp\r\n", way.page, way.vault, ": example"]
        {
            assert!(said.contains(part), "{part} in {said}");
        }
        let japanese = source(&invitation(&mail("ja"), &user, &way, "1", NOW).unwrap());
        assert!(!japanese.contains("Your password vault"), "{japanese}");
        let mut nobody = mail("en");
        nobody.to.clear();
        assert!(invitation(&nobody, &user, &way, "1", NOW).is_ok(), "users do not wait for an administrator's address");
    }

    #[test]
    fn nobody_is_written_to_without_a_sender_or_a_recipient() {
        for lacks in [|mail: &mut Mail| mail.from = None, |mail: &mut Mail| mail.to.clear()] {
            let mut mail = mail("en");
            lacks(&mut mail);
            assert_eq!(test(&mail, &origin(), "1", NOW).err().unwrap().code, crate::codes::MAIL_NONE);
        }
    }
}
