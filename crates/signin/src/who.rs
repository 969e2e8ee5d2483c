//! Who signed in: the user's lasting identity and profile, out of a verified statement (R16, R24).

use sekisho_config::{Configuration, Email};
use sekisho_fault::{Fault, Result};
use sekisho_saml::Verified;

use crate::{Identity, Profile, codes, roles};

const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// The values of an attribute, by its exact name; an attribute that comes twice counts with all its values.
fn values<'a>(verified: &'a Verified, name: &str) -> Vec<&'a str> {
    let named = verified.attributes.iter().filter(|attribute| attribute.name == name);
    named.flat_map(|attribute| attribute.values.iter().map(String::as_str)).collect()
}

/// The lasting identity: the configured attribute, or the NameID if it is one that lasts.
pub(crate) fn identity(verified: &Verified, configuration: &Configuration) -> Result<Identity> {
    let (source, value) = if let Some(name) = &configuration.document.attributes.subject {
        match values(verified, name)[..] {
            [value] if !value.trim().is_empty() => (format!("attribute:{name}"), value),
            _ => return Err(Fault::new(codes::NO_SUBJECT).with("wanted", name.as_str())),
        }
    } else {
        let name = verified.name_id.as_ref().ok_or_else(|| Fault::new(codes::NO_SUBJECT).with("wanted", "NameID"))?;
        let format = name.format.as_deref().unwrap_or(UNSPECIFIED);
        if format == TRANSIENT {
            return Err(Fault::new(codes::TRANSIENT_SUBJECT).with("format", format));
        }
        (format!("name_id:{format}"), name.value.as_str())
    };
    Ok(Identity { idp: verified.issuer.clone(), source, value: value.to_owned() })
}

/// The one e-mail address that came, as it came.
pub(crate) fn address<'a>(verified: &'a Verified, configuration: &Configuration) -> Option<&'a str> {
    match values(verified, &configuration.document.attributes.email)[..] {
        [address] => Some(address),
        _ => None,
    }
}

/// The profile: exactly one e-mail address, and names as far as there are any.
pub(crate) fn profile(verified: &Verified, configuration: &Configuration) -> Result<Profile> {
    let attributes = &configuration.document.attributes;
    let Some(address) = address(verified, configuration) else {
        let received: Vec<String> = verified.attributes.iter().map(|attribute| attribute.name.clone()).collect();
        return Err(Fault::new(codes::NO_EMAIL).with("wanted", attributes.email.as_str()).with("received", received));
    };
    let email = Email::parse(address)?;
    let one = |name: &str| values(verified, name).first().map(|value| (*value).to_owned()).unwrap_or_default();
    let groups = roles::groups(verified, configuration);
    Ok(Profile { email, first_name: one(&attributes.first), last_name: one(&attributes.last), groups })
}

/// Whether an address is in a reserved domain, where there are any. Whom an administrator has invited needs none.
///
/// Code: `DOMAIN_NOT_RESERVED`.
pub(crate) fn reserved(email: &Email, configuration: &Configuration) -> Result<()> {
    let domains = &configuration.domains;
    if domains.is_empty() || email.is_in(domains) {
        return Ok(());
    }
    let domain = email.domain();
    let reserved: Vec<String> = domains.iter().map(|domain| domain.as_str().to_owned()).collect();
    Err(Fault::new(codes::DOMAIN_NOT_RESERVED).with("domain", domain).with("reserved", reserved))
}
