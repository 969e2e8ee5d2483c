//! What goes wrong with the metadata address of Microsoft Entra ID, and can be seen before the first sign-in.

use serde::Serialize;
use url::Url;

use super::IdpMetadata;

/// What is missing from the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// `?appid=`: an application has signing keys of its own, and without its ID the tenant's general ones are listed.
    AppId,
    /// The tenant: the metadata is that of everybody, and its entity ID holds a placeholder.
    Tenant,
}

/// Entity IDs of Entra ID begin so, in all its clouds.
const ISSUER: &str = "https://sts.windows.net/";

/// Hosts that serve its metadata: the public cloud, that of the United States' government, that of China, and an old name.
const HOSTS: [&str; 4] =
    ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn", "login.windows.net"];

/// What the address of this metadata lacks, where the metadata is Entra's.
pub fn missing(address: &str, metadata: &IdpMetadata) -> Option<Missing> {
    let address = Url::parse(address).ok()?;
    if !metadata.entity_id.starts_with(ISSUER) || !address.host_str().is_some_and(|host| HOSTS.contains(&host)) {
        return None;
    }
    if metadata.entity_id.contains('{') {
        return Some(Missing::Tenant);
    }
    let app = address.query_pairs().any(|(name, value)| name.eq_ignore_ascii_case("appid") && !value.is_empty());
    (!app).then_some(Missing::AppId)
}
