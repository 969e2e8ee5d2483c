//! How JCEKS locks a key: `PBEWithMD5AndTripleDES`, which is PBES1 of RFC 8018 stretched by Sun to a key of Triple DES.
//!
//! Each half of the salt is hashed with the password again and again; the two digests are the key and the first block.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use md5::{Digest, Md5};
use zeroize::Zeroizing;

/// The most rounds that are run for all keys of a file. Java's own stores have 200 000 for a key, and at most 5 000 000.
const MOST_ROUNDS: u32 = 5_000_000;

/// The parameters of a key.
#[derive(Clone, Copy)]
pub(super) struct PbeParameters<'a> {
    pub salt: &'a [u8; 8],
    pub rounds: u32,
}

/// Whether keys with these rounds ask together for no more work than honest files do.
pub(super) fn affordable(rounds: impl Iterator<Item = u32>) -> bool {
    rounds.fold(0, u32::saturating_add) <= MOST_ROUNDS
}

/// What was locked, if the padding is as it should be.
pub(super) fn open(parameters: &PbeParameters<'_>, content: &[u8], password: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (first, second) = parameters.salt.split_at(4);
    // Java takes only these passwords; and versions of it differ in what they make of two equal halves, which a salt
    // of chance does not have.
    if !password.is_ascii() || first == second {
        return None;
    }
    let stretched = [first, second].map(|half| stretch(half, password, parameters.rounds));
    let stretched = Zeroizing::new(stretched.concat());
    let (key, first_block) = stretched.split_at(24);
    let cipher = cbc::Decryptor::<des::TdesEde3>::new_from_slices(key, first_block).ok()?;
    cipher.decrypt_padded_vec::<Pkcs7>(content).ok().map(Zeroizing::new)
}

fn stretch(half: &[u8], password: &str, rounds: u32) -> [u8; 16] {
    let hash = |before: &[u8]| -> [u8; 16] { Md5::new().chain_update(before).chain_update(password).finalize().into() };
    let first = hash(half);
    (1..rounds).fold(first, |digest, _| hash(&digest))
}
