//! OneLogin.

use crate::document::Signing;
use crate::preset::step::{NAMES, Step};
use crate::preset::{Metadata, Preset, SUBJECT, Sent, Subject, Value};

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    subject: Some(Subject::Attribute(SUBJECT)),
    signs: &[Signing::Assertion, Signing::Response, Signing::Both],
    metadata: Some(Metadata::Url(None)),
    steps: &[
        Step::new("one_login.create", &[]),
        Step::new("one_login.addresses", &[Value::EntityId, Value::Acs, Value::AcsPattern]),
        Step::new("one_login.parameters", NAMES),
        Step::new("one_login.subject", &[Value::Subject]),
        Step::new("one_login.sign", &[]),
        Step::new("any.assign", &[]),
        Step::new("one_login.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
