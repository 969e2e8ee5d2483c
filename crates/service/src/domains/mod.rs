//! What proves the connection's mail domains, as this server sees it itself (R11): nobody new is taken in from a domain that was never
//! proved, or is proved no more. Users who are known go on signing in.
//!
//! `judge` decides, and has no clock; `watching` looks each day, and tells the administrator.

mod judge;
mod watching;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use sekisho_config::Email;
use sekisho_fault::{Fault, Result};
use sekisho_keys::domain;
use sekisho_keys::log::Reserved;
use sekisho_resolver::Resolver;
use sekisho_signin::codes;

use crate::clock;
use crate::enrolment::Member;
use crate::store::SealedFile;
use judge::{Known, Said, Verdict};

/// What is known of the proofs.
pub(crate) struct Proofs {
    resolver: Resolver,
    file: SealedFile,
    known: Mutex<BTreeMap<String, Known>>,
    /// One look at a domain at a time: many who sign in at once wait for the same.
    looking: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Proofs {
    /// As this server remembers them. What cannot be read is looked at anew.
    pub(crate) fn open(file: SealedFile, resolver: Resolver) -> Self {
        let known = file.read().unwrap_or_else(|fault| {
            tracing::error!(%fault, "what was seen of the mail domains' proofs is damaged: it is set aside");
            file.set_aside();
            None
        });
        Self { resolver, file, known: Mutex::new(known.unwrap_or_default()), looking: Mutex::default() }
    }

    /// Whether somebody new with this address is taken in.
    ///
    /// Codes: `DOMAIN_NOT_RESERVED`, `DOMAIN_NOT_PROVEN`, `DOMAIN_NOT_TOLD` of the sign-in.
    pub(crate) async fn admit(&self, member: &Member, email: &Email) -> Result<()> {
        let domain = email.as_str().rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        // What is served may be older than the log.
        let Some(reserved) = reserved(member, &domain) else {
            return Err(Fault::new(codes::DOMAIN_NOT_RESERVED)
                .with("domain", domain)
                .with("reserved", Vec::<String>::new()));
        };
        if self.of(&domain).is_due(reserved, clock::now()) {
            let turn = self.turn(&domain);
            let _looking = turn.lock().await;
            if self.of(&domain).is_due(reserved, clock::now()) {
                self.look(member, &domain).await;
            }
        }
        match self.of(&domain).verdict(reserved, clock::now()) {
            Verdict::Admitted => Ok(()),
            verdict => Err(fault(member, &domain, verdict)),
        }
    }

    fn turn(&self, domain: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        looking.entry(domain.to_owned()).or_default().clone()
    }

    fn of(&self, domain: &str) -> Known {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(domain).copied().unwrap_or_default()
    }

    /// Looks at a domain's record now.
    async fn look(&self, member: &Member, domain: &str) {
        let organisation = member.organisation();
        let said = match self.resolver.texts(&domain::record(domain)).await {
            Ok(texts) if domain::is_proved(&texts, organisation.genesis(), member.place.connection) => Said::Proven,
            Ok(_) => Said::Missing,
            Err(error) => {
                tracing::warn!(domain, %error, "DNS says nothing of the mail domain's proof");
                Said::Nothing
            }
        };
        let known = {
            // Each entry is replaced as a whole.
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.entry(domain.to_owned()).or_default().look(said, clock::now());
            known.clone()
        };
        if let Err(fault) = self.file.write(&known) {
            tracing::error!(%fault, "what was seen of the mail domains' proofs is not remembered");
        }
    }

    /// For tests: the proof was seen now.
    #[cfg(test)]
    pub(crate) fn saw(&self, domain: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(domain.to_owned()).or_default().look(Said::Proven, clock::now());
    }

    /// Looks again soon: another DNS server is asked from now on.
    pub(crate) fn anew(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).values_mut().for_each(Known::anew);
    }

    /// Forgets domains that are not reserved any more.
    fn keep(&self, domains: &[String]) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|domain, _| domains.contains(domain));
        self.looking.lock().unwrap_or_else(PoisonError::into_inner).retain(|domain, _| domains.contains(domain));
    }
}

fn reserved(member: &Member, domain: &str) -> Option<Reserved> {
    let organisation = member.organisation();
    organisation.connections.get(&member.place.connection)?.domains.get(domain).copied()
}

/// Why nobody new is taken in.
fn fault(member: &Member, domain: &str, verdict: Verdict) -> Fault {
    let organisation = member.organisation();
    let of = |code| {
        let fault = Fault::new(code).with("domain", domain).with("record", domain::record(domain));
        fault.with("value", domain::proof(organisation.genesis(), member.place.connection))
    };
    match verdict {
        Verdict::NotTold(_) => of(codes::DOMAIN_NOT_TOLD),
        Verdict::NotProven | Verdict::Admitted => of(codes::DOMAIN_NOT_PROVEN),
    }
}

#[cfg(test)]
mod tests;
