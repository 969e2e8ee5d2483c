//! A vault that is open in a page. The page shows it with every request, sealed, so that any server answers, and none keeps anything;
//! and each time it is asked anew whether its user may still sign in.

use axum::http::HeaderMap;
use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_keys::sealed;
use serde::{Deserialize, Serialize};

use crate::direct::is_own;
use crate::face::Serving;
use crate::flow::random;
use crate::{Applied, Identity, Profile, User, codes, factor, roles};

/// What it is bound to at sealing, as context.
const CONTEXT: &[u8] = b"vault-session";
/// No vault stays open for longer than this after a sign-in, used or not, in seconds: a day, as long as a
/// role may say.
const LONGEST: i64 = 24 * 60 * 60;

/// How long after a sign-in second factors may be changed without showing one again, in seconds.
const FRESH: i64 = 15 * 60;

/// Servers' clocks may differ by so many seconds.
const SKEW: i64 = 300;
/// Whoever begins to type in the last moment is not thrown out before the page can tell, in seconds.
const GRACE: i64 = 60;

fn standing(user: &User) -> i64 {
    if user.factors.is_empty() { 0 } else { user.factors.since }
}

/// Whose vault it is, and for how long it is open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OpenVault {
    pub(crate) identity: Identity,
    pub(crate) profile: Profile,
    /// When the user signed in: seconds since 1970.
    since: i64,
    /// When it closes unless it is used: seconds since 1970.
    until: i64,
    /// Since when there are the second factors that count, 0 for none: with others the user signs in anew.
    factors: i64,
}

impl OpenVault {
    /// A vault that is open from now on, for as long as the user's role says.
    pub(crate) fn new(applied: &Applied, identity: &Identity, profile: &Profile, user: &User, now: i64) -> Self {
        let (identity, profile) = (identity.clone(), profile.clone());
        let opened = Self { identity, profile, since: now, until: now, factors: standing(user) };
        opened.used(applied, user, now)
    }

    /// The same, after its user has changed the second factors in it.
    pub(crate) fn with_factors(self, user: &User) -> Self {
        Self { factors: standing(user), ..self }
    }

    /// Whether its user has signed in a moment ago, with all that was asked for: what guards the vault is changed then alone.
    pub(crate) fn is_fresh(&self, now: i64) -> bool {
        now - self.since <= FRESH
    }

    /// The same, used now.
    pub(crate) fn used(self, applied: &Applied, user: &User, now: i64) -> Self {
        let policies = roles::of(&applied.configuration.document, user, &self.profile).policies();
        let until = now.saturating_add(60 * i64::from(policies.session_minutes));
        Self { until: until.min(self.since.saturating_add(LONGEST)), ..self }
    }

    /// Its form for the page, base64url.
    ///
    /// Code: `BUSY`, when there are no random bytes.
    pub(crate) fn seal(&self, applied: &Applied) -> Result<String> {
        let plain = serde_json::to_vec(self).map_err(|_| Fault::new(codes::BUSY))?;
        let key = applied.current_secret().derive(Purpose::VaultSession, b"");
        Ok(BASE64URL_NOPAD.encode(&sealed::seal(&key, random()?, CONTEXT, &plain)?))
    }

    /// The vault that a page shows, and its user as they stand now. No page of another origin may, though it could do nothing
    /// without what the page shows.
    ///
    /// Codes: `VAULT_CLOSED`, and those of [`crate::Users::stands`].
    pub(crate) async fn shown(serving: &Serving, headers: &HeaderMap, shown: &str) -> Result<(Self, User)> {
        if !is_own(serving.at(), headers) {
            return Err(Fault::new(codes::VAULT_CLOSED));
        }
        let opened = Self::open(serving.applied(), shown, serving.now())?;
        if let Ok(user) = opened.stands(serving).await? {
            return Ok((opened, user));
        }
        // Another server may have made the user, or written the factors, a moment ago.
        let caught_up = serving.catch_up().await;
        match opened.stands(serving).await? {
            Ok(user) => Ok((opened, user)),
            Err(fault) if caught_up => Err(fault),
            Err(_) => Err(Fault::new(codes::HUB_NEEDED)),
        }
    }

    /// The user as they stand at this server; within, why the vault would have to be closed, unless this server only lags behind.
    async fn stands(&self, serving: &Serving) -> Result<Result<User>> {
        let user = match serving.stands(&self.identity, &self.profile).await {
            Err(fault) if fault.code == codes::UNKNOWN_USER => return Ok(Err(fault)),
            user => user?,
        };
        // Voided, set up elsewhere, or required since: whoever has the page signs in anew, and shows what there is now.
        let lacks = user.factors.is_empty() && factor::is_required(serving.applied(), &user, &self.profile);
        let is_same = !lacks && self.factors == standing(&user);
        Ok(if is_same { Ok(user) } else { Err(Fault::new(codes::VAULT_CLOSED)) })
    }

    fn open(applied: &Applied, shown: &str, now: i64) -> Result<Self> {
        let closed = || Fault::new(codes::VAULT_CLOSED);
        let bytes = BASE64URL_NOPAD.decode(shown.as_bytes()).map_err(|_| closed())?;
        let open = |secret: &Secret| sealed::open(&secret.derive(Purpose::VaultSession, b""), CONTEXT, &bytes).ok();
        let plain = applied.secrets().find_map(open).ok_or_else(closed)?;
        let opened: Self = serde_json::from_slice(&plain).map_err(|_| closed())?;
        // An identity provider that was left speaks for nobody any more.
        let is_open =
            (opened.since - SKEW..opened.until + GRACE).contains(&now) && opened.identity.idp == applied.idp.entity_id;
        if is_open { Ok(opened) } else { Err(closed()) }
    }
}
