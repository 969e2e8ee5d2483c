//! The query of a redirected logout message: octets as a query, and a signed query that was changed keeps its meaning or is
//! refused.

use std::sync::LazyLock;

use sekisho_fault::Fault;
use sekisho_saml::logout_received::{ReceivedLogout, redirected};
use sekisho_saml::redirect::Redirected;

use crate::logout::{WORLD, answer, request};
use crate::{Reading, change, odd};

static GENUINE: LazyLock<[(String, ReceivedLogout); 2]> = LazyLock::new(|| {
    let messages = [request().message().unwrap(), answer().message().unwrap()];
    messages.map(|message| {
        let url = message.redirect_url(Some("the state"), Some(&WORLD.key)).unwrap();
        let query = url.split_once('?').unwrap().1.to_owned();
        let said = judged(&query).unwrap().unwrap();
        (query, said)
    })
});

/// `None`: no message was in it, or none that can be read.
fn judged(query: &str) -> Option<Result<ReceivedLogout, Fault>> {
    Some(redirected(&Redirected::read(query).ok()??, &WORLD.wanted))
}

/// The body.
pub fn run(octets: &[u8]) {
    match Reading::of(octets) {
        Reading::Raw(octets) => {
            let text = String::from_utf8_lossy(octets);
            let packed = format!("SAMLRequest={text}&RelayState={text}");
            for query in [text.as_ref(), packed.as_str()] {
                assert!(judged(query).is_none_or(|read| read.is_err()), "accepted: {query}");
            }
        }
        Reading::Changed(which, changes) => {
            let (query, said) = &GENUINE[which % GENUINE.len()];
            let result = change::apply(query, &changes);
            match judged(&result) {
                Some(Ok(read)) => assert_eq!(read, *said, "{changes:?}\n{result}"),
                _ => assert!(result != *query, "a genuine query is refused"),
            }
        }
    }
}

/// What to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Reading::seeds(2);
    let queries = ["SAMLRequest=%", "SAMLResponse=a&SAMLResponse=b", "SigAlg=&Signature=&SAMLRequest=", "RelayState="];
    seeds.extend(queries.map(|query| [&[0], query.as_bytes()].concat()));
    seeds.extend(odd::octets().into_iter().map(|octets| [vec![0], b"SAMLRequest=".to_vec(), octets].concat()));
    seeds
}
