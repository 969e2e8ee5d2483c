//! Google Workspace.
//!
//! Only values of the directory can be sent, and none of those that Google fills in itself names a user for good.

use crate::document::Signing;
use crate::preset::step::{ADDRESSES, NAMES, Step};
use crate::preset::{Logout, Metadata, NameId, Preset, Sent};

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    name_id: Some(NameId::Renamed),
    holds_two_acs: Some(false),
    holds_two_entity_ids: Some(false),
    signs: &[Signing::Assertion, Signing::Response],
    logout: Some(Logout::None),
    metadata: Some(Metadata::File),
    steps: &[
        Step::new("google.create", &[]),
        Step::new("google.addresses", ADDRESSES),
        Step::new("google.name_id", &[]),
        Step::new("google.attributes", NAMES),
        Step::new("google.assign", &[]),
        Step::new("google.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
