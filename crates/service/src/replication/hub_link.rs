//! The way to the hub: this server's network settings, and a session by its key, opened anew when it has ended.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use sekisho_config::ThisServer;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::{HubInfo, KeySignIn, greeting};
use sekisho_hub_api::{Blob, Hub, HubAddress, Network, client, codes as hub_codes};
use sekisho_keys::identity::{Identity, Signing};
use tokio::sync::Mutex;

use crate::enrolment::Member;
use crate::{clock, codes};

/// How often the clocks are compared.
const CLOCK_LOOK: Duration = Duration::from_mins(5);

/// The way to the hub.
#[derive(Default)]
pub struct HubLink {
    network: RwLock<Network>,
    session: Mutex<Option<Hub>>,
    /// Seconds by which the hub's clock was ahead when it was last looked at, and when that was.
    clock: RwLock<Option<(Instant, i64)>>,
}

impl HubLink {
    /// Takes over this server's proxy and authorities.
    ///
    /// Codes: those of the settings.
    pub async fn configure(&self, settings: &ThisServer) -> Result<()> {
        let wrong = |detail: String| Fault::new(hub_codes::CONNECTION_SETTINGS).with("detail", detail);
        let proxy = settings.proxy.as_deref().map(str::parse).transpose();
        let authorities = client::authorities(settings.authorities.as_deref().unwrap_or_default())?;
        let network = Network { proxy: proxy.map_err(|error: url::ParseError| wrong(error.to_string()))?, authorities };
        *self.network.write().unwrap_or_else(PoisonError::into_inner) = network;
        *self.session.lock().await = None;
        Ok(())
    }

    fn hub(&self, address: &HubAddress) -> Result<Hub> {
        let network = self.network.read().unwrap_or_else(PoisonError::into_inner).clone();
        Hub::at(address.clone(), &network)
    }

    /// Signs in by key.
    ///
    /// Codes: the hub's.
    pub async fn sign_in(&self, address: &HubAddress, identity: &Identity) -> Result<Hub> {
        let hub = self.hub(address)?;
        let info = self.info(&hub).await?;
        let mut nonce = [0; 16];
        rand::fill(&mut nonce).map_err(|_| Fault::new(codes::RANDOM))?;
        let (keys, nonce, time) = (identity.id().to_string(), Blob(nonce.to_vec()), clock::now());
        let signature = identity.sign(Signing::HubSession, &greeting(&keys, &info.hub, &nonce, time));
        let body = KeySignIn { keys, nonce, time, signature: Blob(signature.0.to_vec()) };
        let session = hub.sign_in_by_key(&body).await?;
        Ok(hub.with_session(&session.token, Arc::new(identity.signer(Signing::HubWrite))))
    }

    /// What the hub says of itself; its clock is compared on the way.
    async fn info(&self, hub: &Hub) -> Result<HubInfo> {
        let before = clock::now();
        let info = hub.info().await?;
        // The answer was given somewhere between the two.
        let ahead = info.time.saturating_sub(before.midpoint(clock::now()));
        *self.clock.write().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), ahead));
        Ok(info)
    }

    /// Seconds by which the hub's clock was ahead of this machine's when it was last looked at.
    pub fn clock(&self) -> Option<i64> {
        self.clock.read().unwrap_or_else(PoisonError::into_inner).map(|(_, ahead)| ahead)
    }

    /// Looks at the hub's clock again, if the last look was a while ago.
    ///
    /// Codes: the hub's.
    pub async fn compare_clocks(&self, address: &HubAddress) -> Result<()> {
        let last = *self.clock.read().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|(when, _)| when.elapsed() >= CLOCK_LOOK) {
            self.info(&self.hub(address)?).await?;
        }
        Ok(())
    }

    /// Asks the hub as a member; with a new session, once, when the one before has ended.
    ///
    /// Codes: the hub's.
    pub async fn ask<T, F: Future<Output = Result<T>>>(
        &self,
        member: &Arc<Member>,
        ask: impl Fn(Hub) -> F,
    ) -> Result<T> {
        let held = self.session.lock().await.clone();
        if let Some(hub) = held {
            match ask(hub).await {
                Err(fault) if fault.code == hub_codes::SESSION => {}
                outcome => return outcome,
            }
        }
        let fresh = self.sign_in(&member.hub, &member.identity).await?;
        *self.session.lock().await = Some(fresh.clone());
        ask(fresh).await
    }
}
