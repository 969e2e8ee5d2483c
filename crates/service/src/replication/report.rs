//! This server's report of itself, and of how far it has seen the others' records: a witness against a hub that withholds.

use sekisho_fault::Result;
use sekisho_hub_api::Blob;
use sekisho_keys::ids::Hash;
use sekisho_keys::user::Counted;
use sekisho_keys::witness::Report;

use super::follow::Follower;
use crate::clock;

/// What a server says of itself.
pub struct Own {
    /// The state, by the name of the admin API.
    pub state: String,
    /// SHA-256 of the certificate that it serves.
    pub certificate: Option<Hash>,
}

/// Signs and leaves a report at the hub.
///
/// Codes: the hub's, `DATABASE`, `FILE`.
pub async fn leave(follower: &Follower, own: Own) -> Result<()> {
    let (member, heads) = (&follower.member, follower.papers.heads()?);
    let mut counters = follower.replica.counters().await?;
    counters.retain(|counted| counted.server != member.server);
    if heads.records.0 > 0 {
        counters.push(Counted { server: member.server, counter: heads.records.0 });
    }
    let time = clock::now();
    let report = Report {
        place: member.place,
        server: member.server,
        // Moments grow, over restarts too.
        number: u64::try_from(time).unwrap_or_default(),
        time,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: sekisho_config::document::SCHEMA,
        state: own.state,
        revision: heads.revision,
        log: member.organisation().head(),
        feed: follower.replica.place().await?.0,
        counters,
        certificate: own.certificate,
    };
    let signed = Blob(report.sign(&member.identity));
    let (connection, server) = (member.place.connection.to_string(), member.server.to_string());
    let ask = |hub: sekisho_hub_api::Hub| {
        let (connection, server, signed) = (connection.clone(), server.clone(), signed.clone());
        async move { hub.report(&connection, &server, &signed).await }
    };
    follower.link.ask(member, ask).await
}
