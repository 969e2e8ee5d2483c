//! The removals that administrators have signed, and which of them wait because they were too many at once.

use std::collections::BTreeSet;

use sekisho_fault::{Fault, Result};
use sekisho_keys::fact::{self, Fact, Said};
use sekisho_keys::ids::{KeyId, UserId};
use sekisho_keys::log::Organisation;
use sekisho_keys::removal::{self, Removal};

use crate::codes;
use crate::connected::Connected;

/// Facts that are looked at together.
const PART: u32 = 200;
/// So many administrators are named.
const NAMED: usize = 5;

/// A removal as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    /// The blinded address.
    pub(crate) about: UserId,
    /// The address.
    pub(crate) email: String,
    /// What was signed.
    pub(crate) removal: Removal,
    pub(super) author: KeyId,
}

/// The removals of a connection.
#[derive(Debug, Default)]
pub(crate) struct Removals {
    all: Vec<Signed>,
    held: BTreeSet<UserId>,
}

impl Removals {
    /// Reads those that are stored here. What does not open counts for nothing: it was verified before it was stored.
    ///
    /// Codes: `NOT_ENROLLED`, `DATABASE`.
    pub(crate) async fn read(connected: &Connected) -> Result<Self> {
        let member = connected.member()?;
        let organisation = member.organisation();
        let (mut after, mut all) = (String::new(), Vec::new());
        loop {
            let rows = connected.replica.rows_after("fact", &after, PART).await?;
            let Some(last) = rows.last() else { return Ok(Self::of(all)) };
            after.clone_from(&last.id);
            for row in &rows {
                let opened = fact::epoch(&row.body)
                    .and_then(|epoch| Fact::open(&row.body, &organisation, member.place, &member.keyring(epoch)?));
                match opened {
                    Ok(Fact { about, email, said: Said::Removed(removal), author, .. }) => {
                        all.push(Signed { about, email, removal, author });
                    }
                    Ok(_) => {}
                    Err(fault) => tracing::error!(%fault, "what is said of a user does not open"),
                }
            }
        }
    }

    pub(super) fn of(all: Vec<Signed>) -> Self {
        let removals: Vec<_> = all.iter().map(|one| (one.about, one.removal)).collect();
        Self { held: removal::held(&removals), all }
    }

    /// Whether a removal waits: the user is as before it.
    pub(crate) fn is_held(&self, about: UserId) -> bool {
        self.held.contains(&about)
    }

    /// Those that count.
    pub(crate) fn in_force(&self) -> impl Iterator<Item = &Signed> {
        self.all.iter().filter(|one| !self.is_held(one.about))
    }

    /// That removals wait: how many, who has signed them, since when.
    pub(crate) fn warning(&self, organisation: &Organisation) -> Option<Fault> {
        let held: Vec<&Signed> = self.all.iter().filter(|one| self.is_held(one.about)).collect();
        let since = held.iter().map(|one| one.removal.at).min()?;
        let authors: BTreeSet<KeyId> = held.iter().map(|one| one.author).collect();
        let members = organisation.members.values().map(|member| &member.administrator);
        let named = members.filter(|one| authors.contains(&one.keys.id())).map(|one| one.login.clone());
        let by: Vec<String> = named.take(NAMED).collect();
        let fault = Fault::new(codes::REMOVALS_HELD).with("count", held.len()).with("by", by);
        Some(fault.at("since", i64::try_from(since).unwrap_or(i64::MAX)))
    }
}
