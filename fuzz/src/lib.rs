//! Bodies for fuzzing, each a plain function from octets. What must hold, whatever comes in: no panic, no other meaning
//! than was signed, and an end within a moment. `tests/` gives them seeds and random octets; `cargo xtask fuzz` lets
//! coverage lead them for as long as is wanted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a body that cannot go on has found something"
)]

mod certificate;
mod change;
mod export;
mod frame;
mod java;
mod logout;
mod metadata;
mod odd;
/// The organisation of the keys' own tests.
#[path = "../../crates/keys/tests/support/mod.rs"]
mod organisation;
mod redirect;
mod response;
mod sealed;
mod security_key;
/// The small identity provider of the engine's own tests.
#[path = "../../crates/saml/tests/support/mod.rs"]
mod support;

/// One of the parsers, and what to begin with.
pub struct Body {
    /// Its name on the command line.
    pub name: &'static str,
    /// Takes any octets; panics when something does not hold.
    pub run: fn(&[u8]),
    /// Octets that are worth to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const BODIES: [Body; 9] = [
    Body { name: "response", run: response::run, seeds: response::seeds },
    Body { name: "logout", run: logout::run, seeds: logout::seeds },
    Body { name: "metadata", run: metadata::run, seeds: metadata::seeds },
    Body { name: "redirect", run: redirect::run, seeds: redirect::seeds },
    Body { name: "certificate", run: certificate::run, seeds: certificate::seeds },
    Body { name: "frame", run: frame::run, seeds: frame::seeds },
    Body { name: "sealed", run: sealed::run, seeds: sealed::seeds },
    Body { name: "export", run: export::run, seeds: export::seeds },
    Body { name: "security_key", run: security_key::run, seeds: security_key::seeds },
];

/// Octets are read in one of two ways: as they are, or as changes of the genuine message that the second octet names.
enum Reading<'a> {
    Raw(&'a [u8]),
    Changed(usize, Vec<change::Change>),
}

const CHANGED: u8 = 1;

impl<'a> Reading<'a> {
    fn of(octets: &'a [u8]) -> Self {
        match octets {
            [CHANGED, which, rest @ ..] => Self::Changed(usize::from(*which), change::read(rest)),
            [_, rest @ ..] => Self::Raw(rest),
            [] => Self::Raw(octets),
        }
    }

    /// Seeds of both ways: odd octets, and each genuine message unchanged and changed once in each way.
    fn seeds(genuine: u8) -> Vec<Vec<u8>> {
        let raw = odd::octets().into_iter().map(|octets| [vec![0], octets].concat());
        let whole = (0..genuine).map(|which| vec![CHANGED, which]);
        let once = (0..genuine).flat_map(|which| (0..9).map(move |kind| vec![CHANGED, which, kind, 120, 7, 60, 9]));
        raw.chain(whole).chain(once).collect()
    }
}
