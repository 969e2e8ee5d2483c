//! A connection's export file: octets as a file, and as what is inside of one. Its passphrase is not tried: that takes a
//! second on purpose, and nothing that a fuzzer writes has its tag.

use std::sync::LazyLock;

use sekisho_keys::export::{self, Contents, Origin, PrivateKey, Sealed};
use sekisho_keys::ids::Hash;
use sekisho_keys::user::{State, User};
use sekisho_keys::wire;

use crate::organisation::PLACE;

fn contents() -> Contents {
    let user = User {
        email: "alice@example.com".into(),
        first_name: "Alice".into(),
        last_name: String::new(),
        idp: "https://idp.example.com".into(),
        source: "NameID".into(),
        subject: "a1".into(),
        secret: [5; 32],
        state: State::Active,
        linked: None,
        former: None,
        factors: None,
    };
    Contents {
        place: PLACE,
        name: "Tokyo".into(),
        enterprise_domain: "example".into(),
        domains: vec!["example.com".into()],
        made: 7,
        origin: Some(Origin {
            revision: 3,
            hash: Hash([4; 32]),
            author: "tanaka".into(),
            time: 6,
            min_reader: 1,
            document: b"{}".to_vec(),
        }),
        keys: vec![PrivateKey { name: Hash([8; 32]), pkcs8: vec![9; 40] }],
        users: vec![user],
    }
}

static FILE: LazyLock<Vec<u8>> =
    LazyLock::new(|| export::seal(&contents(), "ljhts-7jmkz-aaaab-qqqqq", [3; export::SALT], [4; 12]).unwrap());

/// The body. The first octet: 0, what is inside; 1, a change of a genuine file's first octets; else a file.
pub fn run(octets: &[u8]) {
    let Some((way, rest)) = octets.split_first() else { return };
    match way {
        0 => {
            if let Ok(read) = Contents::read(rest) {
                // What was read is what is written again: nothing is lost on the way.
                assert!(Contents::read(&wire::encode(&read)).unwrap() == read);
            }
        }
        1 => {
            let mut file = FILE.clone();
            for change in rest.chunks_exact(2) {
                let at = usize::from(change[0]) % file.len();
                file[at] = file[at].wrapping_add(change[1]);
            }
            let _ = Sealed::read(&file);
        }
        _ => {
            let _ = Sealed::read(rest);
        }
    }
}

/// What to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    let inside = wire::encode(&contents());
    let cut = (0..inside.len()).step_by(7).map(|at| [&[0], &inside[..at]].concat());
    let changed = (0..120).map(|at| vec![1, at, 1]);
    let files = [0, 1, 15, 16, 18, 20, 56, 88, 200].map(|length| [&[2], &FILE[..length]].concat());
    [[&[0], &inside[..]].concat()].into_iter().chain(cut).chain(changed).chain(files).collect()
}
