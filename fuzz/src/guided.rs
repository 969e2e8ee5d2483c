//! Lets coverage lead one body, which `SEKISHO_FUZZ_BODY` names. The folder that comes first among the arguments gets the
//! seeds; the rest are libFuzzer's own.
#![no_main]
#![allow(clippy::expect_used, reason = "without a body there is nothing to do")]

use std::sync::LazyLock;
use std::{env, fs};

use libfuzzer_sys::fuzz_target;
use sekisho_fuzz::{BODIES, Body};

static CHOSEN: LazyLock<&Body> = LazyLock::new(|| {
    let name = env::var("SEKISHO_FUZZ_BODY").expect("SEKISHO_FUZZ_BODY names a body");
    let body = BODIES.iter().find(|body| body.name == name).expect("a body of that name");
    if let Some(folder) = env::args().nth(1) {
        for (number, seed) in (body.seeds)().into_iter().enumerate() {
            fs::write(format!("{folder}/seed-{number}"), seed).expect("a seed can be written");
        }
    }
    body
});

fuzz_target!(init: { LazyLock::force(&CHOSEN); }, |octets: &[u8]| (CHOSEN.run)(octets));
