//! sekishod, the SSO Connect service: serves the public face, and answers the admin API.

mod acme;
pub mod activity;
pub mod admin_server;
pub mod arguments;
mod balancer;
pub mod certificates;
pub mod clock;
pub mod codes;
pub mod configuration;
pub mod connected;
mod coverage;
mod diagnostics;
pub mod draft;
mod egress;
pub mod enrolment;
mod explaining;
mod heads;
mod idp_metadata;
pub mod journal;
pub mod lifecycle;
pub mod listener;
mod metrics;
pub mod places;
mod probing;
pub mod replication;
pub mod runtime;
pub mod secret;
mod servers;
pub mod status;
pub mod store;
pub mod users;
mod webhook;

mod detaching;
mod drafting;
mod importing;
