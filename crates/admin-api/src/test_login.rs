//! The test login: a one-time link for any workstation; what came back, in plain words (R13).

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::names::WhichName;

/// A test that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StartedTest {
    /// Names the test.
    pub test: String,
    /// The link; it is used up by the first finished test, and ends after ten minutes.
    pub url: String,
    /// Until when: seconds since 1970.
    pub ends: i64,
}

/// Starts a test of the draft, under the name that it advertises or another one of its names.
pub struct StartTest;

impl Call for StartTest {
    const METHOD: &'static str = "test.start";
    type Params = Option<WhichName>;
    type Reply = StartedTest;
}

/// Which test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichTest {
    /// The test.
    pub test: String,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TestReport {
    /// When: seconds since 1970.
    pub time: i64,
    /// Why it would have been refused; none when the user would have been signed in.
    pub refusal: Option<Fault>,
    /// The e-mail address.
    pub who: Option<String>,
    /// Where the subject comes from, and its value.
    pub subject: Option<(String, String)>,
    /// The attributes, to the letter.
    pub attributes: Vec<(String, Vec<String>)>,
    /// What was signed: `response`, `assertion`.
    pub signed: Vec<String>,
    /// Whether the assertion came encrypted.
    pub encrypted: bool,
    /// SHA-256 of the certificate that signed.
    pub signing_key: String,
    /// How far the identity provider's clock is ahead, in seconds.
    pub clock: i64,
    /// What an administrator should look at.
    pub warnings: Vec<Fault>,
}

/// The report of a test, once it is over.
pub struct GetTestReport;

impl Call for GetTestReport {
    const METHOD: &'static str = "test.report";
    type Params = WhichTest;
    type Reply = Option<TestReport>;
}
