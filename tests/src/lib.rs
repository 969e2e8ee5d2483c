//! Drives the real programs: a virtual display, WebDriver, an identity provider, the service.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

pub mod account;
pub mod auth0;
pub mod authority;
pub mod balancer;
pub mod browser;
pub mod chaos;
pub mod cli;
pub mod display;
pub mod dns;
pub mod first_server;
pub mod https;
pub mod hub;
pub mod idp;
pub mod installed;
pub mod mail_server;
pub mod namespace;
pub mod nodes;
pub mod noticing;
pub mod pebble;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod service;
pub mod site;
pub mod ssh;
pub mod three;
pub mod totp;
pub mod tray;
pub mod unattended;
pub mod wait;
pub mod webdriver;
pub mod window;
