//! Three servers of a connection behind a balancer that passes TLS through, a real identity provider, and a DNS server of the
//! test's own, which the servers ask.

use std::path::Path;

use crate::balancer::Balancer;
use crate::cli::Cli;
use crate::dns::Dns;
use crate::idp::SimpleSaml;
use crate::process::free_port;
use crate::service::Service;
use crate::site::{self, Site, Sp};

/// All of it, running.
pub struct Three {
    /// The hub, the founder and the first server; its port is the balancer's.
    pub site: Site,
    /// What the identity provider knows of the connection.
    pub sp: Sp,
    /// The identity provider.
    pub idp: SimpleSaml,
    /// The second and the third server.
    pub others: [(Service, Cli); 2],
    /// What the names lead to: `localhost` to the balancer, no other yet.
    pub dns: Dns,
    /// Where each server listens.
    pub listening: [String; 3],
    _balancer: Balancer,
}

impl Three {
    /// Starts it.
    pub fn start(home: &Path) -> Self {
        let mut site = Site::found(home);
        let private = free_port();
        let listening = ["127.0.0.1", "127.0.0.2", "127.0.0.3"].map(|address| format!("{address}:{private}"));
        let balancer = Balancer::of_servers(&home.join("balancer"), &listening);
        site.port = balancer.port;
        let own = private.to_string();
        site.founder.run(&["draft", "set", "private_port", &own]);
        let sp = site.draft(&[("trusted_proxies", "127.0.0.1")]);
        let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
        site.save(&idp.metadata);
        let others = [("two", "127.0.0.2"), ("three", "127.0.0.3")].map(|(name, address)| {
            let service = Service::start(&site.home.join(name));
            let cli = site.founder.at(&service.socket);
            cli.run(&["draft", "set", "private_ip", address]);
            cli.run(&["draft", "set", "private_port", &own]);
            cli.run(&["enrol"]);
            site::status(&cli, "it runs", |status| status["state"]["state"] == "running");
            (service, cli)
        });
        let dns = Dns::start();
        dns.leads("localhost", &["127.0.0.1"]);
        // What shows the mail domain stands here, too.
        site::show_domain_in(&dns, &site.founder, "", "example.com");
        for cli in [&site.founder].into_iter().chain(others.iter().map(|(_, cli)| cli)) {
            cli.run(&["draft", "set", "resolver", &dns.address.to_string()]);
        }
        Self { site, sp, idp, others, dns, listening, _balancer: balancer }
    }
}
