//! The test login.

use std::time::Duration;

use sekisho_admin_api::Client;
use sekisho_admin_api::names::WhichName;
use sekisho_admin_api::test_login::{GetTestReport, StartTest, TestReport, WhichTest};
use sekisho_fault::{Fault, Result};

use super::Context;
use crate::codes;
use crate::print::Printer;

/// How long a test's link works.
const PATIENCE: Duration = Duration::from_mins(10);

/// Starts a test and waits for it, or shows the report of one.
pub(super) async fn test_login(
    context: &Context,
    for_name: Option<String>,
    wait: bool,
    report: Option<String>,
) -> Result<()> {
    let service = context.service().await?;
    let test = if let Some(test) = report {
        test
    } else {
        let started = service.call::<StartTest>(for_name.map(|host| WhichName { host })).await?;
        if !wait {
            context.printer.reply(&started, |_| vec![started.url.clone(), started.test.clone()]);
            return Ok(());
        }
        eprintln!("{}", context.printer.say("test_link", &[("url", &started.url)]));
        started.test
    };
    let found = wait_for(&service, &test, if wait { PATIENCE } else { Duration::ZERO }).await?;
    context.printer.reply(&found, |printer| words(printer, &found));
    match found.refusal {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

async fn wait_for(service: &Client, test: &str, patience: Duration) -> Result<TestReport> {
    let asked = async {
        loop {
            if let Some(report) = service.call::<GetTestReport>(WhichTest { test: test.to_owned() }).await? {
                return Ok(report);
            }
            if patience.is_zero() {
                return Err(Fault::new(codes::NO_TEST));
            }
            // A person signs in at the other end: half a second is soon enough.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let patience = patience.max(Duration::from_secs(10));
    tokio::time::timeout(patience, asked).await.map_err(|_| Fault::new(codes::NO_TEST))?
}

fn words(printer: Printer, report: &TestReport) -> Vec<String> {
    let mut lines = vec![
        printer.pair("who", report.who.clone().unwrap_or_default()),
        printer.pair("signed", report.signed.join(", ")),
        printer.pair("encrypted", report.encrypted),
        printer.pair("signing_key", &report.signing_key),
        printer.pair("clock", report.clock),
    ];
    if let Some((source, value)) = &report.subject {
        lines.push(printer.pair("subject", format!("{value} ({source})")));
    }
    lines.extend(report.attributes.iter().map(|(name, values)| format!("{name:<24} {}", values.join(", "))));
    lines.extend(report.warnings.iter().map(|warning| printer.fault(warning)));
    lines
}
