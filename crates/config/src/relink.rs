//! Users who are recognised by their e-mail address once more, after what names them for good has changed (R16).
//!
//! A user is known by the identity provider's entity ID, the source of the name and its value. Another identity provider,
//! another source or another Entity ID of ours (by which some make names) would make everybody a stranger. A window, signed
//! with the revision that opens it, lets each of them be recognised once by a verified address in a reserved domain.

use std::fmt;

use jiff::Timestamp;
use sekisho_fault::{Fault, Result, Severity};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::check;
use crate::codes;
use crate::document::Document;
use crate::email::Domain;

/// The longest window, in days: an address may belong to somebody else by then.
pub const LONGEST: u16 = 90;
/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;
/// So many earlier ways of naming users are kept, while windows follow each other.
const MOST: usize = 5;

/// How users were named before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Naming {
    /// The identity provider's entity ID.
    pub idp: String,
    /// The attribute that named them; without one, the `NameID` did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// What a newer version has added.
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl Naming {
    /// How a document names users; none without metadata that can be read.
    pub fn of(document: &Document) -> Option<Self> {
        let idp = check::metadata(document).ok()?.entity_id;
        Some(Self { idp, attribute: document.attributes.subject.clone(), unknown: Map::new() })
    }

    /// Whether a user of this entity ID and source (`attribute:…` or `name_id:…`) was named so.
    pub fn is_of(&self, idp: &str, source: &str) -> bool {
        let same = match &self.attribute {
            Some(name) => source.strip_prefix("attribute:") == Some(name),
            None => source.starts_with("name_id:"),
        };
        same && self.idp == idp
    }
}

/// The window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relink {
    /// When it was opened first: seconds since 1970. It names the window, however long it is.
    pub opened: i64,
    /// The last moment: seconds since 1970.
    pub until: i64,
    /// How those were named who are recognised.
    pub from: Vec<Naming>,
    /// What a newer version has added.
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl Relink {
    /// A window of so many days from now on for the users of what is saved, and of an open one before it. Where the draft names
    /// users as what is saved does, the window that is saved goes on: nobody new is recognised.
    ///
    /// Codes: `RELINK_DAYS`, `RELINK_NOBODY`.
    pub fn open(draft: &Document, saved: &Document, days: u16, now: i64) -> Result<Self> {
        if days == 0 || days > LONGEST {
            return Err(Fault::new(codes::RELINK_DAYS).with("most", i64::from(LONGEST)).on("relink"));
        }
        let nobody = || Fault::new(codes::RELINK_NOBODY).on("relink");
        let own = Naming::of(saved).ok_or_else(nobody)?;
        let until = now.saturating_add(i64::from(days) * DAY);
        if changed(draft, saved).is_none() {
            return saved.relink.clone().map(|relink| Self { until, ..relink }).ok_or_else(nobody);
        }
        let open = saved.relink.as_ref().filter(|relink| relink.is_open(now));
        let earlier = open.into_iter().flat_map(|relink| &relink.from).filter(|naming| **naming != own).cloned();
        let from = [own.clone()].into_iter().chain(earlier).take(MOST).collect();
        Ok(Self { opened: now, until, from, unknown: Map::new() })
    }

    /// The same window as if it had been opened now: for a draft that has waited.
    #[must_use]
    pub fn opened_at(self, now: i64) -> Self {
        Self { opened: now, until: now.saturating_add(self.until.saturating_sub(self.opened)), ..self }
    }

    /// Whether it is open.
    pub fn is_open(&self, now: i64) -> bool {
        now <= self.until
    }

    /// Whether a user of this entity ID and source may be recognised by the address.
    pub fn takes(&self, idp: &str, source: &str) -> bool {
        self.from.iter().any(|naming| naming.is_of(idp, source))
    }
}

impl fmt::Display for Relink {
    /// In full: two that differ are never shown alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = Timestamp::from_second(self.until).map_or_else(|_| self.until.to_string(), |time| time.to_string());
        write!(f, "{until} · #{}", self.opened)?;
        for naming in &self.from {
            let attribute = naming.attribute.as_deref().unwrap_or("NameID");
            write!(f, " · {} ({attribute})", naming.idp)?;
        }
        let unknown = |map: &Map<String, Value>| !map.is_empty();
        if unknown(&self.unknown) || self.from.iter().any(|naming| unknown(&naming.unknown)) {
            write!(f, " · {}", serde_json::to_string(self).unwrap_or_default())?;
        }
        Ok(())
    }
}

/// What an administrator should know of the window of a document.
pub(crate) fn window(document: &Document, domains: &[Domain], now: i64) -> Option<Fault> {
    let relink = document.relink.as_ref()?;
    let fault = if !relink.is_open(now) {
        Fault::new(codes::RELINK_ENDED)
            .with("until", sekisho_fault::Arg::Time(relink.until))
            .as_severity(Severity::Info)
    } else if relink.until > now.saturating_add((i64::from(LONGEST) + 1) * DAY) {
        Fault::new(codes::RELINK_DAYS).with("most", i64::from(LONGEST))
    } else if domains.is_empty() {
        Fault::new(codes::RELINK_WITHOUT_DOMAIN)
    } else {
        let fault = Fault::new(codes::RELINK_OPEN).with("until", sekisho_fault::Arg::Time(relink.until));
        fault.as_severity(Severity::Warning)
    };
    Some(fault.on("relink"))
}

/// The field by which a draft names users otherwise than what is saved, and both ways of naming.
fn changed(draft: &Document, saved: &Document) -> Option<(&'static str, Naming, Naming)> {
    let (before, after) = (Naming::of(saved)?, Naming::of(draft)?);
    let field = if before.idp != after.idp {
        "idp_metadata"
    } else if before.attribute != after.attribute {
        "attribute_subject"
    } else if after.attribute.is_none() && saved.name_id_format != draft.name_id_format {
        "name_id_format"
    } else if saved.entity_id.is_some() && saved.entity_id() != draft.entity_id() {
        "entity_id"
    } else {
        return None;
    };
    Some((field, before, after))
}

/// A warning at the field that would make strangers of the users of what is saved, unless a window is open for them.
pub fn strangers(draft: &Document, saved: &Document, now: i64) -> Option<Fault> {
    let (field, before, after) = changed(draft, saved)?;
    // The way back: those who were recognised later are still known as they were before.
    if saved.relink.as_ref().is_some_and(|relink| relink.from.contains(&after)) {
        return None;
    }
    let open = draft.relink.as_ref().filter(|relink| relink.is_open(now));
    if open.is_some_and(|relink| relink.from.contains(&before)) {
        return None;
    }
    Some(Fault::new(codes::USERS_BECOME_STRANGERS).on(field).as_severity(Severity::Warning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::diff;
    use crate::document::MIN_READER;

    const NOW: i64 = 1_800_000_000;

    fn of(idp: &str) -> Document {
        let pem = sekisho_certs::trial::certificate("idp.example.com", NOW).unwrap().chain_pem();
        let certificate: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let mut document = Document::default();
        document.idp.metadata = Some(format!(
            "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{idp}\">\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
             <md:KeyDescriptor><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
             <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
             <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             Location=\"https://idp.example.com/\"/></md:IDPSSODescriptor></md:EntityDescriptor>"
        ));
        document.entity_id = Some("https://sso.example.com:8443/sp".to_owned());
        document
    }

    fn told(draft: &Document, saved: &Document) -> Option<String> {
        strangers(draft, saved, NOW).map(|fault| fault.field.unwrap_or_default())
    }

    #[test]
    fn every_change_of_what_names_users_is_told_at_its_field_until_a_window_is_open_for_them() {
        let saved = of("https://a.example/");
        assert_eq!(told(&saved.clone(), &saved), None);
        let changed = |change: &dyn Fn(&mut Document)| {
            let mut draft = saved.clone();
            change(&mut draft);
            let before = told(&draft, &saved);
            draft.relink = Some(Relink::open(&draft, &saved, 14, NOW).unwrap());
            assert_eq!(told(&draft, &saved), None);
            draft.relink = Some(Relink { until: NOW - 1, ..Relink::open(&draft, &saved, 14, NOW).unwrap() });
            assert_eq!(told(&draft, &saved), before, "a window that has ended helps nobody");
            before
        };
        let field = |name: &str| Some(name.to_owned());
        assert_eq!(changed(&|draft| draft.idp.metadata = of("https://b.example/").idp.metadata), field("idp_metadata"));
        assert_eq!(changed(&|draft| draft.attributes.subject = Some("uid".into())), field("attribute_subject"));
        assert_eq!(changed(&|draft| draft.name_id_format = Some(check::PERSISTENT.into())), field("name_id_format"));
        assert_eq!(changed(&|draft| draft.entity_id = Some("urn:other".into())), field("entity_id"));
        let mut moved = of("https://b.example/");
        moved.relink = Some(Relink::open(&moved, &saved, 14, NOW).unwrap());
        assert_eq!(told(&saved, &moved), None, "back to what they were known by");
    }

    #[test]
    fn a_window_takes_the_users_of_what_was_saved_and_of_an_open_window_before_it() {
        let mut first = of("https://a.example/");
        first.attributes.subject = Some("uid".to_owned());
        let mut second = of("https://b.example/");
        second.relink = Some(Relink::open(&second, &first, 14, NOW).unwrap());
        let other = of("https://c.example/");
        let third = Relink::open(&other, &second, 30, NOW + 5 * DAY).unwrap();
        assert_eq!(third.until, NOW + 35 * DAY);
        for (idp, source, takes) in [
            ("https://a.example/", "attribute:uid", true),
            ("https://a.example/", "attribute:mail", false),
            ("https://a.example/", "name_id:urn:x", false),
            ("https://b.example/", "name_id:urn:x", true),
            ("https://c.example/", "name_id:urn:x", false),
        ] {
            assert_eq!(third.takes(idp, source), takes, "{idp} {source}");
        }
        let later = Relink::open(&other, &second, 30, NOW + 15 * DAY).unwrap();
        assert!(!later.takes("https://a.example/", "attribute:uid"), "that window has ended");
    }

    #[test]
    fn a_window_of_no_day_of_a_year_or_of_nobody_is_refused() {
        let saved = of("https://a.example/");
        let other = of("https://b.example/");
        for days in [0, LONGEST + 1] {
            assert_eq!(Relink::open(&other, &saved, days, NOW).unwrap_err().code, codes::RELINK_DAYS);
        }
        let nobody = |draft: &Document, saved: &Document| Relink::open(draft, saved, 14, NOW).unwrap_err().code;
        assert_eq!(nobody(&other, &Document::default()), codes::RELINK_NOBODY);
        assert_eq!(nobody(&saved, &saved), codes::RELINK_NOBODY, "nothing makes strangers of them");
    }

    #[test]
    fn a_window_is_a_difference_that_is_shown_in_full_and_what_is_newer_is_kept() {
        let saved = of("https://a.example/");
        let mut draft = saved.clone();
        draft.relink = Some(Relink::open(&of("https://b.example/"), &saved, 14, NOW).unwrap());
        let changes = diff(&saved, &draft);
        let shown: Vec<_> = changes.iter().map(|one| [&*one.field, &*one.from, &*one.to]).collect();
        assert_eq!(shown, [["relink", "", "2027-01-29T08:00:00Z · #1800000000 · https://a.example/ (NameID)"]]);
        assert_eq!(Document::read(&draft.to_json(), MIN_READER).unwrap(), draft);
        let newer = br#"{"relink":{"opened":1,"until":1800000000,"from":[{"idp":"a","only":"b"}]}}"#;
        let newer = Document::read(newer, MIN_READER).unwrap();
        let shown = diff(&Document::default(), &newer)[0].to.clone();
        assert!(shown.contains("\"only\":\"b\""), "{shown}");
        assert!(!String::from_utf8(Document::default().to_json()).unwrap().contains("relink"));
    }

    #[test]
    fn an_open_window_without_a_reserved_domain_recognises_nobody_and_is_an_error() {
        let mut document = of("https://a.example/");
        document.relink = Some(Relink::open(&document, &of("https://b.example/"), 14, NOW).unwrap());
        let domains = [Domain::parse("example.com").unwrap()];
        let code = |domains: &[Domain], now| window(&document, domains, now).map(|fault| fault.code);
        assert_eq!(code(&[], NOW), Some(codes::RELINK_WITHOUT_DOMAIN));
        assert_eq!(code(&domains, NOW), Some(codes::RELINK_OPEN));
        assert_eq!(code(&[], NOW + 15 * DAY), Some(codes::RELINK_ENDED));
        assert_eq!(window(&of("https://a.example/"), &[], NOW), None);
        assert_eq!(code(&domains, NOW - 80 * DAY), Some(codes::RELINK_DAYS), "longer than any that is opened here");
    }

    #[test]
    fn a_saved_window_goes_on_for_longer_and_for_nobody_new_and_a_parked_one_begins_when_it_is_taken_up() {
        let first = of("https://a.example/");
        let mut saved = of("https://b.example/");
        saved.relink = Some(Relink::open(&saved, &first, 7, NOW).unwrap());
        let longer = Relink::open(&saved, &saved, 30, NOW + 6 * DAY).unwrap();
        assert_eq!((longer.opened, longer.until), (NOW, NOW + 36 * DAY));
        assert!(longer.takes("https://a.example/", "name_id:x") && !longer.takes("https://b.example/", "name_id:x"));
        let later = longer.opened_at(NOW + 100 * DAY);
        assert_eq!((later.opened, later.until), (NOW + 100 * DAY, NOW + 136 * DAY));
    }
}
