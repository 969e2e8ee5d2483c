//! One file for a support case, with the service running or not. What goes into it is redacted before it is written: by the
//! service what it tells of itself, here what is read beside it.

use std::path::{Path, PathBuf};

use sekisho_fault::Result;
use serde_json::{Value, json};

use super::{GetDiagnostics, beside, log};
use crate::{Client, redact};

/// What the form of the file is called. Readers refuse what they do not know.
const FORM: &str = "sekisho-diagnostics-1";

/// What is looked at beside the service, where it runs on this machine.
pub struct Beside {
    /// The service's data folder. It is looked at when the service does not answer.
    pub data: PathBuf,
    /// The file with its log; none: where the system keeps it.
    pub log: Option<PathBuf>,
}

/// The file.
pub struct Bundle {
    /// What goes into it.
    pub text: Vec<u8>,
    /// Whether the service has answered.
    pub service_answers: bool,
    /// The parts, as paths into the file.
    pub parts: Vec<String>,
    /// The lines of the log in it.
    pub log_lines: usize,
}

/// Gathers what there is to know of a service: of one that answers, what it tells, and of one on this machine what lies beside
/// it. `made` is the moment, for people.
pub async fn bundle(service: Result<Client>, beside: Option<&Beside>, made: &str) -> Bundle {
    let told = match service {
        Ok(service) => service.call::<GetDiagnostics>(()).await,
        Err(fault) => Err(fault),
    };
    let log = match beside {
        Some(Beside { data, log }) => log::log(log.as_deref(), data).await,
        None => json!({"from": "elsewhere"}),
    };
    let log_lines = log["lines"].as_array().map_or(0, Vec::len);
    let mut whole = json!({
        "form": FORM,
        "made": made,
        "program": beside::program(),
        "service": match &told {
            Ok(_) => json!({"answers": true}),
            Err(fault) => json!({"answers": false, "fault": redact::fault(fault)}),
        },
        "log": log,
    });
    let service_answers = told.is_ok();
    match (told, beside) {
        (Ok(told), _) => whole["reported"] = told,
        (Err(_), Some(Beside { data, .. })) => whole["data_folder"] = beside::data_folder(data),
        (Err(_), None) => {}
    }
    redact::last_net(&mut whole);
    let text = serde_json::to_vec_pretty(&whole).unwrap_or_default();
    Bundle { text, service_answers, parts: parts(&whole), log_lines }
}

/// Where the installed service keeps its things.
pub fn installed_data() -> PathBuf {
    if cfg!(windows) {
        let programs = std::env::var_os("ProgramData").map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from);
        programs.join("Sekisho")
    } else {
        Path::new("/var/lib/sekisho").to_owned()
    }
}

/// The names of the parts, those of what the service tells below its own.
fn parts(whole: &Value) -> Vec<String> {
    let names = |value: &Value| value.as_object().map(|part| part.keys().cloned().collect()).unwrap_or_default();
    let mut parts: Vec<String> = names(whole);
    parts.retain(|part| part != "form" && part != "reported");
    let reported: Vec<String> = names(&whole["reported"]);
    parts.extend(reported.into_iter().map(|part| format!("reported.{part}")));
    parts
}
