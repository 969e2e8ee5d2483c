//! Duo Single Sign-On.

use crate::document::Signing;
use crate::preset::step::{ADDRESSES, ASSIGN, LASTING, NAMES, Step};
use crate::preset::{Preset, Sent};

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    signs: &[Signing::Assertion, Signing::Response, Signing::Both],
    steps: &[
        Step::new("duo.create", &[]),
        Step::new("duo.addresses", ADDRESSES),
        Step::new("duo.attributes", NAMES),
        LASTING,
        Step::new("duo.sign", &[]),
        ASSIGN,
        Step::new("duo.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
