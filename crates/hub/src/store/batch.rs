//! A batch: what is to be written, and what must be so for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Refused, Row};

/// The longest scope, kind, id, claimed name or holder, in bytes.
pub const MAX_NAME: usize = 200;

/// The longest body, in bytes: 8 MiB, for a revision that holds the largest metadata.
pub const MAX_BODY: usize = 8 << 20;

/// When a part of a feed is long enough, in bytes of bodies.
pub const PAGE: usize = 8 << 20;

/// Whether a text can be a scope, a kind or an id: 1 to [`MAX_NAME`] of `A-Z a-z 0-9 . _ : / -`.
pub fn is_name(text: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte);
    (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(good)
}

/// Whether a text can be claimed or hold a claim: 1 to [`MAX_NAME`] printable ASCII characters, no space.
pub(super) fn is_claimable(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a row must be for its change to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It must not be there.
    Absent,
    /// It must be there at this revision.
    Rev(u64),
    /// It may be anything.
    Any,
}

impl Expect {
    /// Whether a row is as expected.
    pub(super) fn is_met(self, now: Option<&Row>) -> bool {
        match self {
            Self::Absent => now.is_none(),
            Self::Rev(rev) => now.is_some_and(|row| row.rev == rev),
            Self::Any => true,
        }
    }
}

/// A change of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Writes a row. It gets the scope's next number, and the revision after its old one.
    Put {
        /// The row's scope.
        scope: String,
        /// The row's kind.
        kind: String,
        /// The row's id.
        id: String,
        /// What the row must be.
        expect: Expect,
        /// What is written.
        body: Vec<u8>,
    },
    /// Removes a row for good. It leaves no trace in the feed: for rows that no follower needs.
    Remove {
        /// The row's scope.
        scope: String,
        /// The row's kind.
        kind: String,
        /// The row's id.
        id: String,
        /// What the row must be.
        expect: Expect,
    },
}

impl Change {
    /// Scope, kind and id of the row.
    pub(super) fn row(&self) -> [&str; 3] {
        let (Self::Put { scope, kind, id, .. } | Self::Remove { scope, kind, id, .. }) = self;
        [scope, kind, id]
    }

    /// Refuses the change when the row is not as expected.
    pub(super) fn check(&self, now: Option<&Row>) -> Result<(), Refused> {
        let (Self::Put { expect, .. } | Self::Remove { expect, .. }) = self;
        if expect.is_met(now) {
            return Ok(());
        }
        let [scope, kind, id] = self.row().map(str::to_owned);
        Err(Refused::Stale { scope, kind, id, now: now.cloned().map(Box::new) })
    }
}

/// What must be so for a batch to be done, but is not changed by it. It is judged before the batch's changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    /// The row's scope.
    pub scope: String,
    /// The row's kind.
    pub kind: String,
    /// The row's id.
    pub id: String,
    /// The revision it must be at; `None` when any will do.
    pub rev: Option<u64>,
}

impl Require {
    /// Refuses the batch when the row is absent or at another revision.
    pub(super) fn check(&self, now: Option<&Row>) -> Result<(), Refused> {
        let Self { scope, kind, id, rev } = self;
        if now.is_some_and(|row| rev.is_none_or(|rev| row.rev == rev)) {
            return Ok(());
        }
        Err(Refused::Missing { scope: scope.clone(), kind: kind.clone(), id: id.clone() })
    }
}

/// Where a scope's sequence must stand for a batch to be done: nothing was written to it since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmoved {
    /// The scope.
    pub scope: String,
    /// The number of its newest row.
    pub head: u64,
}

impl Unmoved {
    /// Refuses the batch when the scope has moved on.
    pub(super) fn check(&self, head: u64) -> Result<(), Refused> {
        if self.head == head {
            return Ok(());
        }
        Err(Refused::Missing { scope: self.scope.clone(), kind: "head".to_owned(), id: self.head.to_string() })
    }
}

/// A name that only one holder may have, hub-wide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The name: up to 200 printable ASCII characters, no space.
    pub name: String,
    /// Who has it: the same characters.
    pub holder: String,
}

/// Changes that are done together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// What must be so.
    pub requires: Vec<Require>,
    /// Which scopes must not have moved on.
    pub unmoved: Vec<Unmoved>,
    /// What is written and removed. Puts of one scope get consecutive numbers, in this order. A row may be
    /// changed once only.
    pub changes: Vec<Change>,
    /// Names to take. Claiming what the holder has already is fine.
    pub claims: Vec<Claim>,
    /// Names to give back, before any is taken. What another holds is not given back, and nothing is said.
    pub releases: Vec<Claim>,
}

/// What a batch does to one name: who gives it back, and who takes it.
#[derive(Default)]
pub(super) struct Naming<'a> {
    pub releases: Vec<&'a str>,
    pub claims: Vec<&'a str>,
}

impl Batch {
    /// Refuses what no store can do.
    pub(super) fn check(&self) -> Result<(), Refused> {
        let malformed = |detail| Err(Refused::Malformed { detail });
        let required = self.requires.iter().map(|row| [&*row.scope, &*row.kind, &*row.id]);
        let scopes = self.unmoved.iter().map(|unmoved| &*unmoved.scope);
        if !required.chain(self.changes.iter().map(Change::row)).flatten().chain(scopes).all(is_name) {
            return malformed("a scope, kind or id has other characters, or more, than a name may have");
        }
        let claimed = self.claims.iter().chain(&self.releases);
        if !claimed.flat_map(|claim| [&claim.name, &claim.holder]).all(|text| is_claimable(text)) {
            return malformed("a claimed name or its holder has other characters, or more, than it may have");
        }
        if self.changes.iter().any(|change| matches!(change, Change::Put { body, .. } if body.len() > MAX_BODY)) {
            return malformed("a body is longer than 8 MiB");
        }
        let mut seen = BTreeSet::new();
        if !self.changes.iter().all(|change| seen.insert(change.row())) {
            return malformed("a row is changed twice");
        }
        Ok(())
    }

    /// The scopes it touches, sorted: how many rows it puts there, or `None` where it only requires some.
    pub(super) fn scopes(&self) -> BTreeMap<&str, Option<u64>> {
        let mut scopes: BTreeMap<&str, Option<u64>> =
            self.requires.iter().map(|row| (row.scope.as_str(), None)).collect();
        scopes.extend(self.unmoved.iter().map(|unmoved| (unmoved.scope.as_str(), None)));
        for change in &self.changes {
            let [scope, ..] = change.row();
            *scopes.entry(scope).or_default().get_or_insert(0) += u64::from(matches!(change, Change::Put { .. }));
        }
        scopes
    }

    /// The names it touches, sorted.
    pub(super) fn names(&self) -> BTreeMap<&str, Naming<'_>> {
        let mut names: BTreeMap<&str, Naming<'_>> = BTreeMap::new();
        for claim in &self.releases {
            names.entry(&claim.name).or_default().releases.push(&claim.holder);
        }
        for claim in &self.claims {
            names.entry(&claim.name).or_default().claims.push(&claim.holder);
        }
        names
    }
}
