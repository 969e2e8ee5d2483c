//! `sekisho saml check`: judges a response as the service would, for support cases. Offline, nothing is stored.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use sekisho_certs::import::{self, File, Passwords};
use sekisho_config::idp_error;
use sekisho_fault::{Arg, Code, Fault, Result};
use sekisho_saml::keys::SpKey;
use sekisho_saml::metadata::IdpMetadata;
use sekisho_saml::response::{LIMIT, SignedPart, verify, verify_xml};
use sekisho_saml::{Expectations, Flow, SigningRule, UnixTime, Verified, codes as saml};
use serde::Serialize;
use serde_json::Value;

use crate::arguments::SamlCheck;
use crate::codes;
use crate::print::Printer;
use crate::secrets::file_fault;

/// It could not be judged: the question is wrong, not the message.
const MISUSE: u8 = 2;
/// It would be refused.
const REFUSED: u8 = 3;

/// What is printed. The names are a promise: scripts read them.
#[derive(Serialize)]
struct Judgement {
    verdict: &'static str,
    code: Option<Code>,
    facts: BTreeMap<String, Value>,
    name_id: Option<String>,
    attributes: BTreeMap<String, Vec<String>>,
    signed: Vec<SignedPart>,
}

/// Judges a response and says how.
pub(super) fn check(printer: Printer, asked: &SamlCheck) -> ExitCode {
    let judged = question(asked).and_then(|wanted| Ok((message(&asked.file)?, wanted)));
    let (message, wanted) = match judged {
        Ok(question) => question,
        Err(fault) => {
            if printer.json {
                eprintln!("{}", serde_json::to_string_pretty(&fault).unwrap_or_default());
            } else {
                eprintln!("{}", printer.fault(&fault));
            }
            return ExitCode::from(MISUSE);
        }
    };
    match judge(&message, asked.base64, &wanted) {
        Ok(verified) => {
            let accepted = accepted(verified);
            printer.reply(&accepted, |printer| shown(printer, &accepted));
            ExitCode::SUCCESS
        }
        Err(fault) => {
            let refused = refused(&fault);
            printer.reply(&refused, |printer| vec![printer.say("saml.refused", &[]), printer.fault(&fault)]);
            ExitCode::from(REFUSED)
        }
    }
}

fn judge(message: &[u8], base64: bool, wanted: &Expectations) -> Result<Verified> {
    // Octets that are no UTF-8 are no XML that the service takes, and no base64.
    let wrong = if base64 { saml::NOT_BASE64 } else { saml::NOT_XML };
    let text = std::str::from_utf8(message).map_err(|_| Fault::new(wrong))?;
    let judged = if base64 { verify(text, wanted) } else { verify_xml(text, wanted) };
    judged.map_err(idp_error::with_cause)
}

/// The message, as far as it could be read by the service at all: a longer one is refused for its length.
fn message(path: &Path) -> Result<Vec<u8>> {
    let most = u64::try_from(LIMIT * 2).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map(|_| bytes).map_err(|error| file_fault(path, &error))
}

fn question(asked: &SamlCheck) -> Result<Expectations> {
    let bytes = |path: &Path| std::fs::read(path).map_err(|error| file_fault(path, &error));
    let metadata = IdpMetadata::parse(&bytes(&asked.idp_metadata)?)?;
    let now = if let Some(text) = &asked.at {
        UnixTime::from_rfc3339(text).map_err(|_| Fault::new(codes::MOMENT).with("value", text.as_str()))?
    } else {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixTime(i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
    };
    let decryption_keys = match (&asked.sp_key, &asked.sp_cert) {
        (Some(key), Some(certificate)) => {
            let (key, certificate) = (bytes(key)?, bytes(certificate)?);
            let files = [File { name: "key", bytes: &key }, File { name: "certificate", bytes: &certificate }];
            let pair = import::pair(&files, &Passwords::default())?;
            vec![SpKey::from_pkcs8(pair.key().pkcs8())?]
        }
        _ => Vec::new(),
    };
    let flow = match &asked.request_id {
        Some(id) => Flow::Solicited { request_id: id.clone() },
        None => Flow::Unsolicited,
    };
    Ok(Expectations {
        sp_entity_id: asked.entity_id.clone(),
        acs_urls: asked.acs.clone(),
        idp_entity_id: metadata.entity_id.clone(),
        idp_keys: metadata.keys()?,
        now,
        skew_seconds: i64::from(asked.skew),
        flow,
        signing: SigningRule::Either,
        decryption_keys,
        allow_sha1: asked.allow_sha1,
    })
}

fn accepted(verified: Verified) -> Judgement {
    let mut facts = BTreeMap::from([
        ("issuer".to_owned(), Value::from(verified.issuer)),
        ("signing_key".to_owned(), Value::from(verified.key_fingerprint)),
        ("encrypted".to_owned(), Value::from(verified.was_encrypted)),
        ("issued".to_owned(), Value::from(verified.issue_instant.to_xml())),
        ("authenticated".to_owned(), Value::from(verified.authn_instant.to_xml())),
    ]);
    let format = verified.name_id.as_ref().and_then(|name| name.format.clone());
    let optional = [("session_index", verified.session_index), ("name_id_format", format)];
    facts.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?)))));
    let mut attributes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for attribute in verified.attributes {
        // One that comes twice counts with all its values, as it does at a sign-in.
        attributes.entry(attribute.name).or_default().extend(attribute.values);
    }
    Judgement {
        verdict: "accepted",
        code: None,
        facts,
        name_id: verified.name_id.map(|name| name.value),
        attributes,
        signed: verified.signed,
    }
}

fn refused(fault: &Fault) -> Judgement {
    let plain = |arg: &Arg| match arg {
        Arg::Text(text) => Value::from(text.as_str()),
        Arg::Number(number) => Value::from(*number),
        Arg::Time(seconds) => Value::from(UnixTime(*seconds).to_xml()),
        Arg::List(list) => Value::from(list.clone()),
    };
    Judgement {
        verdict: "refused",
        code: Some(fault.code.clone()),
        facts: fault.args.iter().map(|(name, arg)| (name.clone(), plain(arg))).collect(),
        name_id: None,
        attributes: BTreeMap::new(),
        signed: Vec::new(),
    }
}

fn shown(printer: Printer, judged: &Judgement) -> Vec<String> {
    let mut lines = vec![printer.say("saml.accepted", &[])];
    let part = |part: &SignedPart| match part {
        SignedPart::Response => "Response",
        SignedPart::Assertion => "Assertion",
    };
    lines.push(printer.pair("saml.signed", judged.signed.iter().map(part).collect::<Vec<_>>().join(", ")));
    lines.push(printer.pair("saml.name_id", judged.name_id.as_deref().unwrap_or("-")));
    for (name, value) in &judged.facts {
        lines.push(format!("{name:<24} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    for (name, values) in &judged.attributes {
        lines.push(format!("{name:<24} {}", values.join(", ")));
    }
    lines
}
