//! What a stranger can cost us, and what keeps it small (R22). Everything is of fixed size, and none of it counts a
//! sign-in that goes well: thousands of people behind one address sign in at nine o'clock.
//!
//! - A request is read within bounds ([`bodies`]).
//! - Who proves nothing spends tokens of the network that it comes from ([`buckets`]). When they are gone, such requests
//!   are answered with 429 before any cryptography. A browser that brings its own sealed state is let on, in a
//!   room apart.
//! - Whoever has to be asked elsewhere is not waited for long ([`claiming`]).
//! - Cryptography happens in rooms of bounded size ([`pool`]); who finds no place gets 503.
//!
//! How many refusals are written down is for the activity to decide.

pub(crate) mod bodies;
pub(crate) mod buckets;
pub(crate) mod claiming;
pub(crate) mod pool;
pub mod prefix;
pub mod share;
pub(crate) mod standing;
