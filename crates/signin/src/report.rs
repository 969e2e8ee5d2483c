//! What a test login found: what came, decoded, and what a real sign-in would say to it.

use sekisho_config::Configuration;
use sekisho_fault::{Fault, Result, Severity};
use sekisho_saml::Verified;
use sekisho_saml::response::SignedPart;
use serde::Serialize;

use crate::{codes, refusal, who};

/// The report of a test login. It goes to the console that started the test, and is kept nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestReport {
    /// Which test: the last part of its link.
    pub nonce: String,
    /// When it was finished, in seconds since 1970.
    pub time: i64,
    /// The number that the browser showed, when it was refused.
    pub reference: Option<String>,
    /// Whether a user would be signed in by this answer, as far as it can be told without the users; else why not.
    pub outcome: Result<(), Fault>,
    /// The e-mail address.
    pub who: Option<String>,
    /// What names the user for good: `name_id:<format>` or `attribute:<name>`.
    pub identity_source: Option<String>,
    /// The NameID.
    pub name_id: Option<String>,
    /// The NameID's format.
    pub name_id_format: Option<String>,
    /// The attributes that came.
    pub attributes: Vec<(String, Vec<String>)>,
    /// Which parts were signed.
    pub signed: Vec<SignedPart>,
    /// Whether the assertion was encrypted.
    pub encrypted: bool,
    /// SHA-256 of the certificate whose key signed.
    pub signing_key: Option<String>,
    /// How far the identity provider's clock is ahead of this server's, in seconds.
    pub clock_difference: Option<i64>,
    /// What else to look at.
    pub warnings: Vec<Fault>,
}

impl TestReport {
    /// The report of an answer, verified or refused.
    pub(crate) fn of(nonce: String, configuration: &Configuration, received: Result<Verified>, now: i64) -> Self {
        let mut report = Self {
            nonce,
            time: now,
            reference: None,
            outcome: Ok(()),
            who: None,
            identity_source: None,
            name_id: None,
            name_id_format: None,
            attributes: Vec::new(),
            signed: Vec::new(),
            encrypted: false,
            signing_key: None,
            clock_difference: None,
            warnings: Vec::new(),
        };
        match received {
            Ok(statement) => report.read(statement, configuration),
            Err(fault) => report.outcome = Err(fault),
        }
        report.reference = report.outcome.is_err().then(refusal::reference);
        report
    }

    fn read(&mut self, statement: Verified, configuration: &Configuration) {
        let mut faults = Vec::new();
        match who::identity(&statement, configuration) {
            Ok(identity) => self.identity_source = Some(identity.source),
            Err(fault) => faults.push(fault),
        }
        let profile = who::profile(&statement, configuration);
        faults.extend(profile.and_then(|profile| who::reserved(&profile.email, configuration)).err());
        let mut faults = faults.into_iter();
        // What a sign-in would meet first is the outcome; what it would meet next is worth knowing now.
        self.outcome = faults.next().map_or(Ok(()), Err);
        self.warnings.extend(faults);
        self.warnings.extend(unmapped(&statement, configuration));
        self.who = who::address(&statement, configuration).map(str::to_owned);
        self.clock_difference = Some(statement.issue_instant.0.saturating_sub(self.time));
        self.signing_key = Some(statement.key_fingerprint);
        self.signed = statement.signed;
        self.encrypted = statement.was_encrypted;
        if let Some(name) = statement.name_id {
            self.name_id = Some(name.value);
            self.name_id_format = name.format;
        }
        let attributes = statement.attributes.into_iter();
        self.attributes = attributes.map(|attribute| (attribute.name, attribute.values)).collect();
    }
}

/// The attributes that the configuration maps and that did not come; with those that did and are spelt alike.
fn unmapped(statement: &Verified, configuration: &Configuration) -> Vec<Fault> {
    let mapped = &configuration.document.attributes;
    let wanted = [Some(&mapped.email), Some(&mapped.first), Some(&mapped.last), mapped.subject.as_ref()];
    let received = || statement.attributes.iter();
    let missing = wanted.into_iter().flatten().filter(|wanted| !received().any(|came| came.name == **wanted));
    let told = missing.map(|wanted| {
        let friendly = |name: Option<&str>| name.is_some_and(|name| alike(wanted, name));
        let similar = received().filter(|came| alike(wanted, &came.name) || friendly(came.friendly_name.as_deref()));
        let similar: Vec<String> = similar.map(|came| came.name.clone()).collect();
        let code = if similar.is_empty() { codes::ATTRIBUTE_MISSING } else { codes::ATTRIBUTE_SPELLING };
        let all: Vec<String> = received().map(|came| came.name.clone()).collect();
        let names = if similar.is_empty() { all } else { similar };
        Fault::new(code).with("wanted", wanted.as_str()).with("received", names).as_severity(Severity::Warning)
    });
    told.collect()
}

/// Whether two names could mean the same: letters and digits of their last part alone, one within the other.
fn alike(wanted: &str, received: &str) -> bool {
    let plain = |name: &str| {
        let last = name.rsplit(['/', ':']).next().unwrap_or_default();
        last.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let (wanted, received) = (plain(wanted), plain(received));
    let within = |short: &str, long: &str| short.chars().count() >= 4 && long.contains(short);
    wanted == received || within(&wanted, &received) || within(&received, &wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_mean_the_same_are_found() {
        for received in
            ["email", "E-Mail", "mail", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"]
        {
            assert!(alike("Email", received), "{received}");
        }
        assert!(alike("First", "firstname"));
        assert!(!alike("Email", "urn:oid:2.5.4.42"));
        assert!(!alike("Last", "First"));
    }
}
