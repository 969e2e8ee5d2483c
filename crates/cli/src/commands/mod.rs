//! The commands.

mod acme;
mod balancer;
mod certificates;
mod config;
pub(crate) mod diagnostics;
mod draft;
mod enrol;
mod give_back;
mod heads;
mod idp;
mod idp_metadata;
mod initialize;
mod leaving;
mod login;
mod mail;
mod metrics;
mod organisation;
mod placing;
mod plans;
mod pool;
mod roles;
mod saml_check;
mod save;
mod servers;
mod service;
mod test_login;
mod users;
mod webhook;
mod whole;

use sekisho_admin_api::save::SaveReason;
use sekisho_admin_api::{Client, Endpoint, SshHost, default_endpoint, relay};
use sekisho_fault::Result;

use std::process::ExitCode;
use std::time::Duration;

use crate::arguments::{Arguments, Command, IdpMetadataCommand, SamlCommand};
use crate::print::Printer;

/// What a command works with.
pub(crate) struct Context {
    printer: Printer,
    endpoint: Endpoint,
    host: Option<SshHost>,
}

impl Context {
    /// The service that is managed: of this machine, or of another one.
    async fn service(&self) -> Result<Client> {
        match &self.host {
            Some(host) => Client::connect_by_ssh(host).await,
            None => Client::connect(&self.endpoint).await,
        }
    }
}

fn seconds(count: u16) -> Duration {
    Duration::from_secs(u64::from(count))
}

/// Does what was typed.
pub(crate) async fn run(arguments: Arguments, printer: Printer) -> Result<ExitCode> {
    let endpoint = arguments.socket.map_or_else(default_endpoint, Endpoint::at);
    let host = arguments.host.as_deref().map(SshHost::parse).transpose()?;
    let context = Context { printer, endpoint, host };
    match arguments.command {
        Command::Saml(SamlCommand::Check(check)) => return Ok(saml_check::check(printer, &check)),
        Command::Found { login, name, kit_file } => organisation::found(&context, &login, &name, kit_file).await,
        Command::Recover { login, kit, fingerprint, kit_file } => {
            organisation::recover(&context, &login, &kit, &fingerprint, kit_file).await
        }
        Command::NewKit { login, kit_file } => organisation::new_kit(&context, &login, kit_file).await,
        Command::SignIn { login } => login::sign_in(&context, &login).await,
        Command::SignOut => login::sign_out().await,
        Command::Whoami => login::whoami(&context).await,
        Command::Connection(command) => organisation::connection(&context, command).await,
        Command::Administrators(command) => organisation::administrators(&context, command).await,
        Command::Users(command) => users::users(&context, command).await,
        Command::Enrol(wish) => enrol::enrol(&context, &wish).await,
        Command::Pool(command) => pool::pool(&context, command).await,
        Command::Config { login, wait } => config::config(&context, &login, seconds(wait)).await,
        Command::Initialize { file } => initialize::initialize(&context, &file).await,
        Command::Status => service::status(&context).await,
        Command::Activity { limit, who } => service::activity(&context, limit, who.as_deref()).await,
        Command::Draft(command) => draft::draft(&context, command).await,
        Command::Diff => draft::diff(&context).await,
        Command::Validate => draft::validate(&context).await,
        Command::Save { login, yes, reason, change_number, wait } => {
            let consent = if yes { save::Consent::Given } else { save::Consent::Ask };
            let reason = SaveReason { reason, change_number };
            save::save(&context, &login, consent, reason, seconds(wait)).await
        }
        Command::Plan(command) => plans::plan(&context, command).await,
        Command::History => save::history(&context).await,
        Command::Restore { revision } => save::restore(&context, revision).await,
        Command::SpMetadata => draft::sp_metadata(&context).await,
        Command::IdpSteps { idp } => idp::steps(&context, idp).await,
        Command::IdpMetadata(IdpMetadataCommand::Diff) => idp_metadata::diff(&context).await,
        Command::IdpError { text } => idp::error(&context, &text.join(" ")),
        Command::TestLogin { for_name, no_wait, report } => {
            test_login::test_login(&context, for_name, !no_wait, report).await
        }
        Command::Servers { command: None } => servers::list(&context).await,
        Command::Servers { command: Some(command) } => leaving::servers(&context, command).await,
        Command::Sync { login, all: true, wait, .. } => servers::sync_all(&context, &login, seconds(wait)).await,
        Command::Sync { .. } => service::full_sync(&context).await,
        Command::GiveBack { login } => give_back::give_back(&context, &login).await,
        Command::Metrics => metrics::metrics(&context).await,
        Command::Certificates { command } => certificates::certificates(&context, command).await,
        Command::Acme(command) => acme::acme(&context, command).await,
        Command::Balancer(command) => balancer::balancer(&context, command).await,
        Command::Mail(command) => mail::mail(&context, command).await,
        Command::Webhook(command) => webhook::webhook(&context, command).await,
        Command::Diagnostics(wish) => diagnostics::diagnostics(&context, &wish).await,
        Command::Export { .. } => service::export(&context).await,
        Command::Start => service::start(&context).await,
        Command::Stop => service::stop(&context).await,
        Command::AdminStdio => relay(&context.endpoint, tokio::io::stdin(), tokio::io::stdout()).await,
        Command::Agent => crate::agent::run().await,
    }
    .map(|()| ExitCode::SUCCESS)
}
