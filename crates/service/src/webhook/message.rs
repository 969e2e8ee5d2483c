//! What is sent: the events of the log, in a form of their own, signed as receivers know it (standardwebhooks.com, version 1:
//! HMAC-SHA256 over id, moment and body).

use aws_lc_rs::hmac;
use data_encoding::{BASE64, HEXLOWER};
use sekisho_fault::{Arg, Fault};
use sekisho_keys::derive::Secret;
use sekisho_keys::ids::Hash;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::Level;

use crate::codes;
use crate::journal::Line;

/// The form of the body.
const SCHEMA: u32 = 1;

/// Who sends.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) connection: String,
    pub(super) server: String,
    /// The machine's name.
    pub(super) name: String,
}

/// A message, as it is sent however often it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Its own name: the same at each try.
    pub(super) id: String,
    /// JSON.
    pub(super) body: String,
}

#[derive(Serialize)]
struct Body<'a> {
    schema: u32,
    id: &'a str,
    time: i64,
    event: &'a str,
    severity: &'a str,
    /// The same for all that is about one thing: its beginning and its end, and at every server that sees it.
    about: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    facts: Map<String, Value>,
    connection: &'a str,
    server: &'a str,
    server_name: &'a str,
}

impl Message {
    /// The message of a line. `random` names it; `time`: seconds since 1970.
    pub(super) fn of(line: &Line, sender: &Sender, random: [u8; 16], time: i64) -> Self {
        let id = format!("evt_{}", HEXLOWER.encode(&random));
        let reason = line.reason.as_ref();
        let mut facts: Map<String, Value> =
            line.facts.iter().map(|(name, value)| ((*name).to_owned(), Value::String(value.clone()))).collect();
        facts.extend(reason.into_iter().flat_map(loggable));
        let body = Body {
            schema: SCHEMA,
            id: &id,
            time,
            event: line.event.name(),
            severity: severity(line.level),
            about: about(line, sender),
            code: reason.map(|reason| reason.code.as_str()),
            facts,
            connection: &sender.connection,
            server: &sender.server,
            server_name: &sender.name,
        };
        // Strings, numbers and maps with string keys always have a JSON form.
        let body = serde_json::to_string(&body).unwrap_or_default();
        Self { id, body }
    }

    /// The headers that tell who sent it, and that it is whole. `now`: the moment of this try, in seconds since 1970.
    pub(super) fn headers(&self, secret: &Secret, now: i64) -> [(&'static str, String); 3] {
        let signature = signature(secret.expose(), &self.id, now, &self.body);
        [("webhook-id", self.id.clone()), ("webhook-timestamp", now.to_string()), ("webhook-signature", signature)]
    }
}

/// A secret as receivers take it.
pub(super) fn shown(secret: &Secret) -> String {
    format!("whsec_{}", BASE64.encode(secret.expose()))
}

fn signature(secret: &[u8], id: &str, now: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("v1,{}", BASE64.encode(hmac::sign(&key, format!("{id}.{now}.{body}").as_bytes()).as_ref()))
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warning",
        _ => "info",
    }
}

/// What of a reason leaves the servers: what tells it from others, counts and moments. What others have written (addresses,
/// names, the words of a system) stays in the log; the code says where to look.
fn loggable(reason: &Fault) -> impl Iterator<Item = (String, Value)> {
    let leaves = |(name, value): &(&String, &Arg)| {
        sekisho_notices::tells_apart(name) || matches!(value, Arg::Number(_) | Arg::Time(_))
    };
    reason.args.iter().filter(leaves).map(|(name, value)| {
        let value = match value {
            Arg::Text(text) => Value::from(text.as_str()),
            Arg::Number(number) | Arg::Time(number) => Value::from(*number),
            Arg::List(list) => Value::from(list.clone()),
        };
        (name.clone(), value)
    })
}

/// Warnings that every server of a connection has when one has them.
fn is_shared(reason: &Fault) -> bool {
    let shared = [codes::METADATA_HELD, codes::METADATA_EXPIRES, codes::METADATA_EXPIRED];
    ["certs", "config"].contains(&reason.code.area()) || shared.contains(&reason.code)
}

fn about(line: &Line, sender: &Sender) -> String {
    let what = match &line.reason {
        Some(reason) if line.event.name().starts_with("warning") => sekisho_notices::about(reason).to_string(),
        _ => line.event.name().split('.').next().unwrap_or_default().to_owned(),
    };
    let field = line.reason.as_ref().and_then(|reason| reason.field.as_deref()).unwrap_or_default();
    let at = if line.reason.as_ref().is_some_and(is_shared) { "" } else { sender.server.as_str() };
    let name = Hash::of([sender.connection.as_str(), at, &what, field].join("\0").as_bytes()).to_string();
    name.chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal;
    use crate::status::Board;

    fn sender(server: &str) -> Sender {
        Sender { connection: "c1".to_owned(), server: server.to_owned(), name: format!("{server}.example") }
    }

    fn of(line: &Line, server: &str) -> Value {
        serde_json::from_str(&Message::of(line, &sender(server), [7; 16], 1_800_000_000).body).unwrap()
    }

    fn begun_and_over(warning: Fault) -> [Line; 2] {
        let (before, mut after) = (Board::new("one".to_owned()).read(), Board::new("one".to_owned()).read());
        after.warnings = vec![warning];
        let one = |from, to| journal::changes(from, to, 0).pop().unwrap();
        [one(&before, &after), one(&after, &before)]
    }

    #[test]
    fn the_signature_is_that_of_the_standard() {
        let secret = BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let made = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn the_headers_sign_the_very_body_at_the_moment_of_the_try() {
        let [line, _] = begun_and_over(Fault::new(codes::DRAINED));
        let (message, secret) = (Message::of(&line, &sender("s1"), [7; 16], 5), Secret::new([9; 32]));
        let [id, time, signed] = message.headers(&secret, 77);
        assert_eq!((id.1.as_str(), time.1.as_str()), (message.id.as_str(), "77"));
        assert_eq!(signed.1, signature(&[9; 32], &message.id, 77, &message.body));
        assert_ne!(signed.1, message.headers(&secret, 78)[2].1);
        assert_eq!(shown(&secret), format!("whsec_{}", BASE64.encode(&[9; 32])));
    }

    #[test]
    fn a_body_names_event_code_server_and_moment_and_nothing_that_others_have_written() {
        let held = Fault::new(codes::METADATA_HELD)
            .with("url", "https://idp.example/?key=1")
            .with("added", vec!["x".to_owned()]);
        let [line, _] = begun_and_over(held);
        let whole = Message::of(&line, &sender("s1"), [7; 16], 1_800_000_000).body;
        let body: Value = serde_json::from_str(&whole).unwrap();
        let about = body["about"].as_str().unwrap();
        assert_eq!(
            whole,
            format!(
                r#"{{"schema":1,"id":"evt_07070707070707070707070707070707","time":1800000000,"event":"warning","severity":"warning","about":"{about}","code":"service.metadata_held","facts":{{}},"connection":"c1","server":"s1","server_name":"s1.example"}}"#
            )
        );
        let [line, _] = begun_and_over(Fault::new(codes::CLOCK_AHEAD).with("server", "kyoto").with("seconds", 90_i64));
        assert_eq!(of(&line, "s1")["facts"], serde_json::json!({"seconds": 90, "server": "kyoto"}));
    }

    #[test]
    fn what_is_about_one_thing_has_one_name_at_every_server_and_until_it_is_over() {
        let ends = |field: &str| Fault::new(sekisho_certs::codes::ENDS_SOON).with("days", 5_i64).on(field);
        let [begun, over] = begun_and_over(ends("tls"));
        let name = |line: &Line, server| of(line, server)["about"].clone();
        assert_eq!(name(&begun, "s1"), name(&over, "s2"));
        assert_ne!(name(&begun, "s1"), name(&begun_and_over(ends("saml"))[0], "s1"));
        let [own, over] = begun_and_over(Fault::new(codes::DRAINED));
        assert_eq!(name(&own, "s1"), name(&over, "s1"));
        assert_ne!(name(&own, "s1"), name(&own, "s2"), "what is a server's own is told of each");
    }
}
