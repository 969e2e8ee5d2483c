//! The codes of this crate.

sekisho_fault::codes! {
    /// The request that starts a sign-in is not one that the vault page makes. Argument: `detail`.
    LOGIN_REQUEST = "signin.login_request";
    /// The answer belongs to no sign-in of this browser, or to one that is over ten minutes old.
    NO_STATE = "signin.no_state";
    /// The form of the identity provider's answer is not one. Argument: `detail`.
    FORM = "signin.form";
    /// The assertion was used before.
    REPLAY = "signin.replay";
    /// The identity provider names the user anew in each session. Argument: `format`.
    TRANSIENT_SUBJECT = "signin.transient_subject";
    /// Nothing names the user for good. Argument: `wanted`.
    NO_SUBJECT = "signin.no_subject";
    /// There is not exactly one e-mail address. Arguments: `wanted`, `received` (attribute names).
    NO_EMAIL = "signin.no_email";
    /// The e-mail address is in no reserved domain. Arguments: `domain`, `reserved`.
    DOMAIN_NOT_RESERVED = "signin.domain_not_reserved";
    /// The user is new, and nothing in DNS shows that the domain is the connection's. Arguments: `domain`, `record`, `value`.
    DOMAIN_NOT_PROVEN = "signin.domain_not_proven";
    /// The user is new, and DNS has said nothing of the domain's proof for too long. Arguments: `domain`, `record`, `value`.
    DOMAIN_NOT_TOLD = "signin.domain_not_told";
    /// The user is not known and is not to be made. Argument: `email`.
    UNKNOWN_USER = "signin.unknown_user";
    /// Another user has the e-mail address that a known user has now. Argument: `email`.
    EMAIL_TAKEN = "signin.email_taken";
    /// Another user has this e-mail address: whoever came with it waits for an administrator. Argument: `email`.
    HELD = "signin.held";
    /// The user is invited to another connection. Arguments: `email`, `domain` (its Enterprise Domain).
    INVITED_ELSEWHERE = "signin.invited_elsewhere";
    /// The user was recognised by this address under another identity already. Argument: `email`.
    RECOGNISED_ALREADY = "signin.recognised_already";
    /// An answer that nobody asked for was dropped: nobody could say whether it was used before. The page signs in anew.
    CLAIM_UNKNOWN = "signin.claim_unknown";
    /// What a browser would have to keep of a sign-in is more than browsers keep.
    STATE_TOO_LARGE = "signin.state_too_large";
    /// Too much is going on at once.
    BUSY = "signin.busy";
    /// A network has sent too much that proved nothing. Argument, in the activity: `network`.
    TOO_MANY = "signin.too_many";
    /// The code of a hand-over is wrong, or over a minute old.
    CODE = "signin.code";
    /// Users cannot be read or written now.
    USERS = "signin.users";
    /// The link of a test was used, is over ten minutes old, or belongs to no draft that is on trial.
    TEST_LINK = "signin.test_link";
    /// An answer came by itself while nothing is served and a draft is on trial.
    UNSOLICITED_IN_TRIAL = "signin.unsolicited_in_trial";
    /// A mapped attribute did not come, and none that is spelt alike. Arguments: `wanted`, `received`.
    ATTRIBUTE_MISSING = "signin.attribute_missing";
    /// A mapped attribute did not come, but some that are spelt alike. Arguments: `wanted`, `received`.
    ATTRIBUTE_SPELLING = "signin.attribute_spelling";
    /// A client asks in the on-prem protocol, which this connection does not serve.
    CLIENT_PROTOCOL_OFF = "signin.client_protocol_off";
    /// A client's key is no RSA key of 2048 to 4096 bits with an exponent of at least 65537. Argument: `detail`.
    CLIENT_KEY = "signin.client_key";
    /// A client's request to log out is not one that clients make. Argument: `detail`.
    LOGOUT_REQUEST = "signin.logout_request";
    /// The session that a client wants to end is not one of this connection, or not this user's.
    SESSION = "signin.session";
    /// The answer belongs to no logout of this browser, or to one that is over ten minutes old.
    NO_LOGOUT = "signin.no_logout";
    /// The identity provider ends a session, but this connection takes no part in single logout.
    LOGOUT_OFF = "signin.logout_off";
    /// An administrator has locked the user. Argument: `email`.
    LOCKED = "signin.locked";
    /// An administrator has removed the user. Argument: `email`.
    REMOVED = "signin.removed";
    /// The user is new, and the hub cannot be asked now. Argument: `email`.
    HUB_NEEDED = "signin.hub_needed";
    /// The vault has been open for too long without use, or is none of this connection.
    VAULT_CLOSED = "signin.vault_closed";
    /// Another page was faster with a record of the vault.
    VAULT_STALE = "signin.vault_stale";
    /// What a page wants to write is not what pages write. Argument: `detail`.
    VAULT_CHANGE = "signin.vault_change";
    /// What was shown as a second factor is none of the user's.
    FACTOR_WRONG = "signin.factor_wrong";
    /// A second factor was shown wrong too often: there is one more try a minute.
    FACTOR_TRIES = "signin.factor_tries";
    /// The question for a second factor is over ten minutes old, or was answered.
    FACTOR_LATE = "signin.factor_late";
    /// The user has as many security keys as fit.
    FACTOR_KEYS = "signin.factor_keys";
    /// The user's role requires a second factor: the last one stays.
    FACTOR_REQUIRED = "signin.factor_required";
    /// A client of the on-prem protocol can show no second factor, which this user needs. Argument: `email`.
    FACTOR_CLIENT = "signin.factor_client";
    /// The user is new, and the connection is deleted. Argument: `email`.
    DETACHED = "signin.detached";
}
