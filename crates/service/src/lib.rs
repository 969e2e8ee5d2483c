//! sekishod, the SSO Connect service: serves the public face, and answers the admin API.

pub mod activity;
pub mod admin_server;
pub mod arguments;
pub mod clock;
pub mod codes;
pub mod configuration;
pub mod lifecycle;
pub mod listener;
pub mod secret;
pub mod status;
pub mod store;
pub mod users;
