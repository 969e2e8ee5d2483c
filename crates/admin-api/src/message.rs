//! The messages inside the frames.

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::codes;

/// The first frame of each side: the range of protocol versions it speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Oldest version.
    pub oldest: u16,
    /// Newest version.
    pub newest: u16,
    /// The program's own version, for people.
    pub program: String,
}

impl Hello {
    /// What this build says.
    pub fn ours() -> Self {
        Self { oldest: crate::OLDEST, newest: crate::VERSION, program: env!("CARGO_PKG_VERSION").to_owned() }
    }

    /// The newest version both sides speak.
    ///
    /// Code: `VERSION`.
    pub fn agree(&self, theirs: &Self) -> Result<u16> {
        let newest = self.newest.min(theirs.newest);
        if newest < self.oldest.max(theirs.oldest) {
            return Err(Fault::new(codes::VERSION)
                .with("ours", self.program.as_str())
                .with("theirs", theirs.program.as_str()));
        }
        Ok(newest)
    }
}

/// A call on its way to the service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by the caller, repeated in the reply.
    pub id: u64,
    /// `feature.verb`.
    pub method: String,
    /// The method's parameters.
    #[serde(default)]
    pub params: Value,
}

/// The answer to a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// The request's id.
    pub id: u64,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Result(Value),
    /// It was not, and why.
    Fault(Fault),
}

/// Something that happened in the service, told to every client that is connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// `feature.happened`; the client reads the feature again.
    pub event: String,
}

/// What a client may receive.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Incoming {
    /// The answer to a request.
    Reply(Reply),
    /// An event.
    Event(Event),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(oldest: u16, newest: u16) -> Hello {
        Hello { oldest, newest, program: "x".to_owned() }
    }

    #[test]
    fn sides_agree_on_the_newest_version_that_both_speak() {
        assert_eq!(hello(1, 3).agree(&hello(2, 5)).unwrap(), 3);
    }

    #[test]
    fn sides_without_a_common_version_say_so() {
        assert_eq!(hello(1, 1).agree(&hello(2, 5)).unwrap_err().code, codes::VERSION);
    }
}
