//! The event log, which administrators and their tools read beside the files of programs.

#[cfg(windows)]
use std::io;

#[cfg(windows)]
use crate::system;

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something is wrong.
    Error,
    /// Something may become wrong.
    Warning,
    /// Something is worth knowing.
    Information,
}

/// The most UTF-16 units of a text: the system refuses an event with a longer one.
#[cfg(any(windows, test))]
const LONGEST: usize = 31_839;

#[cfg(any(windows, test))]
impl Kind {
    /// As the system's calls know it (`EVENTLOG_ERROR_TYPE` and the like).
    fn number(self) -> u16 {
        match self {
            Self::Error => 1,
            Self::Warning => 2,
            Self::Information => 4,
        }
    }
}

/// The beginning of a text that the system takes, without a half of a character at its end. A zero would end it there.
#[cfg(any(windows, test))]
fn fitting(text: &str) -> String {
    let mut units = 0;
    let fits = |character: &char| {
        units += character.len_utf16();
        units <= LONGEST
    };
    text.chars().filter(|character| *character != '\0').take_while(fits).collect()
}

/// Writes an event into the Application log, under the name of a source that need not be registered.
///
/// Each event opens the log anew: they are rare, and a log that was stopped meanwhile is found again.
#[cfg(windows)]
pub fn report(source: &str, kind: Kind, id: u16, text: &str) -> io::Result<()> {
    system::report_event(source.as_ref(), kind.number(), u32::from(id), fitting(text).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_to_the_system_by_its_number() {
        assert_eq!([Kind::Error, Kind::Warning, Kind::Information].map(Kind::number), [1, 2, 4]);
    }

    #[test]
    fn a_text_that_is_too_long_loses_its_end_and_no_half_of_a_character() {
        assert_eq!(fitting("event=hub.lost"), "event=hub.lost");
        assert_eq!(fitting("a\0b"), "ab", "what is behind a zero is not lost");
        // Each takes two units, and the most is an odd number.
        let long = fitting(&"🐙".repeat(LONGEST));
        assert_eq!((long.encode_utf16().count(), long.chars().last()), (LONGEST - 1, Some('🐙')));
    }

    #[cfg(windows)]
    #[test]
    fn an_event_is_taken_of_a_source_that_nobody_has_registered() {
        report("sekisho-test", Kind::Warning, 200, "event=hub.lost reason=hub.unreachable").unwrap();
    }
}
