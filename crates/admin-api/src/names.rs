//! The names that the servers answer, while a connection moves from one to another.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::{CertificateInfo, Draft};

/// A name that is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AnsweredName {
    /// The name.
    pub host: String,
    /// The port that browsers open.
    pub port: u16,
    /// Whether it is the one that is advertised.
    pub advertised: bool,
    /// Whether the identity provider's answers arrive at this name, whichever users have opened.
    pub takes_answers: bool,
    /// Where its answers arrive (Reply URL).
    pub acs: String,
    /// The certificate that is served under it.
    pub certificate: Option<CertificateInfo>,
    /// Whether that is one of its own.
    pub own_certificate: bool,
}

/// A step from one name to another. Each is saved before the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
#[ts(export)]
pub enum NameStep {
    /// A further name is answered.
    Add {
        /// The name.
        host: String,
        /// The port that browsers open; none: that of the advertised name.
        port: Option<u16>,
    },
    /// The name is advertised, and the one before goes on being answered.
    Advertise {
        /// The name.
        host: String,
    },
    /// The name is answered no longer.
    Remove {
        /// The name.
        host: String,
    },
    /// The identity provider's answers arrive at one name; without one, each name takes its own.
    TakeAnswers {
        /// The name.
        host: Option<String>,
    },
    /// The name has no certificate of its own any more.
    DropCertificate {
        /// The name.
        host: String,
    },
}

/// Goes a step in the draft.
pub struct ChangeNames;

impl Call for ChangeNames {
    const METHOD: &'static str = "draft.names";
    type Params = NameStep;
    type Reply = Draft;
}

/// One of the names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichName {
    /// The name.
    pub host: String,
}

/// How a name is used at a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NameUse {
    /// The name.
    pub host: String,
    /// When a user last signed in under it, by the server's own clock: seconds since 1970. None: nobody has.
    pub last: Option<i64>,
    /// How often users did.
    pub count: u64,
}
