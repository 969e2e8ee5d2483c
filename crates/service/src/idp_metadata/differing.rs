//! What an administrator decides about: what the draft's metadata, and what was held back, would change.

use sekisho_admin_api::draft::CertificateInfo;
use sekisho_admin_api::idp::{
    AddressBinding, AddressUse, ChangedAddress, ChangedText, Fate, HeldIdpDifference, IdpCertificate, IdpDifference,
    IdpDifferences,
};
use sekisho_config::{Document, check};
use sekisho_fault::Result;
use sekisho_saml::metadata::difference::{self, Difference};
use sekisho_saml::metadata::refresh::Service;
use sekisho_saml::metadata::{Binding, Endpoint, IdpMetadata};

use super::Kept;
use crate::draft::describe;
use crate::lifecycle::House;

impl House {
    /// What the draft's metadata would change of what is served, and what a refresh holds back.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub(crate) async fn idp_differences(&self) -> Result<IdpDifferences> {
        let applied = self.applied.read().await.document.clone();
        let draft = self.current().await?.document;
        Ok(differences(&applied, &draft, self.idp_metadata.kept().as_ref()))
    }
}

/// Against what is served now: before the first save there is nothing that could differ.
pub(super) fn differences(applied: &Document, draft: &Document, kept: Option<&Kept>) -> IdpDifferences {
    let Ok(own) = check::metadata(applied) else { return IdpDifferences { draft: None, held: None } };
    let kept = kept.filter(|kept| kept.is_of(applied));
    let served = match kept {
        Some(kept) => kept.served(applied, own),
        None => own,
    };
    let of = |document: &Document| (document.idp.metadata.clone(), document.idp.metadata_url.clone());
    let drafted = (of(draft) != of(applied)).then(|| check::metadata(draft).ok()).flatten();
    let waiting = kept.and_then(|kept| Some((kept.waiting.as_ref()?, kept.fetched?)));
    IdpDifferences {
        draft: drafted.map(|drafted| told(&served, &drafted)),
        held: waiting.map(|(waiting, fetched)| HeldIdpDifference {
            url: applied.idp.metadata_url.clone().unwrap_or_default(),
            fetched: fetched.0,
            difference: told(&served, waiting),
        }),
    }
}

fn told(from: &IdpMetadata, to: &IdpMetadata) -> IdpDifference {
    let difference = Difference::between(from, to);
    let same = difference.is_empty();
    let text = |(from, to): (String, String)| ChangedText { from, to };
    let lists = |(from, to): (Vec<String>, Vec<String>)| text((from.join(", "), to.join(", ")));
    IdpDifference {
        same,
        entity_id: difference.entity_id.map(text),
        addresses: difference.endpoints.into_iter().map(address).collect(),
        certificates: difference.certificates.iter().filter_map(|(fate, der)| certificate(*fate, der)).collect(),
        wants_signed_requests: difference.wants_signed_requests,
        name_id_formats: difference.name_id_formats.map(lists),
    }
}

fn address(changed: difference::ChangedEndpoint) -> ChangedAddress {
    let location = |endpoint: Endpoint| match endpoint.response_location {
        Some(answers) => format!("{} ({answers})", endpoint.location),
        None => endpoint.location,
    };
    ChangedAddress {
        used_for: match changed.service {
            Service::SignIn => AddressUse::SignIn,
            Service::Logout => AddressUse::Logout,
        },
        binding: match changed.binding {
            Binding::Redirect => AddressBinding::Redirect,
            Binding::Post => AddressBinding::Post,
        },
        from: changed.from.map(location),
        to: changed.to.map(location),
    }
}

/// One that cannot be described was refused when the metadata was read.
fn certificate(fate: difference::Fate, der: &[u8]) -> Option<IdpCertificate> {
    let certificate: CertificateInfo = describe(der, false).ok()?;
    let fate = match fate {
        difference::Fate::Added => Fate::Added,
        difference::Fate::Removed => Fate::Removed,
        difference::Fate::Kept => Fate::Kept,
    };
    Some(IdpCertificate { fate, certificate })
}
