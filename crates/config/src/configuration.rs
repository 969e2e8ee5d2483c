//! A document in which nothing is missing that a server needs, with the facts around it.

use sekisho_fault::{Fault, Result};

use crate::codes;
use crate::document::Document;
use crate::email::Domain;
use crate::host::Host;
use crate::urls::{ENTITY_ID, Urls};

/// A whole configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// What was saved.
    pub document: Document,
    /// The mail domains that are reserved for the connection: facts of the organisation log, not of the document.
    pub domains: Vec<Domain>,
    /// The name that clients know the connection by: its Enterprise Domain.
    pub provider: String,
    host: Host,
}

impl Configuration {
    /// A document with its host.
    ///
    /// Code: `MISSING`.
    pub fn new(document: Document, domains: Vec<Domain>, provider: String) -> Result<Self> {
        let host = document.advertised_host.clone();
        let host = host.ok_or_else(|| Fault::new(codes::MISSING).on("advertised_host"))?;
        Ok(Self { document, domains, provider, host })
    }

    /// The addresses of the connection.
    pub fn urls(&self) -> Urls {
        Urls::new(&self.host, self.document.advertised_port)
    }

    /// Those under all names that are answered, the advertised one first; never empty.
    pub fn all_urls(&self) -> Vec<Urls> {
        self.document.all_urls()
    }

    /// The name that browsers open.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The Entity ID.
    pub fn entity_id(&self) -> String {
        self.document.entity_id.clone().unwrap_or_else(|| self.urls().at(ENTITY_ID))
    }
}
