//! The two commands of the window: `call` passes a method on, `subscribe` passes the service's events back. Methods that
//! begin with `admin.` stay in this process: the administrator's keys are here, and never reach the service. Those that begin
//! with `console.` say which machine's service is meant.

use std::path::Path;

use sekisho_admin::Desk;
use sekisho_admin_api::heads::exchange;
use sekisho_admin_api::{Client, SshHost, default_endpoint};
use sekisho_fault::Result;
use serde_json::Value;
use tauri::ipc::Channel;
use tokio::sync::Mutex;

/// The administrator's desk, and the connection to the service, opened at the first call and again after it was lost.
pub struct Backend {
    client: Mutex<Option<Client>>,
    /// The machine whose service is managed; none: this one.
    host: Mutex<Option<SshHost>>,
    desk: Mutex<Desk>,
}

impl Backend {
    /// With the administrator's memory in this folder, unless `SEKISHO_MEMORY` names a file.
    pub fn new(folder: &Path) -> Self {
        let named = std::env::var_os("SEKISHO_MEMORY").map(std::path::PathBuf::from);
        let memory = named.unwrap_or_else(|| folder.join("administrator.json"));
        Self { client: Mutex::default(), host: Mutex::default(), desk: Mutex::new(Desk::new(&memory)) }
    }

    async fn client(&self) -> Result<Client> {
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

    /// The machine whose service is managed; empty: this one.
    async fn managed(&self) -> Value {
        self.host.lock().await.as_ref().map(ToString::to_string).unwrap_or_default().into()
    }
}

/// Calls a method: of the desk, or of the service.
#[tauri::command]
pub async fn call(backend: tauri::State<'_, Backend>, method: String, params: Value) -> Result<Value> {
    if method.starts_with("admin.") {
        return backend.desk.lock().await.call(&method, params).await;
    }
    match method.as_str() {
        "console.manage" => backend.manage(params.as_str().unwrap_or_default()).await,
        "console.managed" => Ok(backend.managed().await),
        _ => backend.client().await?.call_raw(&method, params).await,
    }
}

/// Sends the name of every event of the service to the page, until the connection is lost.
#[tauri::command]
pub async fn subscribe(backend: tauri::State<'_, Backend>, on_event: Channel<String>) -> Result<()> {
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
