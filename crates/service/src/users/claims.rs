//! Assertions that were used without having been asked for: the hub knows of all servers which came first (R7).

use std::sync::Arc;

use sekisho_fault::Result;
use sekisho_hub_api::Hub;
use sekisho_hub_api::wire::NewClaim;
use sekisho_keys::claim;
use sekisho_signin::Claimed;
use sekisho_signin::capabilities::Later;

use crate::connected::Connected;

/// The claims at the hub, for the public face.
pub struct HubClaims {
    connected: Arc<Connected>,
}

impl HubClaims {
    /// The claims of whatever connection this server belongs to.
    pub fn new(connected: Arc<Connected>) -> Self {
        Self { connected }
    }

    async fn first(&self, idp: &str, assertion: &str, until: i64) -> Result<bool> {
        let member = self.connected.member()?;
        let name = claim::name(&member.newest_keyring()?, idp, assertion);
        let connection = member.place.connection.to_string();
        let ask = |hub: Hub| {
            let (connection, name) = (connection.clone(), name.clone());
            async move { hub.claim(&connection, &name, &NewClaim { ends: until }).await }
        };
        Ok(self.connected.link.ask(&member, ask).await?.first)
    }
}

impl sekisho_signin::Claims for HubClaims {
    fn claim<'a>(&'a self, idp: &'a str, assertion: &'a str, until: i64) -> Later<'a, Claimed> {
        Box::pin(async move {
            match self.first(idp, assertion, until).await {
                Ok(true) => Claimed::First,
                Ok(false) => Claimed::Again,
                Err(fault) => {
                    tracing::warn!(%fault, "whether an answer was used before");
                    Claimed::Unknown
                }
            }
        })
    }
}
