//! From start to stop: the rooms are opened in order, what is saved is applied.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use sekisho_admin_api::activity::Kind;
use sekisho_admin_api::status::State;
use sekisho_config::{Document, ThisServer};
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_keys::ids::Hash;
use sekisho_keys::object;
use sekisho_resolver::Resolver;
use sekisho_signin::{Face, Ids, Previous, Profile, StateSecrets};
use tokio::sync::{Mutex, Notify, RwLock, oneshot};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

mod epoch;
mod following;
mod full_syncs;
mod giving_back;
mod heads;
mod joining;
mod looking;
mod pool;
mod reporting;
mod resealing;
mod shredding;
mod watching_save;

use crate::acme;
use crate::activity::ActivityLog;
use crate::arguments::Arguments;
use crate::clock::{self, SystemClock};
use crate::configuration::{self, Ready, Settings, Source};
use crate::connected::{Connected, ServedFacts};
use crate::domains::Proofs;
use crate::draft::{self, DraftFile};
use crate::egress::Egress;
use crate::enrolment::{Member, Papers};
use crate::heads::{Carried, Fork};
use crate::idp_metadata::Watch;
use crate::replication::{HubLink, Replica};
use crate::runtime::Runtime;
use crate::secret::file_fault;
use crate::servers::Servers;
use crate::status::Board;
use crate::store::SealedFile;
use crate::users::{HubClaims, HubUsers, HubVaults, Waiting, Writer};
use crate::{admin_server, codes, metrics, places, secret};

/// The longest pause between two tries to reach the hub; and the longest that a start waits for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What is applied.
#[derive(Clone, Debug, Default)]
pub struct AppliedRevision {
    /// The revision; 0 before the first.
    pub revision: u64,
    /// Its document.
    pub document: Document,
    /// The save that it was.
    pub save: Option<String>,
}

/// The rooms of a running service.
pub struct House {
    /// The status.
    pub board: Arc<Board>,
    /// The activity.
    pub activity: ActivityLog,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// This server's own settings.
    pub settings: Settings,
    /// The place in the connection.
    pub connected: Arc<Connected>,
    /// What is served.
    pub runtime: Runtime,
    /// The draft; one change at a time.
    pub draft: Mutex<DraftFile>,
    /// The newest revision that was verified, applied or not.
    pub applied: RwLock<AppliedRevision>,
    /// What of the organisation log is in what is served.
    served_facts: Mutex<ServedFacts>,
    /// How long the key epoch before the served one counts.
    epoch: epoch::HeardOf,
    /// The trial that is on.
    pub trial: Mutex<Option<Arc<sekisho_signin::Trial>>>,
    /// One change of the draft at a time, from reading to writing.
    pub(crate) editing: Mutex<()>,
    /// The keys of open certificate requests.
    pub(crate) requests: SealedFile,
    /// Drafts that were put aside.
    pub(crate) plans: SealedFile,
    /// When the newest test was started: seconds since 1970.
    pub(crate) trial_started: std::sync::Mutex<i64>,
    /// One start, stop or application at a time. Taken after `editing`, before `draft` and `trial`.
    pub(crate) turn: Mutex<()>,
    /// One piece of news is taken in at a time. Taken before all others.
    pub(crate) taking_in: Mutex<()>,
    /// What the identity provider's metadata has come to since it was saved.
    pub(crate) idp_metadata: Watch,
    /// Looks names up.
    pub(crate) resolver: Resolver,
    /// What proves the mail domains.
    pub(crate) proofs: Arc<Proofs>,
    /// The certificate by ACME.
    pub(crate) acme: acme::Watch,
    /// The way to what others serve.
    pub(crate) egress: Egress,
    /// How sign-ins had ended when the newest revision was applied.
    watched_save: std::sync::Mutex<Option<watching_save::Watched>>,
    /// Since when this server knows of removals.
    pub(crate) observed: SealedFile,
    /// The webhook's receiver has taken a test.
    pub(crate) webhook_works: Notify,
    /// The mail server has taken a test.
    pub(crate) mail_works: Notify,
    /// What was told by mail.
    pub(crate) told: SealedFile,
    /// What the other servers report.
    servers: Servers,
    /// What browsers carry between servers.
    carried: Arc<Carried>,
    /// One enrolment or recall at a time.
    joining: Mutex<()>,
    /// Whether the hub is followed already.
    follows: AtomicBool,
}

/// A running service.
pub struct Service {
    house: Arc<House>,
    admin: JoinHandle<()>,
    following: JoinHandle<()>,
    watching: Vec<JoinHandle<()>>,
    settled: oneshot::Receiver<()>,
}

impl Service {
    /// Starts the service: first the admin API, so that whatever is wrong afterwards can be seen in the console.
    ///
    /// Codes: `FILE`, `DATABASE`; everything else becomes the status.
    pub async fn start(arguments: &Arguments) -> Result<Self> {
        tracing::info!("event=started version={}", env!("CARGO_PKG_VERSION"));
        let data = &arguments.data;
        places::make_folder(data).map_err(|error| file_fault(data, &error))?;
        secret::remove_unfinished(data);
        let secret = secret::read_or_make(data)?;
        let board = Arc::new(Board::new(host_name()));
        let activity = ActivityLog::open(data, &secret, board.clone()).await?;
        let settings = Settings::open(data)?;
        let resolver = Resolver::default();
        resolver.ask(settings.read().resolver);
        let link = Arc::new(HubLink::default());
        let replica = Replica::open(data).await?;
        let papers = Papers::new(data, &secret);
        let writer = Writer::new(SealedFile::new(data, "outgoing.sealed", &secret));
        let sealed = |name| SealedFile::new(data, name, &secret);
        let fork = Fork::open(sealed("fork.sealed"), sealed("looked.sealed"));
        let waiting = Waiting::open(sealed("waiting.sealed"));
        let connected = Arc::new(Connected::new(papers, replica, link, (writer, waiting), fork));
        let proofs = Arc::new(Proofs::open(sealed("domains.sealed"), resolver.clone()));
        let log = activity.clone();
        let followed = move |profile: &Profile, refusal: Option<Fault>| log.followed(profile.email.as_str(), refusal);
        let users = Arc::new(HubUsers::new(connected.clone(), proofs.clone(), Arc::new(followed)));
        let claims = Arc::new(HubClaims::new(connected.clone()));
        let (carried, brought) = Carried::new();
        let carried = Arc::new(carried);
        let vaults = Arc::new(HubVaults::new(connected.clone()));
        let face = Face::new(users, vaults, claims, carried.clone(), Arc::new(activity.clone()), Arc::new(SystemClock));
        let house = Arc::new(House {
            runtime: Runtime::new(face, board.clone()),
            draft: Mutex::new(DraftFile::new(SealedFile::new(data, "draft.sealed", &secret))),
            applied: RwLock::default(),
            served_facts: Mutex::default(),
            epoch: epoch::HeardOf::default(),
            trial: Mutex::new(None),
            editing: Mutex::new(()),
            requests: SealedFile::new(data, "requests.sealed", &secret),
            plans: SealedFile::new(data, "plans.sealed", &secret),
            trial_started: std::sync::Mutex::default(),
            turn: Mutex::new(()),
            taking_in: Mutex::new(()),
            idp_metadata: Watch::open(SealedFile::new(data, "idp_metadata.sealed", &secret)),
            egress: Egress::new(resolver.clone()),
            resolver,
            proofs,
            acme: acme::Watch::new(),
            watched_save: std::sync::Mutex::default(),
            observed: SealedFile::new(data, "removals.sealed", &secret),
            webhook_works: Notify::new(),
            mail_works: Notify::new(),
            told: sealed("told.sealed"),
            servers: Servers::default(),
            carried,
            joining: Mutex::new(()),
            follows: AtomicBool::new(false),
            data: data.clone(),
            board,
            activity,
            settings,
            connected,
        });
        let lines = house.board.lines();
        let admin = admin_server::start(&arguments.admin_socket, &arguments.admin_accounts, house.clone())?;
        let (settling, settled) = oneshot::channel();
        let following = tokio::spawn(house.clone().follow(settling));
        let mut watching =
            vec![tokio::spawn(house.clone().watch_idp_metadata()), tokio::spawn(house.clone().keep_looking())];
        watching.push(tokio::spawn(house.clone().send_events(lines)));
        watching.push(tokio::spawn(house.clone().send_mails()));
        watching.push(tokio::spawn(house.clone().watch_acme()));
        watching.push(tokio::spawn(house.clone().watch_domains()));
        watching.push(tokio::spawn(house.clone().hear_browsers(brought)));
        watching.extend(arguments.metrics_listen.map(|address| tokio::spawn(house.clone().serve_metrics(address))));
        Ok(Self { house, admin, following, watching, settled })
    }

    /// Waits until what was saved before is served, or the status says why it is not.
    pub async fn settled(&mut self) {
        // Nothing is ever sent: the sender goes when the time has come. A hub that is asked because the stored log is
        // damaged, and does not answer, holds up no supervisor: the status can be read meanwhile.
        let _ = tokio::time::timeout(LONGEST_PAUSE, &mut self.settled).await;
    }

    /// Its rooms.
    #[cfg(test)]
    pub(crate) fn house(&self) -> Arc<House> {
        self.house.clone()
    }

    /// Stops: no new connection, running requests end, the socket goes away.
    pub async fn stop(self) {
        self.following.abort();
        self.watching.iter().for_each(JoinHandle::abort);
        self.house.activity.note(Kind::Stopped, None);
        self.house.runtime.stop(State::Stopped { reason: Fault::new(codes::ENDED) }).await;
        self.admin.abort();
        let _ = self.admin.await;
    }
}

/// For tests: a service that belongs to nothing yet.
#[cfg(test)]
pub(crate) async fn idle(folder: &std::path::Path) -> Service {
    let [admin_accounts, admin_socket] = ["accounts", "admin.sock"].map(|name| folder.join(name));
    let data = folder.to_owned();
    let arguments = Arguments { data, admin_accounts, admin_socket, metrics_listen: None, metrics_to_others: false };
    Service::start(&arguments).await.unwrap()
}

impl House {
    /// Serves metrics at a port of their own. Users sign in without it, too.
    async fn serve_metrics(self: Arc<Self>, address: SocketAddr) {
        if let Err(fault) = metrics::serve(address, self.clone()).await {
            self.runtime.warn("metrics", vec![fault]);
        }
    }

    /// Serves again, after an administrator's stop or when what was in the way is mended.
    ///
    /// Codes: as [`House::apply_newest`].
    pub async fn start_serving(&self) -> Result<()> {
        self.settings.write(&ThisServer { stopped: false, ..self.settings.read() })?;
        self.apply_newest().await
    }

    /// Stops serving until an administrator starts it again, over restarts too.
    ///
    /// Code: `FILE`.
    pub async fn stop_serving(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        self.settings.write(&ThisServer { stopped: true, ..self.settings.read() })?;
        self.runtime.stop(State::Stopped { reason: Fault::new(codes::STOPPED_BY_ADMINISTRATOR) }).await;
        Ok(())
    }

    /// Serves the newest revision that was verified. When it cannot be served, what is served goes on, with a warning.
    ///
    /// Codes: `NOTHING_SAVED`, and why it cannot be served.
    pub async fn apply_newest(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        let member = self.connected.member()?;
        let newest = self.connected.replica.newest_revision().await?;
        let newest = newest.ok_or_else(|| Fault::new(codes::NOTHING_SAVED))?;
        let number: u64 = newest.id.parse().unwrap_or(0);
        let outcome = self.apply(&member, number).await;
        self.say_heads().await;
        let state = self.board.read().state;
        match &outcome {
            Ok(()) => {
                self.activity.note(Kind::Applied, None);
                self.runtime.warn("applying", Vec::new());
            }
            Err(reason) if state.serves() => {
                self.activity.note(Kind::Applied, Some(reason.clone()));
                let revision = i64::try_from(number).unwrap_or(i64::MAX);
                let warning = Fault::new(codes::NOT_APPLIED).with("revision", revision);
                self.runtime.warn("applying", vec![warning.with("code", reason.code.as_str())]);
            }
            // Tried again, and still so.
            Err(reason) if state == (State::Stopped { reason: reason.clone() }) => {}
            Err(reason) => {
                self.activity.note(Kind::Applied, Some(reason.clone()));
                self.runtime.stop(State::Stopped { reason: reason.clone() }).await;
            }
        }
        outcome
    }

    /// A port that could not be opened is tried again: its address may come up after the service, or its holder go.
    async fn try_again(&self) {
        let State::Stopped { reason } = self.board.read().state else { return };
        if [codes::ADDRESS_NOT_HERE, codes::PORT_IN_USE, codes::BIND].contains(&reason.code) {
            let _ = self.apply_newest().await;
        }
    }

    async fn apply(&self, member: &Member, number: u64) -> Result<()> {
        if let Some(reason) = member.retirement() {
            return Err(reason);
        }
        let heads = self.connected.papers.heads()?;
        // Who was removed comes after the users: by half of what the hub has they would sign in.
        if heads.floor.is_some() {
            return Err(Fault::new(codes::FILLING));
        }
        // Nothing lower than what was seen, or than the ticket named, is served (R8).
        if heads.revision.is_some_and(|(seen, _)| number < seen) {
            return Err(Fault::new(codes::ROLLED_BACK).with("what", format!("{number:020}")));
        }
        let (revision, document) = draft::document(member, &self.connected.replica, number).await?;
        let save = revision.header().save.to_string();
        let applied = AppliedRevision { revision: number, document: document.clone(), save: Some(save.clone()) };
        // Known from here on, even if it cannot be served: drafts are made from it, and conflicts told by it.
        *self.applied.write().await = applied;
        *self.served_facts.lock().await = self.connected.served_facts();
        let file = self.draft.lock().await;
        // A draft that cannot be read is told where it is edited. Sign-in does not wait for it.
        if file.read().ok().flatten().is_some_and(|draft| draft.save.as_deref() == Some(save.as_str())) {
            file.remove();
        }
        drop(file);
        if self.settings.read().stopped {
            return Err(Fault::new(codes::STOPPED_BY_ADMINISTRATOR));
        }
        let mut keys = self.keys(member, &document).await?;
        // What was issued by ACME takes the place of the document's own certificate, and of nothing else.
        let (issued, document) = match self.issued_for(&document).await {
            Some((number, served)) => {
                keys.extend([served.key]);
                (Some(number), served.document)
            }
            None => (None, document),
        };
        let ready = self.build(&document, &|name| keys.get(name).cloned())?;
        self.trial.lock().await.take();
        self.runtime.end_trial();
        self.runtime.serve(ready, Some(number), member.detachment()).await?;
        self.acme.applied(number, issued);
        self.watch_save(number, &revision);
        self.idp_metadata.wake();
        Ok(())
    }

    /// Serves what is served with the metadata as it was refreshed.
    ///
    /// Codes: why it cannot be served.
    pub(crate) async fn apply_refreshed(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        if !self.board.read().state.serves() {
            return Ok(());
        }
        let member = self.connected.member()?;
        let number = self.applied.read().await.revision;
        self.apply(&member, number).await
    }

    /// The private keys of a document, from the replica.
    pub(crate) async fn keys(
        &self,
        member: &Member,
        document: &Document,
    ) -> Result<BTreeMap<String, Zeroizing<Vec<u8>>>> {
        let mut keys = BTreeMap::new();
        for name in draft::keys(document) {
            if let Some(row) = self.connected.replica.row("object", &name).await? {
                let fingerprint: Hash = name.parse()?;
                let keyring = member.keyring(object::epoch(&row.body)?)?;
                match object::open(&keyring, member.place, fingerprint, &row.body) {
                    Ok(key) => drop(keys.insert(name, Zeroizing::new(key))),
                    // Told as a missing key, at its certificate: the draft can be mended.
                    Err(fault) => tracing::error!(%fault, %name, "a sealed key does not open"),
                }
            }
        }
        Ok(keys)
    }

    /// Builds a document for serving or for trial.
    ///
    /// Codes: why it cannot be served.
    pub(crate) fn build(&self, document: &Document, key: &dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>>) -> Result<Ready> {
        let member = self.connected.member()?;
        let keyring = member.newest_keyring()?;
        let organisation = member.organisation();
        // What began before an epoch goes on after it, unless somebody else can make such beginnings, too.
        let before = keyring.epoch.checked_sub(1).filter(|_| !member.past_is_stolen());
        let previous = before.and_then(|epoch| member.keyring(epoch).ok());
        let state = |key: &Secret| key.derive(Purpose::State, b"connection");
        let (seals_until, opens_until) = self.epoch.until(keyring.epoch, clock::now());
        configuration::build(Source {
            document,
            server: &self.settings.read(),
            key,
            refreshed: self.idp_metadata.kept(),
            domains: self.connected.domains(),
            provider: Member::connection(&organisation, member.place)?.enterprise_domain.clone(),
            ids: Ids {
                organisation: member.place.organisation.to_string(),
                connection: member.place.connection.to_string(),
            },
            secrets: StateSecrets {
                current: state(&keyring.key),
                previous: previous.map(|previous| Previous { secret: state(&previous.key), seals_until, opens_until }),
            },
            now: clock::now(),
        })
    }
}

/// This machine's name, as the operating system has it.
fn host_name() -> String {
    let file = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = file.or_else(|| std::env::var("COMPUTERNAME").ok()).unwrap_or_default();
    if name.trim().is_empty() { "localhost".to_owned() } else { name.trim().to_owned() }
}
