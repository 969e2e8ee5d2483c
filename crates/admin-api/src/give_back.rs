//! Giving the hub back what it has lost: this server has what it has verified, though the hub was restored from an older
//! backup. Revisions are put back by an administrator, as they were signed; user records by the servers.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::save::WhichRevision;

/// A revision as it was signed, with the sealed keys that it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignedRevision {
    /// The connection.
    pub connection: String,
    /// The revision (base64url).
    pub revision: String,
    /// Names and sealed bytes (base64url) of private keys.
    pub objects: Vec<(String, String)>,
}

/// Reads a revision as it was signed.
pub struct GetSignedRevision;

impl Call for GetSignedRevision {
    const METHOD: &'static str = "history.signed";
    type Params = WhichRevision;
    type Reply = SignedRevision;
}

/// What was given back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct GivenBack {
    /// User records that the hub did not have.
    pub users: u64,
    /// Why others could not be given back.
    pub faults: Vec<Fault>,
}

/// Gives the hub back the user records that it does not have any more.
pub struct GiveUsersBack;

impl Call for GiveUsersBack {
    const METHOD: &'static str = "users.give_back";
    type Params = ();
    type Reply = GivenBack;
}
