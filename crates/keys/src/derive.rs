//! One key, one use: keys derived by HKDF-SHA256 (RFC 5869) for a purpose and a context.

use std::fmt;

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// 32 secret bytes. Never printed, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// Takes over 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for a cryptographic library.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key for one purpose in one context (an epoch, a day, a record).
    #[must_use]
    pub fn derive(&self, purpose: Purpose, context: &[u8]) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        let info = [purpose.label().as_bytes(), b"\0", context];
        let expanded = Salt::new(HKDF_SHA256, b"sekisho-v1").extract(self.expose());
        // HKDF-SHA256 can expand to 8160 bytes; 32 always fit, so neither step can fail.
        if let Ok(output) = expanded.expand(&info, Length32)
            && output.fill(&mut bytes[..]).is_ok()
        {
            return Self(bytes);
        }
        unreachable!("HKDF-SHA256 expands to 32 bytes")
    }

    /// HMAC-SHA256 over parts, each with its length before it: a name that tells nothing without this secret.
    pub fn blinded(&self, parts: &[&str]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.expose()));
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut name = [0; 32];
        name.copy_from_slice(context.sign().as_ref());
        name
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

struct Length32;

impl KeyType for Length32 {
    fn len(&self) -> usize {
        32
    }
}

/// What a derived key is for. Keys for two purposes are never the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// State of a sign-in, in a cookie.
    State,
    /// One-time code of a hand-over.
    Code,
    /// A user's record at rest.
    Record,
    /// Blinded identifiers.
    Blind,
    /// A user's vault key, from the user's secret.
    VaultKey,
    /// A user's signing key at the hub, from the user's secret.
    HubKey,
    /// A revision of the configuration.
    Config,
    /// A sealed object: a private key that the configuration names.
    Object,
    /// Signing key of an identity.
    Signing,
    /// Sealing key of an identity.
    Sealing,
    /// An administrator's identity, under the export key of the passphrase.
    Envelope,
    /// Names of nodes, connections and servers, under the organisation's key.
    Name,
    /// Keys of connections and secrets of invitations, under the organisation's key.
    Wrap,
    /// Authenticates an invited administrator's keys.
    Invitation,
    /// A server's own files.
    Local,
    /// What an administrator says of a user.
    Fact,
    /// A user's password for clients of the on-prem protocol, from the user's secret.
    ClientPassword,
    /// Handle of a session at the identity provider, which a client keeps until it logs out.
    Session,
    /// What tells the pages of a session apart from others.
    SessionMark,
    /// Names under which assertions are claimed at the hub: the same in every epoch, as those of users.
    Replay,
    /// What administrators note about a server, under the organisation's key.
    Checklist,
    /// A connection as one file, under its passphrase.
    Export,
    /// Tells a wrong passphrase of such a file from a damaged one.
    ExportCheck,
    /// Users on their way from an administrator to a server.
    Transfer,
    /// What tells a receiver of events that a server of the connection has sent them.
    Webhook,
    /// What a page with an open vault shows to servers.
    VaultSession,
    /// A question for a second factor, in the page's hands.
    SecondFactor,
    /// How far a server has seen what the hub orders, on its way in a browser.
    Heads,
    /// Certificates that servers have got by ACME, and the work on them.
    Acme,
    /// Identities that wait for an administrator, in a server's report.
    Held,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Code => "code",
            Self::Record => "record",
            Self::Blind => "blind",
            Self::VaultKey => "vault-key",
            Self::HubKey => "hub-key",
            Self::Config => "config",
            Self::Object => "object",
            Self::Signing => "signing",
            Self::Sealing => "sealing",
            Self::Envelope => "envelope",
            Self::Name => "name",
            Self::Wrap => "wrap",
            Self::Invitation => "invitation",
            Self::Local => "local",
            Self::Fact => "fact",
            Self::ClientPassword => "client-password",
            Self::Session => "session",
            Self::SessionMark => "session-mark",
            Self::Replay => "replay",
            Self::Checklist => "checklist",
            Self::Export => "export",
            Self::ExportCheck => "export-check",
            Self::Transfer => "transfer",
            Self::Webhook => "webhook",
            Self::VaultSession => "vault-session",
            Self::SecondFactor => "second-factor",
            Self::Heads => "heads",
            Self::Acme => "acme",
            Self::Held => "held",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_for_two_purposes_or_contexts_differ() {
        let secret = Secret::new([7; 32]);
        let state = secret.derive(Purpose::State, b"1");
        assert_eq!(state, secret.derive(Purpose::State, b"1"));
        assert_ne!(state, secret.derive(Purpose::Code, b"1"));
        assert_ne!(state, secret.derive(Purpose::State, b"2"));
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new([7; 32])), "Secret");
    }
}
