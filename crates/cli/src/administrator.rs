//! The administrator's desk: in this process, or in an agent that `sekisho sign-in` has started, so that the commands of
//! one sitting need one passphrase and one code.

use std::path::PathBuf;

use sekisho_admin::Desk;
use sekisho_fault::Result;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Where acts are done.
pub(crate) enum Administrator {
    /// Here.
    Here(Box<Desk>),
    /// By the agent.
    Agent(sekisho_admin_api::Client),
}

impl Administrator {
    /// The agent if one runs, else a desk of this process.
    pub(crate) async fn find() -> Self {
        if let Some(client) = crate::agent::connect().await {
            return Self::Agent(client);
        }
        Self::here()
    }

    /// A desk that outlasts this command: the agent, started if it does not run.
    pub(crate) async fn lasting() -> Result<Self> {
        crate::agent::start().await.map(Self::Agent)
    }

    /// A desk of this process.
    pub(crate) fn here() -> Self {
        Self::Here(Box::new(Desk::new(&memory())))
    }

    /// Does an act.
    pub(crate) async fn call<T: DeserializeOwned>(&mut self, method: &str, params: Value) -> Result<T> {
        let reply = match self {
            Self::Here(desk) => desk.call(method, params).await?,
            Self::Agent(client) => client.call_raw(method, params).await?,
        };
        serde_json::from_value(reply).map_err(|_| sekisho_fault::Fault::new(sekisho_admin_api::codes::GARBAGE))
    }
}

/// Where this computer remembers hubs and logs: no secrets.
pub(crate) fn memory() -> PathBuf {
    let named = std::env::var_os("SEKISHO_MEMORY").map(PathBuf::from);
    named.unwrap_or_else(|| folder().join("administrator.json"))
}

fn folder() -> PathBuf {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let folder = if cfg!(windows) {
        variable("APPDATA")
    } else {
        variable("XDG_CONFIG_HOME").or_else(|| Some(variable("HOME")?.join(".config")))
    };
    folder.unwrap_or_default().join("sekisho")
}
