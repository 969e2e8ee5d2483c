//! Admitting this server.

use sekisho_admin_api::Client;
use sekisho_admin_api::enrolment::{Admission, CompleteEnrolment, Joined, PrepareEnrolment};
use sekisho_fault::Result;
use serde_json::json;

use super::Context;
use super::login::{connection as meant, signed_in};
use crate::administrator::Administrator;
use crate::arguments::Login;

/// Signs, and lets the service join.
pub(super) async fn enrol(context: &Context, login: &Login, connection: &str) -> Result<()> {
    let service = context.service().await?;
    let mut administrator = signed_in(login).await?;
    let joined = join(&service, &mut administrator, connection).await?;
    context.printer.reply(&joined, |printer| {
        let revision = joined.revision.map_or_else(|| "-".to_owned(), |revision| revision.to_string());
        vec![printer.pair("revision", revision), printer.pair("users", joined.users)]
    });
    Ok(())
}

pub(super) async fn join(service: &Client, administrator: &mut Administrator, connection: &str) -> Result<Joined> {
    let candidate = service.call::<PrepareEnrolment>(()).await?;
    let connection = meant(administrator, connection).await?;
    let wish = json!({
        "connection": connection.id, "server": candidate.server, "keys": candidate.keys, "name": candidate.name,
    });
    let admission: Admission = administrator.call("admin.enrol", wish).await?;
    service.call::<CompleteEnrolment>(admission).await
}
