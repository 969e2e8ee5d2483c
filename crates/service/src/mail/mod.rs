//! Troubles are written to the administrators' choice of addresses (R26): each once, and not again after a restart.
//!
//! Which troubles there are, which are news, and their words: `sekisho_notices`. `letter` makes the mail of them: pure.
//! `sending` goes on for as long as the service runs, `testing` and `inviting` answer the administrator's calls.
//!
//! Nothing waits to be sent: what cannot be told now is still untold at the next try, if it is still there by then. So mails
//! outlive restarts, and nobody hears of what was mended meanwhile.

mod inviting;
mod letter;
mod sending;
mod testing;

use std::collections::BTreeMap;

use aws_lc_rs::rand;
use sekisho_config::{Host, Mail, mail};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::client;
use zeroize::Zeroizing;

use crate::codes;
use crate::egress::{Letter, Taken};
use crate::lifecycle::House;
use letter::Written;

impl House {
    /// Hands a mail over. Into the company it goes where an administrator has signed the mail server. `keys`: what is sealed,
    /// by its name.
    ///
    /// Codes: as `Egress::mail`, `MAIL_NONE`, `MAIL_PASSWORD`, `CONNECTION_SETTINGS` of the hub.
    async fn post_mail(
        &self,
        mail: &Mail,
        keys: &BTreeMap<String, Zeroizing<Vec<u8>>>,
        written: &Written,
    ) -> Result<Taken> {
        let server = mail.server.as_ref().ok_or_else(none)?;
        let applied = self.applied.read().await.document.mail.server.clone();
        let credentials = match (&mail.user, &mail.password) {
            (Some(user), Some(name)) => {
                let found = keys.get(name).and_then(|sealed| mail::password(sealed));
                Some((user.as_str(), found.ok_or_else(|| Fault::new(codes::MAIL_PASSWORD).on("mail_password"))?))
            }
            (Some(_), None) => return Err(Fault::new(codes::MAIL_PASSWORD).on("mail_password")),
            (None, _) => None,
        };
        let name = self.board.read().server_name;
        let letter = Letter {
            host: server.host.as_str(),
            port: server.port(mail.security),
            security: mail.security,
            signed: applied.is_some_and(|applied| applied.host == server.host),
            authorities: &client::authorities(mail.authorities.as_deref().unwrap_or_default())?,
            credentials: credentials.as_ref().map(|(user, password)| (*user, password.as_str())),
            hello: if Host::parse(&name).is_ok() { &name } else { "localhost" },
            from: &written.from,
            to: &written.to,
            message: &written.message,
        };
        self.egress.mail(&letter).await
    }
}

/// Octets that nobody guesses.
fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Fault::new(codes::RANDOM))?;
    Ok(bytes)
}

fn none() -> Fault {
    Fault::new(codes::MAIL_NONE).on("mail_server")
}
