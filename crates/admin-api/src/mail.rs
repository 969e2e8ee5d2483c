//! Mails about what an administrator should look at: the password for them, and a test. Invitations of users by the same mail server.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::Draft;

/// A password for the draft's mail server and user.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MailPassword {
    /// The password; empty: none.
    pub password: String,
}

impl std::fmt::Debug for MailPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailPassword")
    }
}

/// Sets it. Nothing shows it again.
pub struct SetMailPassword;

impl Call for SetMailPassword {
    const METHOD: &'static str = "draft.mail_password";
    type Params = MailPassword;
    type Reply = Draft;
}

/// A test mail that the mail server took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MailTested {
    /// The mail server.
    pub server: String,
    /// What it answered when it took the mail.
    pub answer: String,
    /// To whom it takes mails.
    pub to: Vec<String>,
    /// Why it takes none for the others.
    pub refused: Vec<Fault>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

/// Sends a test mail by the draft's settings.
pub struct TestMail;

impl Call for TestMail {
    const METHOD: &'static str = "mail.test";
    type Params = ();
    type Reply = MailTested;
}

/// In which language a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum TextLanguage {
    /// English.
    En,
    /// Japanese.
    Ja,
}

/// Who is told how to come.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Invitee {
    /// The e-mail address.
    pub email: String,
    /// In which language; none: as mails to administrators are written.
    pub language: Option<TextLanguage>,
}

impl std::fmt::Debug for Invitee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Invitee")
    }
}

/// An invitation that the mail server took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InvitationSent {
    /// The mail server.
    pub server: String,
    /// What it answered when it took the mail.
    pub answer: String,
}

/// Sends a user the text that leads to the vault, by the mail server that is applied. Nothing secret is in it.
pub struct SendInvitation;

impl Call for SendInvitation {
    const METHOD: &'static str = "mail.invitation";
    type Params = Invitee;
    type Reply = InvitationSent;
}
