//! The second factor. Where a user's role requires one, or the user has set one up, the page gets no key before it is shown; where one
//! is required and there is none yet, it is set up first. Any server can ask and be answered: what must be remembered in between is in
//! a ticket that the page holds, sealed.

mod asked;
mod managing;
mod proof;
mod set_up;
mod ticket;
mod tries;

use sekisho_keys::factor::Factors;

pub(crate) use asked::asked;
pub(crate) use managing::{change, list};
pub(crate) use proof::prove;
pub(crate) use set_up::set_up;
pub(crate) use ticket::Pending;
pub(crate) use tries::Tries;

use crate::{Applied, Profile, User, roles};

/// Whether a user is asked for a second factor: because the role requires it, or because they have set one up.
pub(crate) fn is_needed(applied: &Applied, user: &User, profile: &Profile) -> bool {
    is_required(applied, user, profile) || !user.factors.is_empty()
}

/// Whether the user's role requires a second factor.
pub(crate) fn is_required(applied: &Applied, user: &User, profile: &Profile) -> bool {
    roles::of(&applied.configuration.document, user, profile).policies().two_factor
}

/// What a user may answer with.
pub(crate) fn ways(factors: &Factors) -> (bool, Vec<String>) {
    let keys = factors.keys.iter().map(|key| data_encoding::BASE64URL_NOPAD.encode(&key.id));
    (factors.app.is_some(), keys.collect())
}
