//! Which versions of hub and clients go together: those that are one apart, in either direction. So a hub and its servers are
//! upgraded one after the other, or set back by one, in whatever order, while they work.

use sekisho_fault::{Fault, Result};

use crate::codes;

/// The number of the API that this program speaks. One more in each release that adds to it; nothing is ever taken away from
/// what the release before sends or expects.
pub const API: u32 = 1;

/// The header in which each side says what it speaks: the number, a space, the version of the program.
pub const HEADER: &str = "sekisho-api";

/// The number of those who say nothing.
const SILENT: u32 = 1;

/// The longest version of a program that is repeated to people, in characters.
const LONGEST: usize = 40;

/// What a program speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaks {
    /// The number of the API.
    pub api: u32,
    /// The version of the program, for people.
    pub program: String,
}

impl Speaks {
    /// This program.
    pub fn own() -> Self {
        Self { api: API, program: env!("CARGO_PKG_VERSION").to_owned() }
    }

    /// What the other side says in its header.
    pub fn read(header: Option<&str>) -> Self {
        let (api, program) = header.and_then(|header| header.split_once(' ')).unwrap_or_default();
        let program = program.chars().filter(char::is_ascii_graphic).take(LONGEST).collect();
        Self { api: api.parse().unwrap_or(SILENT), program }
    }

    /// What is said in the header.
    pub fn header(&self) -> String {
        format!("{} {}", self.api, self.program)
    }
}

/// Whether a client and a hub understand each other; if not, which of them is upgraded first.
///
/// # Errors
///
/// Codes: `CLIENT_TOO_OLD`, `HUB_TOO_OLD`.
pub fn together(client: &Speaks, hub: &Speaks) -> Result<()> {
    let code = if client.api.saturating_add(1) < hub.api {
        codes::CLIENT_TOO_OLD
    } else if hub.api.saturating_add(1) < client.api {
        codes::HUB_TOO_OLD
    } else {
        return Ok(());
    };
    let said = |speaks: &Speaks| if speaks.program.is_empty() { "?".to_owned() } else { speaks.program.clone() };
    Err(Fault::new(code).with("client", said(client)).with("hub", said(hub)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks(api: u32) -> Speaks {
        Speaks { api, program: format!("0.{api}.0") }
    }

    #[test]
    fn one_version_apart_goes_together_in_both_directions_and_more_does_not() {
        for client in 1..9 {
            for hub in 1..9 {
                let outcome = together(&speaks(client), &speaks(hub)).map_err(|fault| fault.code);
                let expected = match i64::from(client) - i64::from(hub) {
                    -1..=1 => Ok(()),
                    ..-1 => Err(codes::CLIENT_TOO_OLD),
                    _ => Err(codes::HUB_TOO_OLD),
                };
                assert_eq!(outcome, expected, "client {client}, hub {hub}");
            }
        }
        let fault = together(&speaks(1), &speaks(4)).unwrap_err();
        assert_eq!((&fault.args["client"], &fault.args["hub"]), (&"0.1.0".into(), &"0.4.0".into()));
    }

    #[test]
    fn what_is_said_is_read_and_who_says_nothing_is_of_the_first_version() {
        assert_eq!(Speaks::read(Some(&speaks(7).header())), speaks(7));
        assert_eq!(Speaks::read(Some(&Speaks::own().header())), Speaks::own());
        for header in [None, Some(""), Some("x"), Some("nine 0.9.0"), Some("-1 0.9.0")] {
            assert_eq!(Speaks::read(header).api, SILENT, "{header:?}");
        }
        assert_eq!(Speaks::read(Some(&format!("2 {}\n{{x}}", "v".repeat(99)))).program, "v".repeat(LONGEST));
    }
}
