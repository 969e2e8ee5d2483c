//! The vault page, as far as a sign-in needs it: it begins one, and opens what was sealed to it (`ui/src/vault/handover.ts`).

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_P256_HKDF_SHA256_AES_256 as SUITE;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey};
use serde_json::Value;
use url::form_urlencoded;

/// What a page keeps to itself until it redeems its code.
const VERIFIER: &str = "the-verifier-of-a-page-of-the-bench-which-is-no-secret";
/// What it knows its own sign-in by.
const STATE: &str = "the-page-s-own-state";

/// A page with a key of its own.
pub struct Page {
    private: HpkePrivateKey,
    origin: String,
    /// Where a sign-in begins.
    start: String,
}

impl Page {
    /// The page of this origin.
    pub fn of(origin: &str) -> Self {
        let (public, private) = SUITE.generate_key_pair().expect("a page's key");
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client", "vault")
            .append_pair("redirect_uri", &format!("{origin}/vault/"))
            .append_pair("code_challenge", &BASE64URL_NOPAD.encode(sha256(VERIFIER).as_ref()))
            .append_pair("code_challenge_method", "S256")
            .append_pair("page_key", &BASE64URL_NOPAD.encode(&public.0))
            .append_pair("state", STATE)
            .finish();
        let start = format!("{origin}/sso-connect/saml/login?{query}");
        Self { private, origin: origin.to_owned(), start }
    }

    /// Where its sign-ins begin.
    pub fn start(&self) -> &str {
        &self.start
    }

    /// What the address begins with that a signed-in browser is sent to.
    pub fn landing(&self) -> String {
        format!("{}/vault/#code=", self.origin)
    }

    /// Where it redeems a code.
    pub fn redeem(&self) -> String {
        format!("{}/vault/redeem", self.origin)
    }

    /// What it sends for the code in such an address.
    pub fn redemption(&self, landed: &str) -> Value {
        let code = landed.strip_prefix(&self.landing()).and_then(|rest| rest.split('&').next());
        serde_json::json!({"code": code.unwrap_or_default(), "code_verifier": VERIFIER})
    }

    /// The vault key in a hand-over, which has to be this user's, and for this page.
    pub fn vault_key(&self, handed: &Value, email: &str) -> Result<String, String> {
        let part = |name: &str| {
            let text = handed[name].as_str().unwrap_or_default();
            BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|error| format!("{name}: {error}: {handed}"))
        };
        let bound = &handed["info"];
        let expected = [("subject", email), ("flow", STATE), ("redirect_uri", &format!("{}/vault/", self.origin))];
        if let Some((name, _)) = expected.iter().find(|(name, value)| bound[name] != **value) {
            return Err(format!("a hand-over for another {name}: {handed}"));
        }
        let secret = EncapsulatedSecret(part("enc")?);
        let opened = SUITE.open(&secret, &info(bound), b"", &part("ciphertext")?, &self.private);
        let opened = opened.map_err(|error| format!("the hand-over does not open: {error}"))?;
        let inside: Value = serde_json::from_slice(&opened).map_err(|error| error.to_string())?;
        match (inside["user_key"].as_str(), inside["email"] == email) {
            (Some(key), true) => Ok(key.to_owned()),
            _ => Err(format!("a hand-over of somebody else than {email}")),
        }
    }
}

fn sha256(text: &str) -> digest::Digest {
    digest::digest(&digest::SHA256, text.as_bytes())
}

/// What a hand-over is bound to: a name, then each part behind its length.
fn info(bound: &Value) -> Vec<u8> {
    let mut bytes = b"sekisho-handover-v1".to_vec();
    for name in ["organisation", "connection", "subject", "redirect_uri", "flow"] {
        let part = bound[name].as_str().unwrap_or_default();
        bytes.extend(u32::try_from(part.len()).expect("a short text").to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}
