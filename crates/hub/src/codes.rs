//! The codes of this crate.

sekisho_fault::codes! {
    /// The hub's database cannot be opened. Arguments: `place`, `detail`.
    DATABASE = "hub.database";
    /// What is at this place is no database of a hub. Argument: `place`.
    NOT_A_HUB_DATABASE = "hub.not_a_hub_database";
    /// A newer hub wrote the database. Arguments: `place`, `found`, `known` (versions of the schema).
    DATABASE_NEWER = "hub.database_newer";
    /// The address of the PostgreSQL database cannot be read. It may hold a password, so it is no argument.
    DATABASE_ADDRESS = "hub.database_address";
    /// The hub's certificate cannot be used. Arguments: `path`, `detail`.
    TLS = "hub.tls";
    /// The hub's port cannot be opened. Arguments: `address`, `detail`.
    BIND = "hub.bind";
}
