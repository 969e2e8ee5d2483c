//! The configuration for a support case: an allow-list of what is set, and the names alone of what else there is.

use sekisho_certs::{describe, pem};
use sekisho_config::document::KeyPair;
use sekisho_config::{Document, ThisServer};
use sekisho_keys::ids::Hash;
use sekisho_saml::metadata::{Binding, IdpMetadata};
use serde_json::{Map, Value, json};

/// Settings that name nobody and open nothing. The identity provider's metadata and its address are none of them: they
/// name the customer's directory, and often the people who run it.
const SHOWN: [&str; 20] = [
    "advertised_host",
    "advertised_port",
    "entity_id",
    "saml_key",
    "signing",
    "encrypted_assertions",
    "sign_metadata",
    "name_id_format",
    "request_binding",
    "authn_context",
    "force_authn",
    "single_logout",
    "unsolicited_direct",
    "metadata_additions",
    "allow_sha1",
    "skew_seconds",
    "just_in_time",
    "client_protocol",
    "trusted_proxies",
    "attributes",
];

/// The document, as far as it is shown.
pub(super) fn document(document: &Document) -> Value {
    let whole = serde_json::from_slice(&document.to_json()).unwrap_or_default();
    let Value::Object(whole) = whole else { return Value::Null };
    let (mut shown, mut left_out) = (Map::new(), Vec::new());
    for (name, value) in whole {
        if SHOWN.contains(&name.as_str()) {
            shown.insert(name, value);
        } else if !value.is_null() {
            left_out.push(name);
        }
    }
    let attributes = &document.attributes;
    shown.insert(
        "attributes".to_owned(),
        json!({
            "first": attributes.first, "last": attributes.last, "email": attributes.email, "subject": attributes.subject,
        }),
    );
    shown.insert("idp_type".to_owned(), json!(document.idp.kind));
    shown.insert("idp_metadata_is_refreshed".to_owned(), json!(document.idp.metadata_url.is_some()));
    shown.insert("left_out".to_owned(), json!(left_out));
    Value::Object(shown)
}

/// This server's settings: a proxy's address can hold a password.
pub(super) fn this_server(settings: &ThisServer) -> Value {
    json!({
        "private_ip": settings.private_ip,
        "private_port": settings.private_port,
        "stopped": settings.stopped,
        "has_proxy": settings.proxy.is_some(),
        "has_authorities": settings.authorities.is_some(),
    })
}

/// The certificates of the document, the leaf of each first.
pub(super) fn certificates(document: &Document) -> Vec<Value> {
    let described = |(what, pair): (&'static str, &KeyPair)| {
        let read = pem::read(pair.certificates.as_bytes()).map(|read| read.certificates).unwrap_or_default();
        let chain: Vec<_> = read.iter().map(|der| describe(der).ok()).collect();
        json!({"of": what, "trial": pair.trial, "chain": chain})
    };
    let pairs = [
        ("tls", document.tls.as_ref()),
        ("saml", document.saml.as_ref()),
        ("saml_second", document.saml_second.as_ref().map(|second| &second.pair)),
    ];
    pairs.into_iter().filter_map(|(what, pair)| Some(described((what, pair?)))).collect()
}

/// The identity provider, by its keys; its name by its hash alone.
pub(super) fn idp(metadata: &IdpMetadata) -> Value {
    let keys = metadata.keys().unwrap_or_default();
    let count = |binding: &Binding, of: &[sekisho_saml::metadata::Endpoint]| {
        of.iter().filter(|endpoint| endpoint.binding == *binding).count()
    };
    let counts = |of: &[sekisho_saml::metadata::Endpoint]| json!({"redirect": count(&Binding::Redirect, of), "post": count(&Binding::Post, of)});
    json!({
        "entity_id_sha256": Hash::of(metadata.entity_id.as_bytes()).to_string(),
        "sign_in_addresses": counts(&metadata.sso),
        "logout_addresses": counts(&metadata.slo),
        "keys": keys.iter().map(|key| json!({"sha256": key.fingerprint(), "usable": key.is_usable()})).collect::<Vec<_>>(),
        "wants_signed_requests": metadata.want_authn_requests_signed,
        "valid_until": metadata.valid_until.map(|until| until.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_not_known_to_be_harmless_is_told_by_its_name_alone() {
        let text =
            br#"{"advertised_host":"sso.example.com","advertised_port":8443,"skew_seconds":60,"reason":"for Taro",
            "change_number":"CHG-1","idp":{"metadata":"<EntityDescriptor/>","metadata_url":"https://idp.example"},
            "of_a_later_version":"secret","attributes":{"first":"a","last":"b","email":"c","later":"secret"},
            "tls":{"certificates":"-----BEGIN CERTIFICATE-----","key":"0123"}}"#;
        let told = document(&Document::read(text, 1).unwrap());
        assert_eq!((&told["advertised_host"], &told["skew_seconds"]), (&"sso.example.com".into(), &60.into()));
        let left_out: Vec<_> = told["left_out"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for name in ["tls", "idp", "reason", "change_number", "of_a_later_version"] {
            assert!(left_out.contains(&name), "{name} in {left_out:?}");
        }
        let told = told.to_string();
        for hidden in ["Taro", "CHG-1", "EntityDescriptor", "idp.example", "secret", "CERTIFICATE", "0123"] {
            assert!(!told.contains(hidden), "{hidden} in {told}");
        }
    }

    #[test]
    fn a_proxys_password_is_not_shown() {
        let settings =
            ThisServer { proxy: Some("http://sato:hidden@proxy.example".to_owned()), ..ThisServer::default() };
        let told = this_server(&settings);
        assert_eq!(told["has_proxy"], true);
        assert!(!told.to_string().contains("sato"), "{told}");
    }
}
