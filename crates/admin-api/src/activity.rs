//! What happened at this server: sign-ins, refusals, applied configurations.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Entry {
    /// Grows by one with each entry of this server.
    pub number: i64,
    /// When, in seconds since 1970.
    pub time: i64,
    /// What kind of thing.
    pub kind: Kind,
    /// Who it was about: the e-mail address that the identity provider sent; the administrator, by the name at sign-in, where
    /// one has acted.
    pub who: Option<String>,
    /// The name of the servers that was opened, where it is known.
    #[serde(default)]
    pub host: Option<String>,
    /// The number that the browser showed, when it was refused.
    pub reference: Option<String>,
    /// Why it was refused, when it was.
    pub refusal: Option<Fault>,
    /// What was received, decoded, as name and value: never signatures or raw XML (R29).
    pub facts: Vec<(String, String)>,
}

/// The kinds of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Kind {
    /// A user signed in, or was refused.
    SignIn,
    /// A user was made at the first sign-in.
    Provisioned,
    /// A user was recognised by the address, under a new identity (R16).
    Recognised,
    /// A user's record has followed the identity provider, or does not (R16).
    Followed,
    /// A user signed out, or the identity provider ended the session.
    SignOut,
    /// A test login.
    TestLogin,
    /// A configuration was applied, or refused.
    Applied,
    /// The identity provider's metadata was refreshed: changes were applied, or wait for an administrator.
    Metadata,
    /// An administrator has written the SSL certificate into a file, with its key.
    CertificateGivenOut,
    /// A certificate was got by ACME, or could not be got.
    CertificateOrdered,
    /// The service started serving.
    Started,
    /// The service stopped serving.
    Stopped,
}

impl Kind {
    /// Its name, by which texts know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Provisioned => "provisioned",
            Self::Recognised => "recognised",
            Self::Followed => "followed",
            Self::SignOut => "sign_out",
            Self::TestLogin => "test_login",
            Self::Applied => "applied",
            Self::Metadata => "metadata",
            Self::CertificateGivenOut => "certificate_given_out",
            Self::CertificateOrdered => "certificate_ordered",
            Self::Started => "started",
            Self::Stopped => "stopped",
        }
    }
}

/// Which entries to read: the newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Page {
    /// Only entries with a smaller number than this.
    pub before: Option<i64>,
    /// At most this many (1 to 500).
    pub limit: u16,
    /// Only what is about a user, by the whole e-mail address, or has this reference number.
    #[serde(default)]
    #[ts(optional)]
    pub find: Option<String>,
}

/// Reads a page of the activity.
pub struct ListActivity;

impl Call for ListActivity {
    const METHOD: &'static str = "activity.list";
    type Params = Page;
    type Reply = Vec<Entry>;
}
