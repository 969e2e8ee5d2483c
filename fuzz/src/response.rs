//! A SAML response: octets as a form field and as its content; and a genuine message that was changed keeps its meaning or
//! is refused.

use std::sync::LazyLock;

use data_encoding::BASE64;
use sekisho_saml::UnixTime;
use sekisho_saml::keys::SpKey;
use sekisho_saml::response::{Expectations, Flow, SigningRule, Unverified, Verified, verify, verify_xml};

use crate::support::encrypting::Encrypting;
use crate::support::keys::Key;
use crate::support::signing::Signing;
use crate::support::{ACS, IDP, NOW, SP, assertion, response};
use crate::{Reading, change};

struct World {
    wanted: Expectations,
    /// A message signed in each way, and what it means.
    genuine: [(String, Verified); 4],
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let (idp, own) = (Key::p256(), Key::rsa());
    let wanted = Expectations {
        sp_entity_id: SP.into(),
        acs_urls: vec![ACS.into()],
        idp_entity_id: IDP.into(),
        idp_keys: vec![idp.idp_key()],
        now: UnixTime::parse(NOW).unwrap(),
        skew_seconds: 60,
        flow: Flow::Solicited { request_id: "_request".into() },
        signing: SigningRule::Either,
        decryption_keys: vec![SpKey::from_pkcs8(&own.pkcs8).unwrap()],
        allow_sha1: false,
    };
    let signing = Signing::by(&idp);
    let unsigned = response(&assertion("_a", "alice@example.com"));
    let of_assertion = signing.sign(&unsigned, "_a");
    let of_both = signing.sign(&of_assertion, "_r");
    let of_response = signing.sign(&unsigned, "_r");
    let inside =
        &of_assertion[of_assertion.find("<saml:Assertion").unwrap()..of_assertion.find("</samlp:Response>").unwrap()];
    let encrypted = response(&Encrypting::to(&own).encrypt(inside.as_bytes()));
    let genuine = [of_assertion, of_both, of_response, encrypted].map(|message| {
        let said = verify_xml(&message, &wanted).unwrap();
        assert_eq!(said.name_id.as_ref().unwrap().value, "alice@example.com");
        (message, said)
    });
    World { wanted, genuine }
});

/// What is said, whoever of the two signed it.
fn meaning(verified: &Verified) -> Verified {
    Verified { signed: Vec::new(), ..verified.clone() }
}

/// The body.
pub fn run(octets: &[u8]) {
    match Reading::of(octets) {
        Reading::Raw(octets) => {
            let text = String::from_utf8_lossy(octets);
            for field in [text.as_ref(), &BASE64.encode(octets)] {
                let _ = Unverified::read(field);
                assert!(verify(field, &WORLD.wanted).is_err(), "accepted: {text}");
            }
            assert!(verify_xml(&text, &WORLD.wanted).is_err(), "accepted: {text}");
        }
        Reading::Changed(which, changes) => {
            let (message, said) = &WORLD.genuine[which % WORLD.genuine.len()];
            let result = change::apply(message, &changes);
            match verify_xml(&result, &WORLD.wanted) {
                Ok(verified) => assert_eq!(meaning(&verified), meaning(said), "{changes:?}\n{result}"),
                Err(fault) => assert!(result != *message, "a genuine message is refused: {fault:?}"),
            }
        }
    }
}

/// What to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    Reading::seeds(4)
}
