//! The names that the servers answer. While a connection moves to another one, both are answered: the next name before the
//! move, the former one after it, until nobody opens it any more.

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::codes;
use crate::document::{Document, KeyPair, SamlKey};
use crate::host::Host;
use crate::urls::Urls;

/// Names besides the advertised one, at most.
pub const MOST: usize = 4;

/// A name that is answered besides the advertised one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherName {
    /// The name.
    pub host: Host,
    /// The port that browsers open.
    pub port: u16,
    /// A certificate of its own, by SNI; without one, the advertised name's has to cover it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<KeyPair>,
    /// What a newer version has added.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

impl OtherName {
    /// Its addresses.
    pub fn urls(&self) -> Urls {
        Urls::new(&self.host, self.port)
    }
}

impl Document {
    /// The addresses under all names, the advertised one first; none before there is one.
    pub fn all_urls(&self) -> Vec<Urls> {
        self.urls()
            .into_iter()
            .flat_map(|own| std::iter::once(own).chain(self.other_names.iter().map(OtherName::urls)))
            .collect()
    }

    /// The addresses under the name at which the identity provider's answers arrive, where it is one for all.
    pub fn answers_at(&self) -> Option<Urls> {
        let host = self.answers_on.as_ref()?;
        if self.advertised_host.as_ref() == Some(host) {
            return self.urls();
        }
        self.other_names.iter().find(|other| other.host == *host).map(OtherName::urls)
    }

    /// The addresses under one of the names.
    ///
    /// Code: `NO_SUCH_NAME`.
    pub fn urls_of(&self, host: &str) -> Result<Urls> {
        let missing = || Fault::new(codes::NO_SUCH_NAME).with("host", host).on("other_names");
        let host = Host::parse(host)?;
        let own = self.urls().filter(|_| self.advertised_host.as_ref() == Some(&host));
        let other = || self.other_names.iter().find(|other| other.host == host).map(OtherName::urls);
        own.or_else(other).ok_or_else(missing)
    }

    /// The pair that is served under a name, if it is answered.
    pub fn pair_of(&self, host: &Host) -> Option<&KeyPair> {
        if self.advertised_host.as_ref() == Some(host) {
            return self.tls.as_ref();
        }
        let other = self.other_names.iter().find(|other| other.host == *host)?;
        other.tls.as_ref().or(self.tls.as_ref())
    }

    /// Answers a further name.
    ///
    /// Codes: `MISSING`, `NAME_KNOWN`, `TOO_MANY_NAMES`.
    pub fn add_name(&mut self, host: Host, port: u16) -> Result<()> {
        let Some(advertised) = &self.advertised_host else {
            return Err(Fault::new(codes::MISSING).on("advertised_host"));
        };
        if *advertised == host || self.other_names.iter().any(|other| other.host == host) {
            return Err(Fault::new(codes::NAME_KNOWN).with("host", host.as_str()).on("other_names"));
        }
        if self.other_names.len() >= MOST {
            return Err(Fault::new(codes::TOO_MANY_NAMES).with("most", MOST).on("other_names"));
        }
        self.other_names.push(OtherName { host, port, tls: None, unknown: Map::new() });
        Ok(())
    }

    /// Gives a further name a certificate of its own, or takes it away.
    ///
    /// Code: `NO_SUCH_NAME`.
    pub fn set_name_pair(&mut self, host: &Host, pair: Option<KeyPair>) -> Result<()> {
        self.other(host)?.tls = pair;
        Ok(())
    }

    /// Advertises a name that is answered already in what is `saved`; the former one goes on being answered, each with its
    /// certificate. Who we are to the identity provider stays: the Entity ID is no address.
    ///
    /// Codes: `NO_SUCH_NAME`, `NAME_NOT_SAVED`, `NAME_CHANGES_SAML_KEY`.
    pub fn advertise(&mut self, host: &Host, saved: &Self) -> Result<()> {
        self.other(host)?;
        let answered =
            saved.advertised_host.as_ref() == Some(host) || saved.other_names.iter().any(|other| other.host == *host);
        if !answered {
            return Err(Fault::new(codes::NAME_NOT_SAVED).with("host", host.as_str()).on("other_names"));
        }
        let entity_id = self.entity_id();
        let Some(former) = self.advertised_host.clone() else {
            return Err(Fault::new(codes::MISSING).on("advertised_host"));
        };
        let former_port = self.advertised_port;
        let (saml_key, advertised_pair) = (self.saml_key, self.tls.clone());
        let other = self.other(host)?;
        let own = other.tls.take();
        if own.is_some() && saml_key == SamlKey::Tls {
            other.tls = own;
            return Err(Fault::new(codes::NAME_CHANGES_SAML_KEY).with("host", host.as_str()).on("saml_key"));
        }
        let next_port = std::mem::replace(&mut other.port, former_port);
        other.host = former;
        if own.is_some() {
            other.tls = advertised_pair;
            self.tls = own;
        }
        self.advertised_host = Some(host.clone());
        self.advertised_port = next_port;
        self.entity_id = entity_id;
        Ok(())
    }

    /// Answers a further name no longer.
    ///
    /// Codes: `NO_SUCH_NAME`, `NAME_TAKES_ANSWERS`.
    pub fn remove_name(&mut self, host: &Host) -> Result<()> {
        self.other(host)?;
        if self.answers_on.as_ref() == Some(host) {
            return Err(Fault::new(codes::NAME_TAKES_ANSWERS).with("host", host.as_str()).on("answers_on"));
        }
        self.other_names.retain(|other| other.host != *host);
        Ok(())
    }

    /// Has the identity provider's answers come to one name, whichever users have opened; with `None`, each to its own.
    ///
    /// Code: `NO_SUCH_NAME`.
    pub fn take_answers(&mut self, host: Option<Host>) -> Result<()> {
        if let Some(host) = &host
            && self.advertised_host.as_ref() != Some(host)
        {
            self.other(host)?;
        }
        self.answers_on = host;
        Ok(())
    }

    fn other(&mut self, host: &Host) -> Result<&mut OtherName> {
        let missing = || Fault::new(codes::NO_SUCH_NAME).with("host", host.as_str()).on("other_names");
        self.other_names.iter_mut().find(|other| other.host == *host).ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Field, set};

    fn host(name: &str) -> Host {
        Host::parse(name).unwrap()
    }

    fn pair(key: &str) -> KeyPair {
        KeyPair { certificates: String::new(), key: key.into(), trial: false, unknown: Map::new() }
    }

    fn at(name: &str) -> Document {
        let mut document = Document::default();
        set(&mut document, Field::AdvertisedHost, name).unwrap();
        document.tls = Some(pair("old"));
        document
    }

    fn names(document: &Document) -> Vec<String> {
        document.all_urls().iter().map(|urls| urls.origin().to_owned()).collect()
    }

    #[test]
    fn a_name_is_advertised_only_after_it_was_answered_and_the_former_one_goes_on() {
        let mut document = at("old.example");
        let saved = document.clone();
        document.add_name(host("new.example"), 443).unwrap();
        assert_eq!(document.advertise(&host("new.example"), &saved).unwrap_err().code, codes::NAME_NOT_SAVED);
        let saved = document.clone();
        document.advertise(&host("new.example"), &saved).unwrap();
        assert_eq!(names(&document), ["https://new.example", "https://old.example:8443"]);
        assert_eq!(document.entity_id.as_deref(), Some("https://old.example:8443/sso-connect"), "we stay who we are");
        assert_eq!(document.tls, Some(pair("old")), "one certificate covers both");

        // And back, from what is saved or not.
        let moved = document.clone();
        document.advertise(&host("old.example"), &moved).unwrap();
        assert_eq!(names(&document), names(&saved));
    }

    #[test]
    fn each_name_keeps_its_own_certificate_over_the_change() {
        let mut document = at("old.example");
        document.add_name(host("new.example"), 8443).unwrap();
        document.set_name_pair(&host("new.example"), Some(pair("new"))).unwrap();
        let saved = document.clone();
        document.advertise(&host("new.example"), &saved).unwrap();
        assert_eq!((&document.tls, &document.other_names[0].tls), (&Some(pair("new")), &Some(pair("old"))));
        let keys: Vec<&str> = document.key_pairs().map(|pair| pair.key.as_str()).collect();
        assert_eq!(keys, ["new", "old"], "both keys travel to the servers");
    }

    #[test]
    fn a_name_whose_certificate_would_become_samls_is_not_advertised() {
        let mut document = at("old.example");
        document.saml_key = SamlKey::Tls;
        document.add_name(host("new.example"), 8443).unwrap();
        document.set_name_pair(&host("new.example"), Some(pair("new"))).unwrap();
        let saved = document.clone();
        let fault = document.advertise(&host("new.example"), &saved).unwrap_err();
        assert_eq!((fault.code, &document), (codes::NAME_CHANGES_SAML_KEY, &saved));
    }

    #[test]
    fn a_name_at_which_answers_arrive_stays_until_they_arrive_elsewhere() {
        let mut document = at("old.example");
        document.add_name(host("new.example"), 8443).unwrap();
        document.take_answers(Some(host("old.example"))).unwrap();
        let saved = document.clone();
        document.advertise(&host("new.example"), &saved).unwrap();
        assert_eq!(document.answers_at().unwrap().origin(), "https://old.example:8443");
        assert_eq!(document.remove_name(&host("old.example")).unwrap_err().code, codes::NAME_TAKES_ANSWERS);
        document.take_answers(None).unwrap();
        document.remove_name(&host("old.example")).unwrap();
        assert_eq!(names(&document), ["https://new.example:8443"]);
        assert_eq!(document.answers_at(), None);
    }

    #[test]
    fn names_that_are_known_or_unknown_or_too_many_are_refused() {
        let mut document = Document::default();
        let code = |result: Result<()>| result.unwrap_err().code;
        assert_eq!(code(document.add_name(host("a.example"), 1)), codes::MISSING);
        document = at("old.example");
        assert_eq!(code(document.add_name(host("old.example"), 1)), codes::NAME_KNOWN);
        assert_eq!(code(document.remove_name(&host("old.example"))), codes::NO_SUCH_NAME);
        assert_eq!(code(document.take_answers(Some(host("else.example")))), codes::NO_SUCH_NAME);
        for number in 0..MOST {
            document.add_name(host(&format!("n{number}.example")), 1).unwrap();
        }
        assert_eq!(code(document.add_name(host("one-more.example"), 1)), codes::TOO_MANY_NAMES);
    }

    #[test]
    fn what_a_restore_brings_back_has_the_certificates_of_today() {
        let mut before = at("old.example");
        before.add_name(host("new.example"), 8443).unwrap();
        before.set_name_pair(&host("new.example"), Some(pair("new"))).unwrap();
        let mut today = before.clone();
        today.advertise(&host("new.example"), &before).unwrap();
        today.other_names[0].tls = Some(pair("renewed"));
        let restored = before.clone().restored_over(&today);
        assert_eq!(restored.advertised_host, Some(host("old.example")));
        assert_eq!((&restored.tls, &restored.other_names[0].tls), (&Some(pair("renewed")), &Some(pair("new"))));

        // What was retired with its name does not come back with it.
        today.remove_name(&host("old.example")).unwrap();
        let restored = before.restored_over(&today);
        assert_eq!((&restored.tls, &restored.other_names[0].tls), (&Some(pair("new")), &None));
    }

    #[test]
    fn a_document_without_further_names_is_written_as_before() {
        let written = String::from_utf8(at("old.example").to_json()).unwrap();
        assert!(!written.contains("other_names") && !written.contains("answers_on"), "{written}");
    }
}
