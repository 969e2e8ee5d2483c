//! The client of the hub.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, StatusCode};
use sekisho_fault::{Fault, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::address::HubAddress;
use crate::away::{innermost, reason};
use crate::version::{self, Speaks, together};
use crate::wire::{
    Accept, Append, Claimed, Feed, FinishSignIn, Found, HubInfo, KeySignIn, NewAcme, NewClaim, NewFact, NewFacts,
    NewInvitation, NewRecord, NewRevision, NewVaultChanges, PendingInvitation, RegistrationStarted, Resealed, Row,
    SIGNATURE, SIGNED_AT, Session, SignInStarted, StartRegistration, StartSignIn, VERSION, VaultPart, write_statement,
};
use crate::{Blob, codes, tls};

/// How long a feed may hold a request, in seconds.
pub const LONGEST_WAIT: u64 = 25;
/// For a request, without the time that a feed may hold it.
const PATIENCE: Duration = Duration::from_secs(15);
/// Pauses before a request is sent again that nobody took, or whose answer was lost: long enough for a balancer to choose
/// another node, or for a hub to be started anew.
const AGAIN: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1200)];
/// An answer that came within this costs little to ask for again.
const SOON: Duration = Duration::from_secs(2);
/// How long a connection may be silent before it is asked whether anybody is left at its other end.
const SILENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// How this machine reaches the hub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// An HTTP proxy; without one, the system's settings.
    pub proxy: Option<Url>,
    /// Certificates (DER) of authorities that are trusted besides the system's.
    pub authorities: Vec<Vec<u8>>,
}

/// Signs the statement of a request that writes, with the keys that the session stands for.
pub type Signer = Arc<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// A hub, perhaps with a session.
#[derive(Clone)]
pub struct Hub {
    address: HubAddress,
    http: reqwest::Client,
    session: Option<(String, Signer)>,
    speaks: Speaks,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hub({})", self.address.url)
    }
}

impl Hub {
    /// A client for a hub. Nothing is sent yet.
    ///
    /// Code: `CONNECTION_SETTINGS`.
    pub fn at(address: HubAddress, network: &Network) -> Result<Self> {
        let wrong = |error: &dyn Error| Fault::new(codes::CONNECTION_SETTINGS).with("detail", innermost(error));
        // The other parts of the process that need a provider take the same one; a second time changes nothing.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .https_only(true)
            .connect_timeout(Duration::from_secs(10))
            // A machine that vanished says nothing: its connection is given up, and the next request takes another.
            .http2_keep_alive_interval(SILENCE)
            .http2_keep_alive_timeout(SILENCE / 2)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("sekisho/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &network.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy.clone()).map_err(|error| wrong(&error))?);
        }
        builder = if let Some(pin) = address.pin {
            builder.tls_backend_preconfigured(tls::pinned(pin)?)
        } else {
            let authorities = network.authorities.iter().map(|der| reqwest::Certificate::from_der(der));
            let authorities = authorities.collect::<Result<Vec<_>, _>>().map_err(|error| wrong(&error))?;
            builder.tls_certs_merge(authorities)
        };
        let http = builder.build().map_err(|error| wrong(&error))?;
        Ok(Self { address, http, session: None, speaks: Speaks::own() })
    }

    /// The same hub, with a session and what signs in it.
    #[must_use]
    pub fn with_session(&self, token: &str, signer: Signer) -> Self {
        Self { session: Some((token.to_owned(), signer)), ..self.clone() }
    }

    /// The same hub for a client of another version.
    #[must_use]
    pub fn spoken_to_by(&self, client: Speaks) -> Self {
        Self { speaks: client, ..self.clone() }
    }

    /// Where it is.
    pub fn address(&self) -> &HubAddress {
        &self.address
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{VERSION}/{path}", self.address.url);
        let request = self.http.request(method, url).timeout(PATIENCE).header(version::HEADER, self.speaks.header());
        match &self.session {
            Some((token, _)) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request, and again where nobody took it or its answer was lost: every request but one that ends a sign-in,
    /// and a claim, does the same twice as once.
    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        for pause in AGAIN {
            let Some(first) = request.try_clone() else { break };
            match self.send_once(first).await {
                Err(Missed { again: true, .. }) => tokio::time::sleep(pause).await,
                outcome => return outcome.map_err(|missed| missed.fault),
            }
        }
        self.send_once(request).await.map_err(|missed| missed.fault)
    }

    async fn send_once<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Missed> {
        let begun = Instant::now();
        let mut response = request.send().await.map_err(|error| self.lost(&error))?;
        let status = response.status();
        let hub = Speaks::read(response.headers().get(version::HEADER).and_then(|value| value.to_str().ok()));
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| self.lost(&error))? {
            body.extend_from_slice(&part);
            if body.len() > LARGEST {
                return Err(self.no_answer("too large").into());
            }
        }
        if status.is_success() {
            together(&self.speaks, &hub)?;
            let body = if body.is_empty() { b"null" } else { body.as_slice() };
            return serde_json::from_slice(body).map_err(|error| self.no_answer(&error.to_string()).into());
        }
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(self.named(codes::PROXY).into());
        }
        if let Ok(fault) = serde_json::from_slice::<Fault>(&body) {
            // The database is not there, or its answer was lost: nobody knows whether it was done. One that was waited for long is not
            // there any sooner.
            let again = fault.code == codes::STORE && begun.elapsed() < SOON;
            return Err(Missed { fault, again });
        }
        // What stands before the hub says that no node took the request, or none answered.
        let again = [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE].contains(&status);
        Err(Missed { fault: self.no_answer(status.as_str()), again })
    }

    fn named(&self, code: sekisho_fault::Code) -> Fault {
        Fault::new(code).with("hub", self.address.url.host_str().unwrap_or_default())
    }

    fn no_answer(&self, detail: &str) -> Fault {
        self.named(codes::ANSWER).with("detail", detail)
    }

    /// The one true reason why a request did not arrive.
    fn lost(&self, error: &reqwest::Error) -> Missed {
        let code = reason(error);
        if code != codes::UNREACHABLE {
            return self.named(code).into();
        }
        let fault = self.named(code).with("detail", innermost(error));
        // Who has waited for as long as a request may take waits no second time.
        Missed { fault, again: !error.is_timeout() }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.send(self.request(Method::GET, path)).await
    }

    async fn write<T: DeserializeOwned>(&self, method: Method, path: &str, body: &impl Serialize) -> Result<T> {
        self.send(self.signed(&method, path, json(body))).await
    }

    /// A request that writes, signed where there is a session.
    fn signed(&self, method: &Method, path: &str, body: Vec<u8>) -> RequestBuilder {
        let mut request = self.request(method.clone(), path).header(CONTENT_TYPE, "application/json");
        if let Some((token, signer)) = &self.session {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let time = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
            let signature = signer(&write_statement(time, token, method.as_str(), path, &body));
            let signature = data_encoding::BASE64URL_NOPAD.encode(&signature);
            request = request.header(SIGNED_AT, time).header(SIGNATURE, signature);
        }
        request.body(body)
    }

    /// What the hub says of itself.
    pub async fn info(&self) -> Result<HubInfo> {
        self.get("hub").await
    }

    /// Begins a registration.
    pub async fn start_registration(&self, body: &StartRegistration) -> Result<RegistrationStarted> {
        self.write(Method::POST, "registrations", body).await
    }

    /// Founds an organisation; the founder is signed in.
    pub async fn found(&self, body: &Found) -> Result<Session> {
        self.write(Method::POST, "organisations", body).await
    }

    /// Begins a sign-in by passphrase.
    pub async fn start_sign_in(&self, body: &StartSignIn) -> Result<SignInStarted> {
        self.write(Method::POST, "sign-ins", body).await
    }

    /// Ends a sign-in by passphrase. It is sent once: a try is used up by it, and so is the code.
    pub async fn finish_sign_in(&self, body: &FinishSignIn) -> Result<Session> {
        let request = self.signed(&Method::POST, "sessions", json(body));
        self.send_once(request).await.map_err(|missed| missed.fault)
    }

    /// Signs in by key.
    pub async fn sign_in_by_key(&self, body: &KeySignIn) -> Result<Session> {
        self.write(Method::POST, "key-sessions", body).await
    }

    /// Ends the session.
    pub async fn sign_out(&self) -> Result<()> {
        self.send(self.request(Method::DELETE, "sessions")).await
    }

    /// Appends to the organisation log.
    pub async fn append(&self, body: &Append) -> Result<()> {
        self.write(Method::POST, "log", body).await
    }

    /// The organisation log after an entry, in parts.
    pub async fn log(&self, after: u64) -> Result<Vec<Row>> {
        self.get(&format!("log?after={after}")).await
    }

    /// What came to the organisation log and to a connection; waits for up to `wait` seconds when there is nothing.
    pub async fn feed(&self, connection: &str, log: u64, after: u64, wait: u64) -> Result<Feed> {
        let wait = wait.min(LONGEST_WAIT);
        let path = format!("feed?connection={connection}&log={log}&after={after}&wait={wait}");
        let request = self.request(Method::GET, &path).timeout(PATIENCE + Duration::from_secs(wait));
        self.send(request).await
    }

    /// A revision; the newest when none is named.
    pub async fn revision(&self, connection: &str, revision: Option<u64>) -> Result<Row> {
        let name = revision.map_or_else(|| "newest".to_owned(), |revision| revision.to_string());
        self.get(&format!("connections/{connection}/revisions/{name}")).await
    }

    /// Saves a revision, if it is the next one. The same bytes again are not a second save.
    pub async fn save(&self, connection: &str, revision: u64, body: &NewRevision) -> Result<()> {
        let path = format!("connections/{connection}/revisions/{revision}");
        self.send(self.signed(&Method::PUT, &path, json(body)).header(http::header::IF_NONE_MATCH, "*")).await
    }

    /// A sealed object.
    pub async fn object(&self, connection: &str, object: &str) -> Result<Row> {
        self.get(&format!("connections/{connection}/objects/{object}")).await
    }

    /// Writes a user record.
    pub async fn put_user(&self, connection: &str, user: &str, body: &NewRecord) -> Result<()> {
        let request = self.signed(&Method::PUT, &format!("connections/{connection}/users/{user}"), json(body));
        let request = if body.after == 0 {
            request.header(http::header::IF_NONE_MATCH, "*")
        } else {
            request.header(http::header::IF_MATCH, format!("\"{}\"", body.after))
        };
        self.send(request).await
    }

    /// Claims, as a server, what may happen once in a connection. Asked once: where the answer was lost, a second one would
    /// say that somebody else was first.
    pub async fn claim(&self, connection: &str, claim: &str, body: &NewClaim) -> Result<Claimed> {
        let path = format!("connections/{connection}/claims/{claim}");
        self.send_once(self.signed(&Method::PUT, &path, json(body))).await.map_err(|missed| missed.fault)
    }

    /// Writes what an administrator says of a user.
    pub async fn put_fact(&self, connection: &str, fact: &str, body: &NewFact) -> Result<()> {
        self.write(Method::PUT, &format!("connections/{connection}/facts/{fact}"), body).await
    }

    /// Writes what an administrator says of users: all of it, or nothing where a row is another than it was. The same bytes again are
    /// not a second write. Up to [`MOST_FACTS`](crate::wire::MOST_FACTS) at once.
    pub async fn put_facts(&self, connection: &str, body: &NewFacts) -> Result<()> {
        self.write(Method::POST, &format!("connections/{connection}/facts"), body).await
    }

    /// Writes, as a server, what it has come to by ACME.
    pub async fn put_acme(&self, connection: &str, row: &str, body: &NewAcme) -> Result<()> {
        self.write(Method::PUT, &format!("connections/{connection}/acme/{row}"), body).await
    }

    /// What servers have come to by ACME.
    pub async fn acme(&self, connection: &str) -> Result<Vec<Row>> {
        self.get(&format!("connections/{connection}/acme")).await
    }

    /// What has come to a user's vault after a place, in parts.
    pub async fn vault(&self, connection: &str, account: &str, after: u64) -> Result<VaultPart> {
        self.get(&format!("connections/{connection}/vaults/{account}?after={after}")).await
    }

    /// Writes what a user's page has changed and signed. The same bytes again are not a second write.
    pub async fn write_vault(&self, connection: &str, account: &str, body: &NewVaultChanges) -> Result<()> {
        self.write(Method::POST, &format!("connections/{connection}/vaults/{account}"), body).await
    }

    /// Writes an object that is sealed anew.
    pub async fn reseal_object(&self, connection: &str, object: &str, body: &Resealed) -> Result<()> {
        self.write(Method::PUT, &format!("connections/{connection}/objects/{object}"), body).await
    }

    /// The administrators' notes about servers that were in wrong hands.
    pub async fn checklists(&self, connection: &str) -> Result<Vec<Row>> {
        self.get(&format!("connections/{connection}/checklists")).await
    }

    /// Writes the notes about a server.
    pub async fn put_checklist(&self, connection: &str, server: &str, sealed: &Blob) -> Result<()> {
        self.write(Method::PUT, &format!("connections/{connection}/checklists/{server}"), sealed).await
    }

    /// Asks every server of a connection to read and verify everything again.
    pub async fn ask_for_sync(&self, connection: &str, signed: &Blob) -> Result<()> {
        self.write(Method::PUT, &format!("connections/{connection}/sync"), signed).await
    }

    /// Leaves a server's report.
    pub async fn report(&self, connection: &str, server: &str, report: &Blob) -> Result<()> {
        self.write(Method::PUT, &format!("connections/{connection}/reports/{server}"), report).await
    }

    /// The servers' reports.
    pub async fn reports(&self, connection: &str) -> Result<Vec<Row>> {
        self.get(&format!("connections/{connection}/reports")).await
    }

    /// Invites an administrator.
    pub async fn invite(&self, body: &NewInvitation) -> Result<()> {
        self.write(Method::POST, "invitations", body).await
    }

    /// The invitations that are open.
    pub async fn invitations(&self) -> Result<Vec<PendingInvitation>> {
        self.get("invitations").await
    }

    /// Takes an invitation back.
    pub async fn withdraw(&self, invitation: &str) -> Result<()> {
        self.send(self.signed(&Method::DELETE, &format!("invitations/{invitation}"), Vec::new())).await
    }

    /// Accepts the invitation that the session was opened with.
    pub async fn accept(&self, body: &Accept) -> Result<()> {
        self.write(Method::POST, "acceptances", body).await
    }
}

/// Why there is no answer, and whether the request may be sent again.
struct Missed {
    fault: Fault,
    again: bool,
}

impl From<Fault> for Missed {
    fn from(fault: Fault) -> Self {
        Self { fault, again: false }
    }
}

fn json(body: &impl Serialize) -> Vec<u8> {
    // Plain structs of strings and numbers always have a JSON form.
    serde_json::to_vec(body).unwrap_or_default()
}

/// Reads certificates (PEM) of authorities; an empty text has none.
///
/// Code: `CONNECTION_SETTINGS`.
pub fn authorities(pem: &str) -> Result<Vec<Vec<u8>>> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let wrong = |detail: String| Fault::new(codes::CONNECTION_SETTINGS).with("detail", detail);
    let read = read.map_err(|error| wrong(error.to_string()))?;
    if read.is_empty() && !pem.trim().is_empty() {
        return Err(wrong("PEM".to_owned()));
    }
    Ok(read.into_iter().map(|der| der.to_vec()).collect())
}

/// The pin of a hub's certificate (DER), for the set-up code that it prints.
///
/// Code: `CERTIFICATE`.
pub fn pin_of(certificate: &[u8]) -> Result<crate::Pin> {
    tls::pin_of(certificate).ok_or_else(|| Fault::new(codes::CERTIFICATE).with("hub", ""))
}
