//! The codes of this crate.

sekisho_fault::codes! {
    /// A file cannot be read or written. Arguments: `path`, `detail`.
    FILE = "cli.file";
    /// Something has to be asked, and nobody is there to answer. Argument: `what`.
    NOBODY_THERE = "cli.nobody_there";
    /// The file of an unattended set-up is none. Argument: `detail`.
    INITIALIZE_FILE = "cli.initialize_file";
    /// The secret of the authenticator app is none.
    TOTP_SECRET = "cli.totp_secret";
    /// A set-up code or an invitation stands in the arguments.
    SECRET_IN_ARGUMENTS = "cli.secret_in_arguments";
    /// Whoever was asked did not agree to what was to be signed.
    NOT_AGREED = "cli.not_agreed";
    /// A plan changes what somebody has changed meanwhile. Argument: `fields`.
    PLAN_CONFLICTS = "cli.plan_conflicts";
    /// The service lists changes that the file does not name. Argument: `fields`.
    OTHER_CHANGES = "cli.other_changes";
    /// What was typed is not the name of what was to be taken away.
    NOT_CONFIRMED = "cli.not_confirmed";
    /// No invitation of this name is open. Argument: `login`.
    NO_INVITATION = "cli.no_invitation";
    /// The save was not applied here in time. Argument: `revision`.
    NOT_APPLIED_YET = "cli.not_applied_yet";
    /// No test came back in time.
    NO_TEST = "cli.no_test";
    /// A moment that is none. Argument: `value`.
    MOMENT = "cli.moment";
    /// The draft has errors. Argument: `count`.
    ERRORS = "cli.errors";
    /// This server belongs to no connection yet.
    NOT_ENROLLED = "cli.not_enrolled";
    /// The Full Sync found what does not hold. Argument: `count`.
    SYNC_FAULTS = "cli.sync_faults";
    /// Servers have seen different things of the hub. Argument: `servers`.
    FORKED = "cli.forked";
    /// No known error code of an identity provider is in the text.
    UNKNOWN_IDP_ERROR = "cli.unknown_idp_error";
    /// Not a group and its role. Argument: `value`.
    GROUP = "cli.group";
    /// Several nodes have this name. Arguments: `name`, `ids`.
    SEVERAL_NODES = "cli.several_nodes";
    /// Several newcomers wait with this address. Arguments: `email`, `subjects`.
    SEVERAL_WAIT = "cli.several_wait";
    /// Some user records could not be given back to the hub. Argument: `count` (of the reasons).
    NOT_GIVEN_BACK = "cli.not_given_back";
}
