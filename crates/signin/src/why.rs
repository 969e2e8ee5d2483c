//! What a user is told of a refusal, in one word that the vault page has texts for. Only of what follows from who they are: why an
//! answer was no answer, nobody is told but the administrator.

use sekisho_fault::Fault;

use crate::codes;

/// The word for a refusal; nothing where the reference number alone is shown.
pub(crate) fn word(fault: &Fault) -> Option<&'static str> {
    let code = &fault.code;
    let is = |codes: &[sekisho_fault::Code]| codes.contains(code);
    let word = if is(&[codes::UNKNOWN_USER]) {
        "unknown"
    } else if is(&[codes::DOMAIN_NOT_RESERVED, codes::DOMAIN_NOT_PROVEN, codes::DOMAIN_NOT_TOLD]) {
        "domain"
    } else if is(&[codes::NO_EMAIL, sekisho_config::codes::EMAIL]) {
        "email"
    } else if is(&[codes::NO_SUBJECT, codes::TRANSIENT_SUBJECT]) {
        "subject"
    } else if is(&[codes::EMAIL_TAKEN, codes::RECOGNISED_ALREADY]) {
        "taken"
    } else if is(&[codes::HELD]) {
        "held"
    } else if is(&[codes::INVITED_ELSEWHERE]) {
        "elsewhere"
    } else if is(&[codes::LOCKED]) {
        "locked"
    } else if is(&[codes::REMOVED]) {
        "removed"
    } else if is(&[codes::HUB_NEEDED]) {
        "later"
    } else if is(&[codes::DETACHED]) {
        "closed"
    } else {
        return None;
    };
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_texts_in_both_languages_and_what_is_wrong_with_an_answer_has_none() {
        use sekisho_messages::{Language, text};
        for (code, expected) in [
            (codes::UNKNOWN_USER, "unknown"),
            (codes::DOMAIN_NOT_RESERVED, "domain"),
            (codes::DOMAIN_NOT_PROVEN, "domain"),
            (codes::DOMAIN_NOT_TOLD, "domain"),
            (codes::NO_EMAIL, "email"),
            (sekisho_config::codes::EMAIL, "email"),
            (codes::NO_SUBJECT, "subject"),
            (codes::TRANSIENT_SUBJECT, "subject"),
            (codes::EMAIL_TAKEN, "taken"),
            (codes::RECOGNISED_ALREADY, "taken"),
            (codes::HELD, "held"),
            (codes::INVITED_ELSEWHERE, "elsewhere"),
            (codes::LOCKED, "locked"),
            (codes::REMOVED, "removed"),
            (codes::HUB_NEEDED, "later"),
            (codes::DETACHED, "closed"),
        ] {
            let found = word(&Fault::new(code)).unwrap();
            assert_eq!(found, expected);
            for language in [Language::English, Language::Japanese] {
                for key in [format!("vault.why.{found}"), format!("vault.why.{found}.remedy")] {
                    assert_ne!(text(language, &key, &[]), key, "{key}");
                }
            }
        }
        for code in [codes::REPLAY, codes::NO_STATE, codes::FORM, codes::USERS, sekisho_saml::codes::SIGNATURE] {
            assert_eq!(word(&Fault::new(code)), None);
        }
    }
}
