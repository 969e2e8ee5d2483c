//! Three servers of one hub that take in whoever comes from a proved domain, and what each of them, the hub and a new server say of
//! who came.

use std::collections::BTreeSet;
use std::path::Path;

use sekisho_tests::cli::Cli;
use sekisho_tests::service::Service;
use sekisho_tests::site::{self, Site, Sp};
use serde_json::Value;

use super::super::idp::Idp;
use super::crowd::address;

/// All of it, running.
pub struct Town {
    /// The hub, the founder and the first server.
    pub site: Site,
    /// What users open.
    pub sp: Sp,
    /// The second and the third server.
    others: [(Service, Cli); 2],
    /// What an administrator is told to look at before anybody comes, at each server.
    warned: Vec<BTreeSet<String>>,
}

impl Town {
    /// Starts it.
    pub fn start(home: &Path, idp: &Idp) -> Self {
        let site = Site::found(home);
        let sp = site.draft(&[]);
        site.save(&idp.write_metadata(home));
        let others = [("two", "127.0.0.2"), ("three", "127.0.0.3")].map(|(name, address)| site.another(name, address));
        let mut town = Self { site, sp, others, warned: Vec::new() };
        let running = |cli| site::status(cli, "it runs", |status| status["state"]["state"] == "running");
        town.warned = town.servers().map(running).iter().map(warnings).collect();
        town
    }

    fn servers(&self) -> [&Cli; 3] {
        let [(_, two), (_, three)] = &self.others;
        [&self.site.founder, two, three]
    }

    /// How many users an administrator sees: exactly the newcomers, each once.
    pub fn seen(&self, newcomers: usize) -> usize {
        let listed = self.site.founder.run(&["users", "list"]);
        let listed = listed.as_array().expect("a list of users");
        let mut expected: BTreeSet<String> = (0..newcomers).map(address).collect();
        for user in listed {
            let email = user["email"].as_str().unwrap_or_default();
            assert!(expected.remove(email), "nobody came as this, or it is there twice: {user}");
            assert_eq!(user["state"], "active", "{user}");
        }
        assert!(expected.is_empty(), "lost: {expected:?}");
        listed.len()
    }

    /// How many records a new server finds at the hub, each of which it verifies: two of one address would be two.
    pub fn taken_in(&self) -> usize {
        let fresh = Service::start(&self.site.home.join("four"));
        let cli = self.site.founder.at(&fresh.socket);
        cli.run(&["draft", "set", "private_ip", "127.0.0.4"]);
        let joined = cli.run(&["enrol"]);
        joined["users"].as_u64().and_then(|users| usize::try_from(users).ok()).expect("a number of users")
    }

    /// Waits until every server knows all of them, and has nothing to say of it that it did not say before they came.
    pub fn settle(&self, newcomers: usize) {
        for (server, (cli, before)) in self.servers().iter().zip(&self.warned).enumerate() {
            let settled = |status: &Value| status["users"] == newcomers && warnings(status).is_subset(before);
            site::status(cli, &format!("server {server} knows all and warns of nothing"), settled);
        }
    }
}

fn warnings(status: &Value) -> BTreeSet<String> {
    let listed = status["warnings"].as_array().into_iter().flatten();
    listed.filter_map(|warning| warning["code"].as_str().map(str::to_owned)).collect()
}
