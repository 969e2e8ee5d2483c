//! Looks up the texts of `messages/` that command line, service and browser pages show.
//!
//! The texts are built in. Keys are `area.key`, where the area is the folder; texts refer to their
//! arguments as `{name}`. The console has the same texts through its own generated module.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sekisho_fault::{Arg, Fault};

mod built_in {
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// The languages of Sekisho.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Japanese];

    /// The language of an `Accept-Language` header or a locale name (`ja_JP.UTF-8`): Japanese when it
    /// comes before English, else English.
    pub fn preferred(wish: &str) -> Self {
        let first = wish.split([',', ';']).map(str::trim).find_map(|tag| {
            let primary = tag.split(['-', '_', '.']).next().unwrap_or_default();
            match primary.to_ascii_lowercase().as_str() {
                "ja" => Some(Self::Japanese),
                "en" => Some(Self::English),
                _ => None,
            }
        });
        first.unwrap_or(Self::English)
    }

    /// The BCP 47 tag, for `lang` attributes.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }
}

type Texts = BTreeMap<String, String>;

static TEXTS: LazyLock<BTreeMap<Language, Texts>> = LazyLock::new(|| {
    let mut languages: BTreeMap<Language, Texts> = BTreeMap::new();
    for (area, tag, json) in built_in::FILES {
        let language = if *tag == "ja" { Language::Japanese } else { Language::English };
        // A test of this crate reads every file; an unreadable one shows bare keys rather than nothing.
        let flat: BTreeMap<String, String> = serde_json::from_str(json).unwrap_or_default();
        let texts = languages.entry(language).or_default();
        texts.extend(flat.into_iter().map(|(key, text)| (format!("{area}.{key}"), text)));
    }
    languages
});

/// The text of `key` (`area.key`) with its arguments filled in; the key itself when there is none.
pub fn text(language: Language, key: &str, args: &[(&str, &str)]) -> String {
    lookup(language, key).map_or_else(|| key.to_owned(), |text| fill(text, args))
}

/// Whether there is a text for this key.
pub fn exists(language: Language, key: &str) -> bool {
    lookup(language, key).is_some()
}

/// The one reason and the one remedy of a fault, in words. Where its argument `cause` names a code that is known, the cause
/// says why, and what to do.
pub fn explain(language: Language, fault: &Fault) -> (String, String) {
    let args: Vec<(&str, String)> =
        fault.args.iter().map(|(name, value)| (name.as_str(), shown(language, value))).collect();
    let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let part = |code: &str, part| text(language, &format!("{code}.{part}"), &args);
    let reason = part(fault.code.as_str(), "reason");
    match fault.args.get("cause") {
        Some(Arg::Text(cause)) if exists(language, &format!("{cause}.reason")) => {
            let (why, remedy) = (part(cause, "reason"), part(cause, "remedy"));
            // A sentence with gaps explains nothing: the rest of its arguments is elsewhere.
            if [&why, &remedy].iter().any(|text| text.contains('{')) {
                (reason, part(fault.code.as_str(), "remedy"))
            } else {
                (format!("{reason} {why}"), remedy)
            }
        }
        _ => (reason, part(fault.code.as_str(), "remedy")),
    }
}

/// A moment (seconds since 1970) for people and for scripts, in UTC.
pub fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| seconds.to_string(), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

fn lookup(language: Language, key: &str) -> Option<&'static str> {
    TEXTS.get(&language)?.get(key).map(String::as_str)
}

fn fill(text: &str, args: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after
            .split_once('}')
            .and_then(|(name, after)| args.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, after)));
        if let Some((value, after)) = known {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

fn shown(language: Language, value: &Arg) -> String {
    match value {
        Arg::Text(text) => text.clone(),
        Arg::Number(number) => number.to_string(),
        Arg::Time(seconds) => time(*seconds),
        Arg::List(list) if list.is_empty() => "–".to_owned(),
        Arg::List(list) => list.join(if language == Language::Japanese { "、" } else { ", " }),
    }
}

#[cfg(test)]
mod tests {
    use sekisho_fault::Code;

    use super::*;

    #[test]
    fn every_file_is_a_flat_map_of_texts() {
        for (area, tag, json) in built_in::FILES {
            let flat: Result<Texts, _> = serde_json::from_str(json);
            assert!(flat.is_ok(), "messages/{area}/{tag}.json: {flat:?}");
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_arguments() {
        let names = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names.dedup();
            names
        };
        let (english, japanese) = (&TEXTS[&Language::English], &TEXTS[&Language::Japanese]);
        for (key, text) in english {
            let other = japanese.get(key).unwrap_or_else(|| panic!("{key} has no Japanese text"));
            assert_eq!(names(text), names(other), "the arguments of {key}");
        }
        assert_eq!(english.len(), japanese.len(), "a Japanese text has no English one");
    }

    #[test]
    fn arguments_are_filled_in_and_unknown_braces_stay() {
        assert_eq!(fill("{a} and {b} {", &[("a", "1")]), "1 and {b} {");
    }

    #[test]
    fn an_argument_with_braces_is_not_filled_again() {
        assert_eq!(fill("{a}", &[("a", "{b}"), ("b", "x")]), "{b}");
    }

    #[test]
    fn a_known_cause_says_why_and_what_to_do() {
        let fault = |cause: &str| {
            let fault =
                Fault::new(Code::new("saml.status")).with("status", "Responder").with("detail", "AADSTS50105: …");
            fault.with("cause", cause)
        };
        let (reason, remedy) = explain(Language::English, &fault("preset.aadsts50105"));
        assert!(reason.contains("AADSTS50105: …") && reason.ends_with("not assigned to the application."), "{reason}");
        assert!(remedy.contains("Users and groups"), "{remedy}");
        let there = Fault::new(Code::new("service.reason_there")).with("server", "two").with("cause", "service.bind");
        let (reason, remedy) = explain(Language::English, &there);
        assert!(reason.ends_with("(service.bind).") && remedy.starts_with("The rest is told at two"), "{reason}");
        let (reason, remedy) = explain(Language::English, &fault("preset.of_a_newer_version"));
        assert!(reason.ends_with('…') && remedy.starts_with("Look up this sign-in"), "{reason} {remedy}");
    }

    #[test]
    fn the_first_known_language_of_the_wish_wins() {
        assert_eq!(Language::preferred("fr, ja;q=0.8, en;q=0.5"), Language::Japanese);
        assert_eq!(Language::preferred("ja_JP.UTF-8"), Language::Japanese);
        assert_eq!(Language::preferred("de"), Language::English);
    }
}
