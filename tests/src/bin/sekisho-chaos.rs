//! `sekisho-chaos [ROUNDS] [--seed SEED]`: kills the programs at random moments; see `sekisho_tests::chaos`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a round that ends badly has failed")]

#[cfg(target_os = "linux")]
fn main() {
    use std::time::{SystemTime, UNIX_EPOCH};

    let (mut rounds, mut seed) = (1000, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--seed" {
            seed = arguments.next().map(|seed| seed.parse().expect("--seed takes a number"));
        } else {
            rounds = argument.parse().expect("usage: sekisho-chaos [ROUNDS] [--seed SEED]");
        }
    }
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs();
    sekisho_tests::chaos::play(rounds, seed.unwrap_or_else(clock));
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The programs are killed on Linux.");
}
