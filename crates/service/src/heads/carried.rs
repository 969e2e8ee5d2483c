//! What browsers carry from one server to the other: this server's word for them, and what they bring.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use sekisho_keys::ids::Hash;
use sekisho_signin::{Heads, heads};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Words that wait to be judged. Beyond them they are dropped: the next browser brings the like.
const WAITING: usize = 16;
/// So many words of late are not judged again. All users bring what the servers have said in the last days.
const LATELY: usize = 4096;

/// So far servers' clocks may be apart, in seconds.
const CLOCKS_APART: i64 = 300;

/// Whether a word of this time still counts. One that has been on its way for days, or since before an administrator has
/// looked, is of the past that they have looked at; one of the future would count whenever they look. All in seconds since
/// 1970.
pub fn still_counts(said: i64, now: i64, looked: Option<i64>) -> bool {
    said > now - heads::LIFETIME && said <= now + CLOCKS_APART && looked.is_none_or(|looked| said > looked)
}

/// The words.
pub struct Carried {
    own: RwLock<Option<Arc<[u8]>>>,
    lately: Mutex<VecDeque<Hash>>,
    waiting: Sender<Vec<u8>>,
}

impl Carried {
    /// None yet; what is brought comes out of the receiver.
    pub fn new() -> (Self, Receiver<Vec<u8>>) {
        let (waiting, brought) = mpsc::channel(WAITING);
        (Self { own: RwLock::default(), lately: Mutex::default(), waiting }, brought)
    }

    /// Gives browsers this word from now on.
    pub fn say(&self, word: Option<Vec<u8>>) {
        let fits = |word: &[u8]| heads::fits(word);
        let is_long = word.as_deref().is_some_and(|word| !fits(word));
        let bytes = word.as_ref().map_or(0, Vec::len);
        // The value is replaced as a whole.
        let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *own, word.map(Arc::from));
        if is_long && before.is_none_or(|before| fits(&before)) {
            tracing::warn!(bytes, "there are too many servers: browsers cannot carry what this one has seen");
        }
    }

    fn lately(&self) -> MutexGuard<'_, VecDeque<Hash>> {
        // Nothing panics while it is held.
        self.lately.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heads for Carried {
    fn own(&self) -> Option<Arc<[u8]>> {
        self.own.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn brought(&self, word: Vec<u8>) {
        let hash = Hash::of(&word);
        let mut lately = self.lately();
        if lately.contains(&hash) || self.waiting.try_send(word).is_err() {
            return;
        }
        if lately.len() >= LATELY {
            lately.pop_front();
        }
        lately.push_back(hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_past_that_somebody_has_looked_at_counts_no_more() {
        let week = heads::LIFETIME;
        assert!(still_counts(100, 100 + week - 1, None) && !still_counts(100, 100 + week, None));
        assert!(still_counts(101, 102, Some(100)) && !still_counts(100, 102, Some(100)));
        assert!(still_counts(400, 100, None) && !still_counts(401, 100, None) && !still_counts(i64::MAX, 100, None));
    }

    #[test]
    fn a_word_is_judged_once_and_a_crowd_of_words_is_dropped_and_heard_when_it_comes_again() {
        let (carried, mut brought) = Carried::new();
        for _ in 0..2 {
            carried.brought(vec![1]);
        }
        for number in 0..100 {
            carried.brought(vec![2, number]);
        }
        let mut heard = Vec::new();
        while let Ok(word) = brought.try_recv() {
            heard.push(word);
        }
        assert_eq!(heard.len(), WAITING);
        assert_eq!(heard.iter().filter(|word| **word == [1]).count(), 1);
        carried.brought(vec![2, 99]);
        assert_eq!(brought.try_recv().unwrap(), [2, 99]);
    }
}
