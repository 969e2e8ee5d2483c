//! What waits to be sent, and when it is tried. The times are monotonic: since the service was started.

use std::collections::VecDeque;
use std::time::Duration;

use super::message::Message;
use crate::pauses::{Pauses, TRIES};

/// The most messages that wait; beyond it the oldest goes.
const MOST: usize = 64;

#[derive(Debug)]
struct Waiting {
    message: Message,
    failures: usize,
}

/// The messages that wait, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Waiting>,
    pauses: Pauses,
}

impl Outbox {
    /// One more.
    pub(super) fn push(&mut self, message: Message) {
        if self.waiting.len() >= MOST {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting { message, failures: 0 });
    }

    /// Nobody waits for any of it.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// When the next one is to be sent, if one waits.
    pub(super) fn next(&self) -> Option<Duration> {
        (!self.waiting.is_empty()).then_some(self.pauses.next())
    }

    /// What is to be sent now.
    pub(super) fn due(&self, now: Duration) -> Option<&Message> {
        self.waiting.front().filter(|_| self.pauses.next() <= now).map(|waiting| &waiting.message)
    }

    /// The oldest was taken.
    pub(super) fn sent(&mut self) {
        self.waiting.pop_front();
        self.works();
    }

    /// The receiver works again: what waits is sent at once.
    pub(super) fn works(&mut self) {
        self.pauses.works();
    }

    /// The receiver did not take it. That is a failure of all that wait: they are not tried one by one.
    pub(super) fn failed(&mut self, now: Duration) {
        self.pauses.failed(now);
        self.waiting.iter_mut().for_each(|waiting| waiting.failures += 1);
        self.waiting.retain(|waiting| waiting.failures < TRIES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: usize) -> Message {
        Message { id: id.to_string(), body: String::new() }
    }

    fn due(outbox: &Outbox, now: Duration) -> Option<&str> {
        outbox.due(now).map(|message| message.id.as_str())
    }

    #[test]
    fn messages_are_sent_in_their_order() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.next(), None);
        outbox.push(message(1));
        outbox.push(message(2));
        assert_eq!(due(&outbox, Duration::ZERO), Some("1"));
        outbox.sent();
        assert_eq!(due(&outbox, Duration::ZERO), Some("2"));
        outbox.sent();
        assert_eq!(due(&outbox, Duration::ZERO), None);
    }

    #[test]
    fn a_receiver_that_fails_is_left_alone_for_longer_each_time_and_then_given_up() {
        let (mut outbox, mut now, mut tries) = (Outbox::default(), Duration::ZERO, 0);
        outbox.push(message(1));
        let mut before = Duration::ZERO;
        while let Some(next) = outbox.next() {
            now = now.max(next);
            assert!(due(&outbox, now).is_some());
            outbox.failed(now);
            tries += 1;
            if let Some(next) = outbox.next() {
                assert_eq!(due(&outbox, now), None, "not at once");
                let pause = next.saturating_sub(now);
                assert!(pause > before, "longer than the pause before");
                before = pause;
            }
        }
        assert_eq!(tries, 6);
        // What comes afterwards waits as long, and goes at once when the receiver works.
        outbox.push(message(2));
        assert_eq!(due(&outbox, now), None);
        outbox.works();
        assert_eq!(due(&outbox, now), Some("2"));
    }

    #[test]
    fn what_waits_is_bounded_and_the_newest_stays() {
        let mut outbox = Outbox::default();
        (0..MOST + 3).for_each(|id| outbox.push(message(id)));
        assert_eq!(due(&outbox, Duration::ZERO), Some("3"));
        let waiting = std::iter::from_fn(|| outbox.next().map(|_| outbox.sent())).count();
        assert_eq!(waiting, MOST);
    }

    #[test]
    fn where_nobody_waits_for_it_nothing_is_sent_and_what_comes_later_begins_anew() {
        let mut outbox = Outbox::default();
        outbox.push(message(1));
        outbox.failed(Duration::ZERO);
        outbox.push(message(2));
        outbox.clear();
        assert_eq!((outbox.next(), due(&outbox, Duration::MAX)), (None, None));
        outbox.push(message(3));
        assert_eq!(due(&outbox, Duration::ZERO), Some("3"));
    }
}
