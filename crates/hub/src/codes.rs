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
    /// A node of the hub uses the database. Argument: `place`.
    IN_USE = "hub.in_use";
    /// There is no hub whose data could be saved. Argument: `place`.
    NO_HUB = "hub.no_hub";
    /// The hub that is to be restored has data. Argument: `place`.
    HAS_DATA = "hub.has_data";
    /// A backup cannot be read or written. Arguments: `path`, `detail`.
    BACKUP_FILE = "hub.backup_file";
    /// A backup was cut off or changed, or is none. Argument: `path`.
    BACKUP_DAMAGED = "hub.backup_damaged";
    /// A newer hub made the backup. Arguments: `path`, `found`, `known` (versions of the schema).
    BACKUP_NEWER = "hub.backup_newer";
    /// What was restored is not what the backup holds. Argument: `place`.
    RESTORED_OTHERWISE = "hub.restored_otherwise";
}
