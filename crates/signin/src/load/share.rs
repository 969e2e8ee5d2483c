//! How much of something each network holds at once. The memory is that of what is held, which is bounded elsewhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::prefix::Prefix;

/// The shares of something.
#[derive(Clone)]
pub struct Shares {
    most: usize,
    held: Arc<Mutex<HashMap<Prefix, usize>>>,
}

/// One of them, held until it is dropped.
pub struct Held {
    prefix: Prefix,
    held: Arc<Mutex<HashMap<Prefix, usize>>>,
}

impl Shares {
    /// So many for each network.
    pub fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// One more for a network, if it does not hold as many as it may.
    pub fn take(&self, prefix: Prefix) -> Option<Held> {
        // Nothing panics while the lock is held, and the map is whole at every moment.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.entry(prefix).or_default();
        if *own >= self.most {
            return None;
        }
        *own += 1;
        Some(Held { prefix, held: self.held.clone() })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = held.get_mut(&self.prefix) {
            *own -= 1;
            if *own == 0 {
                held.remove(&self.prefix);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_share_and_gives_it_back() {
        let shares = Shares::new(2);
        let (one, other) = (Prefix::V4([1, 2, 3]), Prefix::V4([1, 2, 4]));
        let held = [shares.take(one), shares.take(one)];
        assert!(held.iter().all(Option::is_some) && shares.take(one).is_none() && shares.take(other).is_some());
        drop(held);
        assert!(shares.take(one).is_some());
        assert!(shares.held.lock().unwrap().is_empty(), "who holds nothing is not remembered");
    }
}
