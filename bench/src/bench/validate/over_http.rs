//! The peer that has no door but HTTP: what a response costs it, with all that it does around the validation.

use std::path::Path;

use tokio::runtime::Runtime;

use super::super::cores::Cores;
use super::super::idp::Idp;
use super::super::process_tree;
use super::super::shibboleth::Shibboleth;
use super::Validates;
use super::kind::Kind;

/// Shibboleth SP, and browsers that bring it responses.
pub struct OverHttp<'a> {
    runtime: &'a Runtime,
    peer: Shibboleth<'a>,
    /// Users who have signed in so far.
    seen: u32,
}

impl<'a> OverHttp<'a> {
    /// Starts it, on the core for what is measured; or says why there is none.
    pub fn start(runtime: &'a Runtime, script: Option<&Path>, idp: &'a Idp, home: &Path) -> Result<Self, String> {
        let peer = Shibboleth::start(script, idp, home)?;
        if let Some(cores) = Cores::find() {
            cores.keep_servers(&process_tree::with_children(&peer.pids));
        }
        Ok(Self { runtime, peer, seen: 0 })
    }
}

impl Validates for OverHttp<'_> {
    fn validate(&mut self, what: &str, count: u32) -> Result<f64, String> {
        if what != Kind::Assertion.name() {
            return Err("the browsers of this bench bring it signed assertions alone".to_owned());
        }
        // Each signs in once: the peer keeps the sessions of a name together, and takes longer for each further one.
        let users: Vec<String> =
            (self.seen..self.seen + count).map(|number| format!("user{number}@example.com")).collect();
        self.seen += count;
        let round = self.peer.provider.round(&users, count as usize, &self.peer.pids);
        Ok(1_000_000.0 / self.runtime.block_on(round).accepted_per_core())
    }

    fn mib(&self) -> f64 {
        process_tree::pss_mib(&self.peer.pids)
    }
}
