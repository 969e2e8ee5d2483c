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
    /// The service's own database cannot be used. Arguments: `path`, `detail`.
    DATABASE = "service.database";
    /// Signatures with SHA-1 are accepted.
    SHA1_ALLOWED = "service.sha1_allowed";
}
