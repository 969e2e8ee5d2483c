//! Tokens: a server is admitted before it is there, so that it can join without an administrator beside it.

use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::Secret;
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::ServerId;

use crate::acts::{EnrolServer, MakeToken, TokenKeys};
use crate::codes;
use crate::session::{Session, random};
use crate::unanswered::Token;

impl Session {
    /// Makes the keys of a server here, and admits it. It has as long as its ticket counts: an hour (R8).
    ///
    /// Codes: `NAME`, and those of [`Session::enrol`].
    pub async fn make_token(&mut self, wish: &MakeToken) -> Result<TokenKeys> {
        let name = wish.name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Fault::new(codes::NAME).on("name"));
        }
        let asked = [wish.connection.clone(), name.to_owned()];
        // The same server again, where nobody knows whether it was admitted.
        self.refresh().await?;
        let (_, connection) = self.connection(&wish.connection)?;
        let has_left = |server: &ServerId| connection.servers.get(server).is_some_and(|state| !state.active);
        let sent = self.unanswered.token.as_ref().filter(|sent| sent.wish == asked && !has_left(&sent.server));
        let made = || (ServerId(random()), Secret::new(random()));
        let (server, seed) = sent.map_or_else(made, |sent| (sent.server, sent.seed.clone()));
        let identity = Identity::new(seed.clone());
        let enrol = EnrolServer {
            connection: wish.connection.clone(),
            server: server.to_string(),
            keys: BASE64URL_NOPAD.encode(&identity.public().to_bytes()),
            name: name.to_owned(),
            genesis: None,
        };
        self.unanswered.token = Some(Token { wish: asked, server, seed });
        let admitted = self.enrol(&enrol).await?;
        self.unanswered.token = None;
        let seed = BASE64URL_NOPAD.encode(identity.seed().expose());
        Ok(TokenKeys { server: server.to_string(), seed, admission: admitted })
    }
}
