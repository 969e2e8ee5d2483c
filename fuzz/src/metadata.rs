//! Metadata of an identity provider: octets alone, and signed metadata that was changed keeps its meaning or is refused.

use std::path::Path;
use std::sync::LazyLock;

use data_encoding::BASE64;
use sekisho_saml::keys::IdpKey;
use sekisho_saml::metadata::IdpMetadata;

use crate::{Reading, change};

const ONE: &str = "https://idp.one.example/idp/shibboleth";

struct World {
    aggregate: String,
    anchors: [IdpKey; 1],
    said: IdpMetadata,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let vendors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/saml/tests/metadata/vendors");
    let read = |name: &str| std::fs::read_to_string(vendors.join(name)).unwrap();
    let anchor: String = read("shibboleth-aggregate.anchor").split_whitespace().collect();
    let anchors = [IdpKey::from_certificate(&BASE64.decode(anchor.as_bytes()).unwrap()).unwrap()];
    let aggregate = read("shibboleth-aggregate.xml");
    let said = IdpMetadata::parse_signed(aggregate.as_bytes(), Some(ONE), &anchors).unwrap();
    World { aggregate, anchors, said }
});

/// The body.
pub fn run(octets: &[u8]) {
    match Reading::of(octets) {
        Reading::Raw(octets) => {
            for entity in [None, Some(ONE)] {
                if let Ok(read) = IdpMetadata::parse_for(octets, entity) {
                    let keys = read.keys();
                    assert!(read.summary().is_ok() && keys.is_ok_and(|keys| !keys.is_empty()) && !read.sso.is_empty());
                }
                assert!(IdpMetadata::parse_signed(octets, entity, &WORLD.anchors).is_err());
            }
        }
        Reading::Changed(_, changes) => {
            let result = change::apply(&WORLD.aggregate, &changes);
            let _ = IdpMetadata::parse_for(result.as_bytes(), Some(ONE)).and_then(|read| read.summary());
            match IdpMetadata::parse_signed(result.as_bytes(), Some(ONE), &WORLD.anchors) {
                Ok(read) => assert_eq!(read, WORLD.said, "{changes:?}"),
                Err(fault) => assert!(result != WORLD.aggregate, "genuine metadata is refused: {fault:?}"),
            }
        }
    }
}

/// What to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    Reading::seeds(1)
}
