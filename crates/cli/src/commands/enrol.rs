//! Admitting this server.

use sekisho_admin::acts::{Admitted, HubWay};
use sekisho_admin_api::Client;
use sekisho_admin_api::draft::{SetDraftField, SetField};
use sekisho_admin_api::enrolment::{Admission, CompleteEnrolment, Joined, PrepareEnrolment};
use sekisho_admin_api::join::{JoinByToken, JoinFile, JoinText, ReadJoinFile};
use sekisho_fault::{Fault, Result};
use serde_json::json;

use super::Context;
use super::login::{connection as meant, signed_in, signed_in_by};
use crate::administrator::Administrator;
use crate::arguments::Enrol;
use crate::secrets;

/// Signs, and lets the service join.
pub(super) async fn enrol(context: &Context, wish: &Enrol) -> Result<()> {
    let service = context.service().await?;
    let joined = if let Some(file) = &wish.token {
        service.call::<JoinByToken>(JoinText { text: secrets::read(file)?.to_string() }).await?
    } else if let Some(file) = &wish.join {
        // Whether it can join at all is said before anybody types a passphrase.
        let text = std::fs::read_to_string(file).map_err(|error| secrets::file_fault(file, &error))?;
        let file = service.call::<ReadJoinFile>(JoinText { text }).await?;
        let mut administrator = signed_in_by(&wish.login, way(&file)).await?;
        join_as_told(&service, &mut administrator, &file).await?
    } else {
        let mut administrator = signed_in(&wish.login).await?;
        join(&service, &mut administrator, &wish.connection).await?
    };
    context.printer.reply(&joined, |printer| {
        let revision = joined.revision.map_or_else(|| "-".to_owned(), |revision| revision.to_string());
        vec![printer.pair("revision", revision), printer.pair("users", joined.users)]
    });
    Ok(())
}

/// The way to the hub, as the running server goes it.
fn way(file: &JoinFile) -> HubWay {
    let pin = file.hub_pin.as_deref().unwrap_or_default();
    let hub = format!("{} {pin}", file.hub).trim().to_owned();
    HubWay { hub, proxy: file.proxy.clone(), authorities: file.authorities.clone() }
}

/// The service needs the same way as the administrator.
async fn give_the_way(service: &Client, file: &JoinFile) -> Result<()> {
    for (field, value) in [("proxy", &file.proxy), ("authorities", &file.authorities)] {
        if !value.is_empty() {
            service.call::<SetDraftField>(SetField { field: field.to_owned(), value: value.clone() }).await?;
        }
    }
    Ok(())
}

pub(super) async fn join(service: &Client, administrator: &mut Administrator, connection: &str) -> Result<Joined> {
    let connection = meant(administrator, connection).await?.id;
    admit(service, administrator, &connection, None).await
}

async fn join_as_told(service: &Client, administrator: &mut Administrator, file: &JoinFile) -> Result<Joined> {
    let other = |fault: Fault| {
        let is_unknown = fault.code == sekisho_admin::codes::NO_CONNECTION;
        if is_unknown { Fault::new(sekisho_admin::codes::OTHER_ORGANISATION) } else { fault }
    };
    let connection = meant(administrator, &file.connection).await.map_err(other)?.id;
    admit(service, administrator, &connection, Some(file)).await
}

async fn admit(
    service: &Client,
    administrator: &mut Administrator,
    connection: &str,
    file: Option<&JoinFile>,
) -> Result<Joined> {
    let genesis = file.map(|file| file.genesis.clone());
    let candidate = service.call::<PrepareEnrolment>(()).await?;
    let wish = json!({
        "connection": connection, "server": candidate.server, "keys": candidate.keys, "name": candidate.name,
        "genesis": genesis,
    });
    let Admitted { hub_url, hub_pin, ticket } = administrator.call("admin.enrol", wish).await?;
    if let Some(file) = file {
        give_the_way(service, file).await?;
    }
    service.call::<CompleteEnrolment>(Admission { hub_url, hub_pin, ticket, genesis }).await
}
