//! The users of a connection, in a file for other programs.

use std::path::Path;

use sekisho_admin::Desk;
use sekisho_admin::users::{UserInfo, table};
use sekisho_admin_api::Client;
use sekisho_admin_api::draft::GetDraft;
use sekisho_fault::Result;
use sekisho_messages::time;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::backend::defect;
use crate::downloads;

/// Whose, and when.
#[derive(Deserialize)]
pub struct ExportUsers {
    connection: String,
    /// The moment, as the page's clock has it.
    made: String,
}

/// Writes them into a folder. The service knows what nodes and roles are called; without it they have their names for good.
///
/// Codes: `downloads::FILE`, and those of reading the users.
pub async fn write(desk: &mut Desk, service: Result<Client>, folder: &Path, wish: &ExportUsers) -> Result<Value> {
    let users = desk.call("admin.users", json!({"connection": wish.connection})).await?;
    let users: Vec<UserInfo> = serde_json::from_value(users).map_err(|error| defect(&error))?;
    let draft = match service {
        Ok(service) => service.call::<GetDraft>(()).await.ok(),
        Err(_) => None,
    };
    let roles = draft.map(|draft| draft.applied_roles).unwrap_or_default();
    let text = table(&users, |user| roles.names(user.node.as_ref(), user.role.as_ref()), time);
    let path = downloads::keep(folder, "users", &wish.made, "csv", text.as_bytes())?;
    Ok(json!({"file": path.display().to_string(), "users": users.len()}))
}
