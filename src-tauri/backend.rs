//! The two commands of the window: `call` passes a method on, `subscribe` passes the service's events back. Methods that
//! begin with `admin.` stay in this process: the administrator's keys are here, and never reach the service. Those that begin
//! with `console.` are about this console: which machine's service is meant, its tray, files that it writes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex as StdMutex, PoisonError};

use sekisho_admin::Desk;
use sekisho_admin_api::heads::exchange;
use sekisho_admin_api::{Client, SshHost, default_endpoint};
use sekisho_fault::{Fault, Result};
use serde_json::Value;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager};
use tokio::sync::{Mutex, oneshot};

use crate::diagnostics;
use crate::export::{self, ExportUsers};
use crate::notices::{Notices, Wish};
use crate::tray::{self, Words};

sekisho_fault::codes! {
    /// The console made a mistake. Argument: `detail`.
    DEFECT = "console.defect";
}

/// The administrator's desk, and the connection to the service, opened at the first call and again after it was lost.
pub struct Backend {
    client: Mutex<Option<Client>>,
    /// The machine whose service is managed; none: this one.
    host: Mutex<Option<SshHost>>,
    desk: Mutex<Desk>,
    /// Where the administrator's memory is, and what else the console remembers.
    memory: PathBuf,
    /// Where files go that the console writes.
    downloads: PathBuf,
    /// The page hears events through it; its newest subscription.
    page: StdMutex<Option<Channel<String>>>,
    /// Whether closing the window leaves the icon in the tray.
    keeps: AtomicBool,
}

impl Backend {
    /// With the administrator's memory in this folder, unless `SEKISHO_MEMORY` names a file.
    pub fn new(folder: &Path, downloads: PathBuf) -> Self {
        let named = std::env::var_os("SEKISHO_MEMORY").map(std::path::PathBuf::from);
        let memory = named.unwrap_or_else(|| folder.join("administrator.json"));
        Self {
            client: Mutex::default(),
            host: Mutex::default(),
            desk: Mutex::new(Desk::new(&memory)),
            memory,
            downloads,
            page: StdMutex::default(),
            keeps: AtomicBool::new(false),
        }
    }

    /// The folder of what is remembered.
    pub fn memory_folder(&self) -> &Path {
        self.memory.parent().unwrap_or(Path::new("."))
    }

    /// The connection to the service that is managed.
    pub(crate) async fn client(&self) -> Result<Client> {
        let mut held = self.client.lock().await;
        if let Some(client) = held.as_ref().filter(|client| !client.is_closed()) {
            return Ok(client.clone());
        }
        let host = self.host.lock().await.clone();
        let client = match &host {
            Some(host) => Client::connect_by_ssh(host).await?,
            None => Client::connect(&default_endpoint()).await?,
        };
        *held = Some(client.clone());
        Ok(client)
    }

    /// Manages the service of another machine from now on; with an empty address, of this one. One that cannot be reached is
    /// not turned to.
    async fn manage(&self, address: &str) -> Result<Value> {
        let host = if address.is_empty() { None } else { Some(SshHost::parse(address)?) };
        let client = match &host {
            Some(host) => Some(Client::connect_by_ssh(host).await?),
            None => None,
        };
        *self.host.lock().await = host;
        let before = match &client {
            Some(_) => self.client.lock().await.clone(),
            None => None,
        };
        self.client.lock().await.clone_from(&client);
        if let (Some(before), Some(now)) = (before, client) {
            // What does not agree is told in the status of either. Servers of two connections have nothing to tell each other.
            tauri::async_runtime::spawn(async move { drop(exchange(&before, &now).await) });
        }
        Ok(Value::Null)
    }

    /// Whether closing the window leaves the icon in the tray.
    pub fn keeps_in_tray(&self) -> bool {
        self.keeps.load(Ordering::Relaxed)
    }

    pub(crate) fn keep_in_tray(&self, keeps: bool) {
        self.keeps.store(keeps, Ordering::Relaxed);
    }

    /// Tells the page of an event of the console's own.
    pub(crate) fn tell_page(&self, event: &str) {
        // A channel is replaced as a whole. A page that is gone hears nothing.
        if let Some(page) = self.page.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let _ = page.send(event.to_owned());
        }
    }

    /// Writes the file for a support case. `made`: the moment, as the page's clock has it.
    async fn diagnostics(&self, made: &str) -> Result<Value> {
        let here = self.host.lock().await.is_none();
        diagnostics::write(self.client().await, here, &self.downloads, made).await
    }

    /// Writes the users of a connection into a file.
    async fn export_users(&self, wish: &ExportUsers) -> Result<Value> {
        // Whoever else waits for the desk does not wait for the service.
        let roles = export::roles(self.client()).await;
        let users = self.desk.lock().await.call("admin.users", wish.which()).await?;
        export::write(users, &roles, &self.downloads, wish)
    }

    /// The machine whose service is managed; empty: this one.
    async fn managed(&self) -> Value {
        self.host.lock().await.as_ref().map(ToString::to_string).unwrap_or_default().into()
    }
}

/// Calls a method: of the desk, or of the service.
#[tauri::command]
pub async fn call(app: AppHandle, backend: tauri::State<'_, Backend>, method: String, params: Value) -> Result<Value> {
    if method.starts_with("admin.") {
        return backend.desk.lock().await.call(&method, params).await;
    }
    match method.as_str() {
        "console.manage" => backend.manage(params.as_str().unwrap_or_default()).await,
        "console.managed" => Ok(backend.managed().await),
        "console.diagnostics" => backend.diagnostics(params.as_str().unwrap_or_default()).await,
        "console.export_users" => {
            let wish: ExportUsers = serde_json::from_value(params).map_err(|error| defect(&error))?;
            backend.export_users(&wish).await
        }
        "console.notices" => {
            let wish: Wish = serde_json::from_value(params).map_err(|error| defect(&error))?;
            app.state::<Notices>().wish(wish);
            Ok(Value::Null)
        }
        "console.tray" => show_tray(&app, params).await,
        _ => backend.client().await?.call_raw(&method, params).await,
    }
}

/// Shows the icon in the tray; false where this desktop has none. Menus belong to the thread that draws.
async fn show_tray(app: &AppHandle, words: Value) -> Result<Value> {
    let words: Words = serde_json::from_value(words).map_err(|error| defect(&error))?;
    let (told, shown) = oneshot::channel();
    let on_main = app.clone();
    let drawn = app.run_on_main_thread(move || drop(told.send(tray::show(&on_main, &words))));
    drawn.map_err(|error| defect(&error))?;
    let shown = shown.await.map_err(|error| defect(&error))?;
    shown.map(Value::Bool).map_err(|error| defect(&error))
}

pub(crate) fn defect(error: &dyn std::fmt::Display) -> Fault {
    Fault::new(DEFECT).with("detail", error.to_string())
}

/// Sends the name of every event of the service to the page, until the connection is lost.
#[tauri::command]
pub async fn subscribe(backend: tauri::State<'_, Backend>, on_event: Channel<String>) -> Result<()> {
    // The tray is heard even while the service is not there.
    *backend.page.lock().unwrap_or_else(PoisonError::into_inner) = Some(on_event.clone());
    let mut events = backend.client().await?.events();
    tauri::async_runtime::spawn(async move {
        while let Ok(event) = events.recv().await {
            if on_event.send(event.event).is_err() {
                break;
            }
        }
    });
    Ok(())
}
