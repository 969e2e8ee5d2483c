//! The two commands of the window: `call` passes a method on to the service of this machine,
//! `subscribe` passes its events back.

use sekisho_admin_api::{Client, default_endpoint};
use sekisho_fault::Result;
use serde_json::Value;
use tauri::ipc::Channel;
use tokio::sync::Mutex;

/// The connection to the service, opened at the first call and again after it was lost.
#[derive(Default)]
pub struct Backend {
    client: Mutex<Option<Client>>,
}

impl Backend {
    async fn client(&self) -> Result<Client> {
        let mut held = self.client.lock().await;
        if let Some(client) = held.as_ref().filter(|client| !client.is_closed()) {
            return Ok(client.clone());
        }
        let client = Client::connect(&default_endpoint()).await?;
        *held = Some(client.clone());
        Ok(client)
    }
}

/// Calls a method of the service.
#[tauri::command]
pub async fn call(backend: tauri::State<'_, Backend>, method: String, params: Value) -> Result<Value> {
    backend.client().await?.call_raw(&method, params).await
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
