//! PingOne.

use crate::document::Signing;
use crate::preset::step::{ADDRESSES, NAMES, Step};
use crate::preset::{Metadata, Preset, Subject};

pub(in crate::preset) const PRESET: Preset = Preset {
    subject: Some(Subject::NameId),
    holds_two_acs: Some(true),
    signs: &[Signing::Assertion, Signing::Response, Signing::Both],
    metadata: Some(Metadata::Url(None)),
    steps: &[
        Step::new("ping_one.create", &[]),
        Step::new("ping_one.addresses", ADDRESSES),
        Step::new("ping_one.mappings", NAMES),
        Step::new("ping_one.sign", &[]),
        Step::new("ping_one.assign", &[]),
        Step::new("ping_one.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
