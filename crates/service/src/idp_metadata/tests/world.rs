//! A server with its configuration, and the address of its identity provider's metadata.

use std::path::Path;

use sekisho_config::document::SamlKey;
use sekisho_config::{Document, Domain, Host, ThisServer, check};
use sekisho_fault::Fault;
use sekisho_keys::derive::Secret;
use sekisho_saml::UnixTime;
use sekisho_signin::explain::{AsOf, explain};
use sekisho_signin::{Ids, StateSecrets};
use tempfile::TempDir;

use super::idp::{ENTITY, Key, SIGN_IN, metadata};
use crate::configuration::{Source, build};
use crate::draft::{Draft, trial_certificate};
use crate::egress::site::{Site, door};
use crate::idp_metadata::schedule::Share;
use crate::idp_metadata::told;
use crate::idp_metadata::watch::{Look, Watch};
use crate::store::SealedFile;

pub(super) const NOW: i64 = 1_795_513_267;
pub(super) const DAY: i64 = 86_400;

pub(super) struct World {
    folder: TempDir,
    pub(super) site: Site,
    pub(super) watch: Watch,
    pub(super) draft: Draft,
    pub(super) old: Key,
    pub(super) new: Key,
}

fn open(folder: &Path) -> Watch {
    Watch::open(SealedFile::new(folder, "idp_metadata.sealed", &Secret::new([1; 32])))
}

impl World {
    /// Both keys are in what was saved.
    pub(super) async fn with_both() -> Self {
        Self::with(|old, new| vec![old, new]).await
    }

    /// Only the old key is in what was saved.
    pub(super) async fn with_the_old() -> Self {
        Self::with(|old, _| vec![old]).await
    }

    async fn with(saved: impl for<'a> Fn(&'a Key, &'a Key) -> Vec<&'a Key>) -> Self {
        let (folder, old, new) = (tempfile::tempdir().unwrap(), Key::new(), Key::new());
        let xml = metadata(ENTITY, &saved(&old, &new), SIGN_IN, "");
        let site = Site::open(&xml).await;
        let mut draft = Draft::default();
        draft.document.advertised_host = Some(Host::parse("sso.example.com").unwrap());
        draft.document.saml_key = SamlKey::None;
        draft.document.idp.metadata = Some(xml);
        draft.document.idp.metadata_url = Some(site.url.clone());
        trial_certificate(&mut draft, NOW).unwrap();
        Self { watch: open(folder.path()), folder, site, draft, old, new }
    }

    pub(super) fn document(&mut self) -> &mut Document {
        &mut self.draft.document
    }

    /// The identity provider publishes these keys.
    pub(super) fn publishes(&self, keys: &[&Key]) {
        self.site.says(&metadata(ENTITY, keys, SIGN_IN, ""));
    }

    pub(super) async fn look(&self, now: i64) -> Option<Look> {
        let authorities = Ok(vec![self.site.authority.clone()]);
        self.watch.look(&door(), authorities, &self.draft.document, UnixTime(now), Share(0)).await
    }

    /// Whether a sign-in with an answer that this key has signed would succeed.
    pub(super) fn accepts(&self, key: &Key) -> bool {
        let ready = build(Source {
            document: &self.draft.document,
            server: &ThisServer::default(),
            key: &|name| self.draft.key(name),
            refreshed: self.watch.kept(),
            domains: vec![Domain::parse("example.com").unwrap()],
            provider: "example".into(),
            ids: Ids { organisation: "o".into(), connection: "c".into() },
            secrets: StateSecrets { current: Secret::new([2; 32]), previous: None },
            now: NOW,
        });
        let judged = explain(&ready.unwrap().applied, &key.answer(NOW), AsOf::Moment(NOW)).report.outcome;
        assert!(judged.as_ref().err().is_none_or(|fault| fault.code == sekisho_saml::codes::SIGNATURE), "{judged:?}");
        judged.is_ok()
    }

    pub(super) fn warnings(&self, now: i64) -> Vec<Fault> {
        let (kept, own) = (self.watch.kept(), check::metadata(&self.draft.document).unwrap());
        let served = kept.as_ref().map_or(own.clone(), |kept| kept.served(&self.draft.document, own));
        told::warnings(&self.draft.document, kept.as_ref(), &served, UnixTime(now))
    }

    /// The service ends and begins again.
    pub(super) fn restart(&mut self) {
        self.watch = open(self.folder.path());
    }

    pub(super) fn keeps_a_file(&self) -> bool {
        self.folder.path().join("idp_metadata.sealed").exists()
    }
}
