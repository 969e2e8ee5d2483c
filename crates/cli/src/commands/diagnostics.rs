//! `sekisho diagnostics`: one file for a support case, with the service running or not.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use sekisho_admin_api::diagnostics::{Beside, bundle};
use sekisho_admin_api::private_file;
use sekisho_fault::Result;
use sekisho_messages::time;
use serde::Serialize;

use super::Context;
use crate::arguments::DiagnosticsFile;
use crate::secrets::file_fault;

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
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let made = time(i64::try_from(since).unwrap_or(i64::MAX));
    let beside = Beside { data: wish.data.clone(), log: wish.log.clone() };
    let gathered = bundle(context.service().await, Some(&beside), &made).await;
    file.write_all(&gathered.text).and_then(|()| file.sync_all()).map_err(|error| file_fault(&wish.file, &error))?;
    let written = Written {
        file: wish.file.display().to_string(),
        bytes: gathered.text.len(),
        service_answers: gathered.service_answers,
        parts: gathered.parts,
        log_lines: gathered.log_lines,
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
