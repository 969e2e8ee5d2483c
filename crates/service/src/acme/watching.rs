//! For as long as the service runs, and ACME is on: the port for challenges, and an order whenever one is due and no other server
//! is at it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sekisho_admin_api::activity::{Entry, Kind};
use sekisho_admin_api::status::State;
use sekisho_config::{Acme, AcmeChallenge, Document, ThisServer};
use sekisho_fault::{Fault, Result, Severity};
use sekisho_keys::acme::{self, Failure, Issued, Phase, Said, Work};
use sekisho_keys::ids::Hash;
use sekisho_keys::keyring::Place;
use zeroize::Zeroizing;

use super::order::{self, Wanted};
use super::port::{self, Answers, Open};
use super::records::{Records, Silence, is_stolen};
use super::schedule::{self, Held, Known, SIGN_OF_LIFE, Seen, Step};
use super::serving::{self, Served};
use super::{account, setting, told};
use crate::enrolment::Member;
use crate::lifecycle::House;
use crate::{clock, codes};

/// The longest sleep: clocks are set, and machines are suspended.
const LONGEST: Duration = Duration::from_mins(1);
/// How long another server's order is watched before the next look.
const WATCHED: Duration = Duration::from_secs(5);
/// After what went wrong here, and not at the authority.
const PAUSE: Duration = Duration::from_secs(30);
/// The other servers need a moment to apply what was saved: the authority may ask any of them.
const BREATH: Duration = Duration::from_secs(5);
/// What was issued is kept at the hub, even if that is away for a while.
const PERSISTENCE: u32 = 60;
/// What is said of it in the status.
const WARNINGS: &str = "acme";

/// What is known of it while the service runs.
pub(crate) struct Watch {
    woken: tokio::sync::Notify,
    /// An administrator wants one now.
    wished: AtomicBool,
    silence: Mutex<Silence>,
    /// The revision that is applied, since when, and the place of the certificate's record in it.
    applied: Mutex<(u64, Instant, Option<acme::Order>)>,
    port: tokio::sync::Mutex<Option<Open>>,
    port_fault: Mutex<Option<Fault>>,
}

/// How far an order is that this server is at.
struct Progress {
    setting: Hash,
    /// The order's address, and the place of this server's last word.
    told: tokio::sync::Mutex<(Option<String>, Option<acme::Order>)>,
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each value is replaced as a whole.
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// Nothing is known yet.
    pub(crate) fn new() -> Self {
        Self {
            woken: tokio::sync::Notify::new(),
            wished: AtomicBool::new(false),
            silence: Mutex::default(),
            applied: Mutex::new((0, Instant::now(), None)),
            port: tokio::sync::Mutex::new(None),
            port_fault: Mutex::default(),
        }
    }

    /// Something has changed that may concern it.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// An administrator wants one now.
    pub(super) fn wish(&self) {
        self.wished.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// A revision is served, with the certificate of this record.
    pub(crate) fn applied(&self, revision: u64, certificate: Option<acme::Order>) {
        let mut applied = locked(&self.applied);
        let since = if applied.0 == revision { applied.1 } else { Instant::now() };
        *applied = (revision, since, certificate);
        drop(applied);
        self.wake();
    }

    /// Why the port for challenges is not open.
    pub(super) fn port_fault(&self) -> Option<Fault> {
        locked(&self.port_fault).clone()
    }
}

fn share(place: Place) -> u32 {
    let [a, b, c, d, ..] = place.connection.0;
    u32::from_be_bytes([a, b, c, d])
}

impl House {
    /// Looks whenever something may have changed. Never ends by itself.
    pub(crate) async fn watch_acme(self: Arc<Self>) {
        loop {
            let wait = self.look_at_acme().await;
            tokio::select! {
                () = tokio::time::sleep(wait.min(LONGEST)) => {}
                () = self.acme.woken.notified() => {}
            }
        }
    }

    /// Does what is to be done now; how long there is nothing else.
    async fn look_at_acme(&self) -> Duration {
        let is_running = matches!(self.board.read().state, State::Running { .. });
        let document = self.applied.read().await.document.clone();
        let (true, Ok(member), Some(acme)) = (is_running, self.connected.member(), &document.acme) else {
            *self.acme.port.lock().await = None;
            *locked(&self.acme.port_fault) = None;
            self.runtime.warn(WARNINGS, Vec::new());
            return LONGEST;
        };
        let mut warnings = Vec::new();
        if let Err(fault) = self.keep_acme_port(acme, &document, &member).await {
            warnings.push(fault);
        }
        let looked = self.work_at_acme(&member, acme, &document, &mut warnings).await;
        let wait = looked.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "acme");
            warnings.push(fault);
            PAUSE
        });
        self.runtime.warn(WARNINGS, warnings);
        wait
    }

    /// The port is open while http-01 is what the authority is shown.
    async fn keep_acme_port(&self, acme: &Acme, document: &Document, member: &Member) -> Result<()> {
        let mut held = self.acme.port.lock().await;
        if acme.challenge != AcmeChallenge::Http01 {
            *held = None;
            *locked(&self.acme.port_fault) = None;
            return Ok(());
        }
        let thumbprint = account::thumbprint(&self.acme_account(member, document, acme).await?).await?;
        let urls = document.all_urls();
        let names = urls.iter().map(|urls| (urls.host().to_owned(), urls.origin().to_owned())).collect();
        let (address, answers) = (challenges_at(&self.settings.read()), Answers { thumbprint, names });
        if held.as_ref().is_some_and(|open| open.address == address && open.answers == answers) {
            return Ok(());
        }
        *held = None;
        let opened = port::open(address, answers, self.runtime.is_proxy()).await;
        *locked(&self.acme.port_fault) = opened.as_ref().err().cloned();
        *held = Some(opened?);
        Ok(())
    }

    /// The key of the account at the authority.
    async fn acme_account(&self, member: &Member, document: &Document, acme: &Acme) -> Result<Zeroizing<Vec<u8>>> {
        let mut keys = self.keys(member, document).await?;
        keys.remove(&acme.account).ok_or_else(|| Fault::new(codes::KEY_MISSING).with("key", acme.account.as_str()))
    }

    async fn work_at_acme(
        &self,
        member: &Arc<Member>,
        acme: &Acme,
        document: &Document,
        warnings: &mut Vec<Fault>,
    ) -> Result<Duration> {
        let Some(setting) = setting::hash(document) else { return Ok(LONGEST) };
        let records = self.acme_records().await?;
        self.serve_what_was_issued(document, &records).await;
        let epoch = member.newest_keyring()?.epoch;
        if [&records.certificate, &records.work].into_iter().flatten().any(|record| record.epoch < epoch) {
            self.reseal_acme(&records).await?;
        }
        let now = clock::now();
        let failure = match records.work() {
            Some((_, Work { setting: of, phase: Phase::Failed(failure) })) if *of == setting => Some(failure),
            _ => None,
        };
        warnings.extend(failure.map(told::warning));
        match schedule::step(&self.known(member, &records, setting, now)) {
            Step::Rest(until) => {
                self.acme.wished.store(false, Ordering::SeqCst);
                Ok(Duration::from_secs(until.saturating_sub(now).max(1).unsigned_abs()))
            }
            Step::Watch => {
                // What is on its way is what was wished.
                self.acme.wished.store(false, Ordering::SeqCst);
                Ok(WATCHED)
            }
            Step::Order { resume, failures } => {
                let settings = self.settings.read();
                if acme.challenge == AcmeChallenge::Dns01 && settings.acme_hook.is_none() {
                    // Another server may have one.
                    warnings.push(Fault::new(codes::ACME_NO_HOOK).as_severity(Severity::Warning));
                    return Ok(LONGEST);
                }
                let since = locked(&self.acme.applied).1.elapsed();
                if since < BREATH {
                    return Ok(BREATH.saturating_sub(since));
                }
                let key = self.acme_account(member, document, acme).await?;
                let (names, hook) = (document.acme_names(), settings.acme_hook);
                let wanted = Wanted { acme, setting, names, account: &key, resume, hook };
                self.order_one(member, document, &wanted, (failures, records.orders())).await
            }
        }
    }

    fn known<'a>(&self, member: &Member, records: &'a Records, setting: Hash, now: i64) -> Known<'a> {
        let held = records.issued().and_then(|(record, issued)| {
            let (from, until) = told::validity(issued)?;
            Some(Held { setting: issued.setting, from, until, stolen: is_stolen(member, record) })
        });
        let work = records.work().map(|(record, work)| Seen {
            work,
            by: record.server,
            silent: locked(&self.acme.silence).of(record.order()),
        });
        let wished = self.acme.wished.load(Ordering::SeqCst);
        Known { setting, held, work, own: member.server, now, wished, share: share(member.place) }
    }

    /// What has come with the feed takes its place, and what has ended gives it back.
    async fn serve_what_was_issued(&self, document: &Document, records: &Records) {
        let fits = |(record, issued): (&sekisho_keys::acme::Record, &Issued)| {
            serving::pair(document, issued, clock::now()).ok().map(|_| record.order())
        };
        let wanted = records.issued().and_then(fits);
        if wanted == locked(&self.acme.applied).2 {
            return;
        }
        let outcome = self.apply_refreshed().await;
        if let Some(by) = wanted.and(records.issued()).map(|(record, _)| record.server.to_string()) {
            let name = self.server_names().remove(&by).unwrap_or(by);
            self.note_acme(outcome.err(), vec![("@ordered_by".to_owned(), name)]);
        }
    }

    fn note_acme(&self, refusal: Option<Fault>, facts: Vec<(String, String)>) {
        let (time, kind) = (clock::now(), Kind::CertificateOrdered);
        self.activity.add(Entry { number: 0, time, kind, who: None, host: None, reference: None, refusal, facts });
    }

    /// Orders one, as the only server, and leaves what came of it at the hub.
    async fn order_one(
        &self,
        member: &Arc<Member>,
        document: &Document,
        wanted: &Wanted<'_>,
        (failures, (certificate, seen)): (u32, (Option<acme::Order>, Option<acme::Order>)),
    ) -> Result<Duration> {
        // A hub that knows less than this server learns it; one that keeps nothing of it says so before anybody is asked.
        self.give_acme_back().await?;
        let work = |phase| Said::Work(Work { setting: wanted.setting, phase });
        let begun = self.write_acme(&work(Phase::Ordering(wanted.resume.clone())), seen).await?;
        // Another server was first, or the hub shows something else than it holds.
        let Some(begun) = begun else { return Ok(BREATH) };
        self.acme.wished.store(false, Ordering::SeqCst);
        tracing::info!("a certificate is ordered by ACME");
        let progress =
            Progress { setting: wanted.setting, told: tokio::sync::Mutex::new((wanted.resume.clone(), Some(begun))) };
        let outcome = tokio::select! {
            outcome = self.order_and_tell(wanted, &progress) => outcome,
            // Nothing was heard of this server for too long: another has taken over.
            () = self.show_signs_of_life(&progress) => return Ok(WATCHED),
        };
        let outcome = outcome.and_then(|issued| {
            let fits = serving::pair(document, &issued, clock::now());
            let said = Said::Certificate(issued);
            let unfit = |fault: Fault| (Fault::new(codes::ACME_UNFIT).with("code", fault.code.as_str()), true);
            fits.and_then(|_| acme::fits(&said)).map_err(unfit)?;
            Ok(said)
        });
        match outcome {
            Ok(issued) => {
                tracing::info!("the authority has issued a certificate");
                let Some((_, number)) = self.persist_certificate(&issued, certificate).await? else {
                    // The row is another's now: nobody else has ordered one, so the next look says what it is.
                    return Ok(WATCHED);
                };
                self.end_work(member, &work(Phase::Done(number)), progress).await?;
            }
            Err((fault, _)) if fault.code == codes::ACME_BUSY => {}
            Err((fault, ordered)) => {
                tracing::warn!(%fault, "no certificate has come of an order by ACME");
                let (times, share) = (failures.saturating_add(1), share(member.place));
                let next = schedule::again(times, ordered, clock::now(), share);
                // A fault of texts and numbers always has a JSON form.
                let reason = serde_json::to_string(&fault).unwrap_or_default();
                self.note_acme(Some(fault), Vec::new());
                let failed = work(Phase::Failed(Failure { times, next, reason }));
                self.end_work(member, &failed, progress).await?;
            }
        }
        Ok(Duration::ZERO)
    }

    /// Orders; where it fails, whether the authority has made an order for it.
    async fn order_and_tell(&self, wanted: &Wanted<'_>, progress: &Progress) -> Result<Issued, (Fault, bool)> {
        let door = self.acme_door(wanted.acme).await.map_err(|fault| (fault, false))?;
        let order = order::begin(door, wanted).await.map_err(|fault| (fault, false))?;
        progress.told.lock().await.0 = Some(order.url().to_owned());
        match self.tell_progress(progress).await {
            Ok(true) => {}
            Ok(false) => return Err((Fault::new(codes::ACME_BUSY), true)),
            // The order goes on, though nobody could go on with it now.
            Err(fault) => tracing::warn!(%fault, "acme"),
        }
        order::complete(order, wanted).await.map_err(|fault| (fault, true))
    }

    /// One word at a time: each follows the one before.
    async fn tell_progress(&self, progress: &Progress) -> Result<bool> {
        let mut told = progress.told.lock().await;
        let phase = Phase::Ordering(told.0.clone());
        let written = self.write_acme(&Said::Work(Work { setting: progress.setting, phase }), told.1).await?;
        told.1 = written.or(told.1);
        Ok(written.is_some())
    }

    /// Ends when another server has taken over.
    async fn show_signs_of_life(&self, progress: &Progress) {
        loop {
            tokio::time::sleep(SIGN_OF_LIFE).await;
            match self.tell_progress(progress).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(fault) => tracing::warn!(%fault, "acme"),
            }
        }
    }

    /// Writes the last word of an order. Its last sign of life may have been told in the same moment.
    async fn end_work(&self, member: &Member, said: &Said, progress: Progress) -> Result<()> {
        let mut seen = progress.told.into_inner().1;
        for _ in 0..3 {
            if self.persist_acme(said, seen).await?.is_some() {
                return Ok(());
            }
            match self.acme_records().await?.work {
                Some(last) if last.server == member.server => seen = Some(last.order()),
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// Writes a certificate over the one that was there when it was ordered, though another server has sealed that anew meanwhile.
    async fn persist_certificate(&self, said: &Said, seen: Option<acme::Order>) -> Result<Option<acme::Order>> {
        let mut seen = seen;
        for _ in 0..3 {
            let written = self.persist_acme(said, seen).await?;
            if written.is_some() {
                return Ok(written);
            }
            seen = self.acme_records().await?.orders().0;
        }
        Ok(None)
    }

    /// Writes what cost an order, even if the hub is away for a while.
    async fn persist_acme(&self, said: &Said, seen: Option<acme::Order>) -> Result<Option<acme::Order>> {
        for _ in 0..PERSISTENCE {
            match self.write_acme(said, seen).await {
                Err(fault) if fault.code == sekisho_hub_api::codes::UNREACHABLE => {
                    tracing::warn!(%fault, "acme");
                    tokio::time::sleep(WATCHED).await;
                }
                outcome => return outcome,
            }
        }
        self.write_acme(said, seen).await
    }

    /// A document with what was issued for it, and the place of that record.
    pub(crate) async fn issued_for(&self, document: &Document) -> Option<(acme::Order, Served)> {
        document.acme.as_ref()?;
        let records = self.acme_records().await.ok()?;
        let (record, issued) = records.issued()?;
        let served = serving::serve(document, issued, clock::now()).ok()?;
        Some((record.order(), served))
    }

    /// A document as it is served: with what was issued for it, where something was.
    pub(crate) async fn as_served(&self, document: &Document) -> Document {
        self.issued_for(document).await.map_or_else(|| document.clone(), |(_, served)| served.document)
    }

    /// The names of the connection's servers, by their ids.
    pub(super) fn server_names(&self) -> BTreeMap<String, String> {
        let Ok(member) = self.connected.member() else { return BTreeMap::new() };
        let organisation = member.organisation();
        let servers = organisation.connections.get(&member.place.connection).map(|connection| &connection.servers);
        let named = servers.into_iter().flat_map(|servers| servers.keys());
        named.map(|server| (server.to_string(), member.server_name(*server))).collect()
    }
}

fn challenges_at(settings: &ThisServer) -> SocketAddr {
    let ip = settings.private_ip.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    SocketAddr::new(ip, settings.acme_port.unwrap_or(port::PORT))
}
