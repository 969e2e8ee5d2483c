//! Giving back to a hub what it has lost.

use sekisho_admin::acts::GaveRevisionBack;
use sekisho_admin_api::give_back::{GetSignedRevision, GiveUsersBack};
use sekisho_admin_api::save::{ListRevisions, WhichRevision};
use sekisho_fault::{Fault, Result};
use serde_json::json;

use super::Context;
use super::login::signed_in;
use crate::arguments::Login;
use crate::codes;

/// Revisions from the oldest on, each after the one before it; then users, who need no configuration.
pub(super) async fn give_back(context: &Context, login: &Login) -> Result<()> {
    let service = context.service().await?;
    let mut administrator = signed_in(login).await?;
    let mut revisions = 0_u64;
    for past in service.call::<ListRevisions>(()).await?.iter().rev() {
        let signed = service.call::<GetSignedRevision>(WhichRevision { revision: past.revision }).await?;
        let gave: GaveRevisionBack = administrator.call("admin.give_revision_back", json!(signed)).await?;
        revisions += u64::from(gave.given);
    }
    let given = service.call::<GiveUsersBack>(()).await?;
    let reply = json!({ "revisions": revisions, "users": given.users, "faults": given.faults });
    context.printer.reply(&reply, |printer| {
        let (revisions, users) = (revisions.to_string(), given.users.to_string());
        let told = printer.say("given_back", &[("revisions", &revisions), ("users", &users)]);
        std::iter::once(told).chain(given.faults.iter().map(|fault| printer.fault(fault))).collect()
    });
    match given.faults.len() {
        0 => Ok(()),
        count => Err(Fault::new(codes::NOT_GIVEN_BACK).with("count", count)),
    }
}
