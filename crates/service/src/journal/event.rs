//! The events, by names and numbers that stay.

use std::fmt;

macro_rules! events {
    ($($(#[$doc:meta])* $event:ident = $id:literal, $name:literal;)*) => {
        /// What has happened. Its number is its id in Windows' event log, where ids of up to 1000 are shown with their text; one
        /// that was given once is not given to anything else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub enum Event {
            $($(#[$doc])* $event = $id,)*
        }

        impl Event {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$event),*];

            /// Its name in the log.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$event => $name,)*
                }
            }

            /// Its id in Windows' event log.
            pub const fn id(self) -> u16 {
                self as u16
            }
        }
    };
}

events! {
    /// An administrator tests who is told.
    Test = 1, "test";
    /// Nothing has been set up.
    NotConfigured = 100, "state.not_configured";
    /// A trial is served.
    Trial = 101, "state.trial";
    /// What was saved is being opened.
    Starting = 102, "state.starting";
    /// Users can sign in.
    Running = 103, "state.running";
    /// Nothing is served, as somebody wished, or because something is in the way.
    Stopped = 104, "state.stopped";
    /// Serving has ended by itself.
    Failed = 105, "state.failed";
    /// The connection is not served any more.
    Detached = 106, "state.detached";
    /// The hub answers for the first time.
    HubReached = 200, "hub.reached";
    /// The hub does not answer any more.
    HubLost = 201, "hub.lost";
    /// The hub answers again.
    HubReturned = 202, "hub.returned";
    /// A warning begins.
    Warning = 300, "warning";
    /// A warning is over.
    WarningOver = 301, "warning.over";
    /// An administrator has written the SSL certificate into a file, with its key.
    GivenOut = 400, "certificate.given_out";
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_event_has_a_name_and_an_id_of_its_own_that_windows_shows() {
        let of_all = |what: fn(&Event) -> String| Event::ALL.iter().map(what).collect::<BTreeSet<_>>().len();
        assert_eq!(of_all(|event| event.name().to_owned()), Event::ALL.len());
        assert_eq!(of_all(|event| event.id().to_string()), Event::ALL.len());
        assert!(Event::ALL.iter().all(|event| (1..=1000).contains(&event.id())));
    }

    #[test]
    fn the_guide_has_every_event_that_is_written_by_its_id() {
        let guide = include_str!("../../../../docs/guide/windows.md");
        // A test is sent to the receiver of events alone.
        for event in Event::ALL.iter().filter(|event| **event != Event::Test) {
            let row = format!("| {} | `{event}` |", event.id());
            assert!(guide.contains(&row), "{row}");
        }
    }
}
