//! `sekisho diagnostics`: one file for a support case, with the service running or not. What goes into it is redacted
//! before it is written: by the service what it tells of itself, here what is read beside it.

mod beside;
mod log;

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use sekisho_admin_api::diagnostics::GetDiagnostics;
use sekisho_admin_api::redact;
use sekisho_fault::Result;
use sekisho_messages::time;
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use beside::installed_data;

use super::Context;
use crate::arguments::DiagnosticsFile;
use crate::private_file;
use crate::secrets::file_fault;

/// What the form of the file is called. Readers refuse what they do not know.
const FORM: &str = "sekisho-diagnostics-1";

/// What was written.
#[derive(Serialize)]
struct Written {
    file: String,
    bytes: usize,
    service_answers: bool,
    /// The parts, as paths into the file.
    parts: Vec<String>,
    log_lines: usize,
}

/// Writes the file, which must not be there before, and says what is in it.
pub(super) async fn diagnostics(context: &Context, wish: &DiagnosticsFile) -> Result<()> {
    // First of all: nothing is gathered for a file that cannot be written.
    let mut file = private_file::create(&wish.file).map_err(|error| file_fault(&wish.file, &error))?;
    let told = match context.service().await {
        Ok(service) => service.call::<GetDiagnostics>(()).await,
        Err(fault) => Err(fault),
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let log = log::log(wish.log.as_deref(), &wish.data).await;
    let log_lines = log["lines"].as_array().map_or(0, Vec::len);
    let mut whole = json!({
        "form": FORM,
        "made": time(i64::try_from(since).unwrap_or(i64::MAX)),
        "program": beside::program(),
        "service": match &told {
            Ok(_) => json!({"answers": true}),
            Err(fault) => json!({"answers": false, "fault": redact::fault(fault)}),
        },
        "log": log,
    });
    let service_answers = told.is_ok();
    match told {
        Ok(told) => whole["reported"] = told,
        Err(_) => whole["data_folder"] = beside::data_folder(&wish.data),
    }
    redact::last_net(&mut whole);
    let text = serde_json::to_vec_pretty(&whole).unwrap_or_default();
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(|error| file_fault(&wish.file, &error))?;
    let written = Written {
        file: wish.file.display().to_string(),
        bytes: text.len(),
        service_answers,
        parts: parts(&whole),
        log_lines,
    };
    context.printer.reply(&written, |printer| {
        let mut lines = vec![printer.say("diagnostics.written", &[("file", &written.file)])];
        if !written.service_answers {
            lines.push(printer.say("diagnostics.down", &[]));
        }
        lines.push(printer.pair("diagnostics.parts", written.parts.join(", ")));
        if written.log_lines == 0 {
            lines.push(printer.say("diagnostics.no_log", &[]));
        }
        lines.push(printer.say("diagnostics.left_out", &[]));
        lines
    });
    Ok(())
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
