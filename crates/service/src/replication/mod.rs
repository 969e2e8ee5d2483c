//! Following the hub: everything that comes is verified before it is stored, and stored before it is served.

mod addresses;
mod arriving;
mod checkpoints;
mod follow;
mod full_sync;
mod hub_link;
mod recent;
mod replica;
mod report;
mod rereading;
mod succession;
mod verify;

#[cfg(test)]
mod tests;

pub use follow::{Follower, News};
pub use full_sync::full_sync;
pub use hub_link::HubLink;
#[cfg(test)]
pub(crate) use replica::Part;
pub use replica::{Replica, Stored};
pub use report::{Own, leave as leave_report, own as own_report, read as read_reports, refused as refused_report};
pub use verify::ALL_SERVERS;
