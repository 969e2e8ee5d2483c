//! What the first version sends is read by this one, and what this one sends still has all of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use sekisho_hub_api::wire::{
    Accept, Append, Feed, FinishSignIn, Found, HubInfo, KeySignIn, NewAccount, NewFact, NewRecord, NewRevision,
    PendingInvitation, RegistrationStarted, Resealed, Session, SignInStarted, StartRegistration, StartSignIn,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Written by hand, of what the first version sends. It is never changed.
const FIRST: &str = include_str!("first_version.json");

/// Whether all of `part` is in `whole`.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| holds(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| holds(whole, part))
        }
        _ => whole == part,
    }
}

/// The same with something in each object that only a later version knows.
fn later(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let known = fields.iter().map(|(key, value)| (key.clone(), later(value)));
            known.chain([("later".to_owned(), json!({"than": ["this"]}))]).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(later).collect(),
        other => other.clone(),
    }
}

fn check<T: DeserializeOwned + Serialize>(said: &Value) -> bool {
    let read = |value: Value| serde_json::to_value(serde_json::from_value::<T>(value).unwrap()).unwrap();
    holds(&read(said.clone()), said) && holds(&read(later(said)), said)
}

#[test]
fn what_the_first_version_says_is_understood_and_said_and_what_a_later_one_adds_is_let_pass() {
    let said: Map<String, Value> = serde_json::from_str(FIRST).unwrap();
    macro_rules! each {
        ($($name:ident)+) => {
            $(assert!(check::<$name>(&said[stringify!($name)]), stringify!($name));)+
            assert_eq!(said.len(), [$(stringify!($name)),+].len());
        };
    }
    each! {
        HubInfo StartRegistration RegistrationStarted NewAccount Found StartSignIn SignInStarted FinishSignIn KeySignIn
        Session Append Feed NewRevision NewRecord NewFact Resealed Accept PendingInvitation
    }
}
