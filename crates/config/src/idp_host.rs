//! Whose page users see when they sign in.

use sekisho_saml::metadata::{Binding, IdpMetadata};
use url::Url;

use crate::document::{Document, RequestBinding};

impl Document {
    /// The host of the identity provider's sign-in address, as the metadata says; nothing without metadata.
    pub fn idp_host(&self) -> Option<String> {
        let metadata = IdpMetadata::parse(self.idp.metadata.as_ref()?.as_bytes()).ok()?;
        let usual = || metadata.sign_in().map(|one| one.location.as_str());
        let location = match self.request_binding {
            RequestBinding::Any => usual(),
            RequestBinding::Redirect => metadata.sso_for(&Binding::Redirect).or_else(usual),
            RequestBinding::Post => metadata.sso_for(&Binding::Post).or_else(usual),
        }?;
        Url::parse(location).ok()?.host_str().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_that_of_the_address_that_requests_go_to() {
        let mut document = Document::default();
        assert_eq!(document.idp_host(), None);
        let service = |binding: &str, host: &str| {
            format!(
                r#"<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" Location="https://{host}/sso"/>"#
            )
        };
        let services =
            [service("HTTP-POST", "post.example.com"), service("HTTP-Redirect", "login.example.com")].concat();
        let pem = sekisho_certs::trial::certificate("idp", 1_800_000_000).unwrap().chain_pem();
        let certificate: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        document.idp.metadata = Some(format!(
            r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com"><IDPSSODescriptor
            protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo
            xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>
            </KeyDescriptor>{services}</IDPSSODescriptor></EntityDescriptor>"#
        ));
        assert_eq!(document.idp_host().as_deref(), Some("login.example.com"));
        document.request_binding = RequestBinding::Post;
        assert_eq!(document.idp_host().as_deref(), Some("post.example.com"));
    }
}
