//! A hub in this process with an organisation in it, asked as its clients ask.

use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sekisho_hub::app::{App, system_clock};
use sekisho_hub::setup;
use sekisho_hub::store::MemoryStore;
use sekisho_hub_api::wire::{
    Credential, Found, GREETING_LABEL, KeySignIn, NewAccount, RegistrationStarted, Role, SIGNATURE, SIGNED_AT, Session,
    StartRegistration, WRITE_LABEL, greeting, write_statement,
};
use sekisho_hub_api::{Blob, HubAddress, passphrase};
use serde::Serialize;
use serde::de::DeserializeOwned;
use totp_rs::Builder;
use tower::ServiceExt;

pub const ORGANISATION: &str = "0123456789abcdef0123456789abcdef";

/// Keys, and the session that they have.
pub struct Holder {
    pub keys: Ed25519KeyPair,
    pub token: String,
}

/// The hub's clock.
pub fn now() -> i64 {
    system_clock()
}

pub struct World {
    pub router: Router,
    /// What its organisation was founded with.
    pub founding: Found,
    pub store: Arc<MemoryStore>,
    hub: String,
}

/// Keys out of one number.
pub fn keys(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

pub fn credential(seed: u8, role: Role) -> Credential {
    let signing = Blob(keys(seed).public_key().as_ref().to_vec());
    Credential { keys: HEXLOWER.encode(&[seed; 32]), signing, role }
}

impl World {
    /// A hub with an organisation: its founder, and the kit with the keys 2.
    pub async fn founded() -> (Self, Holder) {
        let store = Arc::new(MemoryStore::new());
        let app = App::open(store.clone(), system_clock).await.unwrap();
        let address = HubAddress { url: "https://hub.example/".parse().unwrap(), pin: None };
        let token = Blob(setup::new_code(&app, address).await.unwrap().token.to_vec());
        let router = sekisho_hub::http::router(app);
        let info: serde_json::Value = ask(&router, "GET", "hub", None, &()).await.unwrap();
        let hub = info["hub"].as_str().unwrap().to_owned();
        let founding = Found {
            organisation: ORGANISATION.to_owned(),
            setup_token: token.clone(),
            account: account(&router, "tanaka", 1, None, Some(token)).await,
            genesis: Blob(vec![0]),
            kit: credential(2, Role::Kit),
        };
        let session: Session = ask(&router, "POST", "organisations", None, &founding).await.unwrap();
        (Self { router, founding, store, hub }, Holder { keys: keys(1), token: session.token })
    }

    /// The same hub at another of its nodes.
    pub async fn other_node(&self) -> Self {
        let (store, hub) = (self.store.clone(), self.hub.clone());
        let app = App::open(store.clone(), system_clock).await.unwrap();
        Self { router: sekisho_hub::http::router(app), founding: self.founding.clone(), store, hub }
    }

    /// An account to be made by an invited administrator, with these keys.
    pub async fn account(&self, login: &str, seed: u8, who: &Holder) -> NewAccount {
        account(&self.router, login, seed, Some((who, b"")), None).await
    }

    /// Signs in by key.
    pub async fn by_key(&self, seed: u8) -> Result<Holder, String> {
        let keys = keys(seed);
        let (name, nonce, time) = (HEXLOWER.encode(&[seed; 32]), Blob(vec![seed; 16]), system_clock());
        let said = [GREETING_LABEL, &greeting(&name, &self.hub, &nonce, time)].concat();
        let signature = Blob(keys.sign(&said).as_ref().to_vec());
        let body = KeySignIn { keys: name, nonce, time, signature };
        let session: Session = self.ask("POST", "key-sessions", None, &body).await?;
        Ok(Holder { keys, token: session.token })
    }

    /// Writes as a holder of keys does.
    pub async fn write(&self, method: &str, path: &str, who: &Holder, body: &impl Serialize) -> Result<(), String> {
        let signed = write_statement(now(), &who.token, method, path, &serde_json::to_vec(body).unwrap());
        self.ask(method, path, Some((who, &signed)), body).await
    }

    /// Asks. What is signed may be something else than what is asked. The code of a refusal is the error.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        who: Option<(&Holder, &[u8])>,
        body: &impl Serialize,
    ) -> Result<T, String> {
        ask(&self.router, method, path, who, body).await
    }
}

/// Registers a passphrase, and gives the account to be made.
async fn account(
    router: &Router,
    login: &str,
    seed: u8,
    who: Option<(&Holder, &[u8])>,
    setup_token: Option<Blob>,
) -> NewAccount {
    let (registering, request) = passphrase::register("a passphrase of a test").unwrap();
    let start = StartRegistration { login: login.to_owned(), setup_token, request };
    let started: RegistrationStarted = ask(router, "POST", "registrations", who, &start).await.unwrap();
    let (record, _) = registering.finish("a passphrase of a test", &started.response).unwrap();
    let secret = vec![7; 20];
    let totp = Builder::new().with_secret(secret.clone()).build().unwrap();
    NewAccount {
        login: login.to_owned(),
        record,
        stretching: passphrase::STRETCHING,
        envelope: Blob(vec![1]),
        signing: Blob(keys(seed).public_key().as_ref().to_vec()),
        totp_secret: Blob(secret),
        totp_code: totp.generate(u64::try_from(system_clock()).unwrap()).to_string(),
    }
}

async fn ask<T: DeserializeOwned>(
    router: &Router,
    method: &str,
    path: &str,
    who: Option<(&Holder, &[u8])>,
    body: &impl Serialize,
) -> Result<T, String> {
    let mut request = Request::builder().method(method).uri(format!("/v1/{path}"));
    request = request.header("content-type", "application/json");
    if let Some((who, signed)) = who {
        request = request.header("authorization", format!("Bearer {}", who.token));
        if !signed.is_empty() {
            // The time that the statement begins with.
            let time = String::from_utf8_lossy(signed).split('\n').next().unwrap_or_default().to_owned();
            request = request.header(SIGNED_AT, time);
            let signature = who.keys.sign(&[WRITE_LABEL, signed].concat());
            request = request.header(SIGNATURE, BASE64URL_NOPAD.encode(signature.as_ref()));
        }
    }
    let request = request.body(Body::from(serde_json::to_vec(body).unwrap())).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let good = answer.status().is_success();
    let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    if good {
        let json: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        return Ok(serde_json::from_slice(json).unwrap());
    }
    let fault: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    Err(fault["code"].as_str().unwrap().to_owned())
}
