//! The steps of an identity provider with the connection's values in them.

use std::collections::BTreeMap;

use sekisho_fault::{Fault, Result};

use super::{Names, Sent, Value, fill, of};
use crate::codes;
use crate::document::{Document, IdpType};

/// A step, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledStep {
    /// The key of its text.
    pub key: String,
    /// The values that the text names.
    pub values: BTreeMap<String, String>,
    /// What is to be pasted.
    pub paste: Option<String>,
}

/// What an administrator of this identity provider has to do for the connection. For another one than the document's,
/// as if it had just been chosen.
///
/// Code: `MISSING`, as long as the host is not known.
pub fn steps(document: &Document, kind: IdpType) -> Result<Vec<FilledStep>> {
    let preset = of(kind);
    let mut document = document.clone();
    if document.idp.kind != kind {
        fill(&mut document, kind, true);
    }
    if document.attributes.subject.is_none() {
        document.attributes.subject = preset.subject_attribute().map(str::to_owned);
    }
    let own = document.urls().ok_or_else(|| Fault::new(codes::MISSING).on("advertised_host"))?;
    let value = |value: &Value| (value.name(), value.of(&document, &own));
    let as_sent = matches!(preset.sent, Sent::Names(names) if are(&document, names));
    let wanted = preset.steps.iter().filter(|step| !(step.if_renamed && as_sent));
    let all: Vec<(&str, String)> = Value::ALL.iter().map(value).collect();
    let filled = wanted.map(|step| FilledStep {
        key: format!("preset.step.{}", step.key),
        values: step.values.iter().map(value).map(|(name, value)| (name.to_owned(), value)).collect(),
        paste: step.paste.map(|paste| put(paste, &all)),
    });
    Ok(filled.collect())
}

fn are(document: &Document, names: Names) -> bool {
    let attributes = &document.attributes;
    attributes.first == names.first && attributes.last == names.last && attributes.email == names.email
}

/// Puts values in place of their names in braces; other braces stay.
fn put(text: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = values.iter().find_map(|(name, value)| {
            let after = after.strip_prefix(name)?.strip_prefix('}')?;
            Some((value, after))
        });
        if let Some((value, after)) = known {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}
