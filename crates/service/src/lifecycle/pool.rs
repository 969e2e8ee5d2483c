//! In and out of the pool, and how this server looks from outside.

use std::net::SocketAddr;

use sekisho_admin_api::pool::Probe;
use sekisho_admin_api::status::State;
use sekisho_config::ThisServer;
use sekisho_fault::{Fault, Result};

use super::House;
use crate::{codes, probing};

impl House {
    /// Takes this server out of the pool, or puts it back; over restarts too.
    ///
    /// Code: `FILE`.
    pub fn drain(&self, drained: bool) -> Result<()> {
        self.settings.write(&ThisServer { drained, ..self.settings.read() })?;
        self.tell_drained();
        Ok(())
    }

    /// Says what the settings say, to `/ping` and in the status.
    pub(super) fn tell_drained(&self) {
        let drained = self.settings.read().drained;
        self.runtime.warn("pool", drained.then(|| Fault::new(codes::DRAINED)).into_iter().collect());
    }

    /// Asks this server for `/ping`, and whatever its name leads to.
    ///
    /// Codes: `NOT_ENROLLED`, `NOTHING_SAVED`; why it does not serve.
    pub async fn probe(&self) -> Result<Probe> {
        self.connected.member()?;
        let status = self.board.read();
        if let State::Stopped { reason } | State::Failed { reason } = status.state {
            return Err(reason);
        }
        let applied = self.applied.read().await.document.clone();
        let listening: Option<SocketAddr> = status.listening.and_then(|address| address.parse().ok());
        let (Some(listening), Some(certificate)) = (listening, self.runtime.leaf()) else {
            return Err(Fault::new(codes::NOTHING_SAVED));
        };
        let host = applied.advertised_host.as_ref().ok_or_else(|| Fault::new(codes::NOTHING_SAVED))?;
        probing::probe(&self.resolver, host.as_str(), applied.advertised_port, listening, &certificate).await
    }
}
