//! How far servers have seen what the hub orders, carried from one to the other by the browsers that sign in (R8): a way
//! that is not the hub's. A browser keeps the word of the server that has last handed a key over to it, sealed, and shows it
//! to the next one.

use axum::http::HeaderMap;
use data_encoding::BASE64URL_NOPAD;
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_keys::sealed;

use crate::face::Serving;
use crate::flow::{cookies, random, set_cookie};

/// How long a word is worth anything, in seconds.
pub const LIFETIME: i64 = 7 * 24 * 60 * 60;

/// For one path, which `__Host-` does not allow: no other request carries it. Another host of the domain that plants one
/// has nothing that opens.
const COOKIE: &str = "__Secure-sekisho-heads";
const CONTEXT: &[u8] = b"heads";
/// Browsers drop a cookie of more than 4096 bytes without a word.
const LARGEST: usize = 3 * 1024;
/// What AES-256-GCM adds at the end.
const TAG: usize = 16;

/// Whether a browser keeps a word of this length, sealed.
pub fn fits(word: &[u8]) -> bool {
    BASE64URL_NOPAD.encode_len(word.len() + sealed::NONCE + TAG) <= LARGEST
}

/// Hears the word that a browser has brought with its hand-over, and gives it this server's.
pub(crate) fn exchange(serving: &Serving, sent: &HeaderMap, headers: &mut HeaderMap) {
    if let Some(word) = brought(serving, sent) {
        serving.heads().brought(word);
    }
    let Some(own) = serving.heads().own().filter(|own| fits(own)) else { return };
    let key = serving.applied().current_secret().derive(Purpose::Heads, b"");
    // Without random bytes there is none this time.
    let sealed = random().and_then(|nonce| sealed::seal(&key, nonce, CONTEXT, &own));
    let value = sealed.map(|bytes| BASE64URL_NOPAD.encode(&bytes)).unwrap_or_default();
    if !value.is_empty() {
        set_cookie(
            headers,
            &format!("{COOKIE}={value}; Path=/vault/redeem; Secure; HttpOnly; SameSite=Strict; Max-Age={LIFETIME}"),
        );
    }
}

fn brought(serving: &Serving, sent: &HeaderMap) -> Option<Vec<u8>> {
    let (_, value) = cookies(sent).find(|(name, _)| *name == COOKIE)?;
    let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
    let open = |secret: &Secret| sealed::open(&secret.derive(Purpose::Heads, b""), CONTEXT, &bytes).ok();
    serving.applied().secrets().find_map(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_fits_when_its_cookie_does() {
        let sealed = |word: &[u8]| {
            let bytes = sealed::seal(&Secret::new([1; 32]), [2; sealed::NONCE], CONTEXT, word).unwrap();
            BASE64URL_NOPAD.encode(&bytes).len()
        };
        let longest = (0..LARGEST).rev().map(|length| vec![7; length]).find(|word| fits(word)).unwrap();
        let longer = [&longest[..], &[7]].concat();
        assert!(sealed(&longest) <= LARGEST && sealed(&longer) > LARGEST);
    }
}
