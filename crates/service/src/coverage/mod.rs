//! Which certificate covers which of the names in play, and what is served under them now.

mod handshake;
mod judging;
mod names;
mod roots;
mod served;

pub(crate) use names::in_play;

use std::net::SocketAddr;

use data_encoding::BASE64;
use sekisho_admin_api::certificates::{
    CertificateBefore, CertificateMatrix, CertificatePlace, JudgeFiles, JudgedCertificate, NameInPlay,
    ServedCertificates,
};
use sekisho_admin_api::names::WhichName;
use sekisho_certs::import::{self, File, Passwords};
use sekisho_certs::pem;
use sekisho_config::document::KeyPair;
use sekisho_config::{Document, Host};
use sekisho_fault::{Fault, Result};

use crate::lifecycle::House;
use crate::{clock, codes, draft};

/// Names that are asked for at once.
const MOST_ASKED: usize = 100;

impl House {
    /// The certificates of what is applied and of the draft, beside the names in play and those that are asked for.
    ///
    /// Codes: `TOO_MANY_ASKED`, `FILE`, and those of the seal; of files, those of certificates.
    pub(crate) async fn certificates(&self, wish: &JudgeFiles) -> Result<CertificateMatrix> {
        if wish.names.len() > MOST_ASKED {
            return Err(Fault::new(codes::TOO_MANY_ASKED).with("most", MOST_ASKED));
        }
        let applied = self.as_served(&self.applied.read().await.document.clone()).await;
        let draft = self.as_served(&self.current().await?.document).await;
        let servers = match self.connected.follower() {
            Ok(follower) => self.listed(&follower).await?.into_iter().map(|server| server.name).collect(),
            Err(_) => Vec::new(),
        };
        let names = in_play(&applied, &draft, &servers, &wish.names);
        let (roots, now) = (roots::of_this_machine().await, clock::now());
        let mut certificates = Vec::new();
        certificates.extend(of_document(CertificatePlace::Applied, &applied, &names, &roots, now)?);
        if served_pairs(&draft) != served_pairs(&applied) {
            certificates.extend(of_document(CertificatePlace::Draft, &draft, &names, &roots, now)?);
        }
        if !wish.files.is_empty() {
            let shown = shown(wish).await?;
            let place = (CertificatePlace::Shown, None);
            certificates.push(judging::judge(place, |_| true, &shown, false, &names, &roots, now)?);
        }
        let before = self.certificate_before().await?;
        let before = before.and_then(|before| {
            Some(CertificateBefore {
                certificate: draft::describe(chain(&before.pair).ok()?.first()?, false).ok()?,
                replaced: before.replaced,
                until: before.until,
            })
        });
        Ok(CertificateMatrix { names, certificates, before })
    }

    /// What this server serves, and what comes at the addresses that its name leads to, or one of its further names.
    ///
    /// Codes: `NOTHING_SAVED`, `NO_SUCH_NAME` of the configuration.
    pub(crate) async fn served_certificates(&self, which: Option<&WhichName>) -> Result<ServedCertificates> {
        let applied = self.as_served(&self.applied.read().await.document.clone()).await;
        let listening: Option<SocketAddr> = self.board.read().listening.and_then(|address| address.parse().ok());
        let (Some(advertised), Some(listening)) = (applied.advertised_host.as_ref(), listening) else {
            return Err(Fault::new(codes::NOTHING_SAVED));
        };
        let (host, port) = match which {
            None => (advertised.clone(), applied.advertised_port),
            Some(which) => {
                let urls = applied.urls_of(&which.host)?;
                let host = Host::parse(&which.host)?;
                (host, urls.port())
            }
        };
        let pair = applied.pair_of(&host);
        let leaf = pair.and_then(|pair| chain(pair).ok()).and_then(|chain| chain.into_iter().next());
        served::look(&self.resolver, host.as_str(), port, listening, leaf.as_deref()).await
    }
}

/// The pairs that are served, by their names.
fn served_pairs(document: &Document) -> Vec<(Option<&str>, &KeyPair)> {
    let own = document.tls.as_ref().map(|pair| (None, pair));
    let others = document.other_names.iter().filter_map(|other| Some((Some(other.host.as_str()), other.tls.as_ref()?)));
    own.into_iter().chain(others).collect()
}

/// The certificates of a document, each there for the names under which it is served.
fn of_document(
    place: CertificatePlace,
    document: &Document,
    names: &[NameInPlay],
    roots: &[Vec<u8>],
    now: i64,
) -> Result<Vec<JudgedCertificate>> {
    let pairs = served_pairs(document);
    let has_own = |name: &NameInPlay| pairs.iter().any(|(host, _)| *host == Some(name.name.as_str()));
    let judge = |(host, pair): &(Option<&str>, &KeyPair)| {
        let expected = |name: &NameInPlay| match host {
            Some(host) => name.name == *host,
            None => !has_own(name),
        };
        judging::judge((place, *host), expected, &chain(pair)?, pair.trial, names, roots, now)
    };
    pairs.iter().map(judge).collect()
}

fn chain(pair: &KeyPair) -> Result<Vec<Vec<u8>>> {
    Ok(pem::read(pair.certificates.as_bytes())?.certificates)
}

/// The certificates of the files, the server's first. A key may be missing: it is not needed to judge them.
async fn shown(wish: &JudgeFiles) -> Result<Vec<Vec<u8>>> {
    let wish = wish.clone();
    // Opening a container can take seconds of arithmetic: not on a thread that serves sign-ins.
    let work = move || {
        let bytes = wish.files.iter().map(|file| {
            let read = BASE64.decode(file.bytes.as_bytes());
            read.map_err(|_| Fault::new(sekisho_certs::codes::NOT_PEM).with("file", file.name.as_str()))
        });
        let bytes = bytes.collect::<Result<Vec<_>>>()?;
        let files: Vec<File<'_>> =
            wish.files.iter().zip(&bytes).map(|(file, bytes)| File { name: &file.name, bytes }).collect();
        let passwords = Passwords { store: wish.store_password.as_deref(), key: wish.key_password.as_deref() };
        import::read(&files, &passwords)?.chain()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Fault::new(codes::ENDED))?
}
