//! The codes of this crate.

sekisho_fault::codes! {
    /// The file is no configuration. Argument: `detail` (line, column and what was expected).
    FILE = "config.file";
    /// Not a host name and not an IP address. Argument: `value`.
    HOST = "config.host";
    /// Not a mail domain. Argument: `value`.
    DOMAIN = "config.domain";
    /// A port must be 1 to 65535.
    PORT = "config.port";
    /// The Entity ID is empty, has spaces, or is longer than 1024 characters.
    ENTITY_ID = "config.entity_id";
    /// The clocks may differ by 0 to 300 seconds. Argument: `value`.
    SKEW = "config.skew";
    /// Users are to be made at their first sign-in, but no mail domain is reserved.
    JIT_WITHOUT_DOMAIN = "config.jit_without_domain";
    /// Not one plain e-mail address. Argument: `value`.
    EMAIL = "config.email";
}
