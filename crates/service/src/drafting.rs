//! The draft's calls: read, change, check, prepare, test.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use sekisho_admin_api::draft::{CertificateRequest, Draft as View, Rebased, RequestWish, RolloverStep, SetField};
use sekisho_admin_api::idp::{ChosenIdp, IdpSteps, WhichIdp, WhichSteps};
use sekisho_admin_api::names::{NameStep, WhichName};
use sekisho_admin_api::relink::RelinkWish;
use sekisho_admin_api::save::{PastRevision, Prepared, SaveReason};
use sekisho_admin_api::status::State;
use sekisho_admin_api::test_login::{StartedTest, TestReport};
use sekisho_config::check::{self, Facts};
use sekisho_config::field::{self, Field};
use sekisho_config::preset::{self, Filled};
use sekisho_config::{Document, Relink, ThisServer};
use sekisho_fault::{Fault, Result, Severity};
use sekisho_saml::UnixTime;
use zeroize::Zeroizing;

use crate::acme;
use crate::configuration::{self, Pairs};
use crate::draft::{self, Draft};
use crate::explaining::reported;
use crate::lifecycle::House;
use crate::{clock, codes};

/// How long a test's link works, in seconds.
const TEST: i64 = 600;

impl House {
    /// The draft, or what is applied when none was begun.
    pub(crate) async fn current(&self) -> Result<Draft> {
        if let Some(draft) = self.draft.lock().await.read()? {
            return Ok(draft);
        }
        let applied = self.applied.read().await;
        Ok(Draft { base: applied.revision, document: applied.document.clone(), ..Draft::default() })
    }

    pub(crate) async fn show(&self, draft: &Draft) -> Result<View> {
        let checks = self.quick_checks(draft).await?;
        let applied = self.applied.read().await;
        let kept = self.idp_metadata.kept();
        Ok(draft::view(draft, &applied.document, &self.settings.read(), kept.as_ref(), checks, clock::now()))
    }

    /// All keys that the draft may name: its own, and those that are saved.
    pub(crate) async fn draft_keys(&self, draft: &Draft) -> Result<BTreeMap<String, Zeroizing<Vec<u8>>>> {
        let mut keys: BTreeMap<String, Zeroizing<Vec<u8>>> = match self.connected.member() {
            Ok(member) => self.keys(&member, &draft.document).await?,
            Err(_) => BTreeMap::new(),
        };
        keys.extend(draft.keys.keys().filter_map(|name| Some((name.clone(), draft.key(name)?))));
        Ok(keys)
    }

    async fn quick_checks(&self, draft: &Draft) -> Result<Vec<Fault>> {
        let mut keys = self.draft_keys(draft).await?;
        let issued = self.issued_for(&draft.document).await.map(|(_, served)| served);
        keys.extend(issued.iter().map(|served| served.key.clone()));
        // Looked at is what would be served.
        let document = issued.as_ref().map_or(&draft.document, |served| &served.document);
        let (Pairs { tls, saml, others }, mut found) = configuration::open(document, &|name| keys.get(name).cloned());
        let domains = self.connected.domains();
        let now = clock::now();
        let facts = Facts { tls: tls.as_ref(), others: &others, saml: saml.as_ref(), domains: &domains, now };
        let more = check::document(document, &facts);
        // A key that cannot be opened is told once, not as missing too; and SAML's own pair is made when it is needed.
        let told: Vec<Option<String>> = found.iter().map(|fault| fault.field.clone()).collect();
        let missing_saml =
            |fault: &Fault| fault.code == sekisho_config::codes::MISSING && fault.field.as_deref() == Some("saml");
        found.extend(more.into_iter().filter(|fault| !told.contains(&fault.field) && !missing_saml(fault)));
        let applied = self.applied.read().await;
        found.extend(draft::replaced_certificate(&draft.document, &applied.document));
        found.extend(sekisho_config::acme_check::turned_off(&draft.document, &applied.document));
        if draft.document.tls != applied.document.tls {
            found.extend(draft::answered_request(&draft.document, &self.requests()?));
        }
        found.extend(sekisho_config::relink::strangers(document, &applied.document, now));
        found.extend(draft::not_restored(draft, &applied.document));
        Ok(found)
    }

    /// Reads the draft.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub async fn read_draft(&self) -> Result<View> {
        let draft = self.current().await?;
        self.show(&draft).await
    }

    /// Changes the draft; a refused change changes nothing.
    ///
    /// Codes: those of the change.
    pub async fn change_draft(&self, change: impl AsyncFnOnce(&mut Draft) -> Result<()>) -> Result<View> {
        let _editing = self.editing.lock().await;
        self.not_detached()?;
        let mut draft = self.current().await?;
        change(&mut draft).await?;
        if draft.base > 0 {
            // Only the first save may make SAML's own pair unseen: from then on it is among the differences.
            draft::ensure_saml_pair(&mut draft, clock::now())?;
        }
        // What is changed is another save than the one that may be on its way.
        draft.save = None;
        self.keep_draft(&draft).await?;
        self.show(&draft).await
    }

    pub(crate) async fn keep_draft(&self, draft: &Draft) -> Result<()> {
        self.draft.lock().await.write(draft)?;
        self.board.tell("draft.changed");
        Ok(())
    }

    /// Sets a field, of the draft or of this server.
    ///
    /// Codes: those of the field; for this server's, those of opening the port and of the hub's settings.
    pub async fn set_field(&self, wish: &SetField) -> Result<View> {
        let named = Field::parse(&wish.field)?;
        if !named.is_local() {
            let change = async |draft: &mut Draft| {
                draft::set(draft, &wish.field, &wish.value)?;
                if let (Field::Webhook, Some(webhook)) = (named, &mut draft.document.webhook) {
                    webhook.epoch = self.connected.served_facts().0.max(1);
                }
                Ok(())
            };
            return self.change_draft(change).await;
        }
        let _editing = self.editing.lock().await;
        let before = self.settings.read();
        let mut settings = before.clone();
        field::set_local(&mut settings, named, &wish.value)?;
        if settings != before {
            self.change_settings(&before, &settings).await?;
        }
        self.read_draft().await
    }

    /// Chooses the identity provider, and fills in what it usually sends where nobody has entered anything.
    ///
    /// Code: `CHOICE` of the configuration.
    pub async fn choose_idp(&self, wish: &WhichIdp) -> Result<ChosenIdp> {
        let kind = preset::named(&wish.idp_type)?;
        let mut done = Filled::default();
        let change = async |draft: &mut Draft| {
            done = draft::choose_idp(draft, kind);
            Ok(())
        };
        let draft = self.change_draft(change).await?;
        let filled = done.filled.iter().map(|field| field.name()).collect();
        Ok(ChosenIdp { draft, filled, left: draft::left_fields(&done) })
    }

    /// What the identity provider's administrator has to do.
    ///
    /// Codes: `CHOICE`, `MISSING` of the configuration, `FILE`.
    pub async fn idp_steps(&self, wish: &WhichSteps) -> Result<IdpSteps> {
        draft::idp_steps(&self.current().await?, wish.idp_type.as_deref())
    }

    /// Tests new settings of this server, keeps them, and applies them at once.
    async fn change_settings(&self, before: &ThisServer, settings: &ThisServer) -> Result<()> {
        let network = before.proxy != settings.proxy || before.authorities != settings.authorities;
        if network {
            self.connected.link.configure(settings).await?;
        }
        if before.acme_hook != settings.acme_hook {
            acme::hook_works(settings)?;
        }
        let place = before.private_ip != settings.private_ip || before.private_port != settings.private_port;
        if place {
            let port = settings.private_port.unwrap_or(self.current().await?.document.advertised_port);
            let ip = settings.private_ip.unwrap_or(std::net::IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED));
            let listening = self.listening();
            if listening.is_none_or(|listening| listening.port() != port) || settings.private_ip.is_some() {
                // The same port on another address of this machine can be tried beside the open one.
                let tried = crate::listener::bind(SocketAddr::new(ip, port)).await;
                let own = listening.is_some_and(|listening| listening.port() == port);
                match tried {
                    Ok(_) => {}
                    Err(fault) if fault.code == codes::PORT_IN_USE && own => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
        // The server may have been stopped while the hub was tried.
        let turn = self.turn.lock().await;
        let ThisServer { stopped, drained, .. } = self.settings.read();
        self.settings.write(&ThisServer { stopped, drained, ..settings.clone() })?;
        self.resolver.ask(settings.resolver);
        if before.resolver != settings.resolver {
            self.proofs.anew();
        }
        drop(turn);
        self.acme.wake();
        if network {
            self.idp_metadata.try_again(UnixTime(clock::now()));
        }
        if place && self.applied.read().await.revision > 0 && !stopped {
            self.apply_newest().await?;
        }
        Ok(())
    }

    fn listening(&self) -> Option<SocketAddr> {
        self.board.read().listening.and_then(|address| address.parse().ok())
    }

    /// Goes back to what is applied.
    ///
    /// Codes: `FILE`.
    pub async fn discard_draft(&self) -> Result<View> {
        let _editing = self.editing.lock().await;
        self.forget_draft().await;
        self.read_draft().await
    }

    /// The draft goes. Whoever calls this holds `editing`.
    pub(crate) async fn forget_draft(&self) {
        self.draft.lock().await.remove();
        self.end_trial().await;
        self.board.tell("draft.changed");
    }

    async fn end_trial(&self) {
        let turn = self.turn.lock().await;
        self.trial.lock().await.take();
        self.runtime.end_trial();
        // A trial beside what is served leaves nothing behind.
        if self.board.read().state != State::Trial {
            return;
        }
        self.runtime.stop(State::NotConfigured).await;
        drop(turn);
        // What is saved serves again, or says why it does not.
        let _ = self.apply_newest().await;
    }

    /// Ends a trial when the last test's link has ended, unless another one has taken its place.
    fn end_trial_later(self: Arc<Self>, trial: Arc<sekisho_signin::Trial>) {
        let started = clock::now();
        *self.trial_started.lock().unwrap_or_else(PoisonError::into_inner) = started;
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(TEST.unsigned_abs() + 5)).await;
            let newest = *self.trial_started.lock().unwrap_or_else(PoisonError::into_inner);
            let same = self.trial.lock().await.as_ref().is_some_and(|held| Arc::ptr_eq(held, &trial));
            if same && newest == started {
                self.end_trial().await;
            }
        });
    }

    /// Goes a step on in the change of SAML's pair.
    ///
    /// Codes: those of the rollover, `MISSING` of the configuration, `FILE`.
    pub async fn roll_over(&self, step: RolloverStep) -> Result<View> {
        let saved = self.applied.read().await.document.clone();
        self.change_draft(async |draft| draft::roll_over(draft, step, &saved, clock::now())).await
    }

    /// Goes a step from one name to another.
    ///
    /// Codes: those of the names, `FILE`.
    pub async fn change_names(&self, step: NameStep) -> Result<View> {
        let saved = self.applied.read().await.document.clone();
        self.change_draft(async |draft| draft::change_names(draft, &step, &saved)).await
    }

    /// The SSL certificate that was replaced last, if it can be put back.
    ///
    /// Codes: those of the revisions, `DATABASE`.
    pub(crate) async fn certificate_before(&self) -> Result<Option<draft::Before>> {
        let Ok(member) = self.connected.member() else { return Ok(None) };
        let applied = self.applied.read().await.clone();
        draft::before(&member, &self.connected.replica, &applied, clock::now()).await
    }

    /// Takes it into the draft.
    ///
    /// Codes: `NO_CERTIFICATE_BEFORE`, `FILE`, and those of the revisions.
    pub async fn put_certificate_back(&self) -> Result<View> {
        let before = self.certificate_before().await?.ok_or_else(draft::nothing_before)?;
        self.change_draft(async |draft| {
            draft.document.replace_tls(before.pair)?;
            // By their own renewal the servers would replace it at once.
            draft.document.acme = None;
            Ok(())
        })
        .await
    }

    /// Opens a window in the draft in which users are recognised by their addresses, or takes it out.
    ///
    /// Codes: `RELINK_DAYS`, `RELINK_NOBODY` of the configuration, `FILE`.
    pub async fn set_relink(&self, wish: RelinkWish) -> Result<View> {
        let saved = self.applied.read().await.document.clone();
        self.change_draft(async |draft| {
            let open = |days| Relink::open(&draft.document, &saved, days, clock::now());
            draft.document.relink = wish.days.map(open).transpose()?;
            Ok(())
        })
        .await
    }

    /// The keys of open certificate requests.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub fn requests(&self) -> Result<draft::Requests> {
        Ok(self.requests.read()?.unwrap_or_default())
    }

    /// Makes a request for a certificate.
    ///
    /// Codes: `MISSING` of the configuration, `HOST_NAME` and `COUNTRY` of certificates, `FILE`.
    pub async fn request_certificate(&self, wish: RequestWish) -> Result<CertificateRequest> {
        let _editing = self.editing.lock().await;
        let (draft, mut requests) = (self.current().await?, self.requests()?);
        // A large RSA key takes seconds of arithmetic: not on a thread that serves sign-ins.
        let (saved, now) = (self.applied.read().await.document.clone(), clock::now());
        let work = move || draft::request(&draft, &wish, &mut requests, &saved, now).map(|made| (made, requests));
        let (made, requests) = tokio::task::spawn_blocking(work).await.map_err(|_| Fault::new(codes::ENDED))??;
        self.requests.write(&requests)?;
        Ok(made)
    }

    /// All checks, the slow ones too.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub async fn check_draft(&self) -> Result<Vec<Fault>> {
        let draft = self.current().await?;
        let mut found = self.quick_checks(&draft).await?;
        found.extend(draft::slow(&self.resolver, &draft.document, &self.settings.read(), self.listening()).await);
        Ok(found)
    }

    /// Our metadata, as the draft has it.
    ///
    /// Codes: `MISSING` of the configuration, `KEY_MISSING`, `FILE`.
    pub async fn sp_metadata(&self) -> Result<String> {
        let _editing = self.editing.lock().await;
        let mut draft = self.current().await?;
        if draft::ensure_saml_pair(&mut draft, clock::now())? {
            self.keep_draft(&draft).await?;
        }
        let keys = self.draft_keys(&draft).await?;
        draft::sp_metadata(&draft.document, &|name| keys.get(name).cloned())
    }

    /// Prepares the save of a draft without errors.
    ///
    /// Codes: `NOT_ENROLLED`, `NO_CHANGES`, and the first error of the checks.
    pub async fn prepare_save(&self, reason: &SaveReason) -> Result<Prepared> {
        let _editing = self.editing.lock().await;
        let member = self.connected.member()?;
        self.connected.trusts_hub()?;
        self.not_detached()?;
        let mut draft = self.current().await?;
        draft::ensure_saml_pair(&mut draft, clock::now())?;
        let applied = self.applied.read().await.document.clone();
        if sekisho_config::diff::diff(&applied, &draft.document).is_empty() {
            return Err(Fault::new(codes::NO_CHANGES));
        }
        let errors = self.quick_checks(&draft).await?;
        if let Some(error) = errors.into_iter().find(|fault| fault.severity == Severity::Error) {
            return Err(error);
        }
        let mut held = BTreeMap::new();
        for name in draft::keys(&draft.document) {
            let there = self.connected.replica.row("object", &name).await?.is_some();
            held.insert(name, there);
        }
        let prepared = draft::prepare(&mut draft, reason, &member, &held)?;
        self.keep_draft(&draft).await?;
        Ok(prepared)
    }

    /// Brings the draft together with what was saved since it was begun.
    ///
    /// Codes: `NOT_ENROLLED`, and the hub's.
    pub async fn rebase_draft(&self) -> Result<Rebased> {
        let _editing = self.editing.lock().await;
        let member = self.connected.member()?;
        self.connected.catch_up().await?;
        self.not_detached()?;
        // The status says why it is not applied.
        let _ = self.apply_newest().await;
        let mut draft = self.current().await?;
        let newest = self.applied.read().await.clone();
        let base = match draft.base {
            0 => Document::default(),
            base => draft::document(&member, &self.connected.replica, base).await?.1,
        };
        let conflicts = draft::rebase(&mut draft, &base, newest.revision, &newest.document);
        self.keep_draft(&draft).await?;
        Ok(Rebased { draft: self.show(&draft).await?, conflicts })
    }

    /// The history.
    ///
    /// Codes: `NOT_ENROLLED`, `DATABASE`.
    pub async fn revisions(&self) -> Result<Vec<PastRevision>> {
        draft::revisions(&*self.connected.member()?, &self.connected.replica).await
    }

    /// Puts an old revision into the draft, all but its keys.
    ///
    /// Codes: `NOT_ENROLLED`, `NO_REVISION`, `DATABASE`.
    pub async fn restore_revision(&self, number: u64) -> Result<View> {
        let _editing = self.editing.lock().await;
        let member = self.connected.member()?;
        self.not_detached()?;
        let today = self.applied.read().await.clone();
        let draft = draft::restore(&member, &self.connected.replica, number, &today).await?;
        self.keep_draft(&draft).await?;
        self.show(&draft).await
    }

    /// Starts a test login of the draft, under the name that it advertises or another one.
    ///
    /// Codes: `NO_SUCH_NAME`, the first error of the checks, and those of opening the port.
    pub async fn start_test(self: &Arc<Self>, which: Option<&WhichName>) -> Result<StartedTest> {
        self.not_detached()?;
        let _editing = self.editing.lock().await;
        let _turn = self.turn.lock().await;
        let mut draft = self.current().await?;
        if draft::ensure_saml_pair(&mut draft, clock::now())? {
            self.keep_draft(&draft).await?;
        }
        let mut keys = self.draft_keys(&draft).await?;
        let issued = self.issued_for(&draft.document).await.map(|(_, served)| served);
        keys.extend(issued.iter().map(|served| served.key.clone()));
        let document = issued.as_ref().map_or(&draft.document, |served| &served.document);
        let urls = match which {
            None => {
                draft.document.urls().ok_or_else(|| Fault::new(sekisho_config::codes::MISSING).on("advertised_host"))?
            }
            Some(which) => draft.document.urls_of(&which.host)?,
        };
        let ready = self.build(document, &|name| keys.get(name).cloned())?;
        let name = sekisho_keys::ids::Hash::of(&draft.document.to_json()).to_string();
        let mut held = self.trial.lock().await;
        let trial = if let Some(trial) = held.as_ref().filter(|trial| trial.draft() == name) {
            trial.clone()
        } else {
            held.insert(self.runtime.try_draft(ready, name).await?).clone()
        };
        drop(held);
        self.clone().end_trial_later(trial.clone());
        let path = trial.start_test(clock::now())?;
        let test = path.strip_prefix(sekisho_signin::trial::TEST).unwrap_or_default().to_owned();
        Ok(StartedTest { test, url: urls.at(&path), ends: clock::now() + TEST })
    }

    /// The report of a test, once it is over.
    pub async fn test_report(&self, test: &str) -> Option<TestReport> {
        let trial: Arc<sekisho_signin::Trial> = self.trial.lock().await.clone()?;
        trial.report(test).map(reported)
    }

    /// What is applied, without secrets.
    pub async fn export_redacted(&self) -> serde_json::Value {
        let applied = self.applied.read().await.clone();
        let status = self.board.read();
        // Certificates are public; private keys are not part of the document.
        let mut document = applied.document.clone();
        if let Some(webhook) = &mut document.webhook {
            // Whoever knows such an address can often write there: its host is enough.
            webhook.url =
                url::Url::parse(&webhook.url).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization());
        }
        document.mail = document.mail.redacted();
        if let Some(acme) = &mut document.acme {
            // People's addresses, and who one is at the authority.
            acme.contact.clear();
            acme.account_url = None;
        }
        let document = serde_json::from_slice(&document.to_json()).unwrap_or(serde_json::Value::Null);
        serde_json::json!({
            "version": status.version,
            "server": status.server_name,
            "revision": applied.revision,
            "document": document,
            "this_server": {
                "private_ip": self.settings.read().private_ip,
                "private_port": self.settings.read().private_port,
            },
            "warnings": status.warnings,
        })
    }
}
