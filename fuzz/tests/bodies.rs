//! Every body with its seeds, with each of them cut short, and with random octets.
#![allow(clippy::panic, reason = "a test that cannot go on has failed")]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::Config;
use sekisho_fuzz::{BODIES, Body};

fn soon(body: &Body, octets: &[u8]) {
    let started = Instant::now();
    (body.run)(octets);
    assert!(started.elapsed() < Duration::from_secs(5), "{}: {:?}", body.name, started.elapsed());
}

#[test]
fn every_seed_holds_and_takes_no_time() {
    for body in &BODIES {
        for seed in (body.seeds)() {
            soon(body, &seed);
        }
    }
}

#[test]
fn a_seed_cut_short_or_changed_anywhere_holds() {
    for body in &BODIES {
        for seed in (body.seeds)().iter().filter(|seed| seed.len() < 3_000) {
            for at in (0..seed.len()).step_by(seed.len() / 50 + 1) {
                soon(body, &seed[..at]);
                let mut changed = seed.clone();
                changed[at] ^= 0xff;
                soon(body, &changed);
            }
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 300, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_octets_hold(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        for body in &BODIES {
            soon(body, &octets);
        }
    }

    #[test]
    fn any_text_holds(text in "[<>/='\"&;!\\-\\[\\]?: a-c]{0,200}|.{0,200}") {
        for body in &BODIES {
            soon(body, &[&[0], text.as_bytes()].concat());
        }
    }

    #[test]
    fn changes_of_what_is_genuine_hold(which: u8, changes in prop::collection::vec(any::<u8>(), 5..20)) {
        for body in &BODIES {
            soon(body, &[&[1, which], changes.as_slice()].concat());
            soon(body, &[&[which % 5], changes.as_slice()].concat());
        }
    }
}
