//! The SSL certificate by ACME (RFC 8555): one server of the connection orders, all serve. What comes of it is a record that a
//! server signs, never a revision (R17), and is judged by the setting that an administrator has signed each time it is served.
//!
//! `watching` decides and works through an order; `schedule` says when, and has no clock; `order` speaks with the authority
//! through `door`; `port` and `hook` answer its challenges; `records` are at the hub and here; `serving` puts a certificate
//! into what is served; `account` and `setting` are what an administrator does.

mod account;
mod door;
mod hook;
mod order;
mod port;
mod records;
mod schedule;
mod serving;
mod setting;
mod told;
mod watching;

pub(crate) use setting::hook_works;
pub(crate) use watching::Watch;
