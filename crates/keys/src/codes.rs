//! The codes of this crate.

sekisho_fault::codes! {
    /// Sealed bytes were changed, cut, or sealed under another key or for another purpose.
    NOT_AUTHENTIC = "keys.not_authentic";
    /// The page's key is no P-256 public key.
    PAGE_KEY = "keys.page_key";
    /// Not a name of the kind that is needed. Argument: `value`.
    ID = "keys.id";
    /// Signed bytes are not of the form that they must have.
    FORMAT = "keys.format";
    /// What is to be signed is larger than any reader reads. Arguments: `size`, `limit`, in bytes.
    TOO_LARGE = "keys.too_large";
    /// Signed bytes are of a form that only a newer version knows.
    NEWER_FORMAT = "keys.newer_format";
    /// A signature does not hold.
    SIGNATURE = "keys.signature";
    /// Something belongs to another organisation or connection.
    WRONG_PLACE = "keys.wrong_place";
    /// Something is sealed under another key epoch.
    WRONG_EPOCH = "keys.wrong_epoch";
    /// The organisation log has no entry.
    LOG_EMPTY = "keys.log_empty";
    /// The organisation log begins with another entry than the known one.
    LOG_WRONG_ORGANISATION = "keys.log_wrong_organisation";
    /// An entry does not follow the one before. Argument: `sequence`.
    LOG_CHAIN = "keys.log_chain";
    /// The signer is no administrator who may do this.
    LOG_AUTHOR = "keys.log_author";
    /// An entry says what it may not say. Argument: `detail`.
    LOG_RULE = "keys.log_rule";
    /// The log does not reach as far as it must.
    LOG_TOO_SHORT = "keys.log_too_short";
    /// The server does not belong to the connection.
    NO_SUCH_SERVER = "keys.no_such_server";
    /// The ticket has ended, or lasts too long. Argument: `ends` (time).
    TICKET_ENDED = "keys.ticket_ended";
    /// The ticket is for another server.
    TICKET_FOR_ANOTHER = "keys.ticket_for_another";
    /// A line of the recovery kit is mistyped. Argument: `line`.
    KIT_LINE = "keys.kit_line";
    /// A server's record is missing at the hub. Arguments: `server`, `counter`.
    WITHHELD = "keys.withheld";
    /// The invited administrator's keys were not made with the invitation.
    INVITATION = "keys.invitation";
    /// Not a connection's export file.
    EXPORT = "keys.export";
    /// The end of the export file is missing.
    EXPORT_CUT = "keys.export_cut";
    /// The export file was changed.
    EXPORT_DAMAGED = "keys.export_damaged";
    /// The passphrase is not the export file's.
    EXPORT_PASSPHRASE = "keys.export_passphrase";
    /// Only a newer version reads the export file. Arguments: `needed`, `known`.
    EXPORT_NEWER = "keys.export_newer";
    /// Users were handed over too long ago. Argument: `ends` (time).
    TRANSFER_ENDED = "keys.transfer_ended";
    /// An administrator's word that a key was taken out is too old. Argument: `ends` (time).
    GIVEN_OUT_ENDED = "keys.given_out_ended";
    /// What a security key has answered is not what it answers for this user, at this address, to this question. Argument: `detail`.
    SECURITY_KEY = "keys.security_key";
    /// There is more than fits into an export file. Argument: `limit`, in bytes.
    EXPORT_TOO_LARGE = "keys.export_too_large";
}
