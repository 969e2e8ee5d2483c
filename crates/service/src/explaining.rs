//! What messages of the identity provider say, for people: reports of tests, and messages that are explained.

use std::sync::Arc;

use sekisho_admin_api::saml_message::{AsOf, Explained, SamlMessage};
use sekisho_admin_api::test_login::TestReport;
use sekisho_fault::{Fault, Result};
use sekisho_saml::response::SignedPart;
use sekisho_signin::explain;

use crate::clock;
use crate::lifecycle::House;

impl House {
    /// Explains a message by the draft, which is what is applied where nothing was changed.
    ///
    /// Codes: the first error of the draft's checks. What is wrong with the message is told in the report.
    pub async fn explain_message(self: &Arc<Self>, message: SamlMessage) -> Result<Explained> {
        let draft = self.current().await?;
        let keys = self.draft_keys(&draft).await?;
        let ready = self.build(&draft.document, &|name| keys.get(name).cloned())?;
        let now = clock::now();
        let as_of = match message.as_of {
            AsOf::Now => explain::AsOf::Moment(now),
            AsOf::Sent => explain::AsOf::Sent(now),
        };
        // RSA is not for a thread that serves sign-ins.
        let judge = move || explain::explain(&ready.applied, &message.text, as_of);
        let explained =
            tokio::task::spawn_blocking(judge).await.map_err(|_| Fault::new(sekisho_signin::codes::BUSY))?;
        Ok(Explained { report: reported(explained.report), request: explained.request, sent: explained.sent })
    }
}

/// A report in the words of the admin API.
pub(crate) fn reported(found: sekisho_signin::TestReport) -> TestReport {
    let part = |part: &SignedPart| match part {
        SignedPart::Response => "response".to_owned(),
        SignedPart::Assertion => "assertion".to_owned(),
    };
    let subject = found.identity_source.clone().map(|source| {
        let name = source.strip_prefix("attribute:");
        let attribute = name.and_then(|name| found.attributes.iter().find(|(known, _)| known == name));
        let value = attribute.and_then(|(_, values)| values.first()).or(found.name_id.as_ref());
        (source.clone(), value.cloned().unwrap_or_default())
    });
    TestReport {
        time: found.time,
        refusal: found.outcome.err(),
        who: found.who,
        subject,
        attributes: found.attributes,
        signed: found.signed.iter().map(part).collect(),
        encrypted: found.encrypted,
        signing_key: found.signing_key.unwrap_or_default(),
        clock: found.clock_difference.unwrap_or(0),
        warnings: found.warnings,
    }
}
