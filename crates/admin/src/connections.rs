//! Connections, their mail domains and their servers.

use data_encoding::BASE64URL_NOPAD;
use sekisho_config::field::{Field, set_local};
use sekisho_config::{Domain, ThisServer};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{self, Credential, EnterpriseDomain, Role};
use sekisho_keys::derive::Secret;
use sekisho_keys::domain;
use sekisho_keys::identity::PublicIdentity;
use sekisho_keys::ids::{ConnectionId, NodeId, ServerId};
use sekisho_keys::keyring::{self, Keyring, Place};
use sekisho_keys::log::{Act, Epoch, Server};
use sekisho_keys::revision::Revision;
use sekisho_keys::sync::Request;
use sekisho_keys::ticket::{Body, LIFETIME, Ticket};
use sekisho_resolver::Resolver;

use crate::acts::{
    AddConnection, Admitted, AskForSync, AskedForSync, ConnectionInfo, DomainProof, EnrolServer, MailDomain,
    MailDomains, ProofState,
};
use crate::codes;
use crate::session::{Effects, Session, no_effects, now, random};

/// The DNS server that is asked, as a server's settings name it; this machine's where none is named.
///
/// Code: `RESOLVER` of the configuration.
fn resolver(text: &str) -> Result<Resolver> {
    let mut machine = ThisServer::default();
    set_local(&mut machine, Field::Resolver, text.trim())?;
    let resolver = Resolver::default();
    resolver.ask(machine.resolver);
    Ok(resolver)
}

/// What the hub's page for users makes of it.
fn of_domain(connection: &str, domain: &str, reserved: bool) -> Effects {
    let (connection, domain) = (connection.to_owned(), domain.to_owned());
    Effects { mail_domains: vec![wire::MailDomain { domain, connection, reserved }], ..no_effects() }
}

impl Session {
    /// Makes a connection on a node of its own.
    ///
    /// Codes: `NAME`, `ENTERPRISE_DOMAIN`, `LOG_RULE`, and the hub's `TAKEN`.
    pub async fn add_connection(&mut self, wish: &AddConnection) -> Result<ConnectionInfo> {
        let name = wish.name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Fault::new(codes::NAME).on("name"));
        }
        let alias = wish.enterprise_domain.trim();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_' || b == b'.';
        if !(3..=60).contains(&alias.len()) || !alias.bytes().all(plain) {
            return Err(Fault::new(codes::ENTERPRISE_DOMAIN).with("value", alias).on("enterprise_domain"));
        }
        let asked = [name.to_owned(), alias.to_owned()];
        // The same one again, where nobody knows whether it was made.
        self.refresh().await?;
        let is_deleted = |connection: &ConnectionId| {
            let found = self.log.organisation.connections.get(connection);
            found.is_some_and(|found| found.deleted.is_some())
        };
        let sent = self.unanswered.connection.as_ref().filter(|(sent, _, id)| *sent == asked && !is_deleted(id));
        let made = || (NodeId(random()), ConnectionId(random()));
        let (node, connection) = sent.map_or_else(made, |(_, node, connection)| (*node, *connection));
        self.unanswered.connection = Some((asked, node, connection));
        let place = Place { organisation: self.log.organisation.id(), connection };
        let keyring = Keyring::first(Secret::new(random()), Secret::new(random()));
        let domain = EnterpriseDomain { name: alias.to_owned(), connection: connection.to_string() };
        let acts = |session: &Self| {
            let key = &session.key;
            if session.log.organisation.connections.contains_key(&connection) {
                return Ok((vec![], no_effects()));
            }
            let sealed = keyring.seal_under(key, place, random())?;
            let epoch = Epoch { number: 1, organisation: sealed, servers: vec![] };
            let (enterprise_domain, of) = (alias.to_owned(), connection.0);
            let acts = vec![
                Act::AddNode { node, parent: None, name: keyring::seal_name(key, &node.0, random(), name)? },
                Act::AddConnection {
                    connection,
                    node,
                    enterprise_domain,
                    name: keyring::seal_name(key, &of, random(), name)?,
                    epoch,
                },
            ];
            Ok((acts, Effects { enterprise_domain: Some(domain.clone()), ..no_effects() }))
        };
        self.append_made(acts).await?;
        self.unanswered.connection = None;
        Ok(ConnectionInfo {
            id: connection.to_string(),
            name: name.to_owned(),
            node: name.to_owned(),
            enterprise_domain: alias.to_owned(),
            domains: Vec::new(),
            servers: 0,
        })
    }

    /// Reserves a mail domain, and says whether it is proved. One that is reserved is looked at again: what proves it may have come
    /// since.
    ///
    /// Codes: `DOMAIN` and `RESOLVER` of the configuration, `PUBLIC_MAIL_DOMAIN`, `LOG_RULE`, and the hub's `TAKEN` where another
    /// organisation has it.
    pub async fn reserve_domain(&mut self, wish: &MailDomain) -> Result<DomainProof> {
        let looked = self.look_at_domain(wish).await?;
        let proven = looked.state == ProofState::Proven;
        let acts = |session: &Self| {
            let (place, found) = session.connection(&wish.connection)?;
            let known = found.domains.get(&looked.domain);
            if known.is_some_and(|known| known.proven || !proven) {
                return Ok((vec![], no_effects()));
            }
            let (connection, domain) = (place.connection, looked.domain.clone());
            let act = Act::ReserveDomain { connection, domain, proven: Some(proven) };
            Ok((vec![act], of_domain(&wish.connection, &looked.domain, true)))
        };
        self.append_made(acts).await?;
        Ok(looked)
    }

    /// Looks at what proves a mail domain, and changes nothing.
    ///
    /// Codes: as [`Session::reserve_domain`].
    pub async fn look_at_domain(&mut self, wish: &MailDomain) -> Result<DomainProof> {
        let (place, _) = self.connection(&wish.connection)?;
        let domain = Domain::parse(wish.domain.trim()).map_err(|fault| fault.on("domain"))?;
        if domain.is_public() {
            return Err(Fault::new(codes::PUBLIC_MAIL_DOMAIN).with("domain", domain.as_str()).on("domain"));
        }
        Ok(self.look(place, domain.as_str(), &resolver(&wish.resolver)?).await)
    }

    /// The same for all mail domains of a connection, at once.
    ///
    /// Codes: `NO_CONNECTION`, `RESOLVER` of the configuration.
    pub async fn look_at_domains(&mut self, wish: &MailDomains) -> Result<Vec<DomainProof>> {
        let (place, connection) = self.connection(&wish.connection)?;
        let resolver = resolver(&wish.resolver)?;
        let looks = connection.domains.keys().map(|domain| self.look(place, domain, &resolver));
        Ok(futures_util::future::join_all(looks).await)
    }

    async fn look(&self, place: Place, domain: &str, resolver: &Resolver) -> DomainProof {
        let (genesis, record) = (self.log.organisation.genesis(), domain::record(domain));
        let state = match resolver.texts(&record).await {
            Ok(texts) if domain::is_proved(&texts, genesis, place.connection) => ProofState::Proven,
            Ok(found) => ProofState::Missing { found },
            Err(error) => ProofState::Unknown { detail: error.to_string() },
        };
        DomainProof { domain: domain.to_owned(), record, value: domain::proof(genesis, place.connection), state }
    }

    /// Frees a mail domain.
    ///
    /// Code: `LOG_RULE`.
    pub async fn release_domain(&mut self, wish: &MailDomain) -> Result<()> {
        let was_reserved = self.connection(&wish.connection)?.1.domains.contains_key(&wish.domain);
        let acts = |session: &Self| {
            let (place, found) = session.connection(&wish.connection)?;
            if was_reserved && !found.domains.contains_key(&wish.domain) {
                return Ok((vec![], no_effects()));
            }
            let act = Act::ReleaseDomain { connection: place.connection, domain: wish.domain.clone() };
            Ok((vec![act], of_domain(&wish.connection, &wish.domain, false)))
        };
        self.append_made(acts).await
    }

    /// Admits a server and signs its ticket (R8).
    ///
    /// Codes: `OTHER_ORGANISATION`, `NO_CONNECTION`, `LOG_RULE`, and those of the revision.
    pub async fn enrol(&mut self, wish: &EnrolServer) -> Result<Admitted> {
        let genesis = self.log.organisation.genesis().to_string();
        if wish.genesis.as_ref().is_some_and(|told| *told != genesis) {
            return Err(Fault::new(codes::OTHER_ORGANISATION));
        }
        let (place, _) = self.connection(&wish.connection)?;
        let id: ServerId = wish.server.parse()?;
        let wrong = || Fault::new(sekisho_keys::codes::FORMAT);
        let keys = PublicIdentity::from_bytes(&BASE64URL_NOPAD.decode(wish.keys.as_bytes()).map_err(|_| wrong())?)?;
        let role = Role::Server { connection: wish.connection.clone(), server: wish.server.clone() };
        let signing = Blob(keys.signing.to_vec());
        let credential = Credential { keys: keys.id().to_string(), signing, role };
        let acts = |session: &Self| {
            let (_, connection) = session.connection(&wish.connection)?;
            // A try that was cut off between the log and the server: the same server is not admitted twice.
            if connection.servers.get(&id).is_some_and(|state| state.active && state.server.keys == keys) {
                return Ok((vec![], no_effects()));
            }
            let keyring = session.keyring(place, connection)?;
            let name = keyring::seal_server_name(&keyring, id, random(), &wish.name)?;
            let (server, sealed) = (Server { id, keys, name }, keyring.seal_to(place, &keys)?);
            let act = Act::AdmitServer { connection: place.connection, server, keyring: sealed };
            Ok((vec![act], Effects { admit: vec![credential.clone()], ..no_effects() }))
        };
        self.append_made(acts).await?;
        let revision = self.newest(place).await?.map(|newest| (newest.header().context.revision, newest.hash()));
        let feed = self.hub.feed(&wish.connection, self.log.heads.len() as u64, u64::MAX >> 1, 0).await?.head;
        let body = Body {
            format: 1,
            place,
            server: id,
            keys: keys.id(),
            genesis: self.log.organisation.genesis(),
            log: self.log.organisation.head(),
            revision,
            feed,
            author: self.identity.id(),
            ends: now() + LIFETIME,
        };
        let address = self.hub.address();
        Ok(Admitted {
            hub_url: address.url.to_string(),
            hub_pin: address.pin.map(|pin| pin.to_string()),
            ticket: BASE64URL_NOPAD.encode(&Ticket::sign(body, &self.identity).to_bytes()),
        })
    }

    /// The newest revision of a connection, verified.
    ///
    /// Codes: the hub's, and those of the revision.
    pub(crate) async fn newest(&self, place: Place) -> Result<Option<Revision>> {
        let row = match self.hub.revision(&place.connection.to_string(), None).await {
            Ok(row) => row,
            Err(fault) if fault.code == sekisho_hub_api::codes::NOT_FOUND => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let revision = Revision::read(row.body.as_slice())?;
        revision.verify(&self.log.organisation, place, None)?;
        Ok(Some(revision))
    }

    /// Asks every server to read and verify everything again.
    ///
    /// Codes: `NO_CONNECTION`, and the hub's.
    pub async fn ask_for_sync(&self, wish: &AskForSync) -> Result<AskedForSync> {
        let (place, _) = self.connection(&wish.connection)?;
        // Seconds grow: of two wishes the later one counts.
        let request = u64::try_from(now()).unwrap_or_default();
        let signed = Request::sign(place, request, &self.identity);
        self.hub.ask_for_sync(&place.connection.to_string(), &Blob(signed)).await?;
        Ok(AskedForSync { request })
    }
}
