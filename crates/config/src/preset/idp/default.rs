//! Any product that speaks SAML 2.0.

use crate::preset::Preset;

pub(in crate::preset) const PRESET: Preset = Preset::UNKNOWN;
