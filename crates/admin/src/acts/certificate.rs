//! The SSL certificate with its key, for whoever looks after a balancer where TLS ends.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Writes the SSL certificate of what is saved, its chain and its key into one protected file of this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CertificateToFile {
    /// The connection.
    pub connection: String,
    /// The folder; empty for the account's own. One that does not begin at the root begins there.
    pub folder: String,
    /// The file's name; without one a free name is found.
    #[serde(default)]
    pub name: Option<String>,
}

/// What was written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CertificateFile {
    /// The file (PKCS#12).
    pub path: String,
    /// What opens it. It is told once and kept nowhere.
    pub passphrase: String,
    /// Whom the certificate is for.
    pub subject: String,
    /// Until when: seconds since 1970.
    pub not_after: i64,
    /// The administrator's signed word of it (base64url), for a server's activity.
    pub note: String,
}
