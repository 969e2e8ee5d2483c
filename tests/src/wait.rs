//! Waiting for a named condition, never for a time.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// The longest wait.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks again and again until there is an answer; panics with the condition's name after 30 seconds.
pub fn wait_for<T>(condition: &str, ask: impl FnMut() -> Option<T>) -> T {
    wait_or_say(condition, ask, || "")
}

/// The same; `instead` says what there is when it did not come true.
pub fn wait_or_say<T, S: Display>(condition: &str, ask: impl FnMut() -> Option<T>, instead: impl FnOnce() -> S) -> T {
    wait_within(PATIENCE, condition, ask, instead)
}

/// The same for what takes its own time.
pub fn wait_within<T, S: Display>(
    patience: Duration,
    condition: &str,
    mut ask: impl FnMut() -> Option<T>,
    instead: impl FnOnce() -> S,
) -> T {
    let start = Instant::now();
    loop {
        // It is looked once more after the last moment: this process may have stood still while it came true.
        let is_over = start.elapsed() >= patience;
        if let Some(answer) = ask() {
            return answer;
        }
        if is_over {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("this did not come true: {condition} {}", instead())
}
