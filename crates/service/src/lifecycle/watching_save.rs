//! The first minutes after a save: whether users still sign in, while the way back is short.

use sekisho_admin_api::save_watch::{RefusedSignIns, SaveWatch};
use sekisho_admin_api::status::State;
use sekisho_keys::revision::Revision;

use super::House;
use crate::activity::Outcomes;
use crate::clock;

/// A save is watched for so many seconds.
const WATCHED: i64 = 600;

/// What is watched.
#[derive(Clone)]
pub(super) struct Watched {
    revision: u64,
    ends: i64,
    /// How sign-ins had ended when it was applied.
    baseline: Outcomes,
}

impl House {
    /// A revision is served from now on.
    pub(super) fn watch_save(&self, number: u64, revision: &Revision) {
        let mut watched = self.watched_save.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Served again is no save.
        if watched.as_ref().is_none_or(|before| before.revision < number) {
            let ends = revision.header().time.saturating_add(WATCHED);
            *watched = Some(Watched { revision: number, ends, baseline: self.activity.outcomes() });
        }
    }

    /// How the newest save goes, while it is watched.
    pub(crate) fn save_watch(&self) -> Option<SaveWatch> {
        let watched = self.watched_save.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()?;
        let status = self.board.read();
        let is_served = matches!(status.state, State::Running { .. }) && status.revision == Some(watched.revision);
        is_served.then(|| watch(&watched, &self.activity.outcomes(), clock::now())).flatten()
    }
}

/// Pure: what has changed since.
fn watch(watched: &Watched, outcomes: &Outcomes, now: i64) -> Option<SaveWatch> {
    let before = watched.revision.checked_sub(1).filter(|before| *before > 0)?;
    // A clock that was set back makes no watch longer than it is.
    if !(watched.ends.saturating_sub(2 * WATCHED)..watched.ends).contains(&now) {
        return None;
    }
    let was = |code: &str| watched.baseline.refused.get(code).copied().unwrap_or(0);
    let since = |(code, count): (&&'static str, &u64)| RefusedSignIns {
        code: (*code).to_owned(),
        count: count.saturating_sub(was(code)),
    };
    let mut refused: Vec<_> = outcomes.refused.iter().map(since).filter(|one| one.count > 0).collect();
    refused.sort_by_key(|one| std::cmp::Reverse(one.count));
    let accepted = outcomes.accepted.saturating_sub(watched.baseline.accepted);
    Some(SaveWatch { revision: watched.revision, before, ends: watched.ends, accepted, refused })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_came_since_the_save_counts_and_only_for_ten_minutes() {
        let counted = |accepted, refused: &[(&'static str, u64)]| Outcomes {
            accepted,
            refused: refused.iter().copied().collect(),
        };
        let watched = Watched { revision: 5, ends: 1600, baseline: counted(10, &[("saml.time", 3)]) };
        let now = counted(14, &[("saml.time", 4), ("saml.audience", 2), ("saml.issuer", 0)]);
        let seen = watch(&watched, &now, 1100).unwrap();
        assert_eq!((seen.revision, seen.before, seen.accepted), (5, 4, 4));
        let refused: Vec<_> = seen.refused.iter().map(|one| (one.code.as_str(), one.count)).collect();
        assert_eq!(refused, [("saml.audience", 2), ("saml.time", 1)]);
        assert_eq!(watch(&watched, &now, 1600), None);
        assert_eq!(watch(&watched, &now, 300), None, "the clock was set back");
        assert_eq!(watch(&Watched { revision: 1, ..watched }, &now, 1100), None, "there is nothing to go back to");
    }
}
