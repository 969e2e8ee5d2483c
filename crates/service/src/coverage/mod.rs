//! Which certificate covers which of the names in play, and what is served under them now.

mod handshake;
mod judging;
mod names;
mod served;

pub(crate) use names::in_play;

use std::net::SocketAddr;

use data_encoding::BASE64;
use sekisho_admin_api::certificates::{
    CertificateMatrix, CertificatePlace, JudgeFiles, JudgedCertificate, ServedCertificates,
};
use sekisho_certs::import::{self, File, Passwords};
use sekisho_certs::pem;
use sekisho_config::document::KeyPair;
use sekisho_fault::{Fault, Result};

use crate::lifecycle::House;
use crate::{clock, codes};

impl House {
    /// The certificates of what is applied and of the draft, beside the names in play and those that are asked for.
    ///
    /// Codes: `FILE`, and those of the seal; of files, those of certificates.
    pub(crate) async fn certificates(&self, wish: &JudgeFiles) -> Result<CertificateMatrix> {
        let applied = self.applied.read().await.document.clone();
        let draft = self.current().await?.document;
        let servers = match self.connected.follower() {
            Ok(follower) => self.listed(&follower).await?.into_iter().map(|server| server.name).collect(),
            Err(_) => Vec::new(),
        };
        let names = in_play(&applied, &draft, &servers, &wish.names);
        let now = clock::now();
        let mut certificates = Vec::new();
        if let Some(pair) = &applied.tls {
            certificates.push(of_pair(CertificatePlace::Applied, pair, &names, now)?);
        }
        if let Some(pair) = draft.tls.as_ref().filter(|pair| Some(*pair) != applied.tls.as_ref()) {
            certificates.push(of_pair(CertificatePlace::Draft, pair, &names, now)?);
        }
        if !wish.files.is_empty() {
            let shown = shown(wish).await?;
            certificates.push(judging::judge(CertificatePlace::Shown, &shown, false, &names, now)?);
        }
        Ok(CertificateMatrix { names, certificates })
    }

    /// What this server serves, and what comes at the addresses that its name leads to.
    ///
    /// Codes: `NOTHING_SAVED`.
    pub(crate) async fn served_certificates(&self) -> Result<ServedCertificates> {
        let applied = self.applied.read().await.document.clone();
        let listening: Option<SocketAddr> = self.board.read().listening.and_then(|address| address.parse().ok());
        let (Some(host), Some(listening)) = (applied.advertised_host.as_ref(), listening) else {
            return Err(Fault::new(codes::NOTHING_SAVED));
        };
        let leaf = applied.tls.as_ref().and_then(|pair| chain(pair).ok()).and_then(|chain| chain.into_iter().next());
        served::look(host.as_str(), applied.advertised_port, listening, leaf.as_deref()).await
    }
}

fn chain(pair: &KeyPair) -> Result<Vec<Vec<u8>>> {
    Ok(pem::read(pair.certificates.as_bytes())?.certificates)
}

fn of_pair(
    place: CertificatePlace,
    pair: &KeyPair,
    names: &[sekisho_admin_api::certificates::NameInPlay],
    now: i64,
) -> Result<JudgedCertificate> {
    judging::judge(place, &chain(pair)?, pair.trial, names, now)
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
