//! A posted logout message: octets as a form field, and a genuine one that was changed keeps its meaning or is refused.

use std::sync::LazyLock;

use data_encoding::BASE64;
use sekisho_saml::UnixTime;
use sekisho_saml::keys::SpKey;
use sekisho_saml::logout::{LogoutRequest, LogoutResponse, LogoutStatus};
use sekisho_saml::logout_received::{LogoutExpectations, ReceivedLogout, posted};
use sekisho_saml::outgoing::Field;
use sekisho_saml::response::NameId;

use crate::support::keys::Key;
use crate::support::{IDP, NOW};
use crate::{Reading, change};

pub const SLO: &str = "https://sso.example.com:8443/sso-connect/saml/logout";

/// What logout is judged by, and messages of an identity provider, each for the other binding too.
pub struct World {
    pub wanted: LogoutExpectations,
    pub key: SpKey,
    genuine: [(Field, String, ReceivedLogout); 2],
}

pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let idp = Key::rsa();
    let wanted = LogoutExpectations {
        urls: vec![SLO.into()],
        idp_entity_id: IDP.into(),
        idp_keys: vec![idp.idp_key()],
        now: UnixTime::parse(NOW).unwrap(),
        skew_seconds: 60,
        allow_sha1: false,
        decryption_keys: Vec::new(),
    };
    let key = SpKey::from_pkcs8(&idp.pkcs8).unwrap();
    let asked = request().message().unwrap().post_value(Some(&key)).unwrap();
    let answered = answer().message().unwrap().post_value(Some(&key)).unwrap();
    let genuine = [(Field::Request, asked), (Field::Response, answered)].map(|(field, value)| {
        let said = posted(field, &value, &wanted).unwrap();
        (field, String::from_utf8(BASE64.decode(value.as_bytes()).unwrap()).unwrap(), said)
    });
    World { wanted, key, genuine }
});

/// What the identity provider asks.
pub fn request() -> LogoutRequest {
    let issue_instant = UnixTime::parse(NOW).unwrap();
    LogoutRequest {
        id: "_l".into(),
        issue_instant,
        destination: SLO.into(),
        issuer: IDP.into(),
        not_on_or_after: issue_instant.plus(120),
        name_id: NameId {
            value: "a<&>b \u{30c6}".into(),
            format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into()),
            name_qualifier: Some(IDP.into()),
            sp_name_qualifier: None,
        },
        session_index: Some("_s".into()),
    }
}

/// What the identity provider answers.
pub fn answer() -> LogoutResponse {
    LogoutResponse {
        id: "_l".into(),
        issue_instant: UnixTime::parse(NOW).unwrap(),
        destination: SLO.into(),
        issuer: IDP.into(),
        in_response_to: "_ours".into(),
        status: LogoutStatus::Success,
    }
}

/// The body.
pub fn run(octets: &[u8]) {
    match Reading::of(octets) {
        Reading::Raw(octets) => {
            let text = String::from_utf8_lossy(octets);
            for field in [Field::Request, Field::Response] {
                for value in [text.as_ref(), &BASE64.encode(octets)] {
                    assert!(posted(field, value, &WORLD.wanted).is_err(), "accepted: {text}");
                }
            }
        }
        Reading::Changed(which, changes) => {
            let (field, message, said) = &WORLD.genuine[which % WORLD.genuine.len()];
            let result = change::apply(message, &changes);
            match posted(*field, &BASE64.encode(result.as_bytes()), &WORLD.wanted) {
                Ok(read) => assert_eq!(read, *said, "{changes:?}\n{result}"),
                Err(fault) => assert!(result != *message, "a genuine message is refused: {fault:?}"),
            }
        }
    }
}

/// What to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    Reading::seeds(2)
}
