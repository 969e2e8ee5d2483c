use std::collections::BTreeSet;

use sekisho_messages::{Language, exists, text};

use super::*;
use crate::check::{self, Facts};
use crate::codes;
use crate::document::Document;
use crate::field::{Field, set};

fn document(changes: &[(Field, &str)]) -> Document {
    let mut document = Document::default();
    set(&mut document, Field::AdvertisedHost, "sso.example.com").unwrap();
    for (field, text) in changes {
        set(&mut document, *field, text).unwrap();
    }
    document
}

fn chosen(kind: IdpType) -> Document {
    let mut document = document(&[]);
    fill(&mut document, kind, true);
    document
}

#[test]
fn every_identity_provider_is_in_the_list_once() {
    let names: BTreeSet<String> = ALL.iter().map(|kind| format!("{kind:?}")).collect();
    assert_eq!((names.len(), ALL.len()), (20, 20));
    for kind in ALL {
        assert_eq!(named(&name(*kind)).unwrap(), *kind);
    }
    assert_eq!(named("azure").unwrap_err().code, codes::CHOICE);
}

#[test]
fn every_step_has_its_text_in_both_languages_with_exactly_its_values() {
    for kind in ALL {
        let steps = of(*kind).steps;
        assert!(steps.len() >= 4, "{kind:?}");
        for step in steps {
            let key = format!("preset.step.{}", step.key);
            for language in Language::ALL {
                assert!(exists(language, &key), "{key}");
                let said = text(language, &key, &[]);
                let named: BTreeSet<&str> =
                    said.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect();
                let given: BTreeSet<&str> = step.values.iter().map(|value| value.name()).collect();
                assert_eq!(named, given, "{key}");
            }
        }
    }
}

#[test]
fn every_text_of_a_step_is_a_step_of_some_identity_provider() {
    let used: BTreeSet<String> =
        ALL.iter().flat_map(|kind| of(*kind).steps).map(|step| format!("step.{}", step.key)).collect();
    let texts: serde_json::Value = serde_json::from_str(include_str!("../../../../messages/preset/en.json")).unwrap();
    let written: BTreeSet<String> =
        texts.as_object().unwrap().keys().filter(|key| key.starts_with("step.")).cloned().collect();
    assert_eq!(written, used);
}

#[test]
fn the_administrator_is_told_all_addresses_all_names_and_what_to_send_back() {
    for kind in ALL {
        let document = chosen(*kind);
        let steps = steps(&document, *kind).unwrap();
        let said = steps.iter().flat_map(|step| step.values.values().chain(&step.paste));
        let all = said.map(String::as_str).collect::<Vec<_>>().join(" ");
        let attributes = &document.attributes;
        // Where the product imports our metadata the addresses come with it, and what it sends by itself needs no step.
        let imports = matches!(kind, IdpType::Shibboleth | IdpType::Cas);
        let entra = *kind == IdpType::Entra;
        for (wanted, needed) in [
            ("https://sso.example.com:8443/sso-connect", true),
            ("https://sso.example.com:8443/sso-connect/saml/sso", !imports),
            (attributes.first.as_str(), !imports || *kind == IdpType::Cas),
            (attributes.email.as_str(), !imports || *kind == IdpType::Cas),
            (attributes.subject.as_deref().unwrap_or_default(), !entra),
        ] {
            assert!(!needed || all.contains(wanted), "{kind:?}: {wanted} is not in {all}");
        }
        assert!(!all.contains("{first}") && !all.contains("{entity_id}"), "{kind:?}: {all}");
        let last = steps.last().unwrap();
        assert!(last.key.ends_with(".send_back"), "{kind:?} ends with {}", last.key);
    }
}

#[test]
fn a_rule_for_ad_fs_is_filled_in_and_its_own_braces_stay() {
    let document = document(&[(Field::IdpType, "ad_fs"), (Field::AttributeEmail, "mail")]);
    let steps = steps(&document, IdpType::AdFs).unwrap();
    let pasted: String = steps.iter().filter_map(|step| step.paste.clone()).collect::<Vec<_>>().join("\n");
    assert!(pasted.contains(r#"types = ("First", "Last", "mail", "UserId")"#), "{pasted}");
    assert!(pasted.contains(r#"query = ";givenName,sn,mail,objectGUID;{0}""#), "{pasted}");
    assert!(!pasted.contains("_OpaqueIdStore"), "{pasted}");
}

#[test]
fn names_that_are_sent_anyway_need_no_step() {
    let claims = |document: &Document| {
        steps(document, IdpType::Entra).unwrap().iter().any(|step| step.key == "preset.step.entra.claims")
    };
    assert!(claims(&chosen(IdpType::Entra)));
    let Sent::Names(sent) = of(IdpType::Entra).sent else { panic!("Entra sends names") };
    let as_sent = document(&[
        (Field::IdpType, "entra"),
        (Field::AttributeFirst, sent.first),
        (Field::AttributeLast, sent.last),
        (Field::AttributeEmail, sent.email),
    ]);
    assert!(!claims(&as_sent));
}

#[test]
fn steps_wait_for_the_host() {
    let fault = steps(&Document::default(), IdpType::Okta).unwrap_err();
    assert_eq!((fault.code, fault.field.as_deref()), (codes::MISSING, Some("advertised_host")));
}

#[test]
fn the_names_are_known_to_the_letter() {
    let claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
    for kind in [IdpType::Entra, IdpType::Auth0] {
        let Sent::Names(names) = of(kind).sent else { panic!("{kind:?} sends names") };
        let expected = ["givenname", "surname", "emailaddress"].map(|name| format!("{claims}/{name}"));
        assert_eq!([names.first, names.last, names.email], expected.each_ref().map(String::as_str));
    }
    let names = of(IdpType::Shibboleth).names;
    assert_eq!(names.first, "urn:oid:2.5.4.42");
    assert_eq!(names.last, "urn:oid:2.5.4.4");
    assert_eq!(names.email, "urn:oid:0.9.2342.19200300.100.1.3");
    assert_eq!(of(IdpType::Okta).names, Names { first: "First", last: "Last", email: "Email" });
    let subject = |kind| of(kind).subject_attribute();
    assert_eq!(subject(IdpType::Entra), Some("http://schemas.microsoft.com/identity/claims/objectidentifier"));
    assert_eq!(subject(IdpType::Shibboleth), Some("urn:oasis:names:tc:SAML:attribute:pairwise-id"));
    assert_eq!(subject(IdpType::AdFs), Some("UserId"));
}

#[test]
fn no_preset_takes_a_name_that_changes_for_what_names_a_user_for_good() {
    for kind in ALL {
        let preset = of(*kind);
        let attribute = preset.subject_attribute();
        assert!(attribute != Some(preset.names.email), "{kind:?}");
        assert!(preset.name_id != Some(NameId::PerSession) || attribute.is_some(), "{kind:?}");
    }
}

#[test]
fn choosing_fills_in_what_is_untouched_and_leaves_what_was_entered() {
    let mut document = document(&[(Field::AttributeEmail, "mail")]);
    let filled = fill(&mut document, IdpType::Shibboleth, true);
    assert_eq!(filled.filled, [Field::AttributeFirst, Field::AttributeLast, Field::AttributeSubject]);
    let usual = "urn:oid:0.9.2342.19200300.100.1.3".to_owned();
    assert_eq!(filled.left, [Left { field: Field::AttributeEmail, usual }]);
    assert_eq!((document.idp.kind, document.attributes.email.as_str()), (IdpType::Shibboleth, "mail"));
    assert_eq!(document.attributes.first, "urn:oid:2.5.4.42");
}

#[test]
fn another_choice_replaces_what_the_first_filled_in() {
    let mut document = chosen(IdpType::Shibboleth);
    fill(&mut document, IdpType::Okta, true);
    assert_eq!(document.attributes, Document::default().attributes);
    assert_eq!(document.idp.kind, IdpType::Okta);
}

#[test]
fn names_that_it_sends_by_itself_are_kept() {
    let claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
    let mut document = document(&[(Field::AttributeEmail, claims)]);
    let filled = fill(&mut document, IdpType::Entra, true);
    assert_eq!(filled.filled, [Field::AttributeSubject]);
    assert_eq!((filled.left.len(), document.attributes.email.as_str()), (0, claims));
}

#[test]
fn once_users_are_known_their_subject_is_left_alone() {
    let mut document = document(&[]);
    let filled = fill(&mut document, IdpType::Entra, false);
    assert_eq!((document.attributes.subject, document.idp.kind), (None, IdpType::Entra));
    assert_eq!(filled.left.iter().map(|left| left.field).collect::<Vec<_>>(), [Field::AttributeSubject]);
}

fn warned(document: &Document) -> Vec<(String, Option<String>)> {
    let facts = Facts { tls: None, others: &[], saml: None, domains: &[], now: 0 };
    let found = check::document(document, &facts).into_iter().filter(|fault| fault.code.name().starts_with("subject_"));
    found.map(|fault| (fault.code.to_string(), fault.field)).collect()
}

#[test]
fn a_subject_that_does_not_last_is_warned_of() {
    let at = |code: &sekisho_fault::Code, field: &str| vec![(code.to_string(), Some(field.to_owned()))];
    let per_session = at(&codes::SUBJECT_PER_SESSION, "attribute_subject");
    let transient = at(&codes::SUBJECT_TRANSIENT, "name_id_format");
    let persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    assert_eq!(warned(&document(&[(Field::IdpType, "ad_fs")])), per_session);
    assert_eq!(warned(&document(&[(Field::IdpType, "ad_fs"), (Field::NameIdFormat, persistent)])), per_session);
    assert_eq!(warned(&document(&[(Field::IdpType, "shibboleth")])), per_session);
    assert_eq!(warned(&document(&[(Field::IdpType, "shibboleth"), (Field::NameIdFormat, persistent)])), []);
    assert_eq!(warned(&document(&[(Field::NameIdFormat, crate::check::TRANSIENT)])), transient);
    for kind in ALL {
        assert_eq!(warned(&chosen(*kind)), [], "{kind:?}");
    }
}
