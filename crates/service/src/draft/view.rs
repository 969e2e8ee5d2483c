//! The draft for people.

use sekisho_admin_api::draft::{
    CertificateInfo, Draft as View, DraftChange, FieldValue, IdpInfo, MetadataRefresh, SecondCertificate,
    ServiceProvider,
};
use sekisho_admin_api::relink::RelinkWindow;
use sekisho_certs::pem;
use sekisho_config::document::KeyPair;
use sekisho_config::field::{self, Field};
use sekisho_config::rollover::SecondRole;
use sekisho_config::{Document, ThisServer, check, diff, urls};
use sekisho_fault::{Fault, Result};
use sekisho_saml::keys::SpKey;

use super::names::answered;
use super::{Draft, roles};
use crate::configuration::{self, FindKey};
use crate::idp_metadata::Kept;

/// What is shown of a certificate.
pub(crate) fn describe(der: &[u8], trial: bool) -> Result<CertificateInfo> {
    let found = sekisho_certs::describe(der)?;
    Ok(CertificateInfo {
        subject: found.subject,
        issuer: found.issuer,
        names: found.names,
        not_before: found.not_before,
        not_after: found.not_after,
        sha256: found.sha256,
        sha1: found.sha1,
        trial,
    })
}

pub(super) fn leaf(pair: Option<&KeyPair>) -> Option<CertificateInfo> {
    let pair = pair?;
    let certificates = pem::read(pair.certificates.as_bytes()).ok()?.certificates;
    describe(certificates.first()?, pair.trial).ok()
}

fn idp(document: &Document, kept: Option<&Kept>) -> Option<IdpInfo> {
    let metadata = check::metadata(document).ok()?;
    Some(IdpInfo {
        entity_id: metadata.entity_id.clone(),
        sign_in: metadata.sign_in().map(|endpoint| endpoint.location.clone()).unwrap_or_default(),
        certificates: metadata.signing_certificates.iter().filter_map(|der| describe(der, false).ok()).collect(),
        url: document.idp.metadata_url.clone(),
        refresh: kept
            .filter(|kept| kept.is_of(document))
            .map(|kept| MetadataRefresh { fetched: kept.fetched.map(|fetched| fetched.0), next: kept.next.0 }),
    })
}

/// What the identity provider has to be told, once the host is known.
fn service_provider(document: &Document) -> Option<ServiceProvider> {
    let own = document.urls()?;
    Some(ServiceProvider {
        entity_id: document.entity_id()?,
        acs: document.answers_at().unwrap_or_else(|| own.clone()).at(urls::ACS),
        login: own.at(urls::LOGIN),
        logout: own.at(urls::LOGOUT),
    })
}

/// The draft, with its differences to what is applied, what was refreshed, and what quick checks say.
pub(crate) fn view(
    draft: &Draft,
    applied: &Document,
    server: &ThisServer,
    kept: Option<&Kept>,
    checks: Vec<Fault>,
    now: i64,
) -> View {
    let document = &draft.document;
    let fields = Field::ALL.iter().map(|one| FieldValue {
        field: one.name(),
        value: field::get(document, server, *one),
        local: one.is_local(),
    });
    let changes = diff::diff(applied, document);
    View {
        base: draft.base,
        fields: fields.collect(),
        mail_password: document.mail.password.is_some(),
        tls: leaf(document.tls.as_ref()),
        names: answered(document),
        applied_names: answered(applied),
        saml: leaf(document.saml.as_ref()),
        saml_second: document.saml_second.as_ref().and_then(|second| {
            let certificate = leaf(Some(&second.pair))?;
            Some(SecondCertificate { is_next: second.role == SecondRole::Next, certificate })
        }),
        idp: idp(document, kept),
        relink: document.relink.as_ref().map(|relink| RelinkWindow {
            until: relink.until,
            open: relink.is_open(now),
            idps: relink.from.iter().map(|naming| naming.idp.clone()).collect(),
        }),
        roles: roles::view(document),
        applied_roles: roles::view(applied),
        applied_mails: applied.mail.server.is_some() && applied.mail.from.is_some(),
        service_provider: service_provider(document),
        changes: changes.into_iter().map(change).collect(),
        checks,
    }
}

/// A difference, for people.
pub(crate) fn change(change: diff::Change) -> DraftChange {
    DraftChange { field: change.field, from: change.from, to: change.to }
}

/// Our metadata, as the draft has it.
///
/// Codes: `MISSING` of the configuration, `KEY_MISSING`, `KEY` of SAML.
pub fn sp_metadata(document: &Document, key: &FindKey<'_>) -> Result<String> {
    let signs = document.saml_pair().filter(|_| document.sign_metadata);
    let signs = signs.map(|pair| SpKey::from_pkcs8(configuration::pair_of(pair, key)?.key().pkcs8())).transpose()?;
    sekisho_config::sp_metadata::xml(document, signs.as_ref())
}
