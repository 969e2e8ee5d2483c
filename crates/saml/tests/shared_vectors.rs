//! The attack and conformance cases that lie beside the repository, when they are there: 45 classes, made anew with
//! keys of this run. `attacks/` holds the project's own cases, which need nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use sekisho_fault::Code;
use sekisho_saml::UnixTime;
use sekisho_saml::codes::{
    ALGORITHM, AUDIENCE, CBC_UNSIGNED, CONDITION, DECRYPTION, DESTINATION, DIGEST, EXPIRED, IN_RESPONSE_TO, ISSUER,
    NOT_BASE64, NOT_XML, NOT_YET_VALID, RECIPIENT, SHAPE, SIGNATURE, STATUS, TIME, TOO_LARGE, UNSIGNED,
};
use sekisho_saml::keys::{IdpKey, SpKey};
use sekisho_saml::response::{Expectations, Flow, SigningRule, Verified, verify};
use serde_json::Value;

const ACS: &str = "https://sso.example.com:8443/sso-connect/saml/sso";
const VICTIM: &str = "alice@example.com";

/// For what reasons the cases of a class may be refused. Any other, as one that expired on the way to the test, proves
/// nothing about the class.
const REASONS: &[(&str, &[Code])] = &[
    ("addressing", &[DESTINATION, RECIPIENT]),
    ("alg-confusion", &[ALGORITHM, SHAPE]),
    ("attribute-pollution", &[SHAPE]),
    ("authn-statement", &[EXPIRED, SHAPE]),
    ("certificate-faking", &[SHAPE, SIGNATURE]),
    ("comment-truncation", &[SHAPE]),
    ("condition", &[AUDIENCE, CONDITION, EXPIRED, NOT_YET_VALID, SHAPE, TIME]),
    ("digest-comment", &[SHAPE]),
    ("digest-smuggling", &[SHAPE]),
    ("encoding", &[NOT_XML]),
    ("encryption", &[CBC_UNSIGNED, DECRYPTION, SHAPE]),
    ("freshness", &[EXPIRED, NOT_YET_VALID]),
    ("go-xml-roundtrip", &[NOT_XML]),
    ("identity", &[SHAPE]),
    ("identity-structure", &[SHAPE]),
    ("in-response-to", &[IN_RESPONSE_TO]),
    ("issuer", &[ISSUER, SHAPE]),
    ("limits", &[TOO_LARGE]),
    ("multiple-SignedInfo", &[SHAPE]),
    ("namespace-confusion", &[SHAPE]),
    ("parser-differential", &[NOT_XML]),
    ("reference", &[SHAPE]),
    ("reference-ssrf", &[SHAPE]),
    ("signature-exclusion", &[SHAPE, SIGNATURE, UNSIGNED]),
    ("signature-wrapping", &[SHAPE]),
    ("status", &[SHAPE, STATUS]),
    ("structure", &[SHAPE]),
    ("subject-confirmation", &[RECIPIENT, SHAPE]),
    ("tamper", &[DIGEST, SIGNATURE]),
    ("transform", &[SHAPE]),
    ("transform-dos", &[SHAPE, TOO_LARGE]),
    ("transport", &[NOT_BASE64, NOT_XML]),
    ("unsigned-original", &[SHAPE]),
    ("version", &[SHAPE]),
    ("void-canonicalization", &[DIGEST, SHAPE]),
    ("weak-algorithm", &[ALGORITHM]),
    ("well-formedness", &[NOT_XML]),
    ("xml-dos", &[NOT_XML, SHAPE, TOO_LARGE]),
    ("xml-parser", &[DIGEST, NOT_XML]),
];

fn generator() -> Option<PathBuf> {
    let script = support::beside("shared/vectors/gen_attacks.py")?;
    let ready = Command::new("/usr/bin/python3").args(["-c", "import lxml, cryptography"]).status();
    ready.is_ok_and(|status| status.success()).then_some(script)
}

fn openssl(folder: &Path, line: &str) {
    let status = Command::new("openssl").args(line.split(' ')).current_dir(folder).output().unwrap();
    assert!(status.status.success(), "openssl {line}");
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    data_encoding::BASE64.decode(body.as_bytes()).unwrap()
}

/// Whom a consumer takes this for: the name, or without one the only value of the only `email` attribute.
fn identity(verified: &Verified) -> Option<String> {
    let emails: Vec<_> = verified.attributes.iter().filter(|attribute| attribute.name == "email").collect();
    let email = match emails.as_slice() {
        [one] if one.values.len() == 1 => one.values.first().cloned(),
        _ => None,
    };
    verified.name_id.as_ref().map(|name| name.value.clone()).or(email)
}

#[test]
fn no_forged_message_of_the_shared_cases_is_accepted_and_no_genuine_one_is_refused() {
    let Some(script) = generator() else {
        println!("the shared cases or their generator's libraries are not here; the project's own cases stand alone");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["idp", "evil", "sp"] {
        openssl(
            at,
            &format!("req -x509 -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.crt -days 2 -subj /CN={name}"),
        );
    }
    openssl(
        at,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ec.key -out ec.crt -days 2 -subj /CN=ec",
    );
    let arguments = format!(
        "--key idp.key --cert idp.crt --evil-key evil.key --evil-cert evil.crt --sp-cert sp.crt --ec-key ec.key \
         --ec-cert ec.crt --acs {ACS} --slo https://sso.example.com/slo --audience https://sso.example.com/sp \
         --issuer https://idp.example.com --victim {VICTIM} --legit mallory@example.com --irt _request --out out"
    );
    let made =
        Command::new("/usr/bin/python3").arg(&script).args(arguments.split_whitespace()).current_dir(at).output();
    let made = made.unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

    let key = |name: &str| IdpKey::from_certificate(&der(&read(&at.join(name)))).unwrap();
    let now = jiff::Timestamp::now().as_second();
    let wanted = Expectations {
        sp_entity_id: "https://sso.example.com/sp".into(),
        acs_urls: vec![ACS.into()],
        idp_entity_id: "https://idp.example.com".into(),
        idp_keys: vec![key("idp.crt"), key("ec.crt")],
        now: UnixTime(now),
        skew_seconds: 120,
        flow: Flow::Solicited { request_id: "_request".into() },
        signing: SigningRule::Either,
        decryption_keys: vec![SpKey::from_pkcs8(&der(&read(&at.join("sp.key")))).unwrap()],
        allow_sha1: false,
    };
    let manifest: Value = serde_json::from_str(&read(&at.join("out/manifest.json"))).unwrap();
    let mut refusals: BTreeMap<(String, String), usize> = BTreeMap::new();
    let (mut run, mut wrong) = (0, Vec::new());
    for case in manifest["cases"].as_array().unwrap() {
        if case["endpoint"] != "acs" || case["binding"] != "post" {
            continue;
        }
        let name = case["name"].as_str().unwrap();
        // Sending twice, doubled form fields and where the browser goes next are the server's affair.
        let servers = case.get("posts").is_some() || case["class"] == "replay" || case.get("body_file").is_some();
        let message = read(&at.join(format!("out/{name}.param")));
        let class = case["class"].as_str().unwrap();
        let optional = case.get("optional").is_some_and(|optional| optional == true);
        let outcome = verify(&message, &wanted);
        run += 1;
        if let Err(fault) = &outcome
            && case["expected"] != "accept"
        {
            *refusals.entry((class.to_owned(), fault.code.name().to_owned())).or_default() += 1;
            if !REASONS.iter().any(|(of, codes)| *of == class && codes.contains(&fault.code)) {
                wrong.push(format!("{name}: refused, but as {fault}, which is no reason for {class}"));
            }
        }
        match (case["expected"].as_str().unwrap(), outcome) {
            ("accept", Err(fault)) if !optional => wrong.push(format!("{name}: genuine, refused: {fault}")),
            ("reject", Ok(verified)) if !servers => {
                wrong.push(format!("{name}: forged, taken for {:?}", identity(&verified)));
            }
            ("not-victim", Ok(verified)) if identity(&verified).as_deref() == Some(VICTIM) => {
                wrong.push(format!("{name}: taken for the victim"));
            }
            _ => {}
        }
    }
    for ((class, code), count) in refusals {
        println!("{class}: {count} refused as {code}");
    }
    // The other 21, and the server's part of 19 of these, are run through the router of the crate `signin`.
    assert_eq!((run, manifest["cases"].as_array().unwrap().len()), (298, 319));
    assert!(wrong.is_empty(), "{} of {run}:\n{}", wrong.len(), wrong.join("\n"));
}
