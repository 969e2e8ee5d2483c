//! The identity providers' own error codes: found in a text, and explained.

pub mod codes;

use sekisho_fault::{Arg, Code, Fault};

/// What the codes begin with, as they are written.
const PREFIXES: [&str; 2] = ["AADSTS", "MSIS"];

/// Codes that wrap another one, or say no more than that something went wrong.
const GENERAL: [Code; 3] = [codes::MSIS3127, codes::MSIS7000, codes::MSIS7012];

/// The identity provider's own reason, where its code is found in the text: a `StatusMessage`, or what somebody has pasted
/// of an error page. Of several codes, the first that says something in particular.
pub fn explain(text: &str) -> Option<Fault> {
    let found = known(text);
    let particular = found.iter().find(|code| !GENERAL.contains(code));
    particular.or(found.first()).cloned().map(Fault::new)
}

/// A refusal of the identity provider, with its own reason as the argument `cause` where its error code is known.
/// Other faults stay as they are.
#[must_use]
pub fn with_cause(fault: Fault) -> Fault {
    let cause = match fault.args.get("detail") {
        Some(Arg::Text(detail)) if fault.code == sekisho_saml::codes::STATUS => explain(detail),
        _ => None,
    };
    match cause {
        Some(cause) => fault.with("cause", cause.code.as_str()),
        None => fault,
    }
}

/// The codes in a text that are known, in their order.
fn known(text: &str) -> Vec<Code> {
    let upper = text.to_ascii_uppercase();
    let mut found: Vec<(usize, Code)> = Vec::new();
    for prefix in PREFIXES {
        for (at, _) in upper.match_indices(prefix) {
            let rest = upper.get(at + prefix.len()..).unwrap_or_default();
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let name = format!("preset.{}{digits}", prefix.to_ascii_lowercase());
            found.extend(codes::ALL.iter().find(|code| **code == *name).map(|code| (at, code.clone())));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, code)| code).collect()
}

#[cfg(test)]
mod tests {
    use sekisho_messages::{Language, explain as words};

    use super::*;

    fn code_in(text: &str) -> Option<String> {
        explain(text).map(|fault| fault.code.to_string())
    }

    #[test]
    fn a_code_is_found_in_what_a_page_or_a_status_message_says() {
        for (text, expected) in [
            (
                "AADSTS50105: Your administrator has configured the application Sekisho ('8f0c') to block users unless \
                 they are specifically granted ('assigned') access to the application.",
                "preset.aadsts50105",
            ),
            (
                "Request Id: 1b2c\r\nMessage: AADSTS700016: Application with identifier 'x' was not found",
                "preset.aadsts700016",
            ),
            ("sorry (aadsts7500525)", "preset.aadsts7500525"),
            (
                "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy: MSIS7070: The SAML request contained a \
                 NameIDPolicy that was not satisfied by the issued token.",
                "preset.msis7070",
            ),
            (
                "エラーの詳細: MSIS7042: 同じクライアント ブラウザー セッションで、最後の '11' 秒間に '6' 回の要求が行われました。",
                "preset.msis7042",
            ),
        ] {
            assert_eq!(code_in(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_code_that_begins_like_a_known_one_is_another_code() {
        assert_eq!(code_in("AADSTS501059"), None);
        assert_eq!(code_in("AADSTS5010"), None);
        assert_eq!(code_in("AADSTS"), None);
        assert_eq!(code_in("urn:oasis:names:tc:SAML:2.0:status:Responder"), None);
    }

    #[test]
    fn the_code_that_says_something_in_particular_wins() {
        let nested = "MSIS7012: An error occurred while processing the request. ---> MSIS0037: No signature verification \
                      certificate found for issuer 'https://sso.example.com/sso-connect'.";
        assert_eq!(code_in(nested).as_deref(), Some("preset.msis0037"));
        assert_eq!(code_in("MSIS7012: An error occurred").as_deref(), Some("preset.msis7012"));
    }

    #[test]
    fn every_code_has_its_texts_without_arguments_in_both_languages() {
        for code in codes::ALL {
            for language in Language::ALL {
                let (reason, remedy) = words(language, &Fault::new(code.clone()));
                for text in [reason, remedy] {
                    assert!(!text.starts_with("preset.") && !text.contains('{'), "{code}: {text}");
                }
            }
        }
    }
}
