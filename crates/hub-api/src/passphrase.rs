//! Signing in by passphrase without telling it: OPAQUE (RFC 9807) over ristretto255, with Argon2id (RFC 9106) in the
//! client, so that the hub can only guess, and slowly (R10).

use opaque_ke::argon2::{Algorithm, Argon2, Params, Version};
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, Identifiers, RegistrationResponse, Ristretto255, TripleDh,
};
use rand_core::OsRng;
use sekisho_fault::{Fault, Result};
use zeroize::Zeroizing;

use crate::{Blob, codes};

/// The primitives, for both sides.
pub struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, sha2::Sha512>;
    type Ksf = Argon2<'static>;
}

/// The way of stretching that accounts are registered with: Argon2id, 64 MiB, three passes. A hub that names another
/// is refused.
pub const STRETCHING: u32 = 1;

fn stretching() -> Result<Argon2<'static>> {
    let params = Params::new(64 * 1024, 3, 1, None).map_err(|_| Fault::new(codes::SIGN_IN))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What only the passphrase gives. Wiped when dropped.
pub type ExportKey = Zeroizing<Vec<u8>>;

/// A registration under way, in the client.
pub struct Registering(ClientRegistration<Suite>);

/// Begins a registration.
///
/// Code: `SIGN_IN`.
pub fn register(passphrase: &str) -> Result<(Registering, Blob)> {
    let started = ClientRegistration::<Suite>::start(&mut OsRng, passphrase.as_bytes())
        .map_err(|_| Fault::new(codes::SIGN_IN))?;
    Ok((Registering(started.state), Blob(started.message.serialize().to_vec())))
}

impl Registering {
    /// Ends it: what the hub keeps, and the export key. Takes a second on purpose.
    ///
    /// Code: `SIGN_IN`.
    pub fn finish(self, passphrase: &str, response: &Blob) -> Result<(Blob, ExportKey)> {
        let failed = |_| Fault::new(codes::SIGN_IN);
        let stretching = stretching()?;
        let response = RegistrationResponse::deserialize(&response.0).map_err(failed)?;
        let parameters = ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&stretching));
        let finished = self.0.finish(&mut OsRng, passphrase.as_bytes(), response, parameters).map_err(failed)?;
        Ok((Blob(finished.message.serialize().to_vec()), Zeroizing::new(finished.export_key.to_vec())))
    }
}

/// A sign-in under way, in the client.
pub struct SigningIn(ClientLogin<Suite>);

/// Begins a sign-in.
///
/// Code: `SIGN_IN`.
pub fn sign_in(passphrase: &str) -> Result<(SigningIn, Blob)> {
    let started =
        ClientLogin::<Suite>::start(&mut OsRng, passphrase.as_bytes()).map_err(|_| Fault::new(codes::SIGN_IN))?;
    Ok((SigningIn(started.state), Blob(started.message.serialize().to_vec())))
}

impl SigningIn {
    /// Ends it: the proof for the hub, and the export key.
    ///
    /// Code: `SIGN_IN`: wrong passphrase, unknown account, or a hub that does not know the account's record.
    pub fn finish(self, passphrase: &str, stretched: u32, response: &Blob) -> Result<(Blob, ExportKey)> {
        let failed = |_| Fault::new(codes::SIGN_IN);
        if stretched != STRETCHING {
            return Err(Fault::new(codes::SIGN_IN));
        }
        let stretching = stretching()?;
        let response = CredentialResponse::deserialize(&response.0).map_err(failed)?;
        let parameters = ClientLoginFinishParameters::new(None, Identifiers::default(), Some(&stretching));
        let finished = self.0.finish(&mut OsRng, passphrase.as_bytes(), response, parameters).map_err(failed)?;
        Ok((Blob(finished.message.serialize().to_vec()), Zeroizing::new(finished.export_key.to_vec())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opaque_ke::{
        CredentialFinalization, CredentialRequest, RegistrationRequest, RegistrationUpload, ServerLogin,
        ServerLoginParameters, ServerRegistration, ServerSetup,
    };

    #[test]
    fn the_same_passphrase_gives_the_same_export_key_and_another_gives_none() {
        let setup = ServerSetup::<Suite>::new(&mut OsRng);
        let (registering, request) = register("correct horse").unwrap();
        let request = RegistrationRequest::deserialize(&request.0).unwrap();
        let response = ServerRegistration::<Suite>::start(&setup, request, b"tanaka").unwrap();
        let response = Blob(response.message.serialize().to_vec());
        let (upload, first) = registering.finish("correct horse", &response).unwrap();
        let upload = RegistrationUpload::<Suite>::deserialize(&upload.0).unwrap();
        let record = ServerRegistration::finish(upload);

        let attempt = |passphrase: &str| {
            let (signing_in, request) = sign_in(passphrase).unwrap();
            let request = CredentialRequest::deserialize(&request.0).unwrap();
            let parameters = ServerLoginParameters::default();
            let started =
                ServerLogin::start(&mut OsRng, &setup, Some(record.clone()), request, b"tanaka", parameters).unwrap();
            let response = Blob(started.message.serialize().to_vec());
            let (proof, key) = signing_in.finish(passphrase, STRETCHING, &response)?;
            let proof = CredentialFinalization::deserialize(&proof.0).unwrap();
            started.state.finish(proof, ServerLoginParameters::default()).unwrap();
            Ok::<_, Fault>(key)
        };
        assert_eq!(attempt("correct horse").unwrap(), first);
        assert_eq!(attempt("battery staple").unwrap_err().code, codes::SIGN_IN);
    }
}
