//! Where the servers send what happens, for whoever watches.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An address that is told what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// An https address.
    pub url: String,
    /// The key epoch whose key the secret is derived from: that of the moment at which the address was set. So a server that
    /// leaves later, or another epoch, changes no secret that the receiver knows.
    pub epoch: u32,
    /// What a newer version has added.
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl Webhook {
    /// Told at this address, with the secret of the connection's first epoch.
    pub fn at(url: String) -> Self {
        Self { url, epoch: 1, unknown: Map::new() }
    }
}

impl fmt::Display for Webhook {
    /// In full: two that differ are never shown alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · #{}", self.url, self.epoch)?;
        if self.unknown.is_empty() { Ok(()) } else { write!(f, " · {}", Value::Object(self.unknown.clone())) }
    }
}

#[cfg(test)]
mod tests {
    use crate::Document;
    use crate::diff::diff;
    use crate::document::MIN_READER;
    use crate::field::{Field, set};

    const URL: &str = "https://watch.example.com/sekisho";

    #[test]
    fn a_document_without_a_webhook_is_written_as_by_versions_that_do_not_know_of_one() {
        let mut document = Document::default();
        assert!(!String::from_utf8(document.to_json()).unwrap().contains("webhook"));
        set(&mut document, Field::Webhook, URL).unwrap();
        assert_eq!(Document::read(&document.to_json(), MIN_READER).unwrap(), document);
        set(&mut document, Field::Webhook, "").unwrap();
        assert_eq!(document, Document::default());
    }

    #[test]
    fn another_address_and_another_secret_are_differences_and_what_is_newer_is_kept_and_shown() {
        let read = |json: &str| Document::read(json.as_bytes(), MIN_READER).unwrap();
        let before = read(r#"{"webhook":{"url":"https://a.example/","epoch":1}}"#);
        let renewed = read(r#"{"webhook":{"url":"https://a.example/","epoch":2}}"#);
        let newer = read(r#"{"webhook":{"url":"https://a.example/","epoch":1,"only":"errors"}}"#);
        assert!(String::from_utf8(newer.to_json()).unwrap().contains(r#""only":"errors""#));
        for (after, to) in [
            (renewed, "https://a.example/ · #2"),
            (newer, r#"https://a.example/ · #1 · {"only":"errors"}"#),
            (Document::default(), ""),
        ] {
            let changes = diff(&before, &after);
            let shown: Vec<_> = changes.iter().map(|one| [&*one.field, &*one.from, &*one.to]).collect();
            assert_eq!(shown, [["webhook", "https://a.example/ · #1", to]]);
        }
    }
}
