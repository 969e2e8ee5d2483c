//! The users of a connection, in a file for other programs.

use std::path::Path;
use std::time::Duration;

use sekisho_admin::users::{UserInfo, table};
use sekisho_admin_api::Client;
use sekisho_admin_api::draft::GetDraft;
use sekisho_admin_api::roles::Roles;
use sekisho_fault::Result;
use sekisho_messages::time;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::backend::defect;
use crate::downloads;

/// How long the service is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// By this mark Excel knows that the text is UTF-8, and not of the country's older encoding.
const MARK: char = '\u{feff}';

/// Whose, and when.
#[derive(Deserialize)]
pub struct ExportUsers {
    connection: String,
    /// The moment, as the page's clock has it.
    made: String,
}

impl ExportUsers {
    /// What the desk is asked for.
    pub fn which(&self) -> Value {
        json!({"connection": self.connection})
    }
}

/// What the service calls nodes and roles; nothing where it does not answer: then they have their names for good.
pub async fn roles(service: impl Future<Output = Result<Client>>) -> Roles {
    let asked = async { service.await?.call::<GetDraft>(()).await };
    let draft = tokio::time::timeout(PATIENCE, asked).await;
    draft.ok().and_then(Result::ok).map(|draft| draft.applied_roles).unwrap_or_default()
}

/// Writes users, as the desk gives them, into a folder.
///
/// Code: `downloads::FILE`.
pub fn write(users: Value, roles: &Roles, folder: &Path, wish: &ExportUsers) -> Result<Value> {
    let users: Vec<UserInfo> = serde_json::from_value(users).map_err(|error| defect(&error))?;
    let text = table(&users, |user| roles.names(user.node.as_ref(), user.role.as_ref()), time);
    let path = downloads::keep(folder, "users", &wish.made, "csv", format!("{MARK}{text}").as_bytes())?;
    Ok(json!({"file": path.display().to_string(), "users": users.len()}))
}
