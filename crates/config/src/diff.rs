//! What differs between two configurations, and how two administrators' changes come together.

use sekisho_certs::{describe, pem, sha256};
use sekisho_saml::metadata::IdpMetadata;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::acme::Acme;
use crate::document::{Document, KeyPair, SamlKey};
use crate::mail::Mail;
use crate::relink::Relink;
use crate::roles::{Groups, Node, Role};
use crate::webhook::Webhook;

/// One difference, as a person reads it: values are shown, keys never. Two values that differ are never shown alike, so
/// that whoever has compared what is shown has compared what is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field: a name of [`crate::field::Field`], or `tls`, `saml`, `idp_metadata`.
    pub field: String,
    /// What it was; empty for nothing.
    pub from: String,
    /// What it is now; empty for nothing.
    pub to: String,
}

/// What two servers' administrators changed in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The field.
    pub field: String,
    /// What both started from.
    pub base: String,
    /// What was saved in the meantime.
    pub theirs: String,
    /// What was to be saved.
    pub ours: String,
}

/// Not part of what an administrator compares: they belong to the save itself.
const OF_THE_SAVE: [&str; 2] = ["reason", "change_number"];

/// One value in a merge: steps of a change of SAML's pair that two administrators took are not mixed.
const SAML_KEYS: [&str; 3] = ["saml_key", "saml", "saml_second"];

/// One value in a merge: a step from one name to another is one side's or the other's.
const NAMES: [&str; 4] = ["advertised_host", "advertised_port", "other_names", "answers_on"];

/// The private keys' fields, and what says which of them SAML uses.
pub const KEYS: [&str; 5] = ["tls", "saml_key", "saml", "saml_second", "acme"];

/// The differences, field by field, in the order of the document.
pub fn diff(from: &Document, to: &Document) -> Vec<Change> {
    let (from, to) = (flat(from), flat(to));
    let names = to.keys().chain(from.keys().filter(|name| !to.contains_key(*name)));
    let changed = names.filter(|name| from.get(*name) != to.get(*name));
    let change = |name: &String| Change {
        field: name.clone(),
        from: shown(name, from.get(name)),
        to: shown(name, to.get(name)),
    };
    changed.map(change).collect()
}

/// What the first save of a host adds by itself, and nobody has to be shown: the Entity ID that follows from the host,
/// and SAML's own pair where none was before.
pub fn follows(from: &Document, to: &Document, field: &str) -> bool {
    match field {
        "entity_id" => from.entity_id.is_none() && to.entity_id == to.derived_entity_id(),
        "saml" => from.advertised_host.is_none() && from.saml.is_none() && to.saml_key == SamlKey::Own,
        _ => false,
    }
}

/// Brings together what was saved (`theirs`) and what is to be saved (`ours`), both made from `base`. Fields that only
/// one side changed are taken over; a field that both changed in different ways is a conflict, and stays ours. SAML's keys
/// are one field in this, and so are the names.
pub fn merge(base: &Document, theirs: &Document, ours: &Document) -> (Document, Vec<Conflict>) {
    let (old, other, mut own) = (flat(base), flat(theirs), flat(ours));
    let mut conflicts = Vec::new();
    let names: Vec<String> = other.keys().chain(old.keys()).cloned().collect();
    let touched = |group: &[&str]| group.iter().any(|name| own.get(*name) != old.get(*name));
    let ours_whole: Vec<&str> =
        [&SAML_KEYS[..], &NAMES].into_iter().filter(|group| touched(group)).flatten().copied().collect();
    for name in names {
        let (before, saved, wanted) = (old.get(&name), other.get(&name), own.get(&name));
        if saved == before || saved == wanted {
            continue;
        }
        let is_ours = ours_whole.contains(&name.as_str());
        if wanted == before && !is_ours {
            match saved {
                Some(value) => drop(own.insert(name, value.clone())),
                None => drop(own.remove(&name)),
            }
        } else if !conflicts.iter().any(|known: &Conflict| known.field == name) {
            let [base, theirs, ours] = [before, saved, wanted].map(|value| shown(&name, value));
            conflicts.push(Conflict { field: name, base, theirs, ours });
        }
    }
    // Each field is one side's value of that very field, so the whole is a document again.
    let mut merged: Document = serde_json::from_value(deep(own)).unwrap_or_else(|_| ours.clone());
    (merged.reason, merged.change_number) = (ours.reason.clone(), ours.change_number.clone());
    (merged, conflicts)
}

/// The document as one level of names. A pair of keys is one value: its halves belong together.
fn flat(document: &Document) -> Map<String, Value> {
    let Ok(Value::Object(fields)) = serde_json::to_value(document) else { return Map::new() };
    let mut flat = Map::new();
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("attributes", Value::Object(inner)) => {
                flat.extend(inner.into_iter().map(|(key, value)| (format!("attribute_{key}"), value)));
            }
            ("idp", Value::Object(inner)) => flat.extend(inner.into_iter().map(|(key, value)| {
                let name = if key == "kind" { "idp_type".to_owned() } else { format!("idp_{key}") };
                (name, value)
            })),
            (name, _) if OF_THE_SAVE.contains(&name) => {}
            (_, value) => drop(flat.insert(name, value)),
        }
    }
    flat
}

/// The way back.
fn deep(flat: Map<String, Value>) -> Value {
    let (mut fields, mut attributes, mut idp) = (Map::new(), Map::new(), Map::new());
    for (name, value) in flat {
        if name == "idp_type" {
            idp.insert("kind".to_owned(), value);
        } else if let Some(key) = name.strip_prefix("attribute_") {
            attributes.insert(key.to_owned(), value);
        } else if let Some(key) = name.strip_prefix("idp_") {
            idp.insert(key.to_owned(), value);
        } else {
            fields.insert(name, value);
        }
    }
    fields.insert("attributes".to_owned(), Value::Object(attributes));
    fields.insert("idp".to_owned(), Value::Object(idp));
    Value::Object(fields)
}

/// A value for a person, in full where that can be read, else what it says and its fingerprint.
fn shown(field: &str, value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if field == "idp_metadata" => metadata(text),
        // Empty is something else than not there.
        Some(Value::String(text)) if text.is_empty() => "\"\"".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(pair @ Value::Object(_)) if field == "tls" || field == "saml" => key_pair(pair),
        Some(second @ Value::Object(_)) if field == "saml_second" => {
            format!("{} · {}", second["role"].as_str().unwrap_or_default(), key_pair(&second["pair"]))
        }
        Some(Value::Array(names)) if field == "other_names" => {
            names.iter().map(other_name).collect::<Vec<_>>().join(", ")
        }
        Some(webhook @ Value::Object(_)) if field == "webhook" => match Webhook::deserialize(webhook) {
            Ok(webhook) => webhook.to_string(),
            Err(_) => webhook.to_string(),
        },
        Some(relink @ Value::Object(_)) if field == "relink" => {
            Relink::deserialize(relink).map_or_else(|_| relink.to_string(), |relink| relink.to_string())
        }
        Some(mail @ Value::Object(_)) if field == "mail" => match Mail::deserialize(mail) {
            Ok(mail) => mail.to_string(),
            Err(_) => mail.to_string(),
        },
        Some(acme @ Value::Object(_)) if field == "acme" => match Acme::deserialize(acme) {
            Ok(acme) => acme.to_string(),
            Err(_) => acme.to_string(),
        },
        Some(Value::Array(roles)) if field == "roles" => all::<Role>(roles),
        Some(Value::Array(nodes)) if field == "nodes" => all::<Node>(nodes),
        Some(groups @ Value::Object(_)) if field == "groups" => match Groups::deserialize(groups) {
            Ok(groups) => groups.to_string(),
            Err(_) => groups.to_string(),
        },
        Some(other) => other.to_string(),
    }
}

/// A list of what says itself what it is.
fn all<'de, T: Deserialize<'de> + ToString>(values: &'de [Value]) -> String {
    let one = |value: &'de Value| T::deserialize(value).map_or_else(|_| value.to_string(), |one| one.to_string());
    values.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A further name with its port, and its own certificate if it has one.
fn other_name(name: &Value) -> String {
    let address = format!("{}:{}", name["host"].as_str().unwrap_or_default(), name["port"]);
    let known = ["host", "port", "tls"];
    let more = name.as_object().is_some_and(|fields| fields.keys().any(|field| !known.contains(&field.as_str())));
    match &name["tls"] {
        _ if more => name.to_string(),
        Value::Null => address,
        pair => format!("{address} ({})", key_pair(pair)),
    }
}

/// The identity provider and where it signs users in, and the file itself.
fn metadata(text: &str) -> String {
    let read = IdpMetadata::parse(text.as_bytes()).ok();
    let sign_in = |metadata: &IdpMetadata| metadata.sign_in().map(|endpoint| endpoint.location.clone());
    let said = read.map(|metadata| [Some(metadata.entity_id.clone()), sign_in(&metadata)]);
    let whole = format!("SHA-256 {}", sha256(text.as_bytes()));
    said.into_iter().flatten().flatten().chain([whole]).collect::<Vec<_>>().join(" · ")
}

/// The names, the last day and the fingerprint of the certificate, and a short one of all the rest: chain and key.
fn key_pair(pair: &Value) -> String {
    let read: Option<KeyPair> = serde_json::from_value(pair.clone()).ok();
    let leaf = read.and_then(|pair| pem::read(pair.certificates.as_bytes()).ok()?.certificates.into_iter().next());
    let said = leaf.and_then(|der| describe(&der).ok()).map(|leaf| {
        let names = if leaf.names.is_empty() { leaf.subject } else { leaf.names.join(" ") };
        [Some(names), day(leaf.not_after), Some(format!("SHA-256 {}", leaf.sha256))]
    });
    let whole: String = sha256(pair.to_string().as_bytes()).chars().take(32).collect();
    said.into_iter().flatten().flatten().chain([whole]).collect::<Vec<_>>().join(" · ")
}

/// A day as ISO 8601 writes it, in UTC.
fn day(time: i64) -> Option<String> {
    Some(jiff::Timestamp::from_second(time).ok()?.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Field, set};
    use crate::rollover::Step;
    use proptest::prelude::*;

    fn with(changes: &[(Field, &str)]) -> Document {
        let mut document = Document::default();
        for (field, text) in changes {
            set(&mut document, *field, text).unwrap();
        }
        document
    }

    #[test]
    fn a_difference_names_its_field_and_both_values() {
        let changes = diff(&with(&[]), &with(&[(Field::AttributeEmail, "mail"), (Field::AdvertisedPort, "443")]));
        let shown: Vec<(&str, &str, &str)> =
            changes.iter().map(|one| (one.field.as_str(), one.from.as_str(), one.to.as_str())).collect();
        assert_eq!(shown, [("advertised_port", "8443", "443"), ("attribute_email", "Email", "mail")]);
    }

    #[test]
    fn changes_of_different_fields_come_together() {
        let base = with(&[(Field::AdvertisedHost, "a.example")]);
        let theirs = with(&[(Field::AdvertisedHost, "a.example"), (Field::JustInTime, "true")]);
        let ours = with(&[(Field::AdvertisedHost, "b.example")]);
        let (merged, conflicts) = merge(&base, &theirs, &ours);
        assert!(conflicts.is_empty());
        assert!(merged.just_in_time);
        assert_eq!(merged.advertised_host.unwrap().as_str(), "b.example");
    }

    #[test]
    fn two_changes_of_one_field_are_a_conflict_and_nothing_is_lost() {
        let base = with(&[(Field::AttributeEmail, "Email")]);
        let (theirs, ours) = (with(&[(Field::AttributeEmail, "mail")]), with(&[(Field::AttributeEmail, "address")]));
        let (merged, conflicts) = merge(&base, &theirs, &ours);
        let expected = Conflict {
            field: "attribute_email".into(),
            base: "Email".into(),
            theirs: "mail".into(),
            ours: "address".into(),
        };
        assert_eq!(conflicts, [expected]);
        assert_eq!(merged.attributes.email, "address");
    }

    #[test]
    fn a_field_of_a_newer_version_goes_through_a_merge() {
        let theirs = Document::read(br#"{"from_the_future":1,"idp":{"more":2}}"#, 1).unwrap();
        let (merged, _) = merge(&with(&[]), &theirs, &with(&[(Field::ForceAuthn, "true")]));
        let written: Value = serde_json::from_slice(&merged.to_json()).unwrap();
        assert_eq!((&written["from_the_future"], &written["idp"]["more"]), (&Value::from(1), &Value::from(2)));
        assert!(merged.force_authn);
    }

    #[test]
    fn which_keys_saml_holds_comes_from_one_side_together() {
        let pair =
            |key: &str| KeyPair { certificates: String::new(), key: key.into(), trial: false, unknown: Map::new() };
        let saml = |document: &Document| (document.saml_key, document.saml.clone(), document.saml_second.clone());
        let fields = |conflicts: &[Conflict]| conflicts.iter().map(|one| one.field.clone()).collect::<Vec<_>>();
        let mut base = with(&[]);
        base.saml = Some(pair("old"));
        base.prepare_rollover(pair("next"), &Document::default()).unwrap();

        // One switches, the other prepares another pair: the switched pair beside that one is what neither has meant.
        let (mut theirs, mut ours) = (base.clone(), base.clone());
        theirs.step_rollover(Step::Switch, &base).unwrap();
        ours.prepare_rollover(pair("another"), &Document::default()).unwrap();
        let (merged, conflicts) = merge(&base, &theirs, &ours);
        assert_eq!(saml(&merged), saml(&ours));
        assert_eq!(fields(&conflicts), ["saml", "saml_second"]);
        let (merged, conflicts) = merge(&base, &ours, &theirs);
        assert_eq!((saml(&merged), fields(&conflicts)), (saml(&theirs), vec!["saml_second".to_owned()]));

        // Only one side's steps go through whole, beside what the other has changed elsewhere.
        let mut elsewhere = base.clone();
        set(&mut elsewhere, Field::ForceAuthn, "true").unwrap();
        let (merged, conflicts) = merge(&base, &theirs, &elsewhere);
        assert_eq!((saml(&merged), conflicts.len()), (saml(&theirs), 0));
        assert!(merged.force_authn);
    }

    fn some() -> impl Strategy<Value = Document> {
        (any::<bool>(), 1u16..4, "[ab]").prop_map(|(jit, port, host)| {
            let mut document = with(&[(Field::AdvertisedHost, &format!("{host}.example"))]);
            (document.just_in_time, document.advertised_port) = (jit, port);
            document
        })
    }

    proptest! {
        #[test]
        fn a_merge_with_an_untouched_side_is_the_other_side(base in some(), other in some()) {
            prop_assert_eq!(merge(&base, &base, &other), (other.clone(), vec![]));
            prop_assert_eq!(merge(&base, &other, &base), (other, vec![]));
        }

        #[test]
        fn equal_documents_do_not_differ(one in some()) {
            prop_assert!(diff(&one, &one).is_empty());
        }
    }
}
