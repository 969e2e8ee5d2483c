//! For as long as the service runs, the proofs are looked at each day, and sooner while something is wrong with them.

use std::sync::Arc;
use std::time::Duration;

use sekisho_fault::{Fault, Severity};

use super::judge::Verdict;
use super::{Proofs, fault, reserved};
use crate::clock;
use crate::enrolment::Member;
use crate::lifecycle::House;

/// How often it is looked whether a look is due: domains come and go with the organisation log.
const ROUND: Duration = Duration::from_secs(20);
/// What is said of it in the status.
const WARNINGS: &str = "domains";

impl Proofs {
    /// Looks where it is due, and says of which domains nobody new is taken in.
    pub(super) async fn round(&self, member: &Member) -> Vec<Fault> {
        let organisation = member.organisation();
        let Some(connection) = organisation.connections.get(&member.place.connection) else { return Vec::new() };
        let domains: Vec<String> = connection.domains.keys().cloned().collect();
        self.keep(&domains);
        let mut faults = Vec::new();
        for domain in &domains {
            let Some(reserved) = reserved(member, domain) else { continue };
            let now = clock::now();
            if self.of(domain).next(reserved, now) <= now {
                let turn = self.turn(domain);
                let _looking = turn.lock().await;
                self.look(member, domain).await;
            }
            match self.of(domain).verdict(reserved, clock::now()) {
                Verdict::Admitted => {}
                verdict => faults.push(fault(member, domain, verdict).as_severity(Severity::Warning)),
            }
        }
        faults
    }
}

impl House {
    /// Never ends by itself.
    pub(crate) async fn watch_domains(self: Arc<Self>) {
        let mut said = None;
        loop {
            let faults = match self.connected.member() {
                // Without provisioning at first sign-in nobody new comes by a domain.
                Ok(member) if self.applied.read().await.document.just_in_time => self.proofs.round(&member).await,
                _ => Vec::new(),
            };
            if said.as_ref() != Some(&faults) {
                self.runtime.warn(WARNINGS, faults.clone());
                said = Some(faults);
            }
            tokio::time::sleep(ROUND).await;
        }
    }
}
