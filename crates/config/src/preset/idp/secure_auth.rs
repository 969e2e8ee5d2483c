//! SecureAuth.

use crate::preset::Preset;

pub(in crate::preset) const PRESET: Preset = Preset::UNKNOWN;
