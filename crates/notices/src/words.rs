//! Troubles in words.

use sekisho_messages::{Language, explain, time};

use crate::trouble::{Trouble, What};

const DAY: i64 = 24 * 60 * 60;
/// The longest title, in characters: what follows is cut off by most mail programs and desktops.
const TITLE: usize = 110;

/// One line: what, and when. `server`: the machine's name.
pub fn title(language: Language, server: &str, trouble: &Trouble, now: i64) -> String {
    let say = |key: &str, args: &[(&str, &str)]| sekisho_messages::text(language, &format!("notice.{key}"), args);
    let said = match trouble.what {
        What::Stopped => say("stopped", &[]),
        What::Failed => say("failed", &[]),
        What::Detached => say("detached", &[]),
        What::Hub => say("hub", &[]),
        What::Ends(end) => {
            let what = say(ending(trouble), &[]);
            let date: String = time(end).chars().take(10).collect();
            let days = ((end - now) / DAY).to_string();
            let key = match end - now {
                left if left <= 0 => "has_ended",
                left if left < DAY => "ends_today",
                left if left < 2 * DAY => "ends_tomorrow",
                _ => "ends",
            };
            say(key, &[("what", &what), ("days", &days), ("date", &date)])
        }
        What::Warning => first_sentence(&text(language, trouble).0),
    };
    cut(&say("title", &[("server", server), ("said", &said)]))
}

/// One line for all of them: the first, and how many more there are.
pub fn titles(language: Language, server: &str, troubles: &[Trouble], now: i64) -> String {
    let Some(first) = troubles.first() else { return String::new() };
    let title = title(language, server, first, now);
    let more = (troubles.len() - 1).to_string();
    if troubles.len() == 1 {
        return title;
    }
    sekisho_messages::text(language, "notice.more", &[("title", &title), ("count", &more)])
}

/// Why, and what to do.
pub fn text(language: Language, trouble: &Trouble) -> (String, String) {
    explain(language, &trouble.fault)
}

/// The page of the console on which it is seen and mended, by its name there.
pub fn page(language: Language, trouble: &Trouble) -> String {
    sekisho_messages::text(language, &format!("console.nav.{}", trouble.page()), &[])
}

/// What it is that ends.
fn ending(trouble: &Trouble) -> &'static str {
    let code = trouble.fault.code.as_str();
    match trouble.fault.field.as_deref() {
        _ if code.starts_with("service.metadata") => "what.idp_metadata",
        _ if code.starts_with("config.idp_certificate") => "what.idp_certificate",
        Some("saml") => "what.saml",
        Some("saml_second") => "what.saml_second",
        _ => "what.tls",
    }
}

fn first_sentence(text: &str) -> String {
    let end = [". ", "。"].iter().filter_map(|stop| text.find(stop).map(|at| at + stop.trim_end().len())).min();
    text.get(..end.unwrap_or(text.len())).unwrap_or(text).to_owned()
}

fn cut(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if plain.chars().count() <= TITLE {
        return plain;
    }
    plain.chars().take(TITLE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use sekisho_fault::{Code, Fault};

    use super::*;
    use crate::trouble::tests::{NOW, ends, status};
    use crate::trouble::troubles;

    fn titled(language: Language, warnings: Vec<Fault>) -> String {
        titles(language, "sso1", &troubles(&status(|it| it.warnings = warnings), NOW), NOW)
    }

    #[test]
    fn a_title_says_what_ends_and_when_in_both_languages() {
        let of = |language, left: i64| titled(language, vec![ends("tls", NOW + left)]);
        assert_eq!(of(Language::English, 12 * DAY), "sso1: SSL certificate ends in 12 days (2027-01-27)");
        assert_eq!(of(Language::Japanese, 12 * DAY), "sso1: SSL証明書の有効期限まであと12日 (2027-01-27)");
        assert!(of(Language::English, DAY + 1).contains("in 1 day ("));
        assert!(of(Language::English, 60).contains("within a day"));
        assert!(of(Language::English, -60).contains("has ended"));
        let held = Fault::new(Code::new("service.metadata_expires")).at("until", NOW + 3 * DAY).with("entity_id", "x");
        assert_eq!(titled(Language::English, vec![held]), "sso1: IdP metadata ends in 3 days (2027-01-18)");
    }

    #[test]
    fn several_troubles_are_one_title_that_says_so() {
        let two = || vec![ends("tls", NOW + 5 * DAY), ends("saml", NOW + 9 * DAY)];
        assert!(titled(Language::English, two()).ends_with("(and 1 more)"));
        assert!(titled(Language::Japanese, two()).ends_with("(ほか1件)"));
    }

    #[test]
    fn a_title_is_one_line_and_not_long_whatever_others_have_written() {
        let forked = Fault::new(Code::new("service.not_applied")).with("revision", 3_i64).with("code", "a\r\nBcc: x");
        let title = titled(Language::English, vec![forked]);
        assert!(!title.contains('\n') && !title.contains('\r') && title.chars().count() <= TITLE, "{title}");
        assert_eq!(cut(&"あ".repeat(300)).chars().count(), TITLE);
        assert_eq!(first_sentence("It is so. And more."), "It is so.");
        assert_eq!(first_sentence("そうです。続き"), "そうです。");
    }

    #[test]
    fn each_trouble_leads_to_a_page_that_the_console_has() {
        for language in Language::ALL {
            let all = troubles(&status(|it| it.warnings = vec![ends("tls", NOW), ends("idp_metadata", NOW)]), NOW);
            for trouble in all {
                assert!(!page(language, &trouble).starts_with("console."));
            }
        }
    }
}
