//! PingFederate.

use crate::document::Signing;
use crate::preset::step::{ATTRIBUTES, ENTER, LASTING, SIGN, Step};
use crate::preset::{Metadata, Preset, Sent};

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    holds_two_acs: Some(true),
    signs: &[Signing::Assertion, Signing::Response, Signing::Both],
    metadata: Some(Metadata::Url(Some(
        "https://<PingFederate>/pf/federation_metadata.ping?PartnerSpId=<our Entity ID>",
    ))),
    steps: &[Step::new("ping.create", &[]), ENTER, ATTRIBUTES, LASTING, SIGN, Step::new("ping.send_back", &[])],
    ..Preset::UNKNOWN
};
