//! Where the service keeps its things on this system, and how its folder is kept from others.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{admin_accounts, data, make_folder};
#[cfg(windows)]
pub use windows::{admin_accounts, data, make_folder};
