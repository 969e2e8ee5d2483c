//! The codes of this crate.

sekisho_fault::codes! {
    /// No service answers at the admin socket. Argument: `endpoint`.
    UNREACHABLE = "admin-api.unreachable";
    /// The service refuses this account. Argument: `user`.
    NOT_ALLOWED = "admin-api.not_allowed";
    /// The other side at the socket does not run as the service's account.
    WRONG_PEER = "admin-api.wrong_peer";
    /// Both sides speak no common version. Arguments: `ours`, `theirs`.
    VERSION = "admin-api.version";
    /// A frame is over the limit. Arguments: `size`, `limit` (bytes).
    OVERSIZED_FRAME = "admin-api.oversized_frame";
    /// A frame is not a message of this API.
    GARBAGE = "admin-api.garbage";
    /// There is no such method. Argument: `method`.
    UNKNOWN_METHOD = "admin-api.unknown_method";
    /// The parameters do not fit the method. Arguments: `method`, `detail`.
    BAD_PARAMS = "admin-api.bad_params";
    /// The connection ended before the answer came.
    CLOSED = "admin-api.closed";
    /// A text is no `ssh://[user@]host[:port]`. Argument: `value`.
    SSH_HOST = "admin-api.ssh_host";
    /// There is no `ssh` client. Argument: `detail`.
    NO_SSH = "admin-api.no_ssh";
    /// `ssh` ended before the service there answered. Arguments: `host`, `detail` (what it said last).
    SSH = "admin-api.ssh";
}
