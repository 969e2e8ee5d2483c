//! Every code has a reason and a remedy in both languages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use sekisho_messages::{Language, exists};

#[test]
fn every_code_has_a_reason_and_a_remedy_in_both_languages() {
    let all = [
        sekisho_admin::codes::ALL,
        sekisho_admin_api::codes::ALL,
        sekisho_certs::codes::ALL,
        sekisho_config::codes::ALL,
        sekisho_hub::codes::ALL,
        sekisho_hub_api::codes::ALL,
        sekisho_keys::codes::ALL,
        sekisho_saml::codes::ALL,
        sekisho_service::codes::ALL,
        sekisho_signin::codes::ALL,
    ];
    for code in all.into_iter().flatten() {
        for language in Language::ALL {
            for part in ["reason", "remedy"] {
                assert!(exists(language, &format!("{code}.{part}")), "{code}.{part} has no {} text", language.tag());
            }
        }
    }
}
