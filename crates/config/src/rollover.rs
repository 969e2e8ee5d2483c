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
    /// The second pair goes: the former one at the end, or a next one that was not saved.
    Finish,
    /// Takes a step back. One that is not saved is undone. After that the identity provider may hold the second pair, and
    /// encrypt to it: what comes next goes by way of the former, and after the switch the former one signs again. Either way
    /// both stay published and decrypt.
    Back,
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

    /// Publishes a pair that comes next; one that came next already is replaced, unless it is `saved`.
    ///
    /// Codes: `ROLLOVER_WITHOUT_KEY`, `ROLLOVER_NOT_FINISHED`, `ROLLOVER_NEXT_KNOWN`.
    pub fn prepare_rollover(&mut self, pair: KeyPair, saved: &Self) -> Result<()> {
        if self.saml_pair().is_none() {
            return Err(Fault::new(codes::ROLLOVER_WITHOUT_KEY).on("saml_second"));
        }
        if self.saml_second.as_ref().is_some_and(|second| second.role == SecondRole::Former) {
            return Err(Fault::new(codes::ROLLOVER_NOT_FINISHED).on("saml_second"));
        }
        if self.saml_second.is_some() && self.saml_second == saved.saml_second {
            return Err(Fault::new(codes::ROLLOVER_NEXT_KNOWN).on("saml_second"));
        }
        self.saml_second = Some(SecondPair::new(SecondRole::Next, pair));
        Ok(())
    }

    /// Goes a step from what is `saved`: what the identity provider could not have seen yet is not relied on, and what it may
    /// have seen is not taken away from under it.
    ///
    /// Codes: `NO_ROLLOVER`, `ROLLOVER_NOT_SAVED`, `ROLLOVER_NEXT_KNOWN`.
    pub fn step_rollover(&mut self, step: Step, saved: &Self) -> Result<()> {
        let wrong = |code| Err(Fault::new(code).on("saml_second"));
        if step == Step::Back && self.saml_second != saved.saml_second {
            self.undo_step(saved);
            return Ok(());
        }
        let Some(second) = self.saml_second.clone() else { return wrong(codes::NO_ROLLOVER) };
        let is_saved = saved.saml_second.as_ref() == Some(&second);
        match (step, second.role) {
            (Step::Switch, SecondRole::Former) => return wrong(codes::NO_ROLLOVER),
            (Step::Switch, SecondRole::Next) | (Step::Finish, SecondRole::Former) if !is_saved => {
                return wrong(codes::ROLLOVER_NOT_SAVED);
            }
            (Step::Finish, SecondRole::Next) if is_saved => return wrong(codes::ROLLOVER_NEXT_KNOWN),
            (Step::Finish, _) => self.saml_second = None,
            (Step::Back, SecondRole::Next) => {
                self.saml_second = Some(SecondPair { role: SecondRole::Former, ..second });
            }
            (Step::Switch, SecondRole::Next) | (Step::Back, SecondRole::Former) => {
                let former = self.saml_pair().cloned();
                self.saml_key = SamlKey::Own;
                self.saml = Some(second.pair);
                self.saml_second = former.map(|pair| SecondPair::new(SecondRole::Former, pair));
            }
        }
        Ok(())
    }

    /// Takes back a step that is not saved.
    fn undo_step(&mut self, saved: &Self) {
        // A pair that comes next has touched no other one, which need not be saved either.
        let only_next = self.saml_second.as_ref().is_some_and(|second| second.role == SecondRole::Next);
        if !(only_next && saved.saml_second.is_none()) {
            (self.saml_key, self.saml) = (saved.saml_key, saved.saml.clone());
        }
        self.saml_second.clone_from(&saved.saml_second);
    }

    /// Chooses which pair SAML uses.
    ///
    /// Code: `ROLLOVER_UNDER_WAY`.
    pub fn choose_saml_key(&mut self, saml_key: SamlKey) -> Result<()> {
        if saml_key != self.saml_key {
            self.may_change("saml_key")?;
        }
        self.saml_key = saml_key;
        Ok(())
    }

    /// Replaces SAML's own pair at once.
    ///
    /// Code: `ROLLOVER_UNDER_WAY`.
    pub fn replace_saml(&mut self, pair: KeyPair) -> Result<()> {
        self.may_change("saml")?;
        self.saml = Some(pair);
        Ok(())
    }

    /// Replaces TLS's pair. It is SAML's, too, where SAML uses it.
    ///
    /// Code: `ROLLOVER_UNDER_WAY`.
    pub fn replace_tls(&mut self, pair: KeyPair) -> Result<()> {
        if self.saml_key == SamlKey::Tls {
            self.may_change("tls")?;
        }
        self.tls = Some(pair);
        Ok(())
    }

    /// While a pair follows another, neither may become a third one that the identity provider has never seen.
    fn may_change(&self, field: &str) -> Result<()> {
        let under_way = self.saml_second.is_some() && self.saml_pair().is_some();
        if under_way { Err(Fault::new(codes::ROLLOVER_UNDER_WAY).on(field)) } else { Ok(()) }
    }

    /// What an older revision said, with the keys of `today`: a restore revives no retired key (R19), and a change of SAML's
    /// pair goes on where it is.
    #[must_use]
    pub fn restored_over(mut self, today: &Self) -> Self {
        // Each name with what it has today.
        let advertised = self.advertised_host.as_ref().and_then(|host| today.pair_of(host));
        self.tls = advertised.or(today.tls.as_ref()).cloned();
        for other in &mut self.other_names {
            other.tls = today.pair_of(&other.host).filter(|pair| Some(*pair) != self.tls.as_ref()).cloned();
        }
        self.saml_key = today.saml_key;
        self.saml.clone_from(&today.saml);
        self.saml_second.clone_from(&today.saml_second);
        self.mail.take_password(&today.mail);
        // With the key of the account that is known today.
        self.acme.clone_from(&today.acme);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Field, set};

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

    /// Prepares a pair, of which nothing is saved.
    fn prepare(document: &mut Document, key: &str) {
        document.prepare_rollover(pair(key), &Document::default()).unwrap();
    }

    /// What a step makes of a document that is saved.
    fn after(step: Step, saved: &Document) -> Document {
        let mut document = saved.clone();
        document.step_rollover(step, saved).unwrap();
        document
    }

    fn code(outcome: Result<()>) -> sekisho_fault::Code {
        outcome.unwrap_err().code
    }

    #[test]
    fn the_next_pair_is_saved_before_it_signs_and_the_former_one_before_it_goes() {
        let mut document = using(SamlKey::Own, "old");
        let saved = document.clone();
        prepare(&mut document, "new");
        assert_eq!(keys(&document), (Some("old"), Some((SecondRole::Next, "new"))));
        assert_eq!(code(document.step_rollover(Step::Switch, &saved)), codes::ROLLOVER_NOT_SAVED);
        assert_eq!(keys(&document), (Some("old"), Some((SecondRole::Next, "new"))), "nothing has changed");

        let saved = document.clone();
        document.step_rollover(Step::Switch, &saved).unwrap();
        assert_eq!(keys(&document), (Some("new"), Some((SecondRole::Former, "old"))));
        assert_eq!(code(document.step_rollover(Step::Finish, &saved)), codes::ROLLOVER_NOT_SAVED);
        assert_eq!(code(document.step_rollover(Step::Switch, &saved)), codes::NO_ROLLOVER);
        assert_eq!(code(document.prepare_rollover(pair("newer"), &saved)), codes::ROLLOVER_NOT_FINISHED);

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
        prepare(&mut document, "new");
        assert_eq!(Document::read(&document.to_json(), 1).unwrap(), document);
        document.step_rollover(Step::Finish, &before).unwrap();
        assert_eq!(document, before);
    }

    #[test]
    fn the_tls_pair_gives_way_to_one_of_samls_own() {
        let mut document = using(SamlKey::Tls, "tls");
        prepare(&mut document, "new");
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
        prepare(&mut document, "new");
        let saved = document.clone();
        document.saml_key = SamlKey::None;
        document.step_rollover(Step::Switch, &saved).unwrap();
        assert_eq!(keys(&document), (Some("new"), None));
    }

    #[test]
    fn after_the_switch_the_former_pair_can_sign_again_and_both_stay_published() {
        let mut prepared = using(SamlKey::Own, "old");
        prepare(&mut prepared, "new");
        let switched = after(Step::Switch, &prepared);
        let back = after(Step::Back, &switched);
        // The identity provider may encrypt to the new one, and takes the first of our metadata: the old one again.
        assert_eq!(keys(&back), (Some("old"), Some((SecondRole::Former, "new"))));
        assert_eq!(back.newest_first(vec!["old", "new"]), ["old", "new"]);
        assert_eq!(keys(&after(Step::Back, &back)), keys(&switched), "and forth");
        assert_eq!(keys(&after(Step::Finish, &back)), (Some("old"), None));
    }

    #[test]
    fn a_next_pair_that_the_identity_provider_may_hold_does_not_go_at_once() {
        let mut prepared = using(SamlKey::Own, "old");
        prepare(&mut prepared, "new");
        let mut document = prepared.clone();
        assert_eq!(code(document.step_rollover(Step::Finish, &prepared)), codes::ROLLOVER_NEXT_KNOWN);
        assert_eq!(code(document.prepare_rollover(pair("newer"), &prepared)), codes::ROLLOVER_NEXT_KNOWN);
        assert_eq!(document, prepared, "nothing has changed");
        let withdrawn = after(Step::Back, &prepared);
        assert_eq!(keys(&withdrawn), (Some("old"), Some((SecondRole::Former, "new"))));
        assert_eq!(keys(&after(Step::Finish, &withdrawn)), (Some("old"), None));
    }

    #[test]
    fn a_step_that_is_not_saved_is_undone() {
        let idle = using(SamlKey::Tls, "old");
        let mut prepared = idle.clone();
        prepare(&mut prepared, "new");
        let switched = after(Step::Switch, &prepared);
        let finished = after(Step::Finish, &switched);
        for (mut document, saved) in [
            (prepared.clone(), &idle),
            (switched.clone(), &prepared),
            (after(Step::Back, &switched), &switched),
            (finished, &switched),
        ] {
            document.step_rollover(Step::Back, saved).unwrap();
            assert_eq!(&document, saved);
        }
        assert_eq!(code(idle.clone().step_rollover(Step::Back, &idle)), codes::NO_ROLLOVER);

        // Before the first save nothing but what comes next is taken back.
        let mut document = using(SamlKey::Own, "unsaved");
        prepare(&mut document, "new");
        document.step_rollover(Step::Back, &Document::default()).unwrap();
        assert_eq!(keys(&document), (Some("unsaved"), None));
    }

    #[test]
    fn nothing_else_changes_the_pairs_while_one_follows_the_other() {
        let field = |outcome: Result<()>| {
            let fault = outcome.unwrap_err();
            assert_eq!(fault.code, codes::ROLLOVER_UNDER_WAY);
            fault.field.unwrap()
        };
        for used in [SamlKey::Own, SamlKey::Tls] {
            let mut document = using(used, "old");
            prepare(&mut document, "new");
            let prepared = document.clone();
            assert_eq!(field(set(&mut document, Field::SamlKey, "none")), "saml_key");
            assert_eq!(field(document.replace_saml(pair("third"))), "saml");
            if used == SamlKey::Tls {
                assert_eq!(field(document.replace_tls(pair("third"))), "tls");
            }
            assert_eq!(document, prepared, "nothing has changed");
            let as_it_is = crate::field::get(&document, &crate::ThisServer::default(), Field::SamlKey);
            set(&mut document, Field::SamlKey, &as_it_is).unwrap();
            // TLS goes its own way as soon as SAML has a pair of its own.
            let mut switched = after(Step::Switch, &prepared);
            switched.replace_tls(pair("renewed")).unwrap();
            assert_eq!(keys(&switched), (Some("new"), Some((SecondRole::Former, "old"))));
        }
    }

    #[test]
    fn a_pair_that_is_missing_is_no_reason_to_refuse_one() {
        let mut document = Document::default();
        document.saml_second = Some(SecondPair::new(SecondRole::Former, pair("former")));
        document.replace_saml(pair("made")).unwrap();
        document.saml_key = SamlKey::None;
        set(&mut document, Field::SamlKey, "own").unwrap();
    }

    #[test]
    fn a_restore_revives_no_key_and_a_change_of_the_key_goes_on() {
        let mut old = using(SamlKey::Tls, "stolen");
        (old.saml, old.skew_seconds) = (Some(pair("lost")), 7);
        let mut today = using(SamlKey::Own, "now");
        today.tls = Some(pair("renewed"));
        prepare(&mut today, "next");
        let restored = old.restored_over(&today);
        today.skew_seconds = 7;
        assert_eq!(restored, today);
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
        assert_eq!(code(document.prepare_rollover(pair("new"), &Document::default())), codes::ROLLOVER_WITHOUT_KEY);
    }
}
