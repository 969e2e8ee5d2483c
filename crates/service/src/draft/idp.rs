//! The draft's identity provider.

use sekisho_admin_api::idp::{IdpStep, IdpSteps, LeftField};
use sekisho_config::document::IdpType;
use sekisho_config::preset::{self, Filled};
use sekisho_fault::Result;

use super::Draft;

/// Chooses the identity provider, and fills in what it usually sends.
pub fn choose(draft: &mut Draft, kind: IdpType) -> Filled {
    preset::fill(&mut draft.document, kind, draft.base == 0)
}

/// The fields that were left, for people.
pub fn left(filled: &Filled) -> Vec<LeftField> {
    filled.left.iter().map(|left| LeftField { field: left.field.name(), usual: left.usual.clone() }).collect()
}

/// The steps of an identity provider; the draft's if none is named.
///
/// Codes: `CHOICE`, `MISSING` of the configuration.
pub fn steps(draft: &Draft, named: Option<&str>) -> Result<IdpSteps> {
    let kind = named.map(preset::named).transpose()?.unwrap_or(draft.document.idp.kind);
    let step = |step: preset::FilledStep| IdpStep { key: step.key, values: step.values, paste: step.paste };
    let steps = preset::steps(&draft.document, kind)?.into_iter().map(step).collect();
    Ok(IdpSteps { idp_type: preset::name(kind), steps })
}

#[cfg(test)]
mod tests {
    use sekisho_config::field::{self, Field};

    use super::*;

    fn draft(base: u64) -> Draft {
        let mut draft = Draft { base, ..Draft::default() };
        field::set(&mut draft.document, Field::AdvertisedHost, "sso.example.com").unwrap();
        draft
    }

    #[test]
    fn the_first_save_decides_by_what_users_are_known() {
        let (mut first, mut later) = (draft(0), draft(1));
        choose(&mut first, IdpType::Entra);
        let filled = choose(&mut later, IdpType::Entra);
        let object_id = "http://schemas.microsoft.com/identity/claims/objectidentifier";
        assert_eq!(first.document.attributes.subject.as_deref(), Some(object_id));
        assert_eq!(later.document.attributes.subject, None);
        let told = left(&filled);
        assert_eq!(told, [LeftField { field: "attribute_subject".into(), usual: object_id.into() }]);
    }

    #[test]
    fn the_steps_are_the_drafts_or_those_that_are_asked_for() {
        let mut draft = draft(0);
        choose(&mut draft, IdpType::Okta);
        let first = |named| steps(&draft, named).map(|found| (found.idp_type, found.steps[0].key.clone()));
        assert_eq!(first(None).unwrap(), ("okta".into(), "preset.step.okta.create".into()));
        assert_eq!(first(Some("ad_fs")).unwrap(), ("ad_fs".into(), "preset.step.ad_fs.create".into()));
        assert_eq!(first(Some("azure")).unwrap_err().code, sekisho_config::codes::CHOICE);
    }
}
