//! What is printed: JSON for programs, words for people.

use sekisho_admin_api::draft::DraftChange;
use sekisho_fault::{Fault, Severity};
use sekisho_messages::{Language, explain, text};
use serde::Serialize;

/// How to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    /// JSON instead of words.
    pub(crate) json: bool,
    /// The language of the words.
    pub(crate) language: Language,
}

impl Printer {
    /// The language of the environment.
    pub(crate) fn new(json: bool) -> Self {
        let wish = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok());
        Self { json, language: Language::preferred(&wish.unwrap_or_default()) }
    }

    /// A reply: as JSON, or as the words that `words` gives.
    pub(crate) fn reply<T: Serialize>(self, reply: &T, words: impl FnOnce(Self) -> Vec<String>) {
        if self.json {
            println!("{}", serde_json::to_string_pretty(reply).unwrap_or_default());
        } else {
            for line in words(self) {
                println!("{}", visible(&line));
            }
        }
    }

    /// Words for people beside the reply; nothing in JSON.
    pub(crate) fn aside(self, words: impl FnOnce(Self) -> Vec<String>) {
        if !self.json {
            for line in words(self) {
                println!("{}", visible(&line));
            }
        }
    }

    /// A difference.
    pub(crate) fn change(self, change: &DraftChange) -> String {
        // One line each: no value begins a line that looks like another difference.
        let [field, from, to] = [&change.field, &change.from, &change.to].map(|text| text.replace('\n', "\\n"));
        self.say("change", &[("field", &field), ("from", &from), ("to", &to)])
    }

    /// A line of a list: a word of `messages/cli`, and a value.
    pub(crate) fn pair(self, key: &str, value: impl std::fmt::Display) -> String {
        format!("{:<24} {value}", text(self.language, &format!("cli.{key}"), &[]))
    }

    /// A sentence of `messages/cli`.
    pub(crate) fn say(self, key: &str, args: &[(&str, &str)]) -> String {
        text(self.language, &format!("cli.{key}"), args)
    }

    /// A fault in words: how much it matters, its field, its reason and its remedy.
    pub(crate) fn fault(self, fault: &Fault) -> String {
        let (reason, remedy) = explain(self.language, fault);
        let mark = match fault.severity {
            Severity::Error => "✕",
            Severity::Warning => "!",
            Severity::Unknown => "?",
            Severity::Info => "i",
        };
        let field = fault.field.as_deref().map(|field| format!(" {field}:")).unwrap_or_default();
        format!("{mark}{field} {reason} {remedy}")
    }
}

/// A line as it is, without what a terminal would act on: values come from elsewhere and must not hide one another.
fn visible(line: &str) -> String {
    let hides = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown = String::with_capacity(line.len());
    for letter in line.chars() {
        if hides(letter) && letter != '\n' {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn a_value_cannot_erase_the_line_above_it_or_turn_it_around() {
        assert_eq!(visible("a\u{1b}[1A\u{1b}[2Kb\u{202e}c"), "a\\u{1b}[1A\\u{1b}[2Kb\\u{202e}c");
        assert_eq!(visible("東京 → Tokyo\n-----"), "東京 → Tokyo\n-----");
    }
}
