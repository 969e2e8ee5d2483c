//! What must be made new after a server was in wrong hands. What follows from what is so is told by itself; the rest
//! administrators mark, and the marks lie sealed at the hub: any of them goes on where another stopped.

use std::collections::BTreeMap;

use sekisho_config::Document;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_keys::checklist;
use sekisho_keys::ids::ServerId;
use sekisho_keys::keyring::{self, Place};
use serde::{Deserialize, Serialize};

use crate::acts::{
    Checklist, ChecklistEntry, ChecklistItem, MarkItem, Marked, RetiredServer, WhichServer, WhichServers,
};
use crate::codes;
use crate::saving;
use crate::session::{Session, now, random};

/// In the order in which they are best done.
const ITEMS: [ChecklistItem; 6] = [
    ChecklistItem::Resealed,
    ChecklistItem::Tls,
    ChecklistItem::Saml,
    ChecklistItem::IdentityProvider,
    ChecklistItem::UserSecrets,
    ChecklistItem::Disk,
];

/// What is kept of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Notes {
    /// The names of the TLS key and of SAML's keys that the server had.
    tls: Vec<String>,
    saml: Vec<String>,
    /// What administrators have marked as done.
    marks: BTreeMap<ChecklistItem, Marked>,
}

/// What there is now.
struct Facts {
    tls: Vec<String>,
    saml: Vec<String>,
    left: u64,
}

impl Facts {
    fn of(document: &Document, left: u64) -> Self {
        Self {
            // Under whichever name: a pair that is served beside the advertised one was on that server, too.
            tls: document.tls_pairs().map(|pair| pair.key.clone()).collect(),
            saml: document.saml_pairs().map(|pair| pair.key.clone()).collect(),
            left,
        }
    }
}

/// The list, of the notes and of what is so.
fn entries(notes: &Notes, facts: &Facts) -> Vec<ChecklistEntry> {
    let renewed = |before: &[String], now: &[String]| !before.iter().any(|key| now.contains(key));
    let entry = |item| {
        let follows = match item {
            ChecklistItem::Resealed => Some(facts.left == 0),
            ChecklistItem::Tls => Some(renewed(&notes.tls, &facts.tls)),
            ChecklistItem::Saml => Some(renewed(&notes.saml, &facts.saml)),
            ChecklistItem::IdentityProvider | ChecklistItem::UserSecrets | ChecklistItem::Disk => None,
        };
        let marked = notes.marks.get(&item).cloned();
        ChecklistEntry {
            item,
            done: follows.unwrap_or(marked.is_some()),
            follows: follows.is_some(),
            left: (item == ChecklistItem::Resealed).then_some(facts.left),
            marked,
        }
    };
    ITEMS.map(entry).into()
}

impl Session {
    /// Retires a server that is in wrong hands, and begins the list of what must be made new. A server that was retired
    /// before only gets the list.
    ///
    /// Codes: as [`Session::retire_server`].
    pub async fn compromised_server(&mut self, wish: &WhichServer) -> Result<RetiredServer> {
        self.refresh().await?;
        let (place, connection, id) = self.known_server(wish)?;
        let active = connection.servers.get(&id).is_some_and(|state| state.active);
        // First which keys it has: once it has left, a change of them counts.
        if active || self.notes(place, id).await?.is_none() {
            let Facts { tls, saml, .. } = self.facts(&wish.connection).await?;
            self.keep_notes(place, id, &Notes { tls, saml, marks: BTreeMap::new() }).await?;
        }
        self.retire(wish, true).await
    }

    /// The lists of a connection.
    ///
    /// Codes: `NO_CONNECTION`, and the hub's.
    pub async fn checklists(&mut self, wish: &WhichServers) -> Result<Vec<Checklist>> {
        self.refresh().await?;
        let rows = self.hub.checklists(&wish.connection).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let facts = self.facts(&wish.connection).await?;
        let (place, connection) = self.connection(&wish.connection)?;
        let keyring = self.keyring(place, connection)?;
        let mut lists = Vec::new();
        for row in rows {
            let Ok(id) = row.id.parse::<ServerId>() else { continue };
            // The act may have been cut off before the server left.
            let Some(state) = connection.servers.get(&id).filter(|state| !state.active) else { continue };
            let notes = self.read_notes(place, id, row.body.as_slice())?;
            let name = keyring::open_server_name(&keyring, id, &state.server.name).unwrap_or_default();
            lists.push(Checklist { server: row.id, name, entries: entries(&notes, &facts) });
        }
        Ok(lists)
    }

    /// Marks something as done, or as not done yet.
    ///
    /// Codes: `NO_SERVER`, `NO_CHECKLIST`, `NOT_MARKED`, and the hub's.
    pub async fn mark(&mut self, wish: &MarkItem) -> Result<Checklist> {
        if matches!(wish.item, ChecklistItem::Resealed | ChecklistItem::Tls | ChecklistItem::Saml) {
            let item = serde_json::to_value(wish.item).ok();
            let item = item.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            return Err(Fault::new(codes::NOT_MARKED).with("item", item));
        }
        self.refresh().await?;
        let which = WhichServer { connection: wish.connection.clone(), server: wish.server.clone() };
        let (place, _, id) = self.known_server(&which)?;
        let none = || Fault::new(codes::NO_CHECKLIST).with("server", wish.server.as_str());
        let mut notes = self.notes(place, id).await?.ok_or_else(none)?;
        if wish.done {
            notes.marks.insert(wish.item, Marked { by: self.login.clone(), time: now() });
        } else {
            notes.marks.remove(&wish.item);
        }
        self.keep_notes(place, id, &notes).await?;
        let lists = self.checklists(&WhichServers { connection: wish.connection.clone() }).await?;
        lists.into_iter().find(|list| list.server == wish.server).ok_or_else(none)
    }

    async fn notes(&self, place: Place, server: ServerId) -> Result<Option<Notes>> {
        let rows = self.hub.checklists(&place.connection.to_string()).await?;
        let row = rows.into_iter().find(|row| row.id == server.to_string());
        row.map(|row| self.read_notes(place, server, row.body.as_slice())).transpose()
    }

    fn read_notes(&self, place: Place, server: ServerId, sealed: &[u8]) -> Result<Notes> {
        let plain = checklist::open(&self.key, place, server, sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Fault::new(sekisho_keys::codes::FORMAT))
    }

    async fn keep_notes(&self, place: Place, server: ServerId, notes: &Notes) -> Result<()> {
        let plain = serde_json::to_vec(notes).map_err(|_| Fault::new(sekisho_keys::codes::FORMAT))?;
        let sealed = checklist::seal(&self.key, place, server, random(), &plain)?;
        self.hub.put_checklist(&place.connection.to_string(), &server.to_string(), &Blob(sealed)).await
    }

    async fn facts(&self, connection: &str) -> Result<Facts> {
        let (place, found) = self.connection(connection)?;
        let keyring = self.keyring(place, found)?;
        let newest = self.newest(place).await?;
        let document = newest.map(|newest| saving::read(&newest, &keyring)).transpose()?.unwrap_or_default();
        Ok(Facts::of(&document, self.left_to_reseal(connection).await?))
    }
}

#[cfg(test)]
mod tests {
    use sekisho_config::Host;
    use sekisho_config::document::KeyPair;

    use super::*;

    fn facts(tls: &str, saml: &[&str], left: u64) -> Facts {
        Facts { tls: vec![tls.to_owned()], saml: saml.iter().map(|key| (*key).to_owned()).collect(), left }
    }

    #[test]
    fn a_certificate_that_is_left_to_another_name_is_not_renewed() {
        let pair = |key: &str| KeyPair {
            certificates: String::new(),
            key: key.into(),
            trial: false,
            unknown: serde_json::Map::new(),
        };
        let mut document = Document::default();
        document.tls = Some(pair("stolen"));
        document.advertised_host = Some(Host::parse("old.example").unwrap());
        document.add_name(Host::parse("new.example").unwrap(), 443).unwrap();
        document.set_name_pair(&Host::parse("new.example").unwrap(), Some(pair("made new"))).unwrap();
        let before = Facts::of(&document, 0);
        assert_eq!(before.tls, ["stolen", "made new"]);
        let saved = document.clone();
        document.advertise(&Host::parse("new.example").unwrap(), &saved).unwrap();
        assert!(Facts::of(&document, 0).tls.contains(&"stolen".to_owned()));
        document.remove_name(&Host::parse("old.example").unwrap()).unwrap();
        assert!(!Facts::of(&document, 0).tls.contains(&"stolen".to_owned()));
    }

    fn done(notes: &Notes, facts: &Facts) -> Vec<ChecklistItem> {
        entries(notes, facts).into_iter().filter(|entry| entry.done).map(|entry| entry.item).collect()
    }

    #[test]
    fn a_key_is_renewed_when_none_that_the_server_had_is_in_use_any_more() {
        let notes = Notes { tls: vec!["a".into()], saml: vec!["s".into(), "t".into()], marks: BTreeMap::new() };
        assert_eq!(done(&notes, &facts("a", &["s", "t"], 3)), []);
        assert_eq!(done(&notes, &facts("b", &["u", "t"], 3)), [ChecklistItem::Tls], "the second pair is one of them");
        assert_eq!(
            done(&notes, &facts("b", &["u"], 0)),
            [ChecklistItem::Resealed, ChecklistItem::Tls, ChecklistItem::Saml]
        );
    }

    #[test]
    fn what_nobody_here_can_see_is_done_when_it_is_marked() {
        let mut notes = Notes { tls: vec!["a".into()], saml: vec!["s".into()], marks: BTreeMap::new() };
        notes.marks.insert(ChecklistItem::Disk, Marked { by: "tanaka".into(), time: 5 });
        // A mark on what follows by itself, from whatever version, counts for nothing.
        notes.marks.insert(ChecklistItem::Tls, Marked { by: "tanaka".into(), time: 5 });
        assert_eq!(done(&notes, &facts("a", &["s"], 1)), [ChecklistItem::Disk]);
    }
}
