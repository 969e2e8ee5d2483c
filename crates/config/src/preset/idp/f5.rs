//! F5 BIG-IP APM.

use crate::preset::step::{ATTRIBUTES, ENTER, LASTING, SIGN, Step};
use crate::preset::{Preset, Sent};

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    steps: &[
        Step::new("f5.create", &[]),
        ENTER,
        ATTRIBUTES,
        LASTING,
        SIGN,
        Step::new("f5.assign", &[]),
        Step::new("f5.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
