//! The one error shape at every boundary of Sekisho.
//!
//! A [`Fault`] is a stable [`Code`] with typed arguments. It carries no prose: the faces (console,
//! command line, browser pages) look up the reason and the remedy of a code in `messages/`.
//!
//! A crate declares its codes once, with [`codes!`]:
//!
//! ```
//! sekisho_fault::codes! {
//!     /// The assertion is meant for another service provider. Arguments: `expected`, `received`.
//!     AUDIENCE_MISMATCH = "saml.audience_mismatch";
//! }
//! let fault = sekisho_fault::Fault::new(AUDIENCE_MISMATCH).with("expected", "a").with("received", "b");
//! assert_eq!(fault.code, AUDIENCE_MISMATCH);
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A stable name of one kind of failure: `area.what_is_wrong`. The area is a folder of `messages/`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(type = "string")]
pub struct Code(Cow<'static, str>);

impl Code {
    /// A code known when the program is built. Use [`codes!`] to declare one.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The whole name, `area.what_is_wrong`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first dot: the folder of `messages/` that explains this code.
    pub fn area(&self) -> &str {
        self.0.split_once('.').map_or("", |(area, _)| area)
    }

    /// The part after the first dot.
    pub fn name(&self) -> &str {
        self.0.split_once('.').map_or(&self.0, |(_, name)| name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// Declares the codes of a crate as constants, and `ALL`, the list of them for the test that every
/// code has its texts in both languages.
#[macro_export]
macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $text:literal;)+) => {
        $($(#[$meta])* pub const $name: $crate::Code = $crate::Code::new($text);)+
        /// Every code declared here.
        pub const ALL: &[$crate::Code] = &[$($name),+];
    };
}

/// One argument of a fault, typed so that each face can write it in its own language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Arg {
    /// A name or value, shown as it is.
    Text(String),
    /// A count, a port, a number of seconds.
    Number(i64),
    /// A moment, in seconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// Several values, shown as a list.
    List(Vec<String>),
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Number(value)
    }
}

impl From<u16> for Arg {
    fn from(value: u16) -> Self {
        Self::Number(i64::from(value))
    }
}

impl From<u32> for Arg {
    fn from(value: u32) -> Self {
        Self::Number(i64::from(value))
    }
}

impl From<usize> for Arg {
    fn from(value: usize) -> Self {
        Self::Number(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<Vec<String>> for Arg {
    fn from(value: Vec<String>) -> Self {
        Self::List(value)
    }
}

/// How much a fault matters to the administrator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Info,
    /// It could not be found out; not a reason to stop.
    Unknown,
    /// Should be looked at; does not block.
    Warning,
    /// Blocks what was asked for.
    #[default]
    Error,
}

/// What went wrong, for a person: a code, its arguments, and the field it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Fault {
    /// The stable name of the failure.
    pub code: Code,
    /// Whether it blocks.
    #[serde(default)]
    pub severity: Severity,
    /// The field of the form it belongs to, as a path (`advertised_host`), if it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub field: Option<String>,
    /// What the texts of the code refer to as `{name}`.
    #[serde(default)]
    pub args: BTreeMap<String, Arg>,
}

impl Fault {
    /// A fault that blocks, without arguments.
    pub const fn new(code: Code) -> Self {
        Self { code, severity: Severity::Error, field: None, args: BTreeMap::new() }
    }

    /// The same fault with one more argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Arg>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// The same fault, as a moment in time (seconds since 1970) under `name`.
    #[must_use]
    pub fn at(mut self, name: &str, unix_seconds: i64) -> Self {
        self.args.insert(name.to_owned(), Arg::Time(unix_seconds));
        self
    }

    /// The same fault, tied to a field of a form.
    #[must_use]
    pub fn on(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The same fault with another severity.
    #[must_use]
    pub fn as_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

impl fmt::Display for Fault {
    /// For logs: the code and its arguments, English and unlocalised.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        for (name, value) in &self.args {
            match value {
                Arg::Text(text) => write!(f, " {name}={text:?}")?,
                Arg::Number(number) | Arg::Time(number) => write!(f, " {name}={number}")?,
                Arg::List(list) => write!(f, " {name}={list:?}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

/// The usual result of this project.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_keeps_its_shape_over_json() {
        let fault =
            Fault::new(Code::new("certs.expired")).with("name", "a.example").at("ended", 5).on("tls_certificate");
        let json = serde_json::to_string(&fault).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Fault>(&json).ok(), Some(fault));
        assert_eq!(
            json,
            r#"{"code":"certs.expired","severity":"error","field":"tls_certificate","args":{"ended":{"type":"time","value":5},"name":{"type":"text","value":"a.example"}}}"#
        );
    }

    #[test]
    fn a_code_names_its_area() {
        let code = Code::new("saml.audience_mismatch");
        assert_eq!((code.area(), code.name()), ("saml", "audience_mismatch"));
    }
}
