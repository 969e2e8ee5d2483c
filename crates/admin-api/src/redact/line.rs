//! Lines of the service's log: its own alone, and of them the moment, the level, the place, the words of the program, and
//! the values that are harmless.

use super::{LEFT_OUT, is_word, shown};

const LEVELS: [&str; 5] = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];
/// What systemd says of the unit in the same journal, as far as it is always the same.
const OF_SYSTEMD: [&str; 8] = [
    "Starting sekisho.service",
    "Started sekisho.service",
    "Stopping sekisho.service",
    "Stopped sekisho.service",
    "sekisho.service: Main process exited",
    "sekisho.service: Failed with result",
    "sekisho.service: Scheduled restart job",
    "sekisho.service: Start request repeated too quickly",
];

/// A line of the log as it may leave the machine; nothing of one that is not known.
pub fn log_line(line: &str) -> Option<String> {
    if let Some(known) = OF_SYSTEMD.iter().find(|known| line.starts_with(**known)) {
        return Some((*known).to_owned());
    }
    if let Some((_, place)) = line.split_once(" panicked at ") {
        return Some(format!("panicked at {}", source(place)?));
    }
    let (time, rest) = line.trim_start_matches('<').trim_start().split_once(' ')?;
    let time = time.split_once('>').map_or(time, |(_, time)| time);
    let is_moment = |letter: char| letter.is_ascii_digit() || "T:.Z+-".contains(letter);
    let (level, rest) = rest.trim_start().split_once(' ')?;
    let (place, rest) = rest.split_once(": ")?;
    let is_place = |place: &str| place.starts_with("sekisho") && place.split("::").all(is_word);
    let known = time.len() <= 35 && time.chars().all(is_moment) && LEVELS.contains(&level) && is_place(place);
    known.then(|| format!("{time} {level} {place}: {}", said(rest)))
}

/// A file of ours with its line and column.
fn source(place: &str) -> Option<&str> {
    let place = place.trim_end_matches(':');
    let (path, numbers) = place.split_once(".rs:")?;
    let is_path = |letter: char| letter.is_ascii_lowercase() || matches!(letter, '/' | '_' | '-');
    let are_numbers = numbers.chars().all(|letter| letter.is_ascii_digit() || letter == ':');
    (path.starts_with("crates/") && path.len() < 80 && path.chars().all(is_path) && are_numbers).then_some(place)
}

/// The program's words, up to the first value, and then the values by their names.
fn said(rest: &str) -> String {
    let mut told = Vec::new();
    let mut rest = rest.trim();
    while !rest.is_empty() && field(rest).is_none() {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        told.push(if is_said(word) { word.to_owned() } else { LEFT_OUT.to_owned() });
        rest = after.trim_start();
    }
    while !rest.is_empty() {
        let Some((name, after)) = field(rest) else {
            // The rest of a value that nobody has put into quotes.
            rest = rest.split_once(' ').map_or("", |(_, after)| after.trim_start());
            continue;
        };
        let (value, after) = value(after);
        told.push(format!("{name}={}", of(name, value)));
        rest = after.trim_start();
    }
    told.join(" ")
}

/// A word of a sentence in the program: none of those that names begin with.
fn is_said(word: &str) -> bool {
    let is_small = word.chars().all(|letter| letter.is_ascii_lowercase() || "',;:".contains(letter));
    ["API", "Full", "Sync"].contains(&word) || (word.len() <= 20 && is_small)
}

/// `name=`, and what follows.
fn field(text: &str) -> Option<(&str, &str)> {
    text.split_once('=').filter(|(name, _)| is_word(name))
}

/// A value, without the quotes around it, and what follows it.
fn value(text: &str) -> (&str, &str) {
    let Some(first) = text.chars().next().filter(|first| ['"', '['].contains(first)) else {
        return text.split_once(' ').unwrap_or((text, ""));
    };
    let (mut quoted, mut escaped) = (false, false);
    for (at, letter) in text.char_indices() {
        let ends = if first == '"' { quoted && letter == '"' } else { !quoted && letter == ']' };
        if ends && !escaped {
            let inner = if first == '"' { &text[1..at] } else { &text[..=at] };
            return (inner, &text[at + 1..]);
        }
        quoted ^= letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
    }
    (text, "")
}

/// What is shown of a value. Events and reference numbers are of this program's own making.
fn of(name: &str, value: &str) -> String {
    let is_event = name == "event" && value.split('.').all(is_word);
    let is_reference =
        name == "reference" && value.len() == 8 && value.chars().all(|letter| matches!(letter, 'A'..='Z' | '2'..='7'));
    if is_event || is_reference { value.to_owned() } else { shown(name, value) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sekisho_fault::{Code, Fault};

    use super::*;
    use crate::redact::tests::secret;

    const HEAD: &str = "2026-11-29T08:09:45.123456Z  WARN sekisho_service::lifecycle::following:";

    fn shown_of(rest: &str) -> String {
        let told = log_line(&format!("{HEAD} {rest}")).unwrap();
        told.strip_prefix("2026-11-29T08:09:45.123456Z WARN sekisho_service::lifecycle::following: ")
            .unwrap()
            .to_owned()
    }

    #[test]
    fn what_happened_can_be_read() {
        for same in [
            "event=state.running revision=3 listening=127.0.0.1:8443",
            "event=hub.returned after_seconds=35",
            "refused code=signin.replay reference=ABCDEFG2",
            "activity: too much at once, an entry was dropped",
        ] {
            assert_eq!(shown_of(same), same);
        }
        let line = "event=hub.lost reason=hub.unreachable detail=\"error trying to \\\"connect\\\": (os error 111)\" \
                    hub=\"hub.example.com\" addresses=[\"192.0.2.1\", \"a]b\"] network=192.0.2.1 since=5";
        let expected =
            "event=hub.lost reason=hub.unreachable detail=… (os error 111) hub=… addresses=… network=… since=5";
        assert_eq!(shown_of(line), expected);
        assert_eq!(shown_of("activity error=error returned from database: (code: 11) alice"), "activity error=…");
    }

    #[test]
    fn lines_of_others_are_left_out_and_a_panic_says_where_alone() {
        for line in ["", "alice", "2026-11-29T08:09:45Z INFO hyper::client: hello", "-----BEGIN PRIVATE KEY-----"] {
            assert_eq!(log_line(line), None, "{line}");
        }
        let panicked = "thread 'tokio-rt-worker' (71) panicked at crates/saml/src/xml.rs:12:5:";
        assert_eq!(log_line(panicked).unwrap(), "panicked at crates/saml/src/xml.rs:12:5");
        assert_eq!(log_line("thread 'alice' panicked at alice.rs:1:1:"), None);
        let exited = "sekisho.service: Main process exited, code=exited, status=1/FAILURE";
        assert_eq!(log_line(exited).unwrap(), "sekisho.service: Main process exited");
        assert_eq!(
            log_line("<6>2026-11-29T08:09:45Z  INFO sekisho_service: x").unwrap(),
            "2026-11-29T08:09:45Z INFO sekisho_service: x"
        );
    }

    proptest! {
        #[test]
        fn no_line_carries_a_secret_out_wherever_it_stands(secret in secret(), before in "[a-z= \"\\[]{0,9}") {
            let fault = Fault::new(Code::new("service.file")).with("path", secret.as_str()).with("all", vec![secret.clone()]);
            let value = format!("{before}{secret}");
            for rest in [
                format!("fault={fault}"),
                format!("error={value}"),
                format!("error={value:?} more=1"),
                format!("who=[{value:?}]"),
                format!("{secret}=1"),
                format!("a=1 {secret} b=2"),
            ] {
                // What has a line break in it goes on in a line of its own.
                let whole = format!("{HEAD} {rest}");
                let told = whole.split('\n').filter_map(log_line).collect::<String>();
                for part in secret.split_whitespace() {
                    prop_assert!(!told.contains(part), "{part} in {told}");
                }
            }
        }
    }
}
