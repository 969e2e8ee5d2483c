//! How long somebody who does not answer is left alone. The times are monotonic: since the service was started.

use std::time::Duration;

/// After each failure in a row for longer; after the last of these for as long each time.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
];
/// The tries before that, and the last one after it.
pub(crate) const TRIES: usize = PAUSES.len() + 1;

/// Failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Pauses {
    failures: usize,
    next: Duration,
}

impl Pauses {
    /// When the next try is.
    pub(crate) fn next(&self) -> Duration {
        self.next
    }

    /// One more failure.
    pub(crate) fn failed(&mut self, now: Duration) {
        let pause = PAUSES.get(self.failures).or(PAUSES.last()).copied().unwrap_or_default();
        self.failures += 1;
        self.next = now + pause;
    }

    /// It works: nothing waits any more.
    pub(crate) fn works(&mut self) {
        *self = Self::default();
    }
}
