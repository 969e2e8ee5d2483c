//! Waiting for a named condition, never for a time.

use std::time::{Duration, Instant};

/// Asks again and again until there is an answer; panics with the condition's name after 30 seconds.
pub fn wait_for<T>(condition: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "this did not come true: {condition}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
