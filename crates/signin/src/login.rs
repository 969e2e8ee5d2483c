//! `/sso-connect/saml/login`: from a client to the identity provider.

use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use sekisho_config::{Urls, urls};
use sekisho_fault::{Fault, Result};
use sekisho_keys::handover::PageKey;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::client::{self, OnPrem};
use crate::face::Serving;
use crate::flow::{Asked, Handle, State};
use crate::load::pool::Pool;
use crate::load::standing::Standing;
use crate::{codes, idp, pages, refusal, vault};

/// The state of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) asked: Asked,
    pub(crate) client: Client,
    /// With a fresh authentication, whatever the configuration says.
    #[serde(default)]
    pub(crate) relogin: bool,
}

impl State for Login {
    const COOKIE: &'static str = "__Host-sk-";

    fn idp(&self) -> &str {
        &self.asked.idp
    }

    fn since(&self) -> i64 {
        self.asked.time
    }
}

/// Who asked, and gets the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Client {
    /// The vault page of this origin.
    Vault(VaultPage),
    /// A vault client that speaks the on-prem protocol.
    OnPrem(OnPrem),
}

/// The vault page that asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VaultPage {
    /// The page to go back to.
    pub(crate) redirect_uri: String,
    /// The page's PKCE challenge.
    pub(crate) code_challenge: String,
    /// The page's public key, base64url.
    pub(crate) page_key: String,
    /// The page's own state.
    pub(crate) page_state: String,
}

impl VaultPage {
    /// The vault page of the origin that was opened, with what it has made for one sign-in.
    ///
    /// Code: `LOGIN_REQUEST`.
    pub(crate) fn of(at: &Urls, code_challenge: String, page_key: String, page_state: String) -> Result<Self> {
        let challenge = BASE64URL_NOPAD.decode(code_challenge.as_bytes()).map_err(|_| wrong("code_challenge"))?;
        if challenge.len() != 32 {
            return Err(wrong("code_challenge"));
        }
        PageKey::parse(&BASE64URL_NOPAD.decode(page_key.as_bytes()).map_err(|_| wrong("page_key"))?)?;
        let plain = page_state.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !plain || !(16..=128).contains(&page_state.len()) {
            return Err(wrong("state"));
        }
        Ok(Self { redirect_uri: at.at(urls::VAULT), code_challenge, page_key, page_state })
    }
}

/// The query of a login, each parameter once.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query that has none but these parameters.
    ///
    /// Code: `LOGIN_REQUEST`.
    pub(crate) fn read(query: &str, known: &[&str]) -> Result<Self> {
        let read = Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect());
        for (name, _) in &read.0 {
            let times = read.0.iter().filter(|(other, _)| other == name).count();
            if times > 1 || !known.contains(&name.as_str()) {
                return Err(wrong(&name.chars().take(40).collect::<String>()));
            }
        }
        Ok(read)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str> {
        self.get(name).ok_or_else(|| wrong(name))
    }
}

pub(crate) fn wrong(detail: &str) -> Fault {
    Fault::new(codes::LOGIN_REQUEST).with("detail", detail)
}

/// Answers with the way to the identity provider, and the flow's cookie.
pub(crate) async fn login(
    serving: Serving,
    standing: Standing,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    // A bookmark, or an identity provider's tile: the vault page starts the sign-in, because it makes the key.
    let Some(query) = query.filter(|query| !query.is_empty()) else { return vault::start() };
    let begun = begin(&serving, standing.leaving(), &query, &headers).await;
    let refuse = |fault| refusal::refuse(&serving, fault, serving.new_sign_in());
    begun.unwrap_or_else(|fault| standing.refused(fault, pages::language(&headers), refuse))
}

async fn begin(serving: &Serving, pool: &Pool, query: &str, headers: &HeaderMap) -> Result<Response> {
    let applied = serving.applied();
    let (client, relogin) = if client::asks(query) {
        client::requested(applied, query, headers).map(|(client, relogin)| (Client::OnPrem(client), relogin))?
    } else {
        (Client::Vault(vault_page(serving.at(), query)?), false)
    };
    ask(serving, pool, client, relogin, headers).await
}

/// Sends the browser to the identity provider for a client.
///
/// Codes: `BUSY`, and those of the message.
pub(crate) async fn ask(
    serving: &Serving,
    pool: &Pool,
    client: Client,
    relogin: bool,
    headers: &HeaderMap,
) -> Result<Response> {
    let (applied, now) = (serving.applied(), serving.now());
    let login = Login { asked: Asked::new(applied, now)?, client, relogin };
    let handle = Handle::new()?;
    let mut response = idp::ask(applied, pool, &login.asked, &handle, serving.at(), relogin).await?;
    handle.keep(applied, &login, headers, response.headers_mut())?;
    Ok(response)
}

/// The vault page that asks. Every parameter once; anything else is refused.
fn vault_page(at: &Urls, query: &str) -> Result<VaultPage> {
    let known = ["client", "redirect_uri", "code_challenge", "code_challenge_method", "page_key", "state"];
    let query = Query::read(query, &known)?;
    if query.required("client")? != "vault" {
        return Err(wrong("client"));
    }
    if query.required("redirect_uri")? != at.at(urls::VAULT) {
        return Err(wrong("redirect_uri"));
    }
    if query.required("code_challenge_method")? != "S256" {
        return Err(wrong("code_challenge"));
    }
    let value = |name| query.required(name).map(str::to_owned);
    VaultPage::of(at, value("code_challenge")?, value("page_key")?, value("state")?)
}
