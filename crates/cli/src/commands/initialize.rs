//! Setting a server up unattended, from a file.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sekisho_admin::acts::{AdminSession, ConnectionInfo, DomainProof, ProofState};
use sekisho_admin_api::draft::{
    Purpose, SetCertificate, SetDraftCertificate, SetDraftField, SetDraftMetadata, SetField, UseTrialCertificate,
};
use sekisho_admin_api::save::SaveReason;
use sekisho_admin_api::status::GetStatus;
use sekisho_config::field::Field;
use sekisho_fault::{Fault, Result};
use serde::Deserialize;
use serde_json::json;

use super::Context;
use super::draft::{dropped, metadata};
use super::enrol::join;
use super::login::signed_in;
use super::save::{Consent, applied, sign_and_save};
use crate::administrator::Administrator;
use crate::arguments::Login;
use crate::codes;
use crate::secrets;

/// The file. Paths are relative to its folder; unknown words are refused, since a typing error is no default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    administrator: AdministratorPart,
    connection: ConnectionPart,
    /// Fields by their names, as `sekisho draft show` prints them.
    #[serde(default)]
    settings: BTreeMap<String, toml::Value>,
    #[serde(default)]
    tls: Option<CertificatePart>,
    #[serde(default)]
    idp: Option<IdpPart>,
    #[serde(default)]
    save: SavePart,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdministratorPart {
    #[serde(default)]
    hub: String,
    hub_file: Option<PathBuf>,
    #[serde(default)]
    proxy: String,
    ca: Option<PathBuf>,
    #[serde(default)]
    login: String,
    passphrase_file: Option<PathBuf>,
    totp_secret_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionPart {
    /// Made when there is none of this Enterprise Domain.
    enterprise_domain: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    domains: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificatePart {
    #[serde(default)]
    files: Vec<PathBuf>,
    store_password_file: Option<PathBuf>,
    key_password_file: Option<PathBuf>,
    /// A trial certificate instead of files.
    #[serde(default)]
    trial: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdpPart {
    /// A file or an `https://` address.
    metadata: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavePart {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    change_number: String,
}

fn in_folder(folder: &Path, path: Option<PathBuf>) -> Option<PathBuf> {
    path.map(|path| if path == Path::new("-") { path } else { folder.join(path) })
}

/// Signs in, enrols, fills the draft, saves, and waits until this server has applied it. Every step can be repeated.
pub(super) async fn initialize(context: &Context, path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
    let wrong = |detail: String| Fault::new(codes::INITIALIZE_FILE).with("detail", detail);
    let file: File = toml::from_str(&secrets::read(path)?).map_err(|error| wrong(error.to_string()))?;
    // Names are checked before anything happens.
    for name in file.settings.keys() {
        Field::parse(name)?;
    }
    let consent = Consent::For(fields(&file));
    let login = Login {
        hub: file.administrator.hub,
        hub_file: in_folder(&folder, file.administrator.hub_file),
        proxy: file.administrator.proxy,
        ca: in_folder(&folder, file.administrator.ca),
        name: file.administrator.login,
        passphrase_file: in_folder(&folder, file.administrator.passphrase_file),
        code_file: None,
        totp_secret_file: in_folder(&folder, file.administrator.totp_secret_file),
    };
    let service = context.service().await?;
    let mut administrator = signed_in(&login).await?;
    let resolver = match file.settings.get(&Field::Resolver.name()).and_then(toml::Value::as_str) {
        Some(resolver) => resolver.to_owned(),
        None => super::organisation::resolver(context).await,
    };
    for proof in connection(&mut administrator, &file.connection, &resolver).await? {
        // It can be shown later; until then nobody new is taken in.
        context.printer.aside(|printer| super::organisation::lines(printer, &proof));
    }
    if service.call::<GetStatus>(()).await?.membership.is_none() {
        join(&service, &mut administrator, &file.connection.enterprise_domain).await?;
    }
    for (field, value) in file.settings {
        let value = match value {
            toml::Value::String(text) => text,
            other => other.to_string(),
        };
        service.call::<SetDraftField>(SetField { field, value }).await?;
    }
    match file.tls {
        Some(tls) if tls.trial => drop(service.call::<UseTrialCertificate>(()).await?),
        Some(tls) => {
            let password = |file: Option<PathBuf>| {
                let file = in_folder(&folder, file);
                file.map(|file| secrets::read(&file).map(|text| text.to_string())).transpose()
            };
            let wish = SetCertificate {
                host: None,
                purpose: Purpose::Tls,
                files: tls.files.iter().map(|file| dropped(&folder.join(file))).collect::<Result<_>>()?,
                store_password: password(tls.store_password_file)?,
                key_password: password(tls.key_password_file)?,
            };
            service.call::<SetDraftCertificate>(wish).await?;
        }
        None => {}
    }
    if let Some(idp) = file.idp {
        let from = if idp.metadata.starts_with("https://") {
            idp.metadata
        } else {
            folder.join(idp.metadata).to_string_lossy().into_owned()
        };
        service.call::<SetDraftMetadata>(metadata(&from)?).await?;
    }
    let reason = SaveReason { reason: file.save.reason, change_number: file.save.change_number };
    let saved = sign_and_save(context, &service, &mut administrator, &consent, reason).await?;
    context.printer.reply(&saved, |printer| vec![printer.pair("revision", saved.revision)]);
    applied(&service, saved.revision).await
}

/// What a save of this file may change: what it names, and what follows from it.
fn fields(file: &File) -> BTreeSet<String> {
    let mut fields: BTreeSet<String> = file.settings.keys().cloned().collect();
    let mut follow = |names: &[&str]| fields.extend(names.iter().map(|name| (*name).to_owned()));
    follow(&["entity_id", "saml"]);
    if file.tls.is_some() {
        follow(&["tls"]);
    }
    if file.idp.is_some() {
        follow(&["idp_metadata", "idp_metadata_url"]);
    }
    fields
}

/// Makes the connection with its mail domains where they are missing; what of them is not proved.
async fn connection(
    administrator: &mut Administrator,
    part: &ConnectionPart,
    resolver: &str,
) -> Result<Vec<DomainProof>> {
    let session: AdminSession = administrator.call("admin.session", json!(null)).await?;
    let known = session.signed_in.map(|signed_in| signed_in.connections).unwrap_or_default();
    let found = known.into_iter().find(|one| one.enterprise_domain == part.enterprise_domain);
    let connection: ConnectionInfo = if let Some(found) = found {
        found
    } else {
        let name = if part.name.is_empty() { &part.enterprise_domain } else { &part.name };
        let wish = json!({"name": name, "enterprise_domain": part.enterprise_domain});
        administrator.call("admin.add_connection", wish).await?
    };
    let mut unproven = Vec::new();
    for domain in part.domains.iter().filter(|domain| !connection.domains.contains(domain)) {
        let wish = json!({"connection": connection.id, "domain": domain, "resolver": resolver});
        let proof: DomainProof = administrator.call("admin.reserve_domain", wish).await?;
        unproven.extend(Some(proof).filter(|proof| proof.state != ProofState::Proven));
    }
    Ok(unproven)
}
