//! Time as SAML writes it.

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};

use crate::codes;

/// What a moment looks like up to its seconds, with zeros for digits.
const SHAPE: &str = "0000-00-00T00:00:00";

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// Reads an `xs:dateTime` in UTC, as SAML core 1.3.3 wants it: `2026-11-24T09:41:07Z`, fractions allowed.
    ///
    /// Code: `TIME`.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Fault::new(codes::TIME).with("value", text);
        let is_moment = text.split_at_checked(SHAPE.len()).is_some_and(|(moment, rest)| {
            let fits = moment.bytes().zip(SHAPE.bytes()).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                _ => byte == shape,
            });
            let fraction = rest.strip_suffix('Z').map(|rest| (rest, rest.strip_prefix('.')));
            fits && match fraction {
                Some(("", _)) => true,
                Some((_, Some(fraction))) => fraction.len() < 19 && digits(fraction),
                _ => false,
            }
        });
        if !is_moment {
            return Err(wrong());
        }
        text.parse::<jiff::Timestamp>().map(|time| Self(time.as_second())).map_err(|_| wrong())
    }

    /// Reads a moment as people write it (RFC 3339), with any offset.
    ///
    /// Code: `TIME`.
    pub fn from_rfc3339(text: &str) -> Result<Self> {
        let moment = text.parse::<jiff::Timestamp>().map(|time| Self(time.as_second()));
        moment.map_err(|_| Fault::new(codes::TIME).with("value", text))
    }

    /// The same moment as `xs:dateTime`.
    pub fn to_xml(self) -> String {
        jiff::Timestamp::from_second(self.0).map(|time| time.to_string()).unwrap_or_default()
    }

    /// This many seconds later.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

/// The seconds of an `xs:duration` such as `PT6H` or `P1DT30M`; a month is taken for 28 days and a year for 365, the
/// shortest that they can be, and parts of a second for none.
///
/// Code: `TIME`, for a negative one too.
pub fn duration_seconds(text: &str) -> Result<i64> {
    let wrong = || Fault::new(codes::TIME).with("value", text);
    let said = text.strip_prefix('P').ok_or_else(wrong)?;
    let (date, time) = match said.split_once('T') {
        Some((_, "")) => return Err(wrong()),
        Some(parts) => parts,
        None => (said, ""),
    };
    let parts = [
        (date, &[('Y', 365 * 86_400), ('M', 28 * 86_400), ('D', 86_400)]),
        (time, &[('H', 3_600), ('M', 60), ('S', 1)]),
    ];
    let (mut seconds, mut said) = (0_i64, false);
    for (mut rest, units) in parts {
        for (unit, length) in units {
            let Some((number, after)) = rest.split_once(*unit) else { continue };
            let whole = match number.split_once('.') {
                Some((whole, part)) if *unit == 'S' && digits(part) => whole,
                _ => number,
            };
            if !digits(whole) {
                return Err(wrong());
            }
            seconds = seconds.saturating_add(whole.parse().unwrap_or(i64::MAX).saturating_mul(*length));
            (rest, said) = (after, true);
        }
        if !rest.is_empty() {
            return Err(wrong());
        }
    }
    if said { Ok(seconds) } else { Err(wrong()) }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_times_are_read_and_written() {
        let time = UnixTime::parse("2026-11-24T09:41:07Z").unwrap();
        assert_eq!(time.to_xml(), "2026-11-24T09:41:07Z");
        assert_eq!(UnixTime::parse("2026-11-24T09:41:07.123456789Z").unwrap(), time);
    }

    #[test]
    fn people_may_write_any_offset() {
        let time = UnixTime::from_rfc3339("2026-11-24T18:41:07+09:00").unwrap();
        assert_eq!(time.to_xml(), "2026-11-24T09:41:07Z");
        assert_eq!(UnixTime::from_rfc3339("2026-11-24").unwrap_err().code, codes::TIME);
    }

    #[test]
    fn anything_but_utc_is_refused() {
        for text in [
            "",
            "2026-11-24",
            "2026-11-24T09:41:07",
            "2026-11-24T09:41:07+09:00",
            "2026-13-24T09:41:07Z",
            "2026-11-24T09:41:07.Z",
            " 2026-11-24T09:41:07Z",
            "2026-02-30T00:00:00Z",
            "２026-11-24T09:41:07Z",
            "2026-11-24T09:41:07.1234567890123456789Z",
            "2026-11-24T09:41:07.1.2Z",
            "2026-11-24 09:41:07Z",
            "2026-11-24T09:41:07é",
        ] {
            assert_eq!(UnixTime::parse(text).unwrap_err().code, codes::TIME, "{text:?}");
        }
    }

    #[test]
    fn durations_are_read_in_seconds() {
        for (text, seconds) in [
            ("PT6H", 21_600),
            ("P1D", 86_400),
            ("PT604800S", 604_800),
            ("P0Y0M0DT6H0M0.000S", 21_600),
            ("P1Y", 31_536_000),
            ("P1M", 2_419_200),
            ("P1DT2H3M4.9S", 93_784),
            ("PT1M", 60),
            ("P99999999999999999999D", i64::MAX),
        ] {
            assert_eq!(duration_seconds(text).unwrap(), seconds, "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "", "P", "PT", "P1DT", "-P1D", "P-1D", "P1H", "PT1D", "PT1H1H", "PT1M1H", "1D", "P1", "PT.5S", "P1.5D",
            "PT1H ", "pt1h", "PPT1H",
        ] {
            assert_eq!(duration_seconds(text).unwrap_err().code, codes::TIME, "{text:?}");
        }
    }
}
