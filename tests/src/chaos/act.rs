//! What is cut off, and by whose end.

/// An act of the administrator's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    /// A certificate with its key is imported into the draft.
    Import,
    /// A connection's file is imported into the draft.
    Connection,
    /// A save, up to the hub's word that it is taken.
    Save,
    /// A save is applied at all servers.
    Apply,
    /// A Full Sync at one server.
    Sync,
    /// A server joins.
    Enrol,
    /// A server leaves.
    Retire,
}

/// A program that is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Victim {
    /// The service at which the act is done.
    First,
    /// Another service.
    Second,
    /// The service that joins or leaves.
    Guest,
    /// The hub.
    Hub,
    /// The command line's command.
    Command,
    /// The command line's agent, which holds the administrator's session and signs.
    Agent,
}

impl Act {
    pub(super) const ALL: [Self; 7] =
        [Self::Import, Self::Connection, Self::Save, Self::Apply, Self::Sync, Self::Enrol, Self::Retire];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Connection => "connection",
            Self::Save => "save",
            Self::Apply => "apply",
            Self::Sync => "sync",
            Self::Enrol => "enrol",
            Self::Retire => "retire",
        }
    }

    /// Who takes part, and may end.
    pub(super) fn victims(self) -> &'static [Victim] {
        match self {
            Self::Import => &[Victim::First, Victim::Command],
            Self::Connection => &[Victim::First, Victim::Command, Victim::Agent],
            Self::Save => &[Victim::First, Victim::Hub, Victim::Command, Victim::Agent],
            Self::Apply => &[Victim::First, Victim::Second, Victim::Hub],
            Self::Sync => &[Victim::First, Victim::Hub, Victim::Command],
            Self::Enrol => &[Victim::Guest, Victim::Guest, Victim::Hub, Victim::Command, Victim::Agent],
            Self::Retire => {
                &[Victim::First, Victim::Second, Victim::Guest, Victim::Hub, Victim::Command, Victim::Agent]
            }
        }
    }
}
