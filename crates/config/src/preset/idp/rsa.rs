//! RSA SecurID. The on-prem product's guide chooses “Default” for it.

use crate::preset::Preset;

pub(in crate::preset) const PRESET: Preset = Preset::UNKNOWN;
