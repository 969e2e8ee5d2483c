//! The codes of this crate.

sekisho_fault::codes! {
    /// Nobody is signed in.
    SIGNED_OUT = "admin.signed_out";
    /// The passphrase is easy to guess.
    WEAK_PASSPHRASE = "admin.weak_passphrase";
    /// Neither a set-up code, nor a hub's address, nor an invitation.
    HUB = "admin.hub";
    /// A set-up code is needed.
    NEEDS_SETUP_CODE = "admin.needs_setup_code";
    /// An invitation is needed.
    NEEDS_INVITATION = "admin.needs_invitation";
    /// The invitation is not open: it was used, withdrawn, or has ended.
    INVITATION_CLOSED = "admin.invitation_closed";
    /// The recovery kit opens nothing: it was used or replaced.
    KIT_SPENT = "admin.kit_spent";
    /// The authenticator's secret was not made in this process.
    NO_AUTHENTICATOR = "admin.no_authenticator";
    /// The line of the recovery kit is another. Argument: `line`.
    KIT_LINE = "admin.kit_line";
    /// There is no kit to be rehearsed.
    NO_KIT = "admin.no_kit";
    /// The hub shows an older or another organisation log than this computer has seen. Arguments: `seen`, `shown`.
    FORK = "admin.fork";
    /// There is no such connection. Argument: `connection`.
    NO_CONNECTION = "admin.no_connection";
    /// The connection is deleted. Argument: `until` (time), when that can be taken back no more.
    CONNECTION_DELETED = "admin.connection_deleted";
    /// The connection is not deleted.
    NOT_DELETED = "admin.not_deleted";
    /// The deletion cannot be taken back any more. Argument: `until` (time).
    UNDO_OVER = "admin.undo_over";
    /// The typed name is not the connection's. Argument: `typed`.
    OTHER_NAME = "admin.other_name";
    /// What goes with the connection is not what was shown.
    NOT_AS_SHOWN = "admin.not_as_shown";
    /// The connection has servers or users, and no export of it as it is now was made in this session.
    EXPORT_NEEDED = "admin.export_needed";
    /// The export cannot be written or read there. Arguments: `path`, `detail`.
    EXPORT_FILE = "admin.export_file";
    /// Nothing was saved when the export was made: there is nothing to import.
    NOTHING_IN_EXPORT = "admin.nothing_in_export";
    /// No SSL certificate is saved, so none can be given to a balancer.
    NO_TLS_CERTIFICATE = "admin.no_tls_certificate";
    /// Everybody has addresses in the domain: no company reserves it. Argument: `domain`.
    PUBLIC_MAIL_DOMAIN = "admin.public_mail_domain";
    /// Not an Enterprise Domain. Argument: `value`.
    ENTERPRISE_DOMAIN = "admin.enterprise_domain";
    /// A name is needed.
    NAME = "admin.name";
    /// Somebody saved in between. Arguments: `base`, `newest`.
    CONFLICT = "admin.conflict";
    /// The document has other changes than those that were shown. Argument: `fields`.
    NOT_SHOWN = "admin.not_shown";
    /// The invitation was not accepted yet. Argument: `login`.
    NOT_ACCEPTED = "admin.not_accepted";
    /// There is no such server, or several of this name. Argument: `server`.
    NO_SERVER = "admin.no_server";
    /// The server belongs to the connection: it has no list of what must be made new. Argument: `server`.
    NO_CHECKLIST = "admin.no_checklist";
    /// Whether this is done follows from what is so, and cannot be marked. Argument: `item`.
    NOT_MARKED = "admin.not_marked";
    /// Nobody waits with this address any more. Argument: `email`.
    NOBODY_WAITS = "admin.nobody_waits";
    /// There is no such user. Argument: `email`.
    NO_USER = "admin.no_user";
    /// A user was removed too long ago to be taken back. Argument: `email`.
    REMOVED_FOR_GOOD = "admin.removed_for_good";
    /// The removal of this user waits with others. Argument: `email`.
    REMOVAL_WAITS = "admin.removal_waits";
    /// Other removals wait than those that were shown.
    REMOVALS_CHANGED = "admin.removals_changed";
    /// There is no such administrator. Argument: `login`.
    NO_ADMINISTRATOR = "admin.no_administrator";
    /// Nobody removes themselves: they would know the keys that follow.
    REMOVES_ITSELF = "admin.removes_itself";
    /// The SSL certificate is renewed by ACME: a file of it would soon have ended.
    CERTIFICATE_BY_ACME = "admin.certificate_by_acme";
    /// There is no such method. Argument: `method`.
    UNKNOWN_METHOD = "admin.unknown_method";
    /// The parameters do not fit the method. Arguments: `method`, `detail`.
    BAD_PARAMS = "admin.bad_params";
    /// What this computer remembers cannot be written. Arguments: `path`, `detail`.
    MEMORY = "admin.memory";
    /// The organisation is another than the join file's.
    OTHER_ORGANISATION = "admin.other_organisation";
}
