//! What stands before the servers.

use std::net::SocketAddr;

use sekisho_admin_api::balancer::{SeenTopology, Topology};
use sekisho_admin_api::certificates::ServedCertificates;
use sekisho_fault::Result;

use crate::lifecycle::House;

impl House {
    /// Looks at where the name of the servers leads to.
    ///
    /// Codes: `NOTHING_SAVED`, and those of describing what came.
    pub(crate) async fn see_topology(&self) -> Result<SeenTopology> {
        let served = self.served_certificates(None).await?;
        let proxies = self.applied.read().await.document.trusted_proxies.iter().map(ToString::to_string).collect();
        Ok(told(&served, proxies))
    }
}

fn told(served: &ServedCertificates, trusted_proxies: Vec<String>) -> SeenTopology {
    let own = served.own.address.clone();
    let port = |address: &str| address.parse::<SocketAddr>().ok().map(|address| address.port());
    // Something else of this machine may listen beside this server: only its own port is its own.
    let is_own = |address: &str, here: bool| address == own || (here && port(address) == port(&own));
    let (to_this, others): (Vec<_>, Vec<_>) = served.led_to.iter().partition(|at| is_own(&at.address, at.here));
    let seen = if !to_this.is_empty() {
        Some(Topology::None)
    } else if others.iter().all(|at| at.fault.is_some()) {
        None
    } else if trusted_proxies.is_empty() && others.iter().all(|at| at.fault.is_some() || at.applied) {
        Some(Topology::AtServers)
    } else {
        Some(Topology::AtBalancer)
    };
    SeenTopology {
        seen,
        host: served.host.clone(),
        elsewhere: others.into_iter().map(|at| at.address.clone()).collect(),
        unresolved: served.unresolved.clone(),
        trusted_proxies,
    }
}

#[cfg(test)]
mod tests {
    use sekisho_admin_api::certificates::ServedAt;
    use sekisho_fault::Fault;

    use super::*;
    use crate::codes;

    fn at(address: &str, here: bool, applied: bool, answers: bool) -> ServedAt {
        let fault = (!answers).then(|| Fault::new(codes::PROBE_SILENT));
        ServedAt { address: address.into(), here, certificate: None, applied, covered: applied, fault }
    }

    fn seen(led_to: Vec<ServedAt>, proxies: &[&str]) -> Option<Topology> {
        let own = at("10.2.0.11:8443", true, true, true);
        let served = ServedCertificates { host: "sso.example".into(), own, led_to, unresolved: None };
        told(&served, proxies.iter().map(|one| (*one).to_owned()).collect()).seen
    }

    #[test]
    fn a_name_that_leads_here_has_nothing_before_it() {
        let here = at("10.2.0.11:8443", true, true, true);
        assert_eq!(seen(vec![here.clone()], &[]), Some(Topology::None));
        assert_eq!(seen(vec![at("10.2.0.12:8443", false, true, true), here], &[]), Some(Topology::None));
        // Another address of this machine, and this server listens on all of them.
        assert_eq!(seen(vec![at("10.3.0.11:8443", true, true, true)], &[]), Some(Topology::None));
    }

    #[test]
    fn whose_certificate_comes_tells_where_tls_ends() {
        let balancer = |applied| at("10.2.0.9:443", false, applied, true);
        assert_eq!(seen(vec![balancer(true)], &[]), Some(Topology::AtServers));
        assert_eq!(seen(vec![balancer(false)], &[]), Some(Topology::AtBalancer));
        // The same certificate was put there, and what it says of clients is believed.
        assert_eq!(seen(vec![balancer(true)], &["10.2.0.9"]), Some(Topology::AtBalancer));
        // On this very machine, on another port.
        assert_eq!(seen(vec![at("10.2.0.11:443", true, false, true)], &[]), Some(Topology::AtBalancer));
    }

    #[test]
    fn what_does_not_answer_tells_nothing() {
        assert_eq!(seen(vec![at("10.2.0.9:443", false, false, false)], &["10.2.0.9"]), None);
        assert_eq!(seen(Vec::new(), &[]), None);
    }
}
