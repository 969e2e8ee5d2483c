//! Explaining a SAML message: what the draft would say of it. Nothing is signed in or kept.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::test_login::TestReport;

/// The moment at which a message is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AsOf {
    /// Now: an old message has expired.
    Now,
    /// When it was sent, as it says itself: what was wrong with it then.
    Sent,
}

/// A message to be explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SamlMessage {
    /// The XML, the form field `SAMLResponse` (base64), or the whole form.
    pub text: String,
    /// When it is judged.
    pub as_of: AsOf,
}

/// A message, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Explained {
    /// What a sign-in with it would have come to.
    pub report: TestReport,
    /// The request that it claims to answer; whether that was one of ours, nobody knows any more.
    pub request: Option<String>,
    /// When it was sent, as it says itself: seconds since 1970.
    pub sent: Option<i64>,
}

/// Explains a message.
pub struct ExplainMessage;

impl Call for ExplainMessage {
    const METHOD: &'static str = "saml.explain";
    type Params = SamlMessage;
    type Reply = Explained;
}
