//! Joining, and helping others to join.

use std::sync::Arc;

use sekisho_admin_api::enrolment::{Admission, Candidate, JoinProgress, Joined};
use sekisho_admin_api::join::{FORMAT, JoinFile, JoinToken};
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
            proxy: without_credentials(&settings.proxy.unwrap_or_default()),
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
            // Read again after joining, as when the wizard is opened a second time: nothing follows from it then.
            Ok(member) if member.place.connection.to_string() != file.connection => {
                Err(Fault::new(codes::ALREADY_ENROLLED))
            }
            _ => Ok(file),
        }
    }

    /// Joins by a token, for which nobody has to be there.
    ///
    /// Codes: those of the token; as [`House::join`].
    pub async fn join_by_token(self: &Arc<Self>, text: &str) -> Result<Joined> {
        let token = join_file::read_token(text, VERSION, clock::now())?;
        let admission = Admission { genesis: Some(token.file.genesis.clone()), ..token.admission.clone() };
        self.join_with(&admission, Some(&token)).await
    }

    /// Joins a connection, takes in what is there, and serves it.
    ///
    /// Codes: those of the ticket, the log and the hub; `ROLLED_BACK` when the hub shows less than the ticket says.
    pub async fn join(self: &Arc<Self>, admission: &Admission) -> Result<Joined> {
        self.join_with(admission, None).await
    }

    async fn join_with(self: &Arc<Self>, admission: &Admission, token: Option<&JoinToken>) -> Result<Joined> {
        let _joining = self.joining.lock().await;
        if self.connected.member().is_ok() {
            return Err(Fault::new(codes::ALREADY_ENROLLED));
        }
        let Connected { papers, replica, link, .. } = &*self.connected;
        let by_the_token = |settings: ThisServer| {
            let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let Some(JoinToken { file, .. }) = token else { return settings };
            ThisServer {
                proxy: given(&file.proxy).or(settings.proxy),
                authorities: given(&file.authorities).or(settings.authorities),
                ..settings
            }
        };
        link.configure(&by_the_token(self.settings.read())).await?;
        let completed = enrolment::complete(papers, replica, link, admission, token).await;
        let (member, ticket) = match completed {
            Ok(completed) => completed,
            Err(fault) => {
                // Who is refused has changed nothing.
                link.configure(&self.settings.read()).await?;
                return Err(fault);
            }
        };
        if token.is_some() {
            self.settings.write(&by_the_token(self.settings.read()))?;
        }
        self.connected.enrolled(member);
        // From here on it follows, whatever comes of the first download: nothing is served below the ticket's revision.
        tokio::spawn(self.clone().follow_on());
        self.connected.download().await?;
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

/// A proxy's address without the name and the password that it may hold: a join file is no secret.
fn without_credentials(proxy: &str) -> String {
    let Ok(mut url) = url::Url::parse(proxy) else { return String::new() };
    if url.username().is_empty() && url.password().is_none() {
        return proxy.to_owned();
    }
    // Neither fails for an address that has a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use sekisho_admin_api::status::State;
    use sekisho_keys::ids::{Hash, SaveId};
    use sekisho_keys::revision::{Context, Draft, Revision};

    use super::*;
    use crate::enrolment::example::{PLACE, bring, identity, keyring, member, record, row, user, user_row};
    use crate::lifecycle::idle;

    /// After a crash in the middle of the first download, or a hub that went away.
    #[tokio::test]
    async fn nobody_signs_in_before_all_is_here_that_the_ticket_names() {
        let folder = tempfile::tempdir().unwrap();
        let house = idle(folder.path()).await.house();
        house.connected.enrolled(member());
        house.connected.papers.raise(|heads| heads.floor = Some(3)).unwrap();
        let context = Context { place: PLACE, revision: 1, epoch: 1, schema: 1, min_reader: 1 };
        let draft = Draft { context, previous: Hash::NONE, time: 0, save: SaveId([7; 16]), plain: b"{}" };
        let revision = Revision::sign(&draft, &keyring(), &identity(10), [4; 12]).unwrap();
        let made = |name: &str, counter| user_row(&record(&user(name), &keyring(), None, counter));
        let rows = vec![row("revision", "00000000000000000001", revision.to_bytes()), made("alice", 1)];
        bring(&house.connected, rows).await;
        assert_eq!(house.apply_newest().await.unwrap_err().code, codes::FILLING);
        let State::Stopped { reason } = house.board.read().state else { panic!("it serves") };
        assert_eq!(reason.code, codes::FILLING);
        bring(&house.connected, vec![made("bob", 2)]).await;
        // This one is served by nobody: it says nothing. But it is looked at.
        assert_ne!(house.apply_newest().await.map_err(|fault| fault.code), Err(codes::FILLING));
        assert_eq!(house.applied.read().await.revision, 1);
    }

    #[test]
    fn a_proxy_is_told_without_its_password() {
        assert_eq!(without_credentials("http://proxy.example:3128"), "http://proxy.example:3128");
        assert_eq!(without_credentials("http://user:secret@proxy.example:3128/"), "http://proxy.example:3128/");
        assert_eq!(without_credentials(""), "");
    }
}
