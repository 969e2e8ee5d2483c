//! Certificates: reading files, matching keys, and which names a certificate covers.
//!
//! Pure: no I/O and no clock; moments come in as seconds since 1970.

pub mod check;
pub mod codes;
pub mod coverage;
pub mod key;
pub mod pair;
pub mod pem;

pub use key::PrivateKey;
pub use pair::Pair;
