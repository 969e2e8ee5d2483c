//! Notices of the desktop: what of the managed service is news, each once, while the window is hidden too. The page tells
//! whether they are wanted, and in which language.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sekisho_admin_api::Client;
use sekisho_admin_api::message::Event;
use sekisho_admin_api::status::{GetStatus, Status};
use sekisho_messages::Language;
use sekisho_notices::{Told, Trouble, titles, troubles};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager};
use tokio::sync::{broadcast, watch};

use crate::backend::Backend;
use crate::desktop;

/// What changes together is told together.
const SETTLE: Duration = Duration::from_secs(2);
/// Ends come nearer while nothing changes.
const LOOK: Duration = Duration::from_mins(1);
/// A service that does not answer is asked again.
const AGAIN: Duration = Duration::from_secs(10);
/// The most servers of which it is remembered what was told.
const SERVERS: usize = 64;
/// So many others are named in a notice about the first.
const OTHERS: usize = 4;

/// What the page tells.
#[derive(Clone, Deserialize)]
pub struct Wish {
    /// Whether notices are wanted.
    on: bool,
    /// The language of the window.
    language: String,
}

/// Whether notices are wanted, and where it is kept what was told.
pub struct Notices {
    wish: watch::Sender<Option<Wish>>,
    file: PathBuf,
}

impl Notices {
    /// With what was told in this folder.
    pub fn new(folder: &Path) -> Self {
        Self { wish: watch::Sender::new(None), file: folder.join("notices.json") }
    }

    /// From here on they are as wished.
    pub fn wish(&self, wish: Wish) {
        self.wish.send_replace(Some(wish));
    }
}

/// What was told, by the server that it was told of.
#[derive(Default, Serialize, Deserialize)]
struct Memory(BTreeMap<String, Told>);

impl Memory {
    /// What cannot be read is told once more: better than never.
    fn read(file: &Path) -> Self {
        let kept: Self =
            std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let now = now();
        Self(kept.0.into_iter().map(|(server, told)| (server, told.reopened(now))).collect())
    }

    fn of(&mut self, server: &str) -> &mut Told {
        while self.0.len() >= SERVERS && !self.0.contains_key(server) {
            self.0.pop_first();
        }
        self.0.entry(server.to_owned()).or_default()
    }

    /// As a whole: a console that is ended in between leaves the one before.
    fn write(&self, file: &Path) -> std::io::Result<()> {
        let fresh = file.with_extension("new");
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(&fresh, serde_json::to_vec(self)?)?;
        std::fs::rename(&fresh, file)
    }
}

/// Watches the managed service for as long as the console runs.
pub async fn keep_watching(app: AppHandle) {
    let notices = app.state::<Notices>();
    let (mut wish, mut memory) = (notices.wish.subscribe(), Memory::read(&notices.file));
    let mut desktop = desktop::Desktop::default();
    loop {
        let wanted = wish.borrow_and_update().clone().filter(|wish| wish.on);
        let Some(wanted) = wanted else {
            if wish.changed().await.is_err() {
                return;
            }
            continue;
        };
        let client = app.state::<Backend>().client().await.ok();
        // Heard from before the look on, so that nothing falls between.
        let events = client.as_ref().map(Client::events);
        let pause = if events.is_some() { LOOK } else { AGAIN };
        if let Some(client) = client
            && let Ok(status) = client.call::<GetStatus>(()).await
        {
            let language = Language::preferred(&wanted.language);
            tell(&app, &mut desktop, &mut memory, language, &status).await;
        }
        tokio::select! {
            changed = wish.changed() => if changed.is_err() { return },
            () = heard(events) => {}
            () = tokio::time::sleep(pause) => {}
        }
        tokio::time::sleep(SETTLE).await;
    }
}

async fn heard(events: Option<broadcast::Receiver<Event>>) {
    match events {
        Some(mut events) => drop(events.recv().await),
        None => std::future::pending().await,
    }
}

async fn tell(
    app: &AppHandle,
    desktop: &mut desktop::Desktop,
    memory: &mut Memory,
    language: Language,
    status: &Status,
) {
    let now = now();
    let there = troubles(status, now);
    let server = status.membership.as_ref().map_or(&status.server_name, |own| &own.server);
    let told = memory.of(server);
    let forgot = told.look(&there, now);
    let news = told.news(&there);
    let shown = match news.first() {
        Some(first) => {
            let title = titles(language, &status.server_name, &news, now);
            desktop.show(app, &title, &body(language, &status.server_name, &news, now), first.page()).await
        }
        None => false,
    };
    if shown {
        told.tell(&news, now);
    }
    if (shown || forgot)
        && let Err(error) = memory.write(&app.state::<Notices>().file)
    {
        eprintln!("sekisho-console: what was told on the desktop is not remembered: {error}");
    }
}

/// Of the first, why and what to do; of the others, what each is.
fn body(language: Language, server: &str, news: &[Trouble], now: i64) -> String {
    let (reason, remedy) = news.first().map(|first| sekisho_notices::text(language, first)).unwrap_or_default();
    let title = |trouble: &Trouble| sekisho_notices::title(language, server, trouble, now);
    let others = news.iter().skip(1).take(OTHERS).map(title);
    [reason, remedy].into_iter().chain(others).collect::<Vec<_>>().join("\n")
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
