//! From one SAML pair to another, without a moment in which the identity provider knows neither: the next pair is published
//! first, then it signs while the former one still decrypts, then the former one goes.

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::codes;
use crate::document::{Document, KeyPair, SamlKey};

/// What the second pair is to the one that SAML uses. Both are in our metadata, and both decrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SecondRole {
    /// It comes next, and does not sign yet.
    Next,
    /// It was there before, and signs no more.
    Former,
}

/// SAML's second pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondPair {
    /// What it is to the other.
    pub role: SecondRole,
    /// Certificate and key.
    pub pair: KeyPair,
    /// What a newer version has added.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

impl SecondPair {
    fn new(role: SecondRole, pair: KeyPair) -> Self {
        Self { role, pair, unknown: Map::new() }
    }
}

/// A step of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next pair signs, and the one that has signed becomes the former.
    Switch,
    /// The second pair goes: the former one at the end, or the next one when it is given up.
    Finish,
}

impl Document {
    /// Brings what belongs to [`Document::saml_pairs`] into the order in which it is published for encryption, the newest
    /// first: both decrypt, so an identity provider that takes our metadata once needs not take it again.
    pub fn newest_first<T>(&self, mut of_pairs: Vec<T>) -> Vec<T> {
        if self.saml_second.as_ref().is_some_and(|second| second.role == SecondRole::Next) {
            of_pairs.reverse();
        }
        of_pairs
    }

    /// Publishes a pair that comes next; one that came next already is replaced.
    ///
    /// Codes: `ROLLOVER_WITHOUT_KEY`, `ROLLOVER_NOT_FINISHED`.
    pub fn prepare_rollover(&mut self, pair: KeyPair) -> Result<()> {
        if self.saml_pair().is_none() {
            return Err(Fault::new(codes::ROLLOVER_WITHOUT_KEY).on("saml_second"));
        }
        if self.saml_second.as_ref().is_some_and(|second| second.role == SecondRole::Former) {
            return Err(Fault::new(codes::ROLLOVER_NOT_FINISHED).on("saml_second"));
        }
        self.saml_second = Some(SecondPair::new(SecondRole::Next, pair));
        Ok(())
    }

    /// Goes a step on from what is `saved`: what the identity provider could not have seen yet is not relied on.
    ///
    /// Codes: `NO_ROLLOVER`, `ROLLOVER_NOT_SAVED`.
    pub fn step_rollover(&mut self, step: Step, saved: &Self) -> Result<()> {
        let wrong = |code| Err(Fault::new(code).on("saml_second"));
        let Some(second) = self.saml_second.clone() else { return wrong(codes::NO_ROLLOVER) };
        let is_saved = saved.saml_second.as_ref() == Some(&second);
        match (step, second.role) {
            (Step::Switch, SecondRole::Former) => return wrong(codes::NO_ROLLOVER),
            (Step::Switch, SecondRole::Next) | (Step::Finish, SecondRole::Former) if !is_saved => {
                return wrong(codes::ROLLOVER_NOT_SAVED);
            }
            (Step::Finish, _) => self.saml_second = None,
            (Step::Switch, SecondRole::Next) => {
                let former = self.saml_pair().cloned();
                self.saml_key = SamlKey::Own;
                self.saml = Some(second.pair);
                self.saml_second = former.map(|pair| SecondPair::new(SecondRole::Former, pair));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str) -> KeyPair {
        KeyPair { certificates: String::new(), key: key.into(), trial: false, unknown: serde_json::Map::new() }
    }

    /// A document whose SAML uses this pair.
    fn using(saml_key: SamlKey, key: &str) -> Document {
        let mut document = Document::default();
        document.saml_key = saml_key;
        match saml_key {
            SamlKey::Tls => document.tls = Some(pair(key)),
            SamlKey::Own | SamlKey::None => document.saml = Some(pair(key)),
        }
        document
    }

    fn keys(document: &Document) -> (Option<&str>, Option<(SecondRole, &str)>) {
        let second = document.saml_second.as_ref().map(|second| (second.role, second.pair.key.as_str()));
        (document.saml_pair().map(|pair| pair.key.as_str()), second)
    }

    fn code(outcome: Result<()>) -> sekisho_fault::Code {
        outcome.unwrap_err().code
    }

    #[test]
    fn the_next_pair_is_saved_before_it_signs_and_the_former_one_before_it_goes() {
        let mut document = using(SamlKey::Own, "old");
        let saved = document.clone();
        document.prepare_rollover(pair("new")).unwrap();
        assert_eq!(keys(&document), (Some("old"), Some((SecondRole::Next, "new"))));
        assert_eq!(code(document.step_rollover(Step::Switch, &saved)), codes::ROLLOVER_NOT_SAVED);
        assert_eq!(keys(&document), (Some("old"), Some((SecondRole::Next, "new"))), "nothing has changed");

        let saved = document.clone();
        document.step_rollover(Step::Switch, &saved).unwrap();
        assert_eq!(keys(&document), (Some("new"), Some((SecondRole::Former, "old"))));
        assert_eq!(code(document.step_rollover(Step::Finish, &saved)), codes::ROLLOVER_NOT_SAVED);
        assert_eq!(code(document.step_rollover(Step::Switch, &saved)), codes::NO_ROLLOVER);
        assert_eq!(code(document.prepare_rollover(pair("newer"))), codes::ROLLOVER_NOT_FINISHED);

        let saved = document.clone();
        document.step_rollover(Step::Finish, &saved).unwrap();
        assert_eq!(keys(&document), (Some("new"), None));
        assert_eq!(code(document.step_rollover(Step::Finish, &saved)), codes::NO_ROLLOVER);
    }

    #[test]
    fn a_next_pair_can_be_given_up_and_a_document_without_one_reads_as_before() {
        let mut document = using(SamlKey::Own, "old");
        let before = document.clone();
        assert!(!String::from_utf8(before.to_json()).unwrap().contains("saml_second"));
        document.prepare_rollover(pair("new")).unwrap();
        assert_eq!(Document::read(&document.to_json(), 1).unwrap(), document);
        document.step_rollover(Step::Finish, &before).unwrap();
        assert_eq!(document, before);
    }

    #[test]
    fn the_tls_pair_gives_way_to_one_of_samls_own() {
        let mut document = using(SamlKey::Tls, "tls");
        document.prepare_rollover(pair("new")).unwrap();
        let saved = document.clone();
        document.step_rollover(Step::Switch, &saved).unwrap();
        assert_eq!(
            (document.saml_key, keys(&document)),
            (SamlKey::Own, (Some("new"), Some((SecondRole::Former, "tls"))))
        );
        assert_eq!(document.tls, saved.tls);
    }

    #[test]
    fn the_next_pair_is_not_lost_when_saml_uses_none_in_between() {
        let mut document = using(SamlKey::Own, "old");
        document.prepare_rollover(pair("new")).unwrap();
        let saved = document.clone();
        document.saml_key = SamlKey::None;
        document.step_rollover(Step::Switch, &saved).unwrap();
        assert_eq!(keys(&document), (Some("new"), None));
    }

    #[test]
    fn what_a_newer_version_says_of_the_second_pair_is_kept() {
        let json = br#"{"saml_second":{"role":"next","pair":{"certificates":"","key":"k"},"since":7}}"#;
        let written: Value = serde_json::from_slice(&Document::read(json, 1).unwrap().to_json()).unwrap();
        assert_eq!(written["saml_second"]["since"], 7);
    }

    #[test]
    fn without_a_pair_there_is_nothing_to_change() {
        let mut document = using(SamlKey::None, "unused");
        assert_eq!(code(document.prepare_rollover(pair("new"))), codes::ROLLOVER_WITHOUT_KEY);
    }
}
