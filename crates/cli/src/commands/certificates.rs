//! `sekisho certificates`: which certificate covers which name, and what is served where.

use sekisho_admin_api::certificates::{
    CertificateMatrix, CertificatePlace, GetCertificates, GetServedCertificates, JudgeCertificate, JudgeFiles,
    NameRole, ServedAt, ServedCertificates,
};
use sekisho_admin_api::names::WhichName;
use sekisho_fault::{Result, Severity};
use sekisho_messages::{explain, time};

use super::Context;
use super::draft::dropped;
use crate::arguments::{CertificatesCommand, CheckCertificate};
use crate::print::Printer;
use crate::secrets;

/// The certificates.
pub(super) async fn certificates(context: &Context, command: Option<CertificatesCommand>) -> Result<()> {
    let service = context.service().await?;
    let matrix = match command {
        None => service.call::<GetCertificates>(()).await?,
        Some(CertificatesCommand::Check(check)) => service.call::<JudgeCertificate>(wish(check)?).await?,
        Some(CertificatesCommand::Served { for_name }) => {
            let which = for_name.map(|host| WhichName { host });
            let served = service.call::<GetServedCertificates>(which).await?;
            context.printer.reply(&served, |printer| lines_of_served(printer, &served));
            return Ok(());
        }
    };
    context.printer.reply(&matrix, |printer| lines(printer, &matrix));
    Ok(())
}

fn wish(check: CheckCertificate) -> Result<JudgeFiles> {
    let password = |file: Option<std::path::PathBuf>| {
        file.map(|file| secrets::read(&file).map(|text| text.to_string())).transpose()
    };
    Ok(JudgeFiles {
        files: check.files.iter().map(|file| dropped(file)).collect::<Result<_>>()?,
        store_password: password(check.store_password_file)?,
        key_password: password(check.key_password_file)?,
        names: check.names,
    })
}

fn lines(printer: Printer, matrix: &CertificateMatrix) -> Vec<String> {
    let mut lines = Vec::new();
    for one in &matrix.certificates {
        let place = match one.place {
            CertificatePlace::Applied => "certificates.applied",
            CertificatePlace::Draft => "certificates.draft",
            CertificatePlace::Shown => "certificates.shown",
        };
        let ends = time(one.certificate.not_after);
        let mut line = printer.say(place, &[("subject", &one.certificate.subject), ("ends", &ends)]);
        if let Some(host) = &one.host {
            line = format!("{line} ({})", printer.say("certificates.of_name", &[("host", host)]));
        }
        lines.push(line);
        for (name, coverage) in matrix.names.iter().zip(&one.coverage) {
            let mark = if coverage.covered { "✓" } else { "✕" };
            // A server's own name matters to few, and a name with a certificate of its own needs no other.
            let idle = coverage.reason.severity == Severity::Info;
            let mark = if (name.role == NameRole::Server || idle) && !coverage.covered { "○" } else { mark };
            lines.push(format!("  {mark} {}", explain(printer.language, &coverage.reason).0));
        }
        lines.extend(one.remarks.iter().map(|remark| format!("  {}", printer.fault(remark))));
    }
    if let Some(before) = &matrix.before {
        let told = [("subject", &*before.certificate.subject), ("until", &time(before.until))];
        lines.push(printer.say("certificates.before", &told));
    }
    if lines.is_empty() {
        lines.push(printer.say("certificates.none", &[]));
    }
    lines
}

fn lines_of_served(printer: Printer, served: &ServedCertificates) -> Vec<String> {
    let line = |at: &ServedAt| {
        let is = match (&at.fault, at.covered, at.applied) {
            (Some(fault), ..) => return format!("{:<24} {}", at.address, printer.fault(fault)),
            (None, false, _) => "certificates.wrong_name",
            (None, true, true) => "certificates.the_one",
            (None, true, false) => "certificates.another",
        };
        let subject = at.certificate.as_ref().map_or("", |certificate| certificate.subject.as_str());
        let ends = at.certificate.as_ref().map(|certificate| time(certificate.not_after)).unwrap_or_default();
        format!("{:<24} {}", at.address, printer.say(is, &[("subject", subject), ("ends", &ends)]))
    };
    let mut lines = vec![line(&served.own)];
    lines.extend(served.led_to.iter().map(line));
    lines.extend(served.unresolved.iter().map(|fault| printer.fault(fault)));
    lines
}
