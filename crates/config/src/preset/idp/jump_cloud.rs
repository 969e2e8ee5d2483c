//! JumpCloud.

use crate::preset::step::{ADDRESSES, LASTING, NAMES, SIGN, Step};
use crate::preset::{Preset, Sent};

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    steps: &[
        Step::new("jump_cloud.create", &[]),
        Step::new("jump_cloud.addresses", ADDRESSES),
        Step::new("jump_cloud.attributes", NAMES),
        LASTING,
        SIGN,
        Step::new("jump_cloud.assign", &[]),
        Step::new("jump_cloud.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
