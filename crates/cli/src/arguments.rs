//! What may be typed. Secrets come from files, the standard input or prompts, never from here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use sekisho_config::document::IdpType;
use sekisho_config::preset;

mod acme;
mod adding;
mod balancer;
mod certificates;
mod draft;
mod idp;
mod mail;
mod names;
mod plans;
mod roles;
mod saml;
mod servers;
mod users;
mod watching;
mod whole;

pub(crate) use acme::{AcmeCommand, AcmeWish};
pub(crate) use adding::{Enrol, PoolCommand};
pub(crate) use balancer::{BalancerCommand, GivenCertificate};
pub(crate) use certificates::{CertificatesCommand, CheckCertificate, RequestedCertificate};
pub(crate) use draft::{DraftCommand, SamlKeyStep};
pub(crate) use idp::IdpMetadataCommand;
pub(crate) use mail::{DraftMailCommand, MailCommand, MailLanguage, MailSecurity, MailSettings};
pub(crate) use names::NameCommand;
pub(crate) use plans::PlanCommand;
pub(crate) use roles::{GroupsCommand, NodeCommand, PolicyOptions, RoleCommand};
pub(crate) use saml::{SamlCheck, SamlCommand};
pub(crate) use servers::{Leaving, MarkedItem, ServersCommand};
pub(crate) use users::{OfConnection, RemovalsCommand, StateWish, UsersCommand, WaitingCommand};
pub(crate) use watching::{DiagnosticsFile, WebhookCommand};
pub(crate) use whole::WholeConnection;

/// Sekisho's command line.
#[derive(Parser)]
#[command(name = "sekisho", version)]
pub(crate) struct Arguments {
    /// Prints JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The service's admin socket (Unix) or pipe (Windows), if it is not the installed one.
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// The service of another machine, over ssh: `ssh://[user@]host[:port]`. Files that are named stay those of this machine.
    #[arg(long, global = true, value_name = "ADDRESS", conflicts_with = "socket")]
    pub(crate) host: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How an administrator signs in.
#[derive(Args, Clone, Default)]
pub(crate) struct Login {
    /// Address of the hub; the last one if none is given.
    #[arg(long, default_value = "")]
    pub(crate) hub: String,
    /// File with a set-up code, an invitation or an address of the hub (`-`: the standard input).
    #[arg(long, value_name = "FILE")]
    pub(crate) hub_file: Option<PathBuf>,
    /// HTTP proxy on the way to the hub.
    #[arg(long, default_value = "")]
    pub(crate) proxy: String,
    /// File with certificates (PEM) of authorities that are trusted besides the system's.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The name at sign-in; the last one if none is given.
    #[arg(id = "login", long = "login", default_value = "")]
    pub(crate) name: String,
    /// File with the passphrase (`-`: the standard input); else it is asked for.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// File with the code of the authenticator app (`-`: the standard input); else it is asked for.
    #[arg(long, value_name = "FILE")]
    pub(crate) code_file: Option<PathBuf>,
    /// File with the authenticator's secret (base32), for unattended use.
    #[arg(long, value_name = "FILE")]
    pub(crate) totp_secret_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Founds an organisation and prints its recovery kit.
    Found {
        #[command(flatten)]
        login: Login,
        /// The organisation's name.
        #[arg(long)]
        name: String,
        /// Writes the recovery kit to a file instead of the terminal.
        #[arg(long, value_name = "FILE")]
        kit_file: Option<PathBuf>,
    },
    /// Makes a new administrator with the recovery kit.
    Recover {
        #[command(flatten)]
        login: Login,
        /// File with the kit's lines (`-`: the standard input).
        #[arg(long, value_name = "FILE")]
        kit: PathBuf,
        /// The fingerprint on the kit.
        #[arg(long)]
        fingerprint: String,
        /// Writes the next kit to a file instead of the terminal.
        #[arg(long, value_name = "FILE")]
        kit_file: Option<PathBuf>,
    },
    /// Makes another recovery kit; the one before opens nothing any more.
    NewKit {
        #[command(flatten)]
        login: Login,
        /// Writes the kit to a file instead of the terminal.
        #[arg(long, value_name = "FILE")]
        kit_file: Option<PathBuf>,
    },
    /// Signs in; the commands after it need no passphrase, until `sign-out` or half an hour without one.
    SignIn {
        #[command(flatten)]
        login: Login,
    },
    /// Ends the session.
    SignOut,
    /// Shows who is signed in, the connections and the administrators.
    Whoami,
    /// Connections: makes one, reserves mail domains, exports, imports, deletes.
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// Administrators: invites, accepts, admits, removes.
    #[command(subcommand)]
    Administrators(AdministratorsCommand),
    /// Users: lists, invites, removes them.
    #[command(subcommand)]
    Users(UsersCommand),
    /// Admits this server to a connection and downloads what is there.
    Enrol(Enrol),
    /// The pool of servers: join files and tokens for new ones, and whether users are sent to this one.
    #[command(subcommand)]
    Pool(PoolCommand),
    /// Asks for every setting in turn, saves at the end.
    Config {
        #[command(flatten)]
        login: Login,
        /// How long to watch the other servers apply it, in seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 15)]
        wait: u16,
    },
    /// Sets this server up unattended, from a file (TOML).
    Initialize {
        /// The file; `docs/guide` describes it.
        file: PathBuf,
    },
    /// Shows what the service is doing, and why.
    Status,
    /// Shows the newest activity.
    Activity {
        /// How many entries.
        #[arg(long, default_value_t = 20)]
        limit: u16,
        /// Only what was about this user, by the e-mail address that the identity provider sent, or has this reference number.
        #[arg(long, value_name = "ADDRESS|NUMBER")]
        who: Option<String>,
    },
    /// The draft: shows and changes it.
    #[command(subcommand)]
    Draft(DraftCommand),
    /// Shows what a save would change.
    Diff,
    /// Runs all checks of the draft; fails when one is an error.
    #[command(visible_alias = "check")]
    Validate,
    /// Saves the draft for all servers.
    Save {
        #[command(flatten)]
        login: Login,
        /// Signs what the service lists as changed without asking. For scripts that look at `diff --json` first.
        #[arg(long)]
        yes: bool,
        /// Why, for the history.
        #[arg(long, default_value = "")]
        reason: String,
        /// The number under which the change was asked for.
        #[arg(long, default_value = "")]
        change_number: String,
        /// How long to watch the other servers apply it, in seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 15)]
        wait: u16,
    },
    /// Shows the servers of the connection and how they are; retires one.
    Servers {
        #[command(subcommand)]
        command: Option<ServersCommand>,
    },
    /// Drafts that are put aside until their window.
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Shows the revisions.
    History,
    /// Puts an old revision into the draft; certificates and keys stay those of today.
    Restore {
        /// Its number.
        revision: u64,
    },
    /// Prints our metadata for the identity provider.
    SpMetadata,
    /// SAML messages: explains them, offline.
    #[command(subcommand)]
    Saml(SamlCommand),
    /// Prints what the identity provider's administrator has to do, with the draft's values in it.
    IdpSteps {
        /// Which identity provider; the draft's if none is named.
        #[arg(long, value_name = "TYPE", value_parser = idp_type)]
        idp: Option<IdpType>,
    },
    /// The identity provider's metadata: what the draft's, and what a refresh holds back, would change.
    #[command(subcommand)]
    IdpMetadata(IdpMetadataCommand),
    /// Explains an error of the identity provider (AADSTS…, MSIS…).
    IdpError {
        /// What its page says, or the code alone.
        #[arg(required = true, allow_hyphen_values = true)]
        text: Vec<String>,
    },
    /// Starts a test login, prints its link, and waits for what comes back.
    TestLogin {
        /// Under another one of the names than the advertised one.
        #[arg(long, value_name = "NAME")]
        for_name: Option<String>,
        /// Prints the link and does not wait.
        #[arg(long)]
        no_wait: bool,
        /// Shows the report of a test that was started before.
        #[arg(long, value_name = "TEST")]
        report: Option<String>,
    },
    /// Reads and verifies everything at the hub again.
    Sync {
        #[command(flatten)]
        login: Login,
        /// From the first entry on.
        #[arg(long, required = true)]
        full: bool,
        /// At every server of the connection: an administrator asks for it.
        #[arg(long)]
        all: bool,
        /// With `--all`: how long to watch the servers, in seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 90, requires = "all")]
        wait: u16,
    },
    /// Gives a hub that was restored from an older backup what this server has and the hub lacks: revisions and users.
    GiveBack {
        #[command(flatten)]
        login: Login,
    },
    /// Prints what is applied, without secrets.
    Export {
        /// Leaves secrets out.
        #[arg(long, required = true)]
        redacted: bool,
    },
    /// Prints metrics in Prometheus' text format, for the textfile collector of its node exporter.
    Metrics,
    /// Which certificate covers which of the names in play, and until when.
    Certificates {
        #[command(subcommand)]
        command: Option<CertificatesCommand>,
    },
    /// A load balancer before the servers: what it looks like, what it has to be told, and the certificate for it.
    #[command(subcommand)]
    Balancer(BalancerCommand),
    /// The SSL certificate that the servers get and renew by themselves (ACME).
    #[command(subcommand)]
    Acme(AcmeCommand),
    /// The webhook of the draft: tests it, shows its secret.
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// The mails of the draft: tests them. They are set by `draft mail`.
    #[command(subcommand)]
    Mail(MailCommand),
    /// Writes what a support case needs into one file, whether the service runs or not. No key, no user's name or address
    /// is in it; look through it all the same before you give it away: it is readable text (JSON).
    Diagnostics(DiagnosticsFile),
    /// Serves users again.
    Start,
    /// Stops serving users.
    Stop,
    /// Passes the admin API on over standard input and output: what `--host` and the console start here by ssh.
    AdminStdio,
    /// Holds the session between commands.
    #[command(hide = true)]
    Agent,
}

#[derive(Subcommand)]
pub(crate) enum ConnectionCommand {
    /// Makes a connection.
    Add {
        #[command(flatten)]
        login: Login,
        /// Its name.
        #[arg(long)]
        name: String,
        /// The alias that users type.
        #[arg(long)]
        enterprise_domain: String,
    },
    /// Shows the addresses that lead users to their vault (the hub's page, the deep link, and where both lead), and a text that tells
    /// users so.
    Ways {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when there is only one.
        #[arg(long, default_value = "")]
        connection: String,
    },
    /// Reserves a mail domain, and says which TXT record proves it; again, once the record is there.
    ReserveDomain {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when there is only one.
        #[arg(long, default_value = "")]
        connection: String,
        /// The domain.
        domain: String,
    },
    /// Says which TXT record proves a mail domain, and whether it is there; changes nothing.
    DomainProof {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when there is only one.
        #[arg(long, default_value = "")]
        connection: String,
        /// The domain.
        domain: String,
    },
    /// Frees a mail domain.
    ReleaseDomain {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when there is only one.
        #[arg(long, default_value = "")]
        connection: String,
        /// The domain.
        domain: String,
    },
    #[command(flatten)]
    Whole(WholeConnection),
}

#[derive(Subcommand)]
pub(crate) enum AdministratorsCommand {
    /// Invites one, and prints what they need, to be given by another way than the hub.
    Invite {
        #[command(flatten)]
        login: Login,
        /// Their name at sign-in.
        invited: String,
    },
    /// Accepts an invitation (`--hub-file` has it).
    Accept {
        #[command(flatten)]
        login: Login,
    },
    /// Takes an invitation back, accepted or not.
    Withdraw {
        #[command(flatten)]
        login: Login,
        /// Their name at sign-in.
        invited: String,
    },
    /// Removes an administrator. What they have saved still counts; all keys that they knew are replaced, and the kit is.
    Remove {
        #[command(flatten)]
        login: Login,
        /// Their name at sign-in.
        removed: String,
        /// Does not ask.
        #[arg(long)]
        yes: bool,
        /// Writes the next kit to a file instead of the terminal.
        #[arg(long, value_name = "FILE")]
        kit_file: Option<PathBuf>,
    },
    /// Admits an invited administrator who has accepted.
    Admit {
        #[command(flatten)]
        login: Login,
        /// Their name at sign-in.
        invited: String,
    },
}

/// A type of identity providers, by the name that the field takes.
fn idp_type(name: &str) -> Result<IdpType, String> {
    let names = || preset::ALL.iter().map(|kind| preset::name(*kind)).collect::<Vec<_>>().join(", ");
    preset::named(name).map_err(|_| format!("one of: {}", names()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_can_be_told_from_the_others() {
        Arguments::command().debug_assert();
    }

    fn parse(line: &str) -> Option<Command> {
        Arguments::try_parse_from(line.split(' ')).ok().map(|arguments| arguments.command)
    }

    #[test]
    fn the_steps_of_every_identity_provider_can_be_asked_for_and_of_no_other() {
        assert!(matches!(parse("sekisho idp-steps"), Some(Command::IdpSteps { idp: None })));
        for kind in preset::ALL {
            let name = preset::name(*kind);
            let asked = parse(&format!("sekisho idp-steps --idp {name} --json"));
            assert!(matches!(asked, Some(Command::IdpSteps { idp: Some(idp) }) if idp == *kind), "{name}");
            let chosen = parse(&format!("sekisho draft idp {name}"));
            assert!(matches!(chosen, Some(Command::Draft(DraftCommand::Idp { idp })) if idp == *kind), "{name}");
        }
        assert!(parse("sekisho idp-steps --idp azure").is_none() && parse("sekisho draft idp").is_none());
    }

    #[test]
    fn an_error_is_explained_as_it_was_copied() {
        let asked = parse("sekisho idp-error AADSTS50105: Your administrator …");
        assert!(matches!(asked, Some(Command::IdpError { text }) if text.len() == 4));
        assert!(parse("sekisho idp-error").is_none());
    }
}
