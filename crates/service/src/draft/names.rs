//! From one name to another, in the draft.

use sekisho_admin_api::names::{AnsweredName, NameStep};
use sekisho_config::{Document, Host, urls};
use sekisho_fault::{Fault, Result};

use super::Draft;
use super::view::leaf;

/// Goes a step. `saved`: what is applied.
///
/// Codes: those of the names, `HOST` and `PORT` of the configuration.
pub fn change(draft: &mut Draft, step: &NameStep, saved: &Document) -> Result<()> {
    let document = &mut draft.document;
    match step {
        NameStep::Add { host, port } => {
            if *port == Some(0) {
                return Err(Fault::new(sekisho_config::codes::PORT).with("value", "0").on("other_names"));
            }
            document.add_name(host_of(host)?, port.unwrap_or(document.advertised_port))
        }
        NameStep::Advertise { host } => document.advertise(&host_of(host)?, saved),
        NameStep::Remove { host } => document.remove_name(&host_of(host)?),
        NameStep::TakeAnswers { host } => document.take_answers(host.as_deref().map(host_of).transpose()?),
        NameStep::DropCertificate { host } => document.set_name_pair(&host_of(host)?, None),
    }
}

fn host_of(text: &str) -> Result<Host> {
    Host::parse(text.trim()).map_err(|fault| fault.on("other_names"))
}

/// The names of a document, for people; the advertised one first.
pub(super) fn answered(document: &Document) -> Vec<AnsweredName> {
    let advertised = document.advertised_host.iter().map(|host| (host, document.advertised_port, None));
    let others = document.other_names.iter().map(|other| (&other.host, other.port, Some(other)));
    let name = |(host, port, other): (&Host, u16, Option<&sekisho_config::names::OtherName>)| AnsweredName {
        host: host.to_string(),
        port,
        advertised: other.is_none(),
        takes_answers: document.answers_on.as_ref() == Some(host),
        acs: sekisho_config::Urls::new(host, port).at(urls::ACS),
        certificate: leaf(document.pair_of(host)),
        own_certificate: other.is_some_and(|other| other.tls.is_some()),
    };
    advertised.chain(others).map(name).collect()
}
