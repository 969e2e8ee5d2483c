//! Stages with the minutes that each took.

use std::time::Instant;

use crate::shell::Outcome;

/// Runs named stages in order, stops at the first that fails, and prints the minutes.
#[derive(Default)]
pub struct Stages {
    done: Vec<(String, f64)>,
}

impl Stages {
    /// Runs one stage.
    pub fn stage(&mut self, name: &str, work: impl FnOnce() -> Outcome) -> Outcome {
        println!("\n=== {name}");
        let start = Instant::now();
        let outcome = work();
        self.done.push((name.to_owned(), start.elapsed().as_secs_f64() / 60.0));
        outcome.inspect_err(|_| {
            self.print();
            println!("stopped at: {name}");
        })
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("\nminutes  stage");
        for (name, minutes) in &self.done {
            println!("{minutes:7.2}  {name}");
        }
        println!("{:7.2}  together", self.done.iter().map(|(_, minutes)| minutes).sum::<f64>());
    }
}
