//! A face with what it needs around it, and a browser that keeps cookies.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use data_encoding::BASE64URL_NOPAD;
use sekisho_config::field::{self, Field};
use sekisho_config::{Configuration, Document, Domain};
use sekisho_fault::{Code, Fault, Result};
use sekisho_keys::derive::Secret;
use sekisho_keys::factor::Factors;
use sekisho_keys::ids::AccountId;
use sekisho_signin::capabilities::Later;
use sekisho_signin::{
    Activity, Admits, Applied, Claimed, Claims, Clock, Condition, Entry, Face, Heads, Identity, Ids, Peer, Profile,
    Pulse, Sealed, SignIn, StateSecrets, Trial, User, Users, VaultChanges, VaultPart, Vaults, router,
};
use tower::ServiceExt;
use url::form_urlencoded;

use crate::idp::{self, Answer, IDP};

pub const NOW: i64 = 1_795_513_267;
pub const ACS: &str = "/sso-connect/saml/sso";

/// Everybody is a user; counts who came.
#[derive(Default)]
pub struct Everybody(pub Mutex<Vec<String>>);

impl Users for Everybody {
    fn sign_in<'a>(&'a self, _: &'a Identity, profile: &'a Profile, _: &'a Admits) -> Later<'a, Result<User>> {
        self.0.lock().unwrap().push(profile.email.as_str().to_owned());
        Box::pin(async move {
            Ok(User {
                email: profile.email.clone(),
                vault_key: Secret::new([1; 32]),
                client_password: Secret::new([2; 32]),
                entry: Entry::Known,
                placing: None,
                account: AccountId([3; 32]),
                hub_seed: Secret::new([4; 32]),
                factors: Factors::default(),
            })
        })
    }

    fn stands<'a>(&'a self, who: &'a Identity, profile: &'a Profile, admits: &'a Admits) -> Later<'a, Result<User>> {
        self.sign_in(who, profile, admits)
    }

    fn catch_up(&self) -> Later<'_, bool> {
        Box::pin(async { true })
    }

    fn set_factors<'a>(&'a self, _: &'a Identity, _: &'a Factors, _: Factors) -> Later<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// Nobody may ask for a user.
pub struct Untouchable;

impl Users for Untouchable {
    fn sign_in<'a>(&'a self, _: &'a Identity, _: &'a Profile, _: &'a Admits) -> Later<'a, Result<User>> {
        panic!("a test reached the users")
    }

    fn stands<'a>(&'a self, _: &'a Identity, _: &'a Profile, _: &'a Admits) -> Later<'a, Result<User>> {
        panic!("a test reached the users")
    }

    fn catch_up(&self) -> Later<'_, bool> {
        Box::pin(async { true })
    }

    fn set_factors<'a>(&'a self, _: &'a Identity, _: &'a Factors, _: Factors) -> Later<'a, Result<()>> {
        panic!("a test reached the users")
    }
}

/// Vaults that keep what comes, one row each time.
#[derive(Default)]
pub struct Kept(pub Mutex<Vec<(AccountId, VaultChanges)>>);

impl Vaults for Kept {
    fn read(&self, account: AccountId, after: u64) -> Later<'_, Result<VaultPart>> {
        let kept = self.0.lock().unwrap();
        let own = kept.iter().filter(|(of, _)| *of == account).map(|(_, changes)| changes.changes.clone());
        let rows: Vec<Sealed> =
            (1..).zip(own).map(|(seq, body)| Sealed { seq, id: seq.to_string(), rev: 1, body }).collect();
        let head = rows.len() as u64;
        let rows = rows.into_iter().filter(|row| row.seq > after).collect();
        Box::pin(async move { Ok(VaultPart { rows, head }) })
    }

    fn write<'a>(&'a self, account: AccountId, changes: &'a VaultChanges) -> Later<'a, Result<()>> {
        self.0.lock().unwrap().push((account, changes.clone()));
        Box::pin(async { Ok(()) })
    }
}

/// The hub, as far as servers claim at it.
#[derive(Default)]
pub struct Hub {
    claimed: Mutex<HashMap<(String, String), Vec<i64>>>,
    pub is_away: AtomicBool,
}

impl Hub {
    /// What was claimed.
    pub fn claimed(&self) -> usize {
        self.claimed.lock().unwrap().len()
    }

    /// Until when, as each server has said that claimed it.
    pub fn ends(&self) -> Vec<i64> {
        self.claimed.lock().unwrap().values().flatten().copied().collect()
    }
}

impl Claims for Hub {
    fn claim<'a>(&'a self, idp: &'a str, assertion: &'a str, until: i64) -> Later<'a, Claimed> {
        if self.is_away.load(Ordering::Relaxed) {
            return Box::pin(async { Claimed::Unknown });
        }
        let mut claimed = self.claimed.lock().unwrap();
        let ends = claimed.entry((idp.to_owned(), assertion.to_owned())).or_default();
        ends.push(until);
        let came = if ends.len() == 1 { Claimed::First } else { Claimed::Again };
        Box::pin(async move { came })
    }
}

/// What browsers carry between servers.
#[derive(Default)]
pub struct Words {
    own: Mutex<Option<Arc<[u8]>>>,
    brought: Mutex<Vec<Vec<u8>>>,
}

impl Heads for Words {
    fn own(&self) -> Option<Arc<[u8]>> {
        self.own.lock().unwrap().clone()
    }

    fn brought(&self, word: Vec<u8>) {
        self.brought.lock().unwrap().push(word);
    }
}

#[derive(Default)]
pub struct Written {
    sign_ins: Mutex<Vec<SignIn>>,
    sign_outs: Mutex<Vec<Option<String>>>,
}

impl Activity for Written {
    fn sign_in(&self, sign_in: SignIn) {
        self.sign_ins.lock().unwrap().push(sign_in);
    }

    fn sign_out(&self, who: Option<String>, _: &[(String, String)]) {
        self.sign_outs.lock().unwrap().push(who);
    }
}

pub struct Time(AtomicI64);

impl Clock for Time {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

pub struct World {
    pub face: Arc<Face>,
    router: Router,
    written: Arc<Written>,
    words: Arc<Words>,
    time: Arc<Time>,
}

/// An answer, read whole.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn location(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }

    pub fn policy(&self) -> &str {
        self.headers["content-security-policy"].to_str().unwrap()
    }

    /// What stands between two texts of the body.
    pub fn between(&self, start: &str, end: &str) -> &str {
        let rest = self.body.split_once(start).unwrap_or_else(|| panic!("no {start} in {}", self.body)).1;
        rest.split_once(end).unwrap().0
    }
}

/// A flow that waits for its answer: the request's ID, the handle, and the cookie.
pub struct Left {
    pub xml: String,
    pub id: String,
    pub handle: String,
    pub cookie: String,
}

impl Left {
    /// The flow that begins with this answer.
    pub fn of(reply: &Reply) -> Self {
        let (xml, handle) = idp::request(reply.location());
        let cookie = reply.headers[SET_COOKIE].to_str().unwrap();
        let attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600";
        let cookie = cookie.strip_suffix(attributes).unwrap_or_else(|| panic!("{cookie}")).to_owned();
        Self { id: idp::id(&xml), xml, handle, cookie }
    }
}

impl World {
    pub fn with(users: Arc<dyn Users>) -> Self {
        Self::at(Arc::new(Hub::default()), users)
    }

    /// A server of this hub.
    pub fn at(hub: Arc<Hub>, users: Arc<dyn Users>) -> Self {
        Self::starting(hub, users, NOW)
    }

    fn starting(hub: Arc<Hub>, users: Arc<dyn Users>, now: i64) -> Self {
        let (written, time) = (Arc::new(Written::default()), Arc::new(Time(AtomicI64::new(now))));
        let words = Arc::new(Words::default());
        let face = Face::new(users, Arc::new(Kept::default()), hub, words.clone(), written.clone(), time.clone());
        Self { router: router(face.clone()), face, written, words, time }
    }

    /// A world that serves.
    pub fn new() -> Self {
        Self::started(0)
    }

    /// One that has started so many seconds after the others.
    pub fn started(later: i64) -> Self {
        let world = Self::starting(Arc::new(Hub::default()), Arc::new(Everybody::default()), NOW + later);
        world.face.apply(Some(applied(&[])));
        world.face.pulse(Pulse { configuration: Condition::Running, ..Pulse::default() });
        world
    }

    pub fn now(&self) -> i64 {
        self.time.now()
    }

    pub fn pass(&self, seconds: i64) {
        self.time.0.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Has this server say so how far it has seen.
    pub fn say(&self, word: &[u8]) {
        *self.words.own.lock().unwrap() = Some(word.into());
    }

    /// What browsers have brought since it was asked for the last time.
    pub fn heard(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.words.brought.lock().unwrap())
    }

    /// The code of the last refusal.
    pub fn refusal(&self) -> Option<Code> {
        let written = self.written.sign_ins.lock().unwrap();
        written.last().and_then(|sign_in| sign_in.refusal.as_ref()).map(|fault| fault.code.clone())
    }

    /// How many sign-ins were written down.
    pub fn signed_in(&self) -> usize {
        self.written.sign_ins.lock().unwrap().iter().filter(|sign_in| sign_in.refusal.is_none()).count()
    }

    /// The refusals with a code that were written down.
    pub fn refusals(&self, code: &Code) -> Vec<Fault> {
        let written = self.written.sign_ins.lock().unwrap();
        written.iter().filter_map(|sign_in| sign_in.refusal.clone()).filter(|fault| fault.code == *code).collect()
    }

    /// What was written down last.
    pub fn last(&self) -> Option<SignIn> {
        self.written.sign_ins.lock().unwrap().last().cloned()
    }

    /// Who signed out, as far as it is known.
    pub fn signed_out(&self) -> Vec<Option<String>> {
        self.written.sign_outs.lock().unwrap().clone()
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).header("accept-language", "ja,en").body(Body::empty()).unwrap()).await
    }

    /// Posts as another computer does.
    pub async fn post_from(&self, peer: IpAddr, fields: &[(&str, &str)], cookie: &str) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(ACS).header(COOKIE, cookie).extension(Peer(peer)).body(Body::from(body));
        self.send(request.unwrap()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Opens an address that leads to the identity provider.
    pub async fn leave(&self, path: &str) -> Left {
        self.leave_for(path, "https://idp.example.com/sso?").await
    }

    /// Opens an address that leads to this one.
    pub async fn leave_for(&self, path: &str, destination: &str) -> Left {
        let reply = self.get(path).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{} {:?}", reply.body, self.refusal());
        assert!(reply.location().starts_with(destination), "{}", reply.location());
        Left::of(&reply)
    }

    /// Brings an answer back, with these cookies.
    pub async fn arrive(&self, left: &Left, answer: &Answer, cookie: &str) -> Reply {
        let value = IDP.answer(answer);
        self.post(ACS, &[("SAMLResponse", &value), ("RelayState", &left.handle)], &[(COOKIE.as_str(), cookie)]).await
    }

    /// A whole way, for Alice.
    pub async fn go(&self, path: &str) -> Reply {
        let left = self.leave(path).await;
        self.arrive(&left, &Answer::alice(&left.id, self.now()), &left.cookie).await
    }
}

/// A configuration that is built; `more` are fields with their values.
pub fn built_under(more: &[(Field, &str)], secrets: StateSecrets) -> Applied {
    built_with(more, |_| {}, secrets)
}

/// The same, changed in ways that are no field's.
pub fn built_with(more: &[(Field, &str)], change: impl FnOnce(&mut Document), secrets: StateSecrets) -> Applied {
    let mut document = Document::default();
    let fields = [(Field::AdvertisedHost, "sso.example.com"), (Field::JustInTime, "true")];
    for (name, value) in fields.iter().chain(more) {
        field::set(&mut document, *name, value).unwrap();
    }
    change(&mut document);
    let domains = vec![Domain::parse("example.com").unwrap()];
    let configuration = Configuration::new(document, domains, "example".into()).unwrap();
    let ids = Ids { organisation: "organisation-1".into(), connection: "connection-1".into() };
    Applied::new(configuration, ids, IDP.metadata(), Vec::new(), secrets).unwrap()
}

pub fn built(more: &[(Field, &str)]) -> Applied {
    built_under(more, StateSecrets { current: Secret::new([7; 32]), previous: None })
}

pub fn applied(more: &[(Field, &str)]) -> Arc<Applied> {
    Arc::new(built(more))
}

pub fn trial() -> Arc<Trial> {
    Arc::new(Trial::new(built(&[]), "draft-1".into()).unwrap())
}

/// A vault page's challenge (its verifier is `verifier`) and its key.
pub fn page() -> [String; 2] {
    let mut point = [4; 65];
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    point.copy_from_slice(&rcgen::PublicKeyData::der_bytes(&key)[..65]);
    let challenge = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"verifier");
    [BASE64URL_NOPAD.encode(challenge.as_ref()), BASE64URL_NOPAD.encode(&point)]
}

/// The address with which the vault page starts a sign-in.
pub fn vault_login() -> String {
    let [challenge, key] = page();
    form_urlencoded::Serializer::new("/sso-connect/saml/login?".to_owned())
        .append_pair("client", "vault")
        .append_pair("redirect_uri", "https://sso.example.com:8443/vault/")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("page_key", &key)
        .append_pair("state", "state-of-the-page")
        .finish()
        .replacen("?&", "?", 1)
}
