//! Figures: what was measured, how far it spread, what was aimed at; as a table and as JSON.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::machine;

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    /// Less than this.
    Below(f64),
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
    /// More than this.
    Above(f64),
    /// There is none: it explains another figure.
    None,
}

impl Aim {
    fn met(self, value: f64) -> Option<bool> {
        match self {
            Self::Below(limit) => Some(value < limit),
            Self::AtMost(limit) => Some(value <= limit),
            Self::AtLeast(limit) => Some(value >= limit),
            Self::Above(limit) => Some(value > limit),
            Self::None => None,
        }
    }

    fn shown(self) -> String {
        match self {
            Self::Below(limit) => format!("< {limit}"),
            Self::AtMost(limit) => format!("<= {limit}"),
            Self::AtLeast(limit) => format!(">= {limit}"),
            Self::Above(limit) => format!("> {limit}"),
            Self::None => String::new(),
        }
    }
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
struct Measured {
    value: f64,
    least: f64,
    most: f64,
    samples: usize,
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    name: String,
    aim: Aim,
    /// The value, or why there is none.
    measured: Result<Measured, String>,
}

impl Figure {
    /// The median of samples.
    pub fn median(name: impl Into<String>, aim: Aim, samples: &[f64]) -> Self {
        Self::percentile(name, aim, samples, 50)
    }

    /// A percentile of samples.
    pub fn percentile(name: impl Into<String>, aim: Aim, samples: &[f64], percent: usize) -> Self {
        let name = name.into();
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (sorted.first().copied(), sorted.last().copied()) else {
            return Self::absent(name, aim, "nothing was measured");
        };
        let value = nearest_rank(&sorted, percent);
        Self { name, aim, measured: Ok(Measured { value, least, most, samples: sorted.len() }) }
    }

    /// A figure that could not be taken, and why.
    pub fn absent(name: impl Into<String>, aim: Aim, reason: &str) -> Self {
        Self { name: name.into(), aim, measured: Err(reason.to_owned()) }
    }

    fn line(&self) -> String {
        match &self.measured {
            Ok(Measured { value, least, most, samples }) => {
                let met = match self.aim.met(*value) {
                    Some(true) => "met",
                    Some(false) => "MISSED",
                    None => "",
                };
                let (value, spread) = (round(*value), format!("{} … {}", round(*least), round(*most)));
                format!("{:<52} {value:>9}  {spread:<19} {samples:>7}  {:<8} {met}", self.name, self.aim.shown())
            }
            Err(reason) => format!("{:<52} {:>9}  {reason}", self.name, "absent"),
        }
    }

    fn detail(&self) -> Value {
        match &self.measured {
            Ok(found) => json!({
                "value": round(found.value), "least": round(found.least), "most": round(found.most),
                "samples": found.samples, "aim": self.aim.shown(), "met": self.aim.met(found.value),
            }),
            Err(reason) => json!({"absent": reason, "aim": self.aim.shown()}),
        }
    }
}

/// The smallest sample that at least so many percent of all do not exceed. There is at least one sample.
fn nearest_rank(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}

fn round(value: f64) -> f64 {
    let places = if value.abs() < 100.0 { 100.0 } else { 10.0 };
    (value * places).round() / places
}

/// All figures, with what has to be known to read them.
pub struct Report {
    begun: Timestamp,
    machine: String,
    load: [String; 2],
    figures: Vec<Figure>,
}

impl Report {
    /// Begins.
    pub fn begin() -> Self {
        let load = [machine::load(), String::new()];
        Self { begun: Timestamp::now(), machine: machine::describe(), load, figures: Vec::new() }
    }

    /// Takes figures, and prints them at once.
    pub fn add(&mut self, figures: Vec<Figure>) {
        for figure in &figures {
            println!("{}", figure.line());
        }
        self.figures.extend(figures);
    }

    /// Notes what the machine was doing at the end.
    pub fn end(&mut self) {
        self.load[1] = machine::load();
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("\n{}  {}", self.begun.strftime("%Y-%m-%d %H:%M UTC"), self.machine);
        println!("programs: {}; load average: {} before, {} after\n", profile(), self.load[0], self.load[1]);
        println!("{:<52} {:>9}  {:<19} {:>7}  {:<8}", "figure", "value", "least … most", "samples", "aim");
        for figure in &self.figures {
            println!("{}", figure.line());
        }
    }

    /// Writes the figures: by name with their values, and all about them under `details`.
    pub fn write(&self, path: &Path) {
        let value = |figure: &Figure| figure.measured.as_ref().map_or(Value::Null, |found| json!(round(found.value)));
        let mut all: Map<String, Value> =
            self.figures.iter().map(|figure| (figure.name.clone(), value(figure))).collect();
        let details: Map<String, Value> =
            self.figures.iter().map(|figure| (figure.name.clone(), figure.detail())).collect();
        all.insert("details".to_owned(), Value::Object(details));
        all.insert("date".to_owned(), json!(self.begun.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()));
        all.insert("machine".to_owned(), json!(self.machine));
        all.insert("programs".to_owned(), json!(profile()));
        all.insert("load_average".to_owned(), json!(self.load));
        let text = serde_json::to_string_pretty(&Value::Object(all)).expect("figures are finite");
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("the folder of the figures");
        }
        std::fs::write(path, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// How the bench was built; the programs beside it were built the same way.
fn profile() -> &'static str {
    if cfg!(debug_assertions) { "debug (these figures say nothing about speed)" } else { "release" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_sample_that_was_taken() {
        let samples: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        let value = |percent| Figure::percentile("f", Aim::None, &samples, percent).measured.unwrap().value;
        assert_eq!([value(50), value(99), value(100)].map(f64::to_bits), [100.0, 198.0, 200.0].map(f64::to_bits));
    }

    #[test]
    fn without_samples_a_figure_is_absent_and_no_aim_is_met() {
        let figure = Figure::median("f", Aim::Below(1.0), &[]);
        assert!(figure.measured.is_err());
        assert!(figure.line().contains("absent"));
        assert_eq!(figure.detail()["met"], Value::Null);
    }

    #[test]
    fn at_the_limit_an_aim_is_met_only_if_it_holds_the_limit() {
        assert_eq!(Aim::Below(100.0).met(100.0), Some(false));
        assert_eq!(Aim::AtLeast(10.0).met(10.0), Some(true));
        assert_eq!(Aim::AtMost(2.0).met(2.0), Some(true));
        assert_eq!(Aim::Above(1.0).met(1.0), Some(false));
    }
}
