//! A configuration in the form in which it serves: every part read, every file parsed.

use sekisho_config::document::Signing;
use sekisho_config::{Configuration, Urls, sp_metadata, urls};
use sekisho_fault::Result;
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_saml::SigningRule;
use sekisho_saml::keys::{IdpKey, SpKey};
use sekisho_saml::metadata::IdpMetadata;

use crate::flow::{LIFETIME, random};
use crate::opened::Opened;

const DAY: i64 = 24 * 60 * 60;

/// Whose connection it is; bound into every hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids {
    /// The organisation's id.
    pub organisation: String,
    /// The connection's id.
    pub connection: String,
}

/// The secret that states and codes of sign-ins are sealed under: the same on all servers of a connection, so that
/// any of them can finish what another began.
#[derive(Clone, Debug)]
pub struct StateSecrets {
    /// Seals and opens.
    pub current: Secret,
    /// The epoch before, when there is one that may still count.
    pub previous: Option<Previous>,
}

/// The secret of the epoch before.
#[derive(Clone, Debug)]
pub struct Previous {
    /// The secret.
    pub secret: Secret,
    /// Until then it goes on sealing, in seconds since 1970: the other servers have yet to hear of the new epoch, and are to
    /// finish what is begun here.
    pub seals_until: i64,
    /// Until then it opens what a sign-in needs, in seconds since 1970 (R14).
    pub opens_until: i64,
}

impl StateSecrets {
    /// A secret that nobody else has, now or later.
    pub(crate) fn fresh() -> Result<Self> {
        Ok(Self { current: Secret::new(random()?), previous: None })
    }
}

/// What is being served.
pub struct Applied {
    pub(crate) configuration: Configuration,
    urls: Urls,
    /// Under all names that are answered, the advertised one first.
    names: Vec<Urls>,
    /// Under the one name at which answers arrive, where it is one for all.
    answers_at: Option<Urls>,
    pub(crate) entity_id: String,
    pub(crate) ids: Ids,
    pub(crate) idp: IdpMetadata,
    pub(crate) idp_keys: Vec<IdpKey>,
    /// The keys of SAML's pairs, the one that signs first.
    pub(crate) saml: Vec<SpKey>,
    sp_metadata: String,
    secrets: StateSecrets,
}

impl Applied {
    /// Puts a configuration together. `saml`: the keys of the pairs that are published and decrypt, the one that signs first.
    ///
    /// Codes: those of the metadata's certificates, and of our own.
    pub fn new(
        configuration: Configuration,
        ids: Ids,
        idp: IdpMetadata,
        saml: Vec<SpKey>,
        secrets: StateSecrets,
    ) -> Result<Self> {
        Ok(Self {
            // Once, and not for everybody who asks: it may have to be signed.
            sp_metadata: sp_metadata::xml(&configuration.document, saml.first())?,
            urls: configuration.urls(),
            names: configuration.all_urls(),
            answers_at: configuration.document.answers_at(),
            entity_id: configuration.entity_id(),
            idp_keys: idp.keys()?,
            configuration,
            ids,
            idp,
            saml,
            secrets,
        })
    }

    /// The addresses under the advertised name.
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// Those under all names that are answered, the advertised one first.
    pub(crate) fn names(&self) -> &[Urls] {
        &self.names
    }

    /// Those under the name that a request was sent to.
    pub(crate) fn at(&self, opened: &Opened) -> &Urls {
        opened.among(&self.names).unwrap_or(&self.urls)
    }

    /// Where the answer to a request has to arrive that leaves from a name.
    pub(crate) fn acs(&self, from: &Urls) -> String {
        self.answers_at.as_ref().unwrap_or(from).at(urls::ACS)
    }

    /// An address of all names.
    pub(crate) fn at_all(&self, path: &str) -> Vec<String> {
        self.names.iter().map(|urls| urls.at(path)).collect()
    }

    /// The same configuration under other secrets: nothing that one seals opens with the other.
    pub(crate) fn under(self, secrets: StateSecrets) -> Self {
        Self { secrets, ..self }
    }

    /// The key that seals for a purpose at `now`; it changes daily (R20).
    pub(crate) fn sealing_key(&self, purpose: Purpose, now: i64) -> Secret {
        let previous = self.secrets.previous.as_ref().filter(|previous| now < previous.seals_until);
        let secret = previous.map_or(&self.secrets.current, |previous| &previous.secret);
        secret.derive(purpose, &(now / DAY).to_be_bytes())
    }

    /// The keys that may have sealed within the lifetime of a sign-in before `now`, the likeliest first.
    pub(crate) fn opening_keys(&self, purpose: Purpose, now: i64) -> impl Iterator<Item = Secret> {
        let days = [now / DAY, (now - LIFETIME) / DAY];
        let previous = self.secrets.previous.as_ref().filter(|previous| now < previous.opens_until);
        let secrets = [Some(&self.secrets.current), previous.map(|previous| &previous.secret)];
        secrets.into_iter().flatten().flat_map(move |secret| days.map(|day| secret.derive(purpose, &day.to_be_bytes())))
    }

    /// The secret of now, for what outlives a day.
    pub(crate) fn current_secret(&self) -> &Secret {
        &self.secrets.current
    }

    /// The secrets under which something that outlives a day may have been sealed, the current one first.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let previous = self.secrets.previous.as_ref().map(|previous| &previous.secret);
        [Some(&self.secrets.current), previous].into_iter().flatten()
    }

    pub(crate) fn signing(&self) -> SigningRule {
        match self.configuration.document.signing {
            Signing::Either => SigningRule::Either,
            Signing::Response => SigningRule::Response,
            Signing::Assertion => SigningRule::Assertion,
            Signing::Both => SigningRule::Both,
        }
    }

    /// Our metadata, as XML.
    pub fn sp_metadata(&self) -> &str {
        &self.sp_metadata
    }
}
