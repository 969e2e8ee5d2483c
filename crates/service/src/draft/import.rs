//! A document that was exported, as a draft on top of what is applied. It becomes a revision like any other (R19).

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use sekisho_admin_api::import::ImportedDocument;
use sekisho_config::Document;
use sekisho_config::document::key_name;
use sekisho_fault::{Fault, Result};
use sekisho_keys::object;
use zeroize::Zeroizing;

use super::Draft;
use super::history::{document as revision, restored};
use crate::enrolment::Member;
use crate::lifecycle::AppliedRevision;
use crate::replication::Replica;

/// A draft that says what was exported, with its keys; where the connection has retired one of them, with those of today.
///
/// Codes: `DOCUMENT`, `NEWER_SCHEMA` of the configuration, those of the sealed keys, `NO_REVISION`, `DATABASE`.
pub async fn import(
    member: &Member,
    replica: &Replica,
    wish: &ImportedDocument,
    today: &AppliedRevision,
) -> Result<Draft> {
    let mut document = Document::read(wish.document.as_bytes(), wish.min_reader)?;
    if let Some(webhook) = &mut document.webhook {
        // The secret is this connection's: an epoch of another one says nothing here.
        let same = today.document.webhook.as_ref().filter(|now| now.url == webhook.url);
        webhook.epoch = same.map_or(member.newest_keyring()?.epoch, |now| now.epoch);
    }
    let mut keys = BTreeMap::new();
    for (name, sealed) in &wish.objects {
        let wrong = || Fault::new(sekisho_keys::codes::FORMAT);
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(|_| wrong())?;
        let keyring = member.keyring(object::epoch(&sealed)?)?;
        let key = Zeroizing::new(object::open(&keyring, member.place, name.parse()?, &sealed)?);
        if key_name(&key)? != *name {
            return Err(wrong());
        }
        keys.insert(name.clone(), BASE64.encode(&key));
    }
    Ok(imported(document, keys, &named(member, replica).await?, today))
}

/// Every key that a revision of this connection has ever named.
async fn named(member: &Member, replica: &Replica) -> Result<BTreeSet<String>> {
    let newest = replica.newest_revision().await?.and_then(|row| row.id.parse::<u64>().ok()).unwrap_or(0);
    let mut named = BTreeSet::new();
    for number in 1..=newest {
        let (_, past) = revision(member, replica, number).await?;
        named.extend(past.sealed_names().map(str::to_owned));
    }
    Ok(named)
}

fn imported(
    mut document: Document,
    mut keys: BTreeMap<String, String>,
    named: &BTreeSet<String>,
    today: &AppliedRevision,
) -> Draft {
    let current: BTreeSet<&str> = today.document.sealed_names().collect();
    if document.sealed_names().any(|name| named.contains(name) && !current.contains(name)) {
        return restored(document, today);
    }
    document.reason.clear();
    document.change_number.clear();
    // A password that is known here goes to the host and the user that it was entered for, and to nobody else.
    if document.mail.password.as_ref().is_some_and(|name| !keys.contains_key(name)) {
        document.mail.take_password(&today.document.mail);
    }
    let wanted: BTreeSet<&str> = document.sealed_names().collect();
    keys.retain(|name, _| wanted.contains(name.as_str()));
    Draft { base: today.revision, document, keys, ..Draft::default() }
}

#[cfg(test)]
mod tests {
    use sekisho_config::Webhook;

    use super::*;
    use crate::draft::{ensure_saml_pair, not_restored, set, trial_certificate};
    use crate::enrolment::example::member;

    const NOW: i64 = 1_795_513_267;

    /// A document with keys of its own, and they.
    fn exported() -> (Document, BTreeMap<String, String>) {
        let mut draft = Draft::default();
        set(&mut draft, "advertised_host", "sso.example.com").unwrap();
        trial_certificate(&mut draft, NOW).unwrap();
        ensure_saml_pair(&mut draft, NOW).unwrap();
        draft.document.reason = "then".into();
        (draft.document, draft.keys)
    }

    fn names(document: &Document) -> BTreeSet<String> {
        document.key_pairs().map(|pair| pair.key.clone()).collect()
    }

    #[test]
    fn a_connection_that_knows_none_of_the_keys_takes_them_all() {
        let (document, mut keys) = exported();
        keys.insert("of no pair".into(), String::new());
        let today = AppliedRevision { revision: 4, ..AppliedRevision::default() };
        let draft = imported(document.clone(), keys, &BTreeSet::new(), &today);
        assert_eq!((draft.base, draft.document.reason.as_str()), (4, ""));
        assert_eq!(names(&draft.document), names(&document));
        assert!(draft.keys.keys().all(|name| names(&document).contains(name)) && draft.keys.len() == 2);
        assert!(not_restored(&draft, &today.document).is_empty());
    }

    #[test]
    fn a_key_that_the_connection_has_retired_is_named_and_stays_retired() {
        let (document, keys) = exported();
        let (now, _) = exported();
        let today = AppliedRevision { revision: 9, document: now.clone(), save: None };
        let ever: BTreeSet<String> = names(&document).into_iter().chain(names(&now)).collect();
        let draft = imported(document, keys, &ever, &today);
        assert_eq!((names(&draft.document), draft.keys.len()), (names(&now), 0));
        let told = not_restored(&draft, &today.document).into_iter().filter_map(|fault| fault.field);
        assert_eq!(told.collect::<Vec<_>>(), ["saml", "tls"]);
    }

    #[test]
    fn a_password_for_mails_that_is_known_here_goes_by_no_import_to_another_host_user_or_authority() {
        let mail = |host: &str, user: &str| {
            let mut document = Document::default();
            for (field, value) in [("mail_server", host), ("mail_user", user)] {
                let field = sekisho_config::field::Field::parse(field).unwrap();
                sekisho_config::field::set(&mut document, field, value).unwrap();
            }
            document.mail.password = Some("of today".into());
            document
        };
        let document = mail("smtp.example.com", "sekisho");
        let today = AppliedRevision { revision: 9, document: document.clone(), save: None };
        let ever = BTreeSet::from(["of today".to_owned()]);
        let password =
            |document: Document, keys| imported(document, keys, &ever, &today).document.mail.password.is_some();
        assert!(password(document.clone(), BTreeMap::new()));
        assert!(!password(mail("smtp.evil.example", "sekisho"), BTreeMap::new()));
        assert!(!password(mail("smtp.example.com", "other"), BTreeMap::new()));
        let mut foreign = document;
        foreign.mail.authorities = Some("another".into());
        assert!(!password(foreign.clone(), BTreeMap::new()));
        // Whoever brings the password with the file knows it.
        assert!(password(foreign, BTreeMap::from([("of today".to_owned(), String::new())])));
    }

    #[test]
    fn the_keys_of_today_are_not_retired() {
        let (document, keys) = exported();
        let today = AppliedRevision { revision: 9, document: document.clone(), save: None };
        let draft = imported(document.clone(), keys, &names(&document), &today);
        assert!(draft.not_restored.is_empty() && names(&draft.document) == names(&document));
    }

    #[tokio::test]
    async fn an_imported_webhook_is_of_this_connections_epoch_and_not_of_a_foreign_one() {
        let folder = tempfile::tempdir().unwrap();
        let (member, replica) = (member(), Replica::open(folder.path()).await.unwrap());
        let webhook = |url: &str, epoch| {
            let mut webhook = Webhook::at(url.to_owned());
            webhook.epoch = epoch;
            Some(webhook)
        };
        let document = |webhook| {
            let mut document = Document::default();
            document.webhook = webhook;
            document
        };
        let exported = document(webhook("https://a.example/", 7)).to_json();
        let document_then = String::from_utf8(exported).unwrap();
        let wish = ImportedDocument { document: document_then, min_reader: 1, objects: Vec::new() };
        let epoch = async |today| {
            let today = AppliedRevision { document: document(today), ..AppliedRevision::default() };
            import(&member, &replica, &wish, &today).await.unwrap().document.webhook.unwrap().epoch
        };
        assert_eq!(epoch(None).await, 1, "the newest there is");
        assert_eq!(epoch(webhook("https://b.example/", 5)).await, 1, "another address has another secret");
        assert_eq!(epoch(webhook("https://a.example/", 5)).await, 5, "what the receiver knows stays");
    }
}
