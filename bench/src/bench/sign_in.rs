//! `acs_per_second_per_core`, and `acs_ratio_shibboleth`: users sign in at Sekisho and at its peer in turn, on the same
//! core, with responses of the same signer.

use std::path::Path;

use sekisho_tests::site::{Site, Sp};

use super::Repeats;
use super::cores::Cores;
use super::figure::{Aim, Figure};
use super::idp::Idp;
use super::load::{Round, ServiceProvider};
use super::page::Page;
use super::process_tree;
use super::shibboleth::Shibboleth;

const RATIO: Aim = Aim::AtLeast(10.0);

/// Sekisho as the crowd sees it.
pub struct Sekisho<'a> {
    provider: ServiceProvider<'a>,
    idp: &'a Idp,
}

impl<'a> Sekisho<'a> {
    /// Sekisho at its address.
    pub fn new(sp: &Sp, idp: &'a Idp) -> Self {
        let page = Page::of(&sp.origin);
        Self { provider: ServiceProvider::new(idp, page.start().to_owned(), page.landing()), idp }
    }

    /// What the crowd opens.
    pub fn into_provider(self) -> ServiceProvider<'a> {
        self.provider
    }

    /// The users sign in for the first time, which makes them.
    pub async fn provision(&self, users: &[String]) {
        self.provider.sign_in(users).await;
    }
}

/// Rounds in pairs, and what came of them. At Sekisho the crowd is known, as most are on most days; at the peer, which
/// keeps no users but whose sessions of one user make each further one dearer, nobody comes twice.
pub async fn measure(site: &Site, sekisho: &Sekisho<'_>, repeats: &Repeats, peer: Option<&Path>) -> Vec<Figure> {
    let users = people("known", repeats.crowd);
    sekisho.provision(&users).await;
    let service = [site.service.id()];
    let peer = Shibboleth::start(peer, sekisho.idp, &site.home);
    if let Some(cores) = Cores::find() {
        cores.keep_load();
        cores.keep_servers(&service);
        if let Ok(peer) = &peer {
            cores.keep_servers(&process_tree::with_children(&peer.pids));
        }
    }
    // Once before it counts: caches, connections, threads.
    sekisho.provider.round(&users, repeats.sign_ins / 4, &service).await;
    if let Ok(peer) = &peer {
        let first = people("first", repeats.peers / 4);
        peer.provider.round(&first, first.len(), &peer.pids).await;
    }
    let mut own = Vec::new();
    let mut pairs = Vec::new();
    for pair in 0..repeats.pairs {
        let ours = sekisho.provider.round(&users, repeats.sign_ins, &service).await;
        own.push(ours);
        if let Ok(peer) = &peer {
            let fresh = people(&format!("fresh{pair}"), repeats.peers);
            pairs.push((ours, peer.provider.round(&fresh, fresh.len(), &peer.pids).await));
        }
    }
    let reason = peer.err().unwrap_or_default();
    let mut figures = alone(&own);
    figures.push(Figure::median("service_loaded_mib", Aim::None, &[process_tree::pss_mib(&service)]));
    figures.extend(beside(&pairs, &reason));
    figures
}

fn people(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{name}-{number}@example.com")).collect()
}

fn alone(rounds: &[Round]) -> Vec<Figure> {
    let of = |name, value: fn(&Round) -> f64| {
        Figure::median(name, Aim::None, &rounds.iter().map(value).collect::<Vec<f64>>())
    };
    vec![
        of("acs_per_second_per_core", Round::accepted_per_core),
        of("acs_per_second_wall", Round::accepted_per_second),
        of("sign_ins_per_second_per_core", Round::whole_per_core),
    ]
}

/// Each pair gives a ratio of its own, because the machine may be busier during one than during the next.
fn beside(pairs: &[(Round, Round)], reason: &str) -> Vec<Figure> {
    let of = |name, aim, value: &dyn Fn(&(Round, Round)) -> f64| {
        if pairs.is_empty() {
            return Figure::absent(name, aim, reason);
        }
        Figure::median(name, aim, &pairs.iter().map(value).collect::<Vec<f64>>())
    };
    let ratio = |value: fn(&Round) -> f64| move |(ours, theirs): &(Round, Round)| value(ours) / value(theirs);
    vec![
        of("shibboleth_acs_per_second_per_core", Aim::None, &|(_, theirs)| theirs.accepted_per_core()),
        of("shibboleth_acs_per_second_wall", Aim::None, &|(_, theirs)| theirs.accepted_per_second()),
        of("shibboleth_sign_ins_per_second_per_core", Aim::None, &|(_, theirs)| theirs.whole_per_core()),
        of("acs_ratio_shibboleth", RATIO, &ratio(Round::accepted_per_core)),
        of("acs_ratio_shibboleth_wall", Aim::None, &ratio(Round::accepted_per_second)),
        of("sign_in_ratio_shibboleth", Aim::None, &ratio(Round::whole_per_core)),
    ]
}
