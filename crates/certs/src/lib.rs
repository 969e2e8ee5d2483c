//! Certificates: reading files, matching keys, judging chains, and making trial certificates and requests.
//!
//! Pure: no I/O and no clock; moments come in as seconds since 1970.

pub mod check;
pub mod codes;
pub mod coverage;
pub mod describe;
pub mod import;
pub mod key;
pub mod pair;
pub mod pem;
pub mod request;
pub mod trial;

mod encrypted;
mod issuing;
mod java;
mod make;
mod pkcs12;
mod pkcs7;
mod shape;
mod store;

pub use describe::{Description, describe, sha256};
pub use key::PrivateKey;
pub use pair::Pair;
