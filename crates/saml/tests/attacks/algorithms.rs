//! Classes `alg-confusion` and `weak-algorithm`: only the list in `algorithms` is processed.

use data_encoding::BASE64;
use sekisho_saml::codes;
use sekisho_saml::response::Expectations;

use crate::maker::{
    EVIL, LEGIT, OWN, REAL, evil, named, refused, refused_by, sign_response, unsigned, wanted_of,
    wanted_with_decryption,
};
use crate::support::encrypting::Encrypting;
use crate::support::response;
use crate::support::signing::{DSIG, MORE, Signing};

#[test]
fn an_hmac_keyed_with_something_public_is_no_signature() {
    let der = REAL.certificate.as_slice();
    let base64 = BASE64.encode(der);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    for (name, secret) in [("DER", der), ("PEM", pem.as_bytes()), ("base64", base64.as_bytes()), ("nothing", b"")] {
        for method in [format!("{MORE}hmac-sha256"), format!("{DSIG}hmac-sha1")] {
            let signing = Signing { secret: Some(secret), method, ..Signing::by(&EVIL) };
            refused(name, &signing.sign(&response(&evil("_a")), "_a"), &codes::ALGORITHM);
        }
    }
    let truncated = Signing {
        secret: Some(b""),
        method: format!("{DSIG}hmac-sha1"),
        method_parameters: "<ds:HMACOutputLength>8</ds:HMACOutputLength>",
        ..Signing::by(&EVIL)
    };
    refused("truncated", &truncated.sign(&response(&evil("_a")), "_a"), &codes::SHAPE);
}

#[test]
fn methods_outside_the_list_are_refused() {
    let methods = [
        "none".to_owned(),
        String::new(),
        format!("{MORE}rsa-sha257"),
        format!("{MORE}rsa-md5"),
        format!("{MORE}rsa-ripemd160"),
        format!("{MORE}ecdsa-sha1"),
        format!("{DSIG}rsa-sha1"),
        format!("{DSIG}dsa-sha1"),
        "http://www.w3.org/2009/xmldsig11#dsa-sha256".to_owned(),
        format!("{MORE}RSA-SHA256"),
        format!(" {MORE}rsa-sha256"),
    ];
    for method in methods {
        let signing = Signing { method: method.clone(), ..Signing::by(&REAL) };
        refused(&method, &signing.sign(&unsigned(), "_a"), &codes::ALGORITHM);
    }
}

#[test]
fn a_key_of_another_kind_than_the_method_fits_nothing() {
    for method in ["rsa-sha256", "ecdsa-sha384", "ecdsa-sha512"] {
        let signing = Signing { method: format!("{MORE}{method}"), ..Signing::by(&REAL) };
        refused(method, &signing.sign(&unsigned(), "_a"), &codes::SIGNATURE);
    }
}

#[test]
fn weak_digests_are_refused() {
    for digest in [format!("{DSIG}sha1"), format!("{MORE}md5"), format!("{MORE}sha224"), String::new()] {
        let signing = Signing { digest: digest.clone(), ..Signing::by(&REAL) };
        refused(&digest, &signing.sign(&unsigned(), "_a"), &codes::ALGORITHM);
        let of_response = sign_response(&signing.sign(&unsigned(), "_a"));
        refused(&digest, &of_response, &codes::ALGORITHM);
    }
}

#[test]
fn sha1_is_taken_only_where_it_was_allowed() {
    let digest = Signing { digest: format!("{DSIG}sha1"), ..Signing::by(&REAL) }.sign(&unsigned(), "_a");
    let allowed = Expectations { allow_sha1: true, ..wanted_of(&REAL) };
    named("digest", &digest, &allowed, LEGIT);
    let md5 = Signing { digest: format!("{MORE}md5"), ..Signing::by(&REAL) }.sign(&unsigned(), "_a");
    refused_by("MD5 never", &md5, &allowed, &codes::ALGORITHM);
}

#[test]
fn weak_key_transport_and_ciphers_are_refused() {
    let own = wanted_with_decryption();
    let good = Encrypting::to(&OWN);
    let weak = [
        Encrypting { transport: "http://www.w3.org/2001/04/xmlenc#rsa-1_5", ..good.clone() },
        Encrypting { cipher: "tripledes-cbc", ..good.clone() },
        Encrypting { cipher: "aes192-cbc", ..good.clone() },
        Encrypting { digest: "http://www.w3.org/2001/04/xmldsig-more#md5", ..good.clone() },
        // Two hashes in one OAEP.
        Encrypting { digest: "http://www.w3.org/2001/04/xmlenc#sha256", ..good },
    ];
    for encrypting in weak {
        let message = sign_response(&response(&encrypting.encrypt(evil("_a").as_bytes())));
        refused_by(encrypting.transport, &message, &own, &codes::ALGORITHM);
    }
}
