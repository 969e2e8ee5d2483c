//! What may leave the machine in a diagnostics file: an allow-list. A value goes out only where its own form shows that it
//! is a number, a moment, a code, a switch, or an address of this server. What is not known to be harmless is left out.

mod line;

use std::net::{IpAddr, SocketAddr};

use sekisho_fault::{Arg, Fault};
use serde_json::Value;

pub use line::log_line;

use crate::codes;

/// What stands in the place of what is left out.
pub const LEFT_OUT: &str = "…";

/// The areas of our codes.
const AREAS: [&str; 10] = ["admin", "admin-api", "certs", "cli", "config", "hub", "keys", "saml", "service", "signin"];
/// Names under which this server's own addresses stand, and no client's.
const OWN_ADDRESSES: [&str; 3] = ["address", "addresses", "listening"];
/// The longest value that is shown.
const LONGEST: usize = 40;

/// A fault, with those of its arguments that are harmless. A code that cannot be ours is replaced.
pub fn fault(fault: &Fault) -> Fault {
    let arg = |name: &str, value: &Arg| match value {
        Arg::Text(text) => Arg::Text(shown(name, text)),
        Arg::List(list) => Arg::List(list.iter().map(|text| shown(name, text)).collect()),
        Arg::Number(_) | Arg::Time(_) => value.clone(),
    };
    Fault {
        code: if is_code(fault.code.as_str()) { fault.code.clone() } else { codes::GARBAGE },
        severity: fault.severity,
        field: fault.field.clone().filter(|field| is_word(field)),
        args: fault
            .args
            .iter()
            .filter(|(name, _)| is_word(name))
            .map(|(name, value)| (name.clone(), arg(name, value)))
            .collect(),
    }
}

/// The last net over all of a document: no text with an e-mail address or a piece of PEM in it remains, whoever put it
/// there.
pub fn last_net(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(['@', '＠']) || text.contains("-----") || text.contains("%40") => {
            LEFT_OUT.clone_into(text);
        }
        Value::Array(values) => values.iter_mut().for_each(last_net),
        Value::Object(members) => members.values_mut().for_each(last_net),
        _ => {}
    }
}

/// A value of this name as it may be shown: itself, or what the system's own numbers in it say.
fn shown(name: &str, value: &str) -> String {
    if is_harmless(value) || (OWN_ADDRESSES.contains(&name) && is_address(value)) {
        return value.to_owned();
    }
    let numbers = ["(os error ", "(code: "].into_iter().filter_map(|start| {
        let (_, rest) = value.split_once(start)?;
        let (number, _) = rest.split_once(')')?;
        (number.len() < 12 && number.parse::<i64>().is_ok()).then(|| format!("{start}{number})"))
    });
    std::iter::once(LEFT_OUT.to_owned()).chain(numbers).collect::<Vec<_>>().join(" ")
}

fn is_harmless(value: &str) -> bool {
    let inner = value.strip_prefix("Some(").and_then(|inner| inner.strip_suffix(')')).unwrap_or(value);
    let is_number = |text: &str| text.parse::<i64>().is_ok();
    let is_version = |text: &str| text.len() <= 12 && text.split('.').count() == 3 && text.split('.').all(is_number);
    value.len() <= LONGEST
        && (is_number(inner)
            || is_version(inner)
            || is_code(inner)
            || ["true", "false", "None", "-", ""].contains(&inner))
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || text.parse::<SocketAddr>().is_ok()
}

fn is_code(text: &str) -> bool {
    text.split_once('.').is_some_and(|(area, name)| AREAS.contains(&area) && is_word(name))
}

/// A name in a program: short, in small letters, with one digit at most (`sha1`).
fn is_word(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    text.chars().filter(char::is_ascii_digit).count() < 2
        && !text.is_empty()
        && text.len() <= LONGEST
        && text.chars().all(is_letter)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use sekisho_fault::Code;
    use serde_json::json;

    use super::*;

    /// What must never go out, in the forms that it takes: keys and tokens in base64 and hexadecimal, PEM, cookies,
    /// assertions, addresses and names.
    pub(crate) fn secret() -> impl Strategy<Value = String> {
        prop_oneof![
            "[A-Za-z0-9+/]{22,200}={0,2}".boxed(),
            "[0-9a-f]{14,62}[a-f]12".boxed(),
            "-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/]{64}\n-----END PRIVATE KEY-----".boxed(),
            "__Host-sekisho-[a-z]{4}=[A-Za-z0-9_-]{40}; Path=/".boxed(),
            "<saml:NameID>[a-z]{8}</saml:NameID>".boxed(),
            "[a-z]{3,9}@[a-z]{3,9}\\.(com|jp)".boxed(),
            "[A-Z][a-z]{3,9} [A-Z][a-z]{3,9}".boxed(),
            "[ぁ-んァ-ヶ一-鿋]{2,6}".boxed(),
            "[a-z]{4,7}(-[a-z]{4,7}){4,6}".boxed(),
            "https://[a-z]{4,9}\\.example\\.com/[a-z]{3}".boxed(),
            "[0-9]{4}(-[0-9]{4}){3}".boxed(),
            "[0-9]{30,38}".boxed(),
            "198\\.51\\.100\\.[1-9]".boxed(),
        ]
    }

    #[test]
    fn what_a_remedy_needs_is_shown() {
        let fault = Fault::new(Code::new("service.not_applied"))
            .with("revision", 7_i64)
            .with("what", "00000000000000000007")
            .with("own", "0.1.0")
            .with("code", "saml.expired")
            .with("address", "127.0.0.1:8443")
            .with("detail", "cannot open it: Permission denied (os error 13)")
            .with("addresses", vec!["192.0.2.1".to_owned(), "tokyo.example.com".to_owned()])
            .on("private_ip");
        let told = super::fault(&fault);
        assert_eq!(told.args["detail"], "… (os error 13)".into());
        assert_eq!(told.args["addresses"], vec!["192.0.2.1".to_owned(), LEFT_OUT.to_owned()].into());
        for same in ["revision", "what", "own", "code", "address"] {
            assert_eq!(told.args[same], fault.args[same]);
        }
        assert_eq!((told.code, told.field), (fault.code, fault.field));
    }

    #[test]
    fn a_code_that_a_hub_has_made_up_is_not_repeated() {
        let made: Code = serde_json::from_value(json!("alice@example.com")).unwrap();
        assert_eq!(super::fault(&Fault::new(made)).code, codes::GARBAGE);
    }

    #[test]
    fn the_last_net_takes_what_slipped_through_and_nothing_else() {
        let mut document =
            json!({"a": ["CN=x, emailAddress=ops@example.com", "CN=x"], "b": {"c": "-----BEGIN X-----"}, "d": 1});
        last_net(&mut document);
        assert_eq!(document, json!({"a": [LEFT_OUT, "CN=x"], "b": {"c": LEFT_OUT}, "d": 1}));
    }

    proptest! {
        #[test]
        fn no_argument_of_a_fault_carries_a_secret_out(secret in secret(), before in "[a-z ]{0,9}", after in "[a-z ]{0,9}") {
            let text = format!("{before}{secret}{after}");
            let fault = Fault::new(Code::new("service.file"))
                .with("path", text.as_str()).with("all", vec![text]).on(&secret).with(&secret, "x");
            let told = serde_json::to_string(&super::fault(&fault)).unwrap();
            for part in secret.split_whitespace() {
                prop_assert!(!told.contains(part), "{part} in {told}");
            }
        }
    }
}
