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
                println!("{line}");
            }
        }
    }

    /// Words for people beside the reply; nothing in JSON.
    pub(crate) fn aside(self, words: impl FnOnce(Self) -> Vec<String>) {
        if !self.json {
            for line in words(self) {
                println!("{line}");
            }
        }
    }

    /// A difference.
    pub(crate) fn change(self, change: &DraftChange) -> String {
        self.say("change", &[("field", &change.field), ("from", &change.from), ("to", &change.to)])
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
