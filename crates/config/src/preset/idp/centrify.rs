//! Idaptive, once Centrify, now CyberArk Identity.

use crate::document::Signing;
use crate::preset::step::{ADDRESSES, ASSIGN, LASTING, SEND_BACK, Step};
use crate::preset::{Preset, Sent};

const SCRIPT: &str = r#"setAttribute("{first}", LoginUser.FirstName);
setAttribute("{last}", LoginUser.LastName);
setAttribute("{email}", LoginUser.Get("mail"));
setSignatureType("Response");"#;

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    signs: &[Signing::Assertion, Signing::Response],
    steps: &[
        Step::new("centrify.create", &[]),
        Step::new("centrify.addresses", ADDRESSES),
        Step::new("centrify.script", &[]).paste(SCRIPT),
        LASTING,
        ASSIGN,
        SEND_BACK,
    ],
    ..Preset::UNKNOWN
};
