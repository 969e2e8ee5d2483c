//! The codes of this crate. Those that the hub answers with are here too: client and hub share them.

sekisho_fault::codes! {
    /// Not a hub's address. Argument: `value`.
    ADDRESS = "hub.address";
    /// Not a set-up code.
    SETUP_CODE = "hub.setup_code";
    /// The hub cannot be reached. Arguments: `hub`, `detail`.
    UNREACHABLE = "hub.unreachable";
    /// The name of the hub does not resolve. Argument: `hub`.
    NO_SUCH_HOST = "hub.no_such_host";
    /// The hub's certificate is not the one that is pinned, or not one that the system trusts. Argument: `hub`.
    CERTIFICATE = "hub.certificate";
    /// The proxy wants credentials. Argument: `hub`.
    PROXY = "hub.proxy";
    /// The hub answered with what is no answer. Arguments: `hub`, `detail`.
    ANSWER = "hub.answer";
    /// A proxy or CA certificate that cannot be used. Argument: `detail`.
    CONNECTION_SETTINGS = "hub.connection_settings";
    /// Wrong passphrase, wrong code or unknown account: which one is not said.
    SIGN_IN = "hub.sign_in";
    /// Too many tries. Argument: `seconds`.
    TOO_MANY_TRIES = "hub.too_many_tries";
    /// The set-up token was used, has ended, or never was.
    SETUP_TOKEN = "hub.setup_token";
    /// The first code is not the one that belongs to the secret.
    TOTP_CODE = "hub.totp_code";
    /// No session, or one that has ended.
    SESSION = "hub.session";
    /// The session may not do this.
    FORBIDDEN = "hub.forbidden";
    /// A request that writes is not signed by the keys of its session.
    NOT_SIGNED = "hub.not_signed";
    /// The server was retired: its keys open nothing any more.
    RETIRED = "hub.retired";
    /// What is written is sealed under a key epoch that has ended.
    RETIRED_EPOCH = "hub.retired_epoch";
    /// The connection is deleted: nothing is written of it. Argument: `until` (time), when that can be taken back no more.
    DELETED = "hub.deleted";
    /// Somebody else wrote in between.
    STALE = "hub.stale";
    /// The connection has claimed more than fits until some of it ends.
    CLAIMS_FULL = "hub.claims_full";
    /// The name is taken. Argument: `name`.
    TAKEN = "hub.taken";
    /// There is no such thing. Argument: `what`.
    NOT_FOUND = "hub.not_found";
    /// The request is none. Argument: `detail`.
    REQUEST = "hub.request";
    /// The hub's database cannot be used now.
    STORE = "hub.store";
    /// The clocks of this machine and of the hub differ. Arguments: `seconds`.
    CLOCK = "hub.clock";
    /// The client is older than the hub by more than one version. Arguments: `client`, `hub` (versions of the programs).
    CLIENT_TOO_OLD = "hub.client_too_old";
    /// The hub is older than the client by more than one version. Arguments: `client`, `hub` (versions of the programs).
    HUB_TOO_OLD = "hub.hub_too_old";
}
