//! The hub: orders and keeps sealed things, refuses stale writes, and vouches for nothing.

pub mod app;
pub mod backup;
pub mod certificate;
pub mod codes;
pub mod http;
pub mod listener;
mod proxy_line;
mod purge;
pub mod setup;
pub mod store;
