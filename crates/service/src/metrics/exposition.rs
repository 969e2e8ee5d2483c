//! Prometheus' text format, version 0.0.4.

use std::fmt::Write;

/// Whether a value only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
}

/// A value, told from the others of its metric by labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) value: i64,
}

/// A metric. Without samples nothing is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: Kind,
    pub(super) samples: Vec<Sample>,
}

/// The text of all metrics.
pub(super) fn text(metrics: &[Metric]) -> String {
    let mut text = String::new();
    for metric in metrics.iter().filter(|metric| !metric.samples.is_empty()) {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        // Writing into a string does not fail.
        let _ = writeln!(text, "# HELP {} {}\n# TYPE {} {kind}", metric.name, metric.help, metric.name);
        for sample in &metric.samples {
            let labels: Vec<String> =
                sample.labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
            let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            let _ = writeln!(text, "{}{labels} {}", metric.name, sample.value);
        }
    }
    text
}

/// A label's value, so that it ends where it ends.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gauge(samples: Vec<Sample>) -> Metric {
        Metric { name: "sekisho_some", help: "Some.", kind: Kind::Gauge, samples }
    }

    /// Reads a label's value as Prometheus does, up to the quote that ends it, and gives what is behind that.
    fn read(text: &str) -> Option<(String, &str)> {
        let (mut value, mut letters) = (String::new(), text.char_indices());
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => return Some((value, &text[at + 1..])),
                '\n' => return None,
                '\\' => match letters.next()?.1 {
                    'n' => value.push('\n'),
                    other => value.push(other),
                },
                other => value.push(other),
            }
        }
        None
    }

    #[test]
    fn a_metric_is_told_with_its_help_and_its_type_before_its_values() {
        let labelled = Sample { labels: vec![("a", "x".to_owned()), ("b", "y".to_owned())], value: -3 };
        let metrics = [
            gauge(vec![Sample { labels: vec![], value: 7 }, labelled]),
            Metric { name: "sekisho_none", ..gauge(vec![]) },
        ];
        let expected = "# HELP sekisho_some Some.\n# TYPE sekisho_some gauge\nsekisho_some 7\n\
                        sekisho_some{a=\"x\",b=\"y\"} -3\n";
        assert_eq!(text(&metrics), expected);
    }

    proptest! {
        #[test]
        fn whatever_a_label_holds_it_is_read_back_and_begins_no_line(value in any::<String>(), more in "[\\\\\"\nn]{0,9}") {
            let value = value + &more;
            let told = text(&[gauge(vec![Sample { labels: vec![("a", value.clone())], value: 1 }])]);
            let line = told.split_once("gauge\n").unwrap().1;
            let (held, rest) = read(line.strip_prefix("sekisho_some{a=\"").unwrap()).unwrap();
            prop_assert_eq!((held, rest), (value, "} 1\n"));
        }
    }
}
