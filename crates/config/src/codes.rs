//! The codes of this crate.

sekisho_fault::codes! {
    /// The identity provider's metadata has no sign-in address for the binding that requests are to take.
    BINDING_NOT_OFFERED = "config.binding_not_offered";
    /// A class of authentication is no URI, or there are more than eight. Argument: `value`.
    AUTHN_CONTEXT = "config.authn_context";
    /// Not a host name and not an IP address. Argument: `value`.
    HOST = "config.host";
    /// Not a mail domain. Argument: `value`.
    DOMAIN = "config.domain";
    /// A port must be 1 to 65535. Argument: `value`.
    PORT = "config.port";
    /// The Entity ID is empty, has spaces, or is longer than 1024 characters.
    ENTITY_ID = "config.entity_id";
    /// The clocks may differ by 0 to 300 seconds. Argument: `value`.
    SKEW = "config.skew";
    /// Users are to be made at their first sign-in, but no mail domain is reserved.
    JIT_WITHOUT_DOMAIN = "config.jit_without_domain";
    /// Not one plain e-mail address. Argument: `value`.
    EMAIL = "config.email";
    /// More recipients than mails are written to. Argument: `most`.
    TOO_MANY_RECIPIENTS = "config.too_many_recipients";
    /// Not certificates (PEM) of authorities, or too many.
    MAIL_AUTHORITIES = "config.mail_authorities";
    /// Not a password that a mail server takes: empty, too long, or with control characters.
    MAIL_PASSWORD = "config.mail_password";
    /// The document is in a newer schema. Arguments: `needed`, `known`.
    NEWER_SCHEMA = "config.newer_schema";
    /// The document cannot be read. Argument: `detail`.
    DOCUMENT = "config.document";
    /// There is no such field. Argument: `value`.
    NO_SUCH_FIELD = "config.no_such_field";
    /// The field belongs to this server, or to all servers: it is set elsewhere.
    LOCAL_FIELD = "config.local_field";
    /// Not one of the choices. Argument: `value`.
    CHOICE = "config.choice";
    /// Not a name: empty, too long, or with spaces around it. Argument: `value`.
    NAME = "config.name";
    /// Not an address that begins with https://. Argument: `value`.
    HTTPS = "config.https";
    /// Not an IP address. Argument: `value`.
    ADDRESS = "config.address";
    /// Not a network: an IP address, or one with the number of bits that count. Argument: `value`.
    NETWORK = "config.network";
    /// Not the address of a DNS server. Argument: `value`.
    RESOLVER = "config.resolver";
    /// Not a proxy's address. Argument: `value`.
    PROXY = "config.proxy";
    /// A field that is needed is empty; the field is named.
    MISSING = "config.missing";
    /// The certificate is a trial one.
    TRIAL_CERTIFICATE = "config.trial_certificate";
    /// Encrypted assertions are wanted, but there is no key to decrypt them.
    ENCRYPTED_WITHOUT_KEY = "config.encrypted_without_key";
    /// A key of the identity provider's metadata is of no kind or length that signatures are accepted from. Argument:
    /// `fingerprint`.
    IDP_KEY_UNUSABLE = "config.idp_key_unusable";
    /// The name is answered already. Argument: `host`.
    NAME_KNOWN = "config.name_known";
    /// More names than are answered at once. Argument: `most`.
    TOO_MANY_NAMES = "config.too_many_names";
    /// The name is none of those that are answered besides the advertised one. Argument: `host`.
    NO_SUCH_NAME = "config.no_such_name";
    /// The name is not answered yet in what is saved, so users who are sent to it would find nothing. Argument: `host`.
    NAME_NOT_SAVED = "config.name_not_saved";
    /// The name's own certificate would become SAML's too, which the identity provider does not know. Argument: `host`.
    NAME_CHANGES_SAML_KEY = "config.name_changes_saml_key";
    /// The identity provider's answers arrive at the name. Argument: `host`.
    NAME_TAKES_ANSWERS = "config.name_takes_answers";
    /// Answers arrive at one name, but the identity provider can hold several. Argument: `host`.
    ANSWERS_ON_ONE = "config.answers_on_one";
    /// The identity provider can hold one address for answers, but each name asks for its own. Argument: `idp`.
    ONE_ACS = "config.one_acs";
    /// Several names are answered, while the connection moves. Argument: `hosts`.
    NAMES_OVERLAP = "config.names_overlap";
    /// SAML uses no pair, so none can follow.
    ROLLOVER_WITHOUT_KEY = "config.rollover_without_key";
    /// The former pair is still there: another cannot be prepared yet.
    ROLLOVER_NOT_FINISHED = "config.rollover_not_finished";
    /// There is no second pair to go on with.
    NO_ROLLOVER = "config.no_rollover";
    /// The step before is not saved, so the identity provider cannot know of it.
    ROLLOVER_NOT_SAVED = "config.rollover_not_saved";
    /// The next pair is saved, so the identity provider may encrypt to it: it does not go at once.
    ROLLOVER_NEXT_KNOWN = "config.rollover_next_known";
    /// The pairs that SAML uses cannot be changed in another way while one follows the other.
    ROLLOVER_UNDER_WAY = "config.rollover_under_way";
    /// A restore has left this key as it is today. Argument: `was`, what the old revision says.
    KEY_NOT_RESTORED = "config.key_not_restored";
    /// Our metadata is to be signed, but there is no key to sign it with.
    UNSIGNED_METADATA = "config.unsigned_metadata";
    /// The next pair waits for the identity provider to take our metadata.
    ROLLOVER_NEXT = "config.rollover_next";
    /// The former pair waits until the identity provider uses the new one.
    ROLLOVER_FORMER = "config.rollover_former";
    /// Signatures with SHA-1 are accepted.
    SHA1_ALLOWED = "config.sha1_allowed";
    /// A transient NameID is asked for, and nothing else names a user for good. Argument: `format`.
    SUBJECT_TRANSIENT = "config.subject_transient";
    /// This identity provider's NameID is another one in each session, and nothing else names a user for good. Argument:
    /// `attribute`: what its preset takes instead.
    SUBJECT_PER_SESSION = "config.subject_per_session";
    /// What names users for good is another thing from this save on: nobody is recognised who has signed in before.
    USERS_BECOME_STRANGERS = "config.users_become_strangers";
    /// Users are recognised by their addresses. Argument: `until` (time).
    RELINK_OPEN = "config.relink_open";
    /// They were. Argument: `until` (time).
    RELINK_ENDED = "config.relink_ended";
    /// Users are to be recognised by their addresses, but no mail domain is reserved.
    RELINK_WITHOUT_DOMAIN = "config.relink_without_domain";
    /// A window has one day or more. Argument: `most`.
    RELINK_DAYS = "config.relink_days";
    /// Nothing is saved that has named users.
    RELINK_NOBODY = "config.relink_nobody";
    /// What is new in the metadata at its address is taken by itself.
    METADATA_ADDITIONS = "config.metadata_additions";
    /// The address of Entra ID's metadata lacks the application's ID.
    ENTRA_APPID = "config.entra_appid";
    /// The address of Entra ID's metadata lacks the tenant.
    ENTRA_TENANT = "config.entra_tenant";
    /// Answers that nobody asked for sign users in.
    UNSOLICITED_DIRECT = "config.unsolicited_direct";
    /// Answers that nobody asked for sign users in, although requests ask for more than such an answer can promise.
    UNSOLICITED_AND_ASKED = "config.unsolicited_and_asked";
    /// The last of the certificates with which the identity provider signs ends soon. Arguments: `days`, `ends` (time).
    IDP_CERTIFICATE_ENDS = "config.idp_certificate_ends";
    /// It has ended. Argument: `ended` (time).
    IDP_CERTIFICATE_ENDED = "config.idp_certificate_ended";
    /// SAML uses the SSL certificate's key, which ACME would renew without the identity provider knowing.
    ACME_SAML_KEY = "config.acme_saml_key";
    /// Not an e-mail address that an authority can write to. Argument: `value`.
    ACME_CONTACT = "config.acme_contact";
    /// Not a name that an authority puts into a certificate by ACME. Argument: `value`.
    ACME_NAME = "config.acme_name";
    /// A name with a `*` is only to be had with dns-01. Argument: `name`.
    ACME_WILDCARD = "config.acme_wildcard";
    /// The names that are asked for do not cover all that are served with the certificate. Argument: `hosts`.
    ACME_NAMES_LACK = "config.acme_names_lack";
    /// A trial certificate is served until the authority has issued one.
    ACME_STOPGAP = "config.acme_stopgap";
    /// A certificate of one's own takes the place of ACME.
    ACME_TURNED_OFF = "config.acme_turned_off";
    /// A port or program for ACME's challenges that cannot be used. Argument: `value`.
    ACME_HOOK = "config.acme_hook";
    /// Not the name for good of a role or a node. Argument: `value`.
    ROLE_ID = "config.role_id";
    /// A role's or a node's name is empty or too long. Argument: `most`.
    ROLE_NAME = "config.role_name";
    /// A role or a node beside it has the same name. Argument: `name`.
    ROLE_NAME_TAKEN = "config.role_name_taken";
    /// A session is shorter or longer than it may be. Arguments: `least`, `most`.
    SESSION_MINUTES = "config.session_minutes";
    /// There are as many as there may be. Argument: `most`.
    TOO_MANY_ROLES = "config.too_many_roles";
    /// No such role. Argument: `role`.
    NO_SUCH_ROLE = "config.no_such_role";
    /// The role is given by the connection, a node or a group. Argument: `name`.
    ROLE_IN_USE = "config.role_in_use";
    /// Two roles or nodes have one name for good.
    ROLE_TWICE = "config.role_twice";
    /// No such node. Argument: `node`.
    NO_SUCH_NODE = "config.no_such_node";
    /// Nodes stand below this one. Argument: `name`.
    NODE_IN_USE = "config.node_in_use";
    /// The node would be below itself, or too deep. Arguments: `name`, `most`.
    NODE_BELOW_ITSELF = "config.node_below_itself";
    /// A group is mapped twice. Argument: `group`.
    GROUP_TWICE = "config.group_twice";
    /// Users are made at their first sign-in, and there are roles, but none that they get.
    NO_DEFAULT_ROLE = "config.no_default_role";
    /// The on-prem product's clients are answered.
    CLIENT_PROTOCOL = "config.client_protocol";
}
