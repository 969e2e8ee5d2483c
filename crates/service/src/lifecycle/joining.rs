//! Joining, and helping others to join.

use std::sync::Arc;

use sekisho_admin_api::enrolment::{Admission, Candidate, JoinProgress, Joined};
use sekisho_admin_api::join::{FORMAT, JoinFile};
use sekisho_config::ThisServer;
use sekisho_fault::{Fault, Result};

use super::House;
use crate::connected::Connected;
use crate::enrolment::{self, join_file};
use crate::{clock, codes};

const VERSION: &str = env!("CARGO_PKG_VERSION");

impl House {
    /// The keys of this server, to be admitted.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub fn candidate(&self) -> Result<Candidate> {
        enrolment::prepare(&self.connected.papers, &self.board.read().server_name)
    }

    /// What a server that is to be added has to know.
    ///
    /// Code: `NOT_ENROLLED`.
    pub fn join_file(&self) -> Result<JoinFile> {
        let (member, status, settings) = (self.connected.member()?, self.board.read(), self.settings.read());
        let membership = self.connected.membership().ok_or_else(|| Fault::new(codes::NOT_ENROLLED))?;
        Ok(JoinFile {
            sekisho_join: FORMAT,
            hub: member.hub.url.to_string(),
            hub_pin: member.hub.pin.map(|pin| pin.to_string()),
            proxy: settings.proxy.unwrap_or_default(),
            authorities: settings.authorities.unwrap_or_default(),
            genesis: member.genesis.to_string(),
            connection: membership.connection,
            enterprise_domain: membership.enterprise_domain,
            version: VERSION.to_owned(),
            made_by: status.server_name,
            listening: status.listening,
            ends: clock::now() + join_file::LIFETIME,
        })
    }

    /// Reads a join file for this server.
    ///
    /// Codes: those of the file, `ALREADY_ENROLLED`.
    pub fn read_join_file(&self, text: &str) -> Result<JoinFile> {
        let file = join_file::read(text, VERSION, clock::now())?;
        match self.connected.member() {
            // Read again after joining, as when the wizard is opened a second time.
            Ok(member) if member.place.connection.to_string() != file.connection => {
                Err(Fault::new(codes::ALREADY_ENROLLED))
            }
            _ => Ok(file),
        }
    }

    /// Joins by a token, for which nobody has to be there.
    ///
    /// Codes: those of the token; `TOKEN_USED`; as [`House::join`].
    pub async fn join_by_token(self: &Arc<Self>, text: &str) -> Result<Joined> {
        let token = join_file::read_token(text, VERSION, clock::now())?;
        let adopted = {
            let _joining = self.joining.lock().await;
            let Connected { papers, link, .. } = &*self.connected;
            let file = &token.file;
            let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let before = self.settings.read();
            let settings = ThisServer {
                proxy: given(&file.proxy).or_else(|| before.proxy.clone()),
                authorities: given(&file.authorities).or_else(|| before.authorities.clone()),
                ..before
            };
            link.configure(&settings).await?;
            self.settings.write(&settings)?;
            enrolment::adopt(papers, link, &token).await
        };
        adopted?;
        let genesis = Some(token.file.genesis.clone());
        self.join(&Admission { genesis, ..token.admission }).await
    }

    /// Joins a connection, takes in what is there, and serves it.
    ///
    /// Codes: those of the ticket, the log and the hub; `ROLLED_BACK` when the hub shows less than the ticket says.
    pub async fn join(self: &Arc<Self>, admission: &Admission) -> Result<Joined> {
        let _joining = self.joining.lock().await;
        let Connected { papers, replica, link, .. } = &*self.connected;
        link.configure(&self.settings.read()).await?;
        let (member, ticket) = enrolment::complete(papers, replica, link, admission).await?;
        self.connected.enrolled(member);
        // From here on it follows, whatever comes of the first download: nothing is served below the ticket's revision.
        tokio::spawn(self.clone().follow_on());
        self.connected.catch_up().await?;
        if replica.place().await?.0 < ticket.body().feed {
            return Err(Fault::new(codes::ROLLED_BACK).with("what", "feed"));
        }
        let newest = replica.newest_revision().await?.map(|row| row.id.parse().unwrap_or(0));
        if newest < ticket.body().revision.map(|(number, _)| number) {
            return Err(Fault::new(codes::ROLLED_BACK).with("what", "revision"));
        }
        self.tell_membership().await;
        // It is enrolled all the same; the status says why it does not serve.
        let _ = self.apply_newest().await;
        Ok(Joined { revision: newest, users: replica.count("user").await? })
    }

    /// How far the join has come that goes on.
    ///
    /// Code: `DATABASE`.
    pub async fn join_progress(&self) -> Result<Option<JoinProgress>> {
        // Whoever joins holds it.
        if self.joining.try_lock().is_ok() || self.connected.member().is_err() {
            return Ok(None);
        }
        let replica = &self.connected.replica;
        Ok(Some(JoinProgress {
            rows: replica.place().await?.0,
            of: self.connected.head(),
            users: replica.count("user").await?,
        }))
    }
}
