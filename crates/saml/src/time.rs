//! Time as SAML writes it.

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};

use crate::codes;

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
        let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        let fraction = shape.strip_prefix("0000-00-00T00:00:00").and_then(|rest| rest.strip_suffix('Z'));
        let plain = match fraction {
            Some("") => true,
            Some(rest) => {
                rest.len() > 1 && rest.len() < 20 && rest.starts_with('.') && rest[1..].bytes().all(|b| b == b'0')
            }
            None => false,
        };
        if !plain {
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
        ] {
            assert_eq!(UnixTime::parse(text).unwrap_err().code, codes::TIME, "{text:?}");
        }
    }
}
