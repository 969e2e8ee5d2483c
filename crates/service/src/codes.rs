//! The codes of this crate.

sekisho_fault::codes! {
    /// A file cannot be read. Arguments: `path`, `detail`.
    FILE = "service.file";
    /// The private IP address is none of this machine. Arguments: `address`, `addresses` (of this machine).
    ADDRESS_NOT_HERE = "service.address_not_here";
    /// Another program uses the port. Argument: `address`.
    PORT_IN_USE = "service.port_in_use";
    /// The port cannot be opened. Arguments: `address`, `detail`.
    BIND = "service.bind";
    /// The TLS certificate and key cannot be used. Argument: `detail`.
    TLS = "service.tls";
    /// More names are asked for than are judged at once. Argument: `most`.
    TOO_MANY_ASKED = "service.too_many_asked";
    /// The service's own database cannot be used. Arguments: `path`, `detail`.
    DATABASE = "service.database";
    /// There are no random bytes.
    RANDOM = "service.random";
    /// This server belongs to a connection already.
    ALREADY_ENROLLED = "service.already_enrolled";
    /// A text is no join file, and no token. Argument: `detail`.
    JOIN_FILE = "service.join_file";
    /// A join file or token of a newer form.
    JOIN_FILE_NEWER = "service.join_file_newer";
    /// A join file or token that has ended. Argument: `ends`.
    JOIN_FILE_ENDED = "service.join_file_ended";
    /// This server is older than the running ones. Arguments: `here`, `there`, `server`.
    JOIN_OLDER = "service.join_older";
    /// This server is newer than the running ones. Arguments: `here`, `there`, `server`.
    JOIN_NEWER = "service.join_newer";
    /// The ticket is of another organisation than the join file.
    JOIN_OTHER_ORGANISATION = "service.join_other_organisation";
    /// A server has joined by this token already.
    TOKEN_USED = "service.token_used";
    /// An administrator has taken this server out of the pool.
    DRAINED = "service.drained";
    /// Nothing answers at an address. Arguments: `address`, `detail`.
    PROBE_SILENT = "service.probe_silent";
    /// Something answers with another certificate. Argument: `address`.
    PROBE_ANOTHER = "service.probe_another";
    /// A name leads nowhere, by this machine's resolver. Arguments: `host`, `detail`.
    PROBE_NO_ADDRESS = "service.probe_no_address";
    /// This server belongs to no connection yet.
    NOT_ENROLLED = "service.not_enrolled";
    /// The server was taken out of its connection.
    RETIRED = "service.retired";
    /// The server was taken out of its connection because it may be in wrong hands.
    COMPROMISED = "service.compromised";
    /// A row is sealed under a key epoch that has ended for it. Argument: `what`.
    RETIRED_EPOCH = "service.retired_epoch";
    /// The connection was deleted. Argument: `until` (time), when that can be taken back no more.
    DETACHED = "service.detached";
    /// The hub says that this server was retired, and no administrator does.
    NOT_RETIRED = "service.not_retired";
    /// A row of the hub is not what its name says. Argument: `what`.
    WRONG_ROW = "service.wrong_row";
    /// What the hub has is not here as a whole yet.
    FILLING = "service.filling";
    /// The hub shows less than it showed before. Argument: `what`.
    ROLLED_BACK = "service.rolled_back";
    /// Another server has seen something else under the same place. Arguments: `server`, `what`.
    FORKED = "service.forked";
    /// Another server has seen more than the hub shows here. Argument: `server`.
    WITHHELD = "service.withheld";
    /// One counter stands for two things that a server signed: another machine has its keys. Argument: `server`.
    CLONED = "service.cloned";
    /// A server runs another version than this one. Arguments: `server`, `version`, `own`.
    VERSION_SKEW = "service.version_skew";
    /// A server's clock is ahead of this one's. Arguments: `server`, `seconds`.
    CLOCK_AHEAD = "service.clock_ahead";
    /// A server's clock is behind this one's. Arguments: `server`, `seconds`.
    CLOCK_BEHIND = "service.clock_behind";
    /// Another server does not serve, or not the newest revision. Arguments: `server`, `cause` (its code: the rest of the
    /// reason stays there).
    REASON_THERE = "service.reason_there";
    /// A server's report was refused. Arguments: `server`, `cause`.
    REPORT_REFUSED = "service.report_refused";
    /// A revision does not follow the one before. Argument: `what`.
    SPLICED = "service.spliced";
    /// A key that the configuration names is missing. Argument: `key`.
    KEY_MISSING = "service.key_missing";
    /// A revision is not applied; the one before goes on. Arguments: `revision`, `code`.
    NOT_APPLIED = "service.not_applied";
    /// A plan's name is empty, too long, or cannot be shown. Argument: `most`.
    PLAN_NAME = "service.plan_name";
    /// Another plan has this name. Argument: `name`.
    PLAN_KNOWN = "service.plan_known";
    /// There is no plan of this name. Argument: `name`.
    NO_PLAN = "service.no_plan";
    /// As many plans are kept as there may be. Argument: `most`.
    PLANS_FULL = "service.plans_full";
    /// The draft has changes that a plan would replace.
    DRAFT_UNSAVED = "service.draft_unsaved";
    /// No SSL certificate was replaced that can be put back.
    NO_CERTIFICATE_BEFORE = "service.no_certificate_before";
    /// The draft says what is applied: there is nothing to save.
    NO_CHANGES = "service.no_changes";
    /// The advertised host does not resolve. Argument: `host`.
    HOST_UNRESOLVED = "service.host_unresolved";
    /// The advertised host leads to other addresses than this machine's. Arguments: `host`, `addresses`.
    HOST_ELSEWHERE = "service.host_elsewhere";
    /// There is no such revision. Argument: `revision`.
    NO_REVISION = "service.no_revision";
    /// The metadata cannot be fetched. Arguments: `url`, `detail`.
    FETCH = "service.fetch";
    /// The address is not one that the service fetches from. Argument: `url`.
    FETCH_ADDRESS = "service.fetch_address";
    /// The metadata at its address has something new, which waits for an administrator. Arguments: `url`, `added`.
    METADATA_HELD = "service.metadata_held";
    /// The metadata cannot be refreshed from its address. Arguments: `url`, `since`, `detail`.
    METADATA_UNREACHABLE = "service.metadata_unreachable";
    /// The metadata ends soon, and nothing renews it. Arguments: `entity_id`, `until`.
    METADATA_EXPIRES = "service.metadata_expires";
    /// The metadata has ended; sign-in goes on with it. Arguments: `entity_id`, `until`.
    METADATA_EXPIRED = "service.metadata_expired";
    /// More users were removed at once than may be: they sign in until an administrator agrees. Arguments: `count`, `by`, `since`.
    REMOVALS_HELD = "service.removals_held";
    /// No webhook is set.
    WEBHOOK_NONE = "service.webhook_none";
    /// The webhook's address is not one that the service sends to. Argument: `host`.
    WEBHOOK_ADDRESS = "service.webhook_address";
    /// The name of the webhook's host does not resolve. Arguments: `host`, `detail`.
    WEBHOOK_NAME = "service.webhook_name";
    /// Nothing takes connections at the webhook's host. Arguments: `host`, `detail`.
    WEBHOOK_CONNECTION = "service.webhook_connection";
    /// The certificate of the webhook's host is not trusted, or TLS fails otherwise. Arguments: `host`, `detail`.
    WEBHOOK_TLS = "service.webhook_tls";
    /// The webhook's host does not answer in time. Arguments: `host`, `seconds`.
    WEBHOOK_SILENT = "service.webhook_silent";
    /// The webhook's host refuses the event. Arguments: `host`, `status`.
    WEBHOOK_STATUS = "service.webhook_status";
    /// No mail server is set, or nobody to write to.
    MAIL_NONE = "service.mail_none";
    /// No mail server with a sender is applied.
    MAIL_NOT_APPLIED = "service.mail_not_applied";
    /// The mail server's address is not one that the service connects to. Argument: `host`.
    MAIL_ADDRESS = "service.mail_address";
    /// The mail server's name does not resolve. Arguments: `host`, `detail`.
    MAIL_NAME = "service.mail_name";
    /// Nothing takes connections at the mail server, or it speaks no SMTP. Arguments: `host`, `detail`.
    MAIL_CONNECTION = "service.mail_connection";
    /// The mail server offers no encryption. Argument: `host`.
    MAIL_NO_TLS = "service.mail_no_tls";
    /// The mail server's certificate is not trusted, or TLS fails otherwise. Arguments: `host`, `detail`.
    MAIL_TLS = "service.mail_tls";
    /// The mail server does not take user and password. Arguments: `host`, `answer`.
    MAIL_SIGN_IN = "service.mail_sign_in";
    /// The mail server does not take the mail yet. Arguments: `host`, `answer`.
    MAIL_LATER = "service.mail_later";
    /// The mail server refuses the mail. Arguments: `host`, `answer`.
    MAIL_REFUSED = "service.mail_refused";
    /// The mail server does not answer in time. Arguments: `host`, `seconds`.
    MAIL_SILENT = "service.mail_silent";
    /// The password for the mail server is not there, or not open to this server.
    MAIL_PASSWORD = "service.mail_password";
    /// ACME is not on.
    ACME_OFF = "service.acme_off";
    /// The authority's terms of service were not agreed to.
    ACME_TERMS = "service.acme_terms";
    /// An account that the authority knows by other ways cannot be used yet: the authority is inside the company, and no
    /// administrator has signed its address. Argument: `host`.
    ACME_INSIDE = "service.acme_inside";
    /// The key of such an account is none.
    ACME_EXTERNAL_KEY = "service.acme_external_key";
    /// The authority's address is not one that the service connects to. Argument: `host`.
    ACME_ADDRESS = "service.acme_address";
    /// The name of the authority's host does not resolve. Arguments: `host`, `detail`.
    ACME_RESOLVE = "service.acme_resolve";
    /// Nothing takes connections at the authority. Arguments: `host`, `detail`.
    ACME_CONNECTION = "service.acme_connection";
    /// The authority's own certificate is not trusted, or TLS fails otherwise. Arguments: `host`, `detail`.
    ACME_TLS = "service.acme_tls";
    /// The authority does not answer in time. Arguments: `host`, `seconds`.
    ACME_SILENT = "service.acme_silent";
    /// The authority's answer is none. Arguments: `host`, `detail`.
    ACME_ANSWER = "service.acme_answer";
    /// The authority refuses. Arguments: `host`, `kind`, `detail`.
    ACME_REFUSED = "service.acme_refused";
    /// The authority has had too many orders. Arguments: `host`, `kind`, `detail`.
    ACME_RATE = "service.acme_rate";
    /// The authority gives accounts only to those whom it knows by other ways. Arguments: `host`, `kind`, `detail`.
    ACME_EXTERNAL = "service.acme_external";
    /// The authority does not know the account. Arguments: `host`, `kind`, `detail`.
    ACME_ACCOUNT = "service.acme_account";
    /// The authority does not take the e-mail address. Arguments: `host`, `kind`, `detail`.
    ACME_CONTACT_REFUSED = "service.acme_contact_refused";
    /// The authority gives no certificate for the name. Arguments: `host`, `kind`, `detail`.
    ACME_NAME_REFUSED = "service.acme_name_refused";
    /// The authority has not come to an end in time. Argument: `host`.
    ACME_SLOW = "service.acme_slow";
    /// The authority does not offer the challenge. Arguments: `name`, `challenge`.
    ACME_NOT_OFFERED = "service.acme_not_offered";
    /// The authority was not shown that a name is ours, by http-01. Arguments: `name`, `detail`.
    ACME_HTTP = "service.acme_http";
    /// The authority was not shown that a name is ours, by dns-01. Arguments: `name`, `detail`.
    ACME_DNS = "service.acme_dns";
    /// The certificate that was issued cannot be served. Argument: `code`.
    ACME_UNFIT = "service.acme_unfit";
    /// This server has no program for dns-01.
    ACME_NO_HOOK = "service.acme_no_hook";
    /// The program for dns-01 is not one that is run. Arguments: `path`, `detail`.
    ACME_HOOK_FILE = "service.acme_hook_file";
    /// The program for dns-01 has failed. Arguments: `path`, `detail`.
    ACME_HOOK_FAILED = "service.acme_hook_failed";
    /// The port for http-01 cannot be opened. Arguments: `address`, `detail`.
    ACME_PORT = "service.acme_port";
    /// Another server is at it.
    ACME_BUSY = "service.acme_busy";
    /// The hub is of a version that keeps nothing of ACME.
    ACME_HUB_OLD = "service.acme_hub_old";
    /// The certificate could not be renewed. Arguments: `code`, `detail`, `next` (time).
    ACME_FAILED = "service.acme_failed";
    /// There is nothing to serve: no revision was saved yet.
    NOTHING_SAVED = "service.nothing_saved";
    /// The process ends, because it was told to.
    ENDED = "service.ended";
    /// The port for metrics cannot be opened. Arguments: `address`, `detail`.
    METRICS_PORT = "service.metrics_port";
    /// A known user's new address is another's, or an administrator has spoken of it. Argument: `email`.
    NOT_FOLLOWED = "service.not_followed";
    /// A known user's new address is of no domain that is shown to be the connection's. Argument: `email`.
    NOT_FOLLOWED_DOMAIN = "service.not_followed_domain";
    /// A role that is to go was given to users. Arguments: `name`, `count`.
    ROLE_GIVEN = "service.role_given";
    /// On a node that is to go there are users. Arguments: `name`, `count`.
    NODE_GIVEN = "service.node_given";
    /// An administrator has stopped it.
    STOPPED_BY_ADMINISTRATOR = "service.stopped_by_administrator";
}
