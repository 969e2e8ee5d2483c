//! Join files and tokens, as text. Pure: whoever calls says who reads, and when.

use sekisho_admin_api::join::{FORMAT, JoinFile, JoinToken};
use sekisho_fault::{Fault, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::codes;

/// How long a join file may be used, in seconds: a week, for those who order the machine meanwhile.
pub const LIFETIME: i64 = 7 * 86_400;
/// The longest text that is read, in bytes: authorities may be many.
const LONGEST: usize = 256 * 1024;

/// Reads a join file for a server of `version` at `now`.
///
/// Codes: `JOIN_FILE`, `JOIN_FILE_NEWER`, `JOIN_FILE_ENDED`, `JOIN_OLDER`, `JOIN_NEWER`.
pub fn read(text: &str, version: &str, now: i64) -> Result<JoinFile> {
    #[derive(Deserialize)]
    struct Form {
        sekisho_join: u32,
    }
    let form: Form = parse(text)?;
    known(form.sekisho_join)?;
    let file: JoinFile = parse(text)?;
    may_join(&file, version, now)?;
    Ok(file)
}

/// Reads a token for a server of `version` at `now`.
///
/// Codes: as [`read`].
pub fn read_token(text: &str, version: &str, now: i64) -> Result<JoinToken> {
    #[derive(Deserialize)]
    struct Form {
        sekisho_join_token: u32,
    }
    let form: Form = parse(text)?;
    known(form.sekisho_join_token)?;
    let token: JoinToken = parse(text)?;
    may_join(&token.file, version, now)?;
    Ok(token)
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    let wrong = |detail: String| Fault::new(codes::JOIN_FILE).with("detail", detail);
    if text.len() > LONGEST {
        return Err(wrong(format!("{} bytes", text.len())));
    }
    // Where it is wrong, and not what stands there: a token is a secret.
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| wrong(format!("line {}, column {}", error.line(), error.column())))
}

fn known(form: u32) -> Result<()> {
    if form == FORMAT { Ok(()) } else { Err(Fault::new(codes::JOIN_FILE_NEWER)) }
}

fn may_join(file: &JoinFile, version: &str, now: i64) -> Result<()> {
    if now > file.ends {
        return Err(Fault::new(codes::JOIN_FILE_ENDED).at("ends", file.ends));
    }
    let (here, there) = (numbers(version), numbers(&file.version));
    let code = match here.cmp(&there) {
        _ if version == file.version => return Ok(()),
        std::cmp::Ordering::Less => codes::JOIN_OLDER,
        _ => codes::JOIN_NEWER,
    };
    let fault = Fault::new(code).with("here", version).with("there", file.version.as_str());
    Err(fault.with("server", file.made_by.as_str()))
}

/// The numbers of a version, for comparing.
fn numbers(version: &str) -> Vec<u64> {
    version.split(|letter: char| !letter.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn file(version: &str) -> JoinFile {
        JoinFile {
            sekisho_join: FORMAT,
            hub: "https://hub.example.com/".into(),
            hub_pin: None,
            proxy: String::new(),
            authorities: String::new(),
            genesis: "00".into(),
            connection: "11".into(),
            enterprise_domain: "example".into(),
            version: version.into(),
            made_by: "sso1".into(),
            listening: None,
            ends: NOW + 1,
        }
    }

    fn outcome(text: &str) -> Result<JoinFile, sekisho_fault::Code> {
        read(text, "1.10.0", NOW).map_err(|fault| fault.code)
    }

    #[test]
    fn the_same_version_joins_and_any_other_is_told_which_to_upgrade_first() {
        let text = |version: &str| serde_json::to_string_pretty(&file(version)).unwrap();
        assert_eq!(outcome(&text("1.10.0")).unwrap(), file("1.10.0"));
        assert_eq!(outcome(&format!("\u{feff}{}\r\n", text("1.10.0"))).unwrap(), file("1.10.0"));
        for newer in ["1.10.1", "1.11.0", "2.0.0"] {
            assert_eq!(outcome(&text(newer)).unwrap_err(), codes::JOIN_OLDER, "{newer}");
        }
        for older in ["1.9.9", "0.12.0", "1.10.0-rc"] {
            assert_eq!(outcome(&text(older)).unwrap_err(), codes::JOIN_NEWER, "{older}");
        }
        let fault = read(&text("1.9.9"), "1.10.0", NOW).unwrap_err();
        assert_eq!((&fault.args["here"], &fault.args["there"]), (&"1.10.0".into(), &"1.9.9".into()));
    }

    #[test]
    fn a_file_that_has_ended_or_is_none_or_of_a_newer_form_is_refused_by_code() {
        let ended = JoinFile { ends: NOW - 1, ..file("1.10.0") };
        assert_eq!(outcome(&serde_json::to_string(&ended).unwrap()).unwrap_err(), codes::JOIN_FILE_ENDED);
        assert_eq!(outcome(r#"{"sekisho_join":2,"anything":true}"#).unwrap_err(), codes::JOIN_FILE_NEWER);
        for garbage in ["", "{}", "[]", "PK\u{3}\u{4}", "{\"sekisho_join\":1}", &"x".repeat(LONGEST + 1)] {
            assert_eq!(outcome(garbage).unwrap_err(), codes::JOIN_FILE);
        }
    }

    #[test]
    fn what_is_wrong_with_a_token_never_repeats_it() {
        let fault = read_token(r#"{"sekisho_join_token":1,"seed":"very-secret"}"#, "1.10.0", NOW).err().unwrap();
        assert_eq!(fault.code, codes::JOIN_FILE);
        assert!(!format!("{fault:?}").contains("very-secret"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}", version in ".{0,20}") {
            let _ = read(&text, &version, NOW);
            let _ = read_token(&text, &version, NOW);
        }
    }
}
