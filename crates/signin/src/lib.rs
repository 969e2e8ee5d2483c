//! The public face: what browsers and the identity provider meet. It takes what is to be served and six
//! capabilities (users, vaults, claims, heads, activity, clock) and answers HTTP; it keeps no sign-in's state of its own but the assertions
//! that were used. A draft on trial is served beside, sealed off from users.

mod acs;
mod client;
mod direct;
mod factor;
mod flow;
mod form;
mod handover;
mod idp;
mod load;
mod login;
mod logout;
mod opened;
mod pages;
mod refusal;
mod replay;
mod roles;
mod session;
mod test_login;
mod unsolicited;
mod vault;
mod who;
mod why;

pub mod applied;
pub mod capabilities;
pub mod codes;
pub mod explain;
pub mod face;
pub mod heads;
pub mod ping;
pub mod report;
pub mod routes;
pub mod trial;

pub use applied::{Applied, Ids, Previous, StateSecrets};
pub use capabilities::{
    Activity, Admits, Claimed, Claims, Clock, Entry, Heads, Identity, Profile, Sealed, SignIn, User, Users,
    VaultChanges, VaultPart, Vaults,
};
pub use face::Face;
pub use load::prefix::{Peer, Prefix};
pub use load::share::{Held, Shares};
pub use ping::{Condition, Pulse};
pub use report::TestReport;
pub use routes::router;
pub use trial::Trial;
pub use vault::fingerprint as vault_fingerprint;
