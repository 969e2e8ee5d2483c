//! `sekisho plan`: drafts that are put aside until their window.

use std::time::Duration;

use sekisho_admin_api::draft::Rebased;
use sekisho_admin_api::plans::{DiscardPlan, ListPlans, ParkDraft, ParkedPlan, TakePlan, WhichPlan};
use sekisho_admin_api::save::SaveReason;
use sekisho_fault::{Fault, Result};
use sekisho_messages::time;

use super::Context;
use super::draft::changes;
use super::save::{Consent, save};
use crate::arguments::PlanCommand;
use crate::codes;
use crate::print::Printer;

/// Lists, parks, takes up, applies and discards plans.
pub(super) async fn plan(context: &Context, command: PlanCommand) -> Result<()> {
    let service = context.service().await?;
    let plans = match command {
        PlanCommand::List => service.call::<ListPlans>(()).await?,
        PlanCommand::Park { name } => service.call::<ParkDraft>(WhichPlan { name }).await?,
        PlanCommand::Discard { name } => service.call::<DiscardPlan>(WhichPlan { name }).await?,
        PlanCommand::Take { name } => {
            let taken = service.call::<TakePlan>(WhichPlan { name }).await?;
            context.printer.reply(&taken, |printer| lines_of_taken(printer, &taken));
            return Ok(());
        }
        PlanCommand::Apply { login, name, yes, reason, change_number, wait } => {
            let taken = service.call::<TakePlan>(WhichPlan { name }).await?;
            context.printer.aside(|printer| lines_of_taken(printer, &taken));
            if !taken.conflicts.is_empty() {
                let fields: Vec<String> = taken.conflicts.iter().map(|one| one.field.clone()).collect();
                return Err(Fault::new(codes::PLAN_CONFLICTS).with("fields", fields));
            }
            let consent = if yes { Consent::Given } else { Consent::Ask };
            let reason = SaveReason { reason, change_number };
            return save(context, &login, consent, reason, Duration::from_secs(wait.into())).await;
        }
    };
    context.printer.reply(&plans, |printer| lines(printer, &plans));
    Ok(())
}

fn lines(printer: Printer, plans: &[ParkedPlan]) -> Vec<String> {
    if plans.is_empty() {
        return vec![printer.say("plans.none", &[])];
    }
    let line = |plan: &ParkedPlan| {
        let (count, base) = (plan.changes.len().to_string(), plan.base.to_string());
        let told = [("name", &*plan.name), ("time", &time(plan.parked)), ("count", &count), ("base", &base)];
        printer.say("plans.plan", &told)
    };
    plans.iter().map(line).collect()
}

fn lines_of_taken(printer: Printer, taken: &Rebased) -> Vec<String> {
    let conflict = |one: &sekisho_admin_api::draft::DraftConflict| {
        let told = [("field", &*one.field), ("base", &*one.base), ("theirs", &*one.theirs), ("ours", &*one.ours)];
        printer.say("conflict", &told)
    };
    taken.conflicts.iter().map(conflict).chain(changes(printer, &taken.draft)).collect()
}
