//! A test login. It knows a trial and nothing else: no user, no hand-over, no code, no session (R13).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sekisho_fault::{Fault, Result};
use sekisho_messages::Language;
use serde::{Deserialize, Serialize};

use crate::face::Face;
use crate::flow::{self, Asked, Handle};
use crate::form::Form;
use crate::load::pool::Pool;
use crate::load::standing::Standing;
use crate::opened::Opened;
use crate::{TestReport, Trial, codes, idp, pages, refusal};

/// The state of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Test {
    asked: Asked,
    nonce: String,
}

impl flow::State for Test {
    const COOKIE: &'static str = "__Host-skt-";

    fn idp(&self) -> &str {
        &self.asked.idp
    }

    fn since(&self) -> i64 {
        self.asked.time
    }
}

/// Opens a test's link: on to the draft's identity provider.
pub(crate) async fn open(
    State(face): State<Arc<Face>>,
    standing: Standing,
    opened: Opened,
    Path(nonce): Path<String>,
    headers: HeaderMap,
) -> Response {
    let begun = match &face.served().trial {
        Some(trial) => begin(trial, standing.leaving(), &opened, nonce, &headers, face.now()).await,
        None => Err(Fault::new(codes::TEST_LINK)),
    };
    let language = pages::language(&headers);
    let refuse = |fault| refusal::plain(face.activity(), fault, language);
    begun.unwrap_or_else(|fault| standing.refused(fault, language, refuse))
}

async fn begin(
    trial: &Trial,
    pool: &Pool,
    opened: &Opened,
    nonce: String,
    headers: &HeaderMap,
    now: i64,
) -> Result<Response> {
    trial.is_open(&nonce, now)?;
    let test = Test { asked: Asked::new(trial.applied(), now)?, nonce };
    let handle = Handle::new()?;
    let mut response = idp::ask(trial.applied(), pool, &test.asked, &handle, trial.applied().at(opened), false).await?;
    handle.keep(trial.applied(), &test, headers, response.headers_mut())?;
    Ok(response)
}

/// Ends a test with a report, good or bad. An error is no report: then the test was not of this trial, or not open.
///
/// Codes: `NO_STATE`, `TEST_LINK`, `BUSY`.
pub(crate) async fn finish(
    trial: &Trial,
    pool: &Pool,
    form: Form,
    handle: &Handle,
    sealed: &str,
    now: i64,
) -> Result<TestReport> {
    let test: Test = handle.open(trial.applied(), sealed, now)?;
    trial.is_open(&test.nonce, now)?;
    let received = idp::answer(trial.applied(), pool, form.message, &test.asked, now).await;
    if let Err(fault) = &received
        && fault.code == codes::BUSY
    {
        return Err(fault.clone());
    }
    let report = TestReport::of(test.nonce, &trial.applied().configuration, received, now);
    trial.keep(report.clone())?;
    Ok(report)
}

/// Tells the browser that the test is over; how it went is told in the console.
pub(crate) fn told(
    finished: Result<TestReport>,
    handle: &Handle,
    refuse: impl FnOnce(Fault) -> Response,
    language: Language,
) -> Response {
    let mut response = match finished {
        Ok(report) if report.outcome.is_ok() => pages::told(language, StatusCode::OK, "test_over", None),
        Ok(report) => pages::told(language, StatusCode::OK, "test_refused", report.reference.as_deref()),
        Err(fault) if fault.code == codes::BUSY => return refuse(fault),
        Err(fault) => refuse(fault),
    };
    handle.forget::<Test>(response.headers_mut());
    response
}
