//! One file for each identity provider.

pub(super) mod ad_fs;
pub(super) mod auth0;
pub(super) mod aws_sso;
pub(super) mod cas;
pub(super) mod centrify;
pub(super) mod default;
pub(super) mod duo;
pub(super) mod entra;
pub(super) mod f5;
pub(super) mod google;
pub(super) mod ibm;
pub(super) mod jump_cloud;
pub(super) mod okta;
pub(super) mod one_login;
pub(super) mod ping;
pub(super) mod ping_one;
pub(super) mod rsa;
pub(super) mod secure_auth;
pub(super) mod shibboleth;
pub(super) mod thales;
