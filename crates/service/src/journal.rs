//! What of a changed status is written to the log: one line a change, however often it is looked at. Each begins with a
//! stable `event`, and names the code of its `reason` where it has one.

mod event;

use std::fmt;
use std::sync::OnceLock;

use sekisho_admin_api::status::{HubState, State, Status};
use sekisho_fault::{Code, Fault};
use sekisho_notices::about;
use tracing::Level;

use crate::codes;
pub use event::Event;

/// Where lines go besides the log.
static BESIDES: OnceLock<fn(&Line)> = OnceLock::new();

/// From here on each line goes there, too, in their order: it may not take long. Whoever asks first counts.
pub fn write_besides(to: fn(&Line)) {
    let _ = BESIDES.set(to);
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How much it matters.
    pub level: Level,
    /// What has happened.
    pub event: Event,
    /// Counts and addresses, by name.
    pub facts: Vec<(&'static str, String)>,
    /// Why.
    pub reason: Option<Fault>,
}

impl Line {
    fn new(level: Level, event: Event) -> Self {
        Self { level, event, facts: Vec::new(), reason: None }
    }

    /// The event by which an administrator tests who is told.
    pub(crate) fn test() -> Self {
        Self::new(Level::INFO, Event::Test)
    }

    /// An administrator has written the SSL certificate into a file with its key: which one, by its fingerprint.
    pub(crate) fn given_out(certificate: &str) -> Self {
        Self::new(Level::INFO, Event::GivenOut).with("certificate", certificate)
    }

    fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    fn because(self, reason: &Fault) -> Self {
        Self { reason: Some(reason.clone()), ..self }
    }

    /// Writes it.
    pub fn write(&self) {
        match self.level {
            Level::ERROR => tracing::error!("{self}"),
            Level::WARN => tracing::warn!("{self}"),
            _ => tracing::info!("{self}"),
        }
        if let Some(to) = BESIDES.get() {
            to(self);
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event={}", self.event)?;
        for (name, value) in &self.facts {
            write!(f, " {name}={value}")?;
        }
        self.reason.as_ref().map_or(Ok(()), |reason| write!(f, " reason={reason}"))
    }
}

/// The lines of a change. `now`: seconds since 1970.
pub fn changes(before: &Status, after: &Status, now: i64) -> Vec<Line> {
    let mut lines = Vec::from_iter(state(before, after));
    lines.extend(hub(&before.hub, &after.hub, now));
    let begun = news(&before.warnings, &after.warnings);
    lines.extend(begun.map(|warning| Line::new(level(&warning.code), Event::Warning).because(warning)));
    let over = news(&after.warnings, &before.warnings);
    lines.extend(over.map(|warning| Line::new(Level::INFO, Event::WarningOver).because(&about(warning))));
    lines
}

/// The warnings that are in one list and not in the other, each once.
fn news<'a>(not_in: &'a [Fault], of: &'a [Fault]) -> impl Iterator<Item = &'a Fault> {
    let is_in = |warning: &Fault, list: &[Fault]| list.iter().any(|other| same(warning, other));
    let is_news = move |(at, warning): &(usize, &Fault)| {
        !is_in(warning, not_in) && !of.get(..*at).is_some_and(|before| is_in(warning, before))
    };
    of.iter().enumerate().filter(is_news).map(|(_, warning)| warning)
}

fn state(before: &Status, after: &Status) -> Option<Line> {
    let same_reason = match (&before.state, &after.state) {
        (State::Stopped { reason: one }, State::Stopped { reason: other })
        | (State::Failed { reason: one }, State::Failed { reason: other }) => same(one, other),
        (State::Running { .. }, State::Running { .. }) => {
            before.revision == after.revision && before.listening == after.listening
        }
        (one, other) => one == other,
    };
    if same_reason {
        return None;
    }
    Some(match &after.state {
        State::NotConfigured => Line::new(Level::INFO, Event::NotConfigured),
        State::Trial => Line::new(Level::INFO, Event::Trial),
        State::Starting => Line::new(Level::INFO, Event::Starting),
        State::Running { .. } => {
            let (revision, listening) = (after.revision.unwrap_or(0), after.listening.as_deref().unwrap_or("-"));
            Line::new(Level::INFO, Event::Running).with("revision", revision).with("listening", listening)
        }
        State::Stopped { reason } => {
            let wished = [codes::STOPPED_BY_ADMINISTRATOR, codes::ENDED].contains(&reason.code);
            Line::new(if wished { Level::INFO } else { Level::ERROR }, Event::Stopped).because(reason)
        }
        State::Failed { reason } => Line::new(Level::ERROR, Event::Failed).because(reason),
        State::Detached { reason } => Line::new(Level::ERROR, Event::Detached).because(reason),
    })
}

fn hub(before: &HubState, after: &HubState, now: i64) -> Option<Line> {
    match (before, after) {
        (HubState::Unreachable { reason: one, .. }, HubState::Unreachable { reason: other, .. })
            if one.code == other.code =>
        {
            None
        }
        (_, HubState::Unreachable { reason, .. }) => Some(Line::new(Level::WARN, Event::HubLost).because(reason)),
        (HubState::Unreachable { since, .. }, HubState::Reachable { .. }) => {
            Some(Line::new(Level::INFO, Event::HubReturned).with("after_seconds", now.saturating_sub(*since).max(0)))
        }
        (HubState::Unknown, HubState::Reachable { .. }) => Some(Line::new(Level::INFO, Event::HubReached)),
        (_, HubState::Unknown | HubState::Reachable { .. }) => None,
    }
}

fn same(one: &Fault, other: &Fault) -> bool {
    about(one) == about(other)
}

/// Forgeries, and what keeps users out, are errors; what an administrator has chosen is worth knowing.
fn level(code: &Code) -> Level {
    const ERRORS: [Code; 9] = [
        codes::CLONED,
        codes::FORKED,
        codes::NOT_APPLIED,
        codes::NOT_RETIRED,
        codes::REPORT_REFUSED,
        codes::RETIRED_EPOCH,
        codes::ROLLED_BACK,
        codes::SPLICED,
        codes::WRONG_ROW,
    ];
    let ended = [sekisho_certs::codes::EXPIRED, codes::METADATA_EXPIRED];
    if code.area() == "keys" || ERRORS.contains(code) || ended.contains(code) {
        Level::ERROR
    } else if code.area() == "config" {
        Level::INFO
    } else {
        Level::WARN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Board;

    const NOW: i64 = 1_800_000_000;

    fn status(change: impl FnOnce(&mut Status)) -> Status {
        let mut status = Board::new("one".to_owned()).read();
        change(&mut status);
        status
    }

    fn stopped(code: Code) -> Status {
        status(|status| status.state = State::Stopped { reason: Fault::new(code).with("detail", "no such device") })
    }

    fn running(revision: u64, since: i64) -> Status {
        status(|status| {
            status.state = State::Running { since };
            status.revision = Some(revision);
            status.listening = Some("127.0.0.1:8443".to_owned());
        })
    }

    fn warned(warnings: Vec<Fault>) -> Status {
        status(|status| status.warnings = warnings)
    }

    fn hub(hub: HubState) -> Status {
        status(|status| status.hub = hub)
    }

    fn away(code: Code) -> Status {
        hub(HubState::Unreachable { since: NOW - 35, reason: Fault::new(code) })
    }

    fn lines(before: &Status, after: &Status) -> Vec<(Level, String)> {
        changes(before, after, NOW).iter().map(|line| (line.level, line.to_string())).collect()
    }

    #[test]
    fn each_state_is_one_line_with_its_reason_at_its_level() {
        let nothing = status(|_| {});
        let line = |after: &Status| lines(&nothing, after).pop().unwrap();
        assert_eq!(
            line(&running(3, NOW)),
            (Level::INFO, "event=state.running revision=3 listening=127.0.0.1:8443".to_owned())
        );
        let reason = "event=state.stopped reason=service.bind detail=\"no such device\"".to_owned();
        assert_eq!(line(&stopped(codes::BIND)), (Level::ERROR, reason));
        assert_eq!(line(&stopped(codes::RETIRED)).0, Level::ERROR);
        assert_eq!(line(&stopped(codes::STOPPED_BY_ADMINISTRATOR)).0, Level::INFO);
        assert_eq!(line(&stopped(codes::ENDED)).0, Level::INFO);
        assert_eq!(
            line(&status(|status| status.state = State::Detached { reason: Fault::new(codes::DETACHED) })).0,
            Level::ERROR
        );
    }

    #[test]
    fn what_is_as_it_was_is_no_line_however_often_it_is_looked_at() {
        assert!(lines(&running(3, NOW), &running(3, NOW + 9)).is_empty());
        let other_words = |words: &str| {
            let reason = Fault::new(codes::BIND).with("detail", words);
            status(|status| status.state = State::Stopped { reason })
        };
        assert!(lines(&other_words("a"), &other_words("b")).is_empty());
        let unreachable = sekisho_hub_api::codes::UNREACHABLE;
        assert!(lines(&away(unreachable.clone()), &away(unreachable)).is_empty());
        let reachable = |at| hub(HubState::Reachable { at });
        assert!(lines(&reachable(NOW), &reachable(NOW + 25)).is_empty());
        let ends = |days: i64| warned(vec![Fault::new(sekisho_certs::codes::ENDS_SOON).with("days", days).on("tls")]);
        assert!(lines(&ends(12), &ends(11)).is_empty());
    }

    #[test]
    fn a_hub_that_goes_and_comes_back_is_a_line_each() {
        let (unknown, reachable) = (status(|_| {}), hub(HubState::Reachable { at: NOW }));
        let away = away(sekisho_hub_api::codes::UNREACHABLE);
        assert_eq!(lines(&unknown, &reachable), [(Level::INFO, "event=hub.reached".to_owned())]);
        assert_eq!(lines(&reachable, &away), [(Level::WARN, "event=hub.lost reason=hub.unreachable".to_owned())]);
        assert_eq!(lines(&away, &reachable), [(Level::INFO, "event=hub.returned after_seconds=35".to_owned())]);
    }

    #[test]
    fn a_warning_is_one_line_when_it_begins_and_one_when_it_is_over() {
        let (nothing, ahead) = (warned(vec![]), |server: &str| Fault::new(codes::CLOCK_AHEAD).with("server", server));
        let both = warned(vec![ahead("kyoto"), ahead("tokyo")]);
        assert_eq!(lines(&nothing, &both).len(), 2);
        let twice = warned(vec![Fault::new(codes::WRONG_ROW), Fault::new(codes::WRONG_ROW)]);
        assert_eq!(lines(&nothing, &twice).len(), 1, "two rows that are wrong in the same way");
        let over = lines(&both, &warned(vec![ahead("tokyo")]));
        assert_eq!(over, [(Level::INFO, "event=warning.over reason=service.clock_ahead server=\"kyoto\"".to_owned())]);
    }

    #[test]
    fn a_hub_that_forges_or_forks_is_an_error_and_a_chosen_switch_is_none() {
        let level = |code: Code| lines(&warned(vec![]), &warned(vec![Fault::new(code)])).pop().unwrap().0;
        for code in [codes::FORKED, codes::ROLLED_BACK, codes::WRONG_ROW, sekisho_keys::codes::SIGNATURE] {
            assert_eq!(level(code.clone()), Level::ERROR, "{code}");
        }
        assert_eq!(level(sekisho_certs::codes::ENDS_SOON), Level::WARN);
        assert_eq!(level(sekisho_certs::codes::EXPIRED), Level::ERROR);
        assert_eq!(level(codes::METADATA_HELD), Level::WARN);
        assert_eq!(level(sekisho_config::codes::CLIENT_PROTOCOL), Level::INFO);
    }
}
