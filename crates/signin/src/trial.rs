//! A draft on trial (R13): a second, sealed-off state beside what is served. It accepts only tests that the console
//! started, and keeps their reports to itself.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use sekisho_config::Urls;
use sekisho_fault::{Fault, Result};
use tokio::sync::watch;

use crate::applied::StateSecrets;
use crate::flow::{LIFETIME, random};
use crate::{Applied, TestReport, codes};

/// What the address of a test begins with; its nonce follows.
pub const TEST: &str = "/sso-connect/test/";
/// Tests of one trial that are remembered; the oldest goes first.
const MOST: usize = 64;

struct Started {
    nonce: String,
    time: i64,
    report: Option<TestReport>,
}

/// A draft on trial.
pub struct Trial {
    applied: Arc<Applied>,
    draft: String,
    tests: Mutex<VecDeque<Started>>,
    reported: watch::Sender<()>,
}

impl Trial {
    /// Puts a draft on trial. What was built from it gets random secrets of its own, so that none of its cookies
    /// opens where users sign in, and none of theirs opens here.
    ///
    /// Code: `BUSY`, when there are no random bytes.
    pub fn new(applied: Applied, draft: String) -> Result<Self> {
        Ok(Self {
            applied: Arc::new(applied.under(StateSecrets::fresh()?)),
            draft,
            tests: Mutex::default(),
            reported: watch::Sender::new(()),
        })
    }

    /// The draft's name, as it was given.
    pub fn draft(&self) -> &str {
        &self.draft
    }

    /// The draft's addresses, to make a link of a test's path.
    pub fn urls(&self) -> &Urls {
        self.applied.urls()
    }

    /// Starts a test and gives the path of its link: [`TEST`] and the nonce, 128 random bits. The link works from
    /// any workstation for ten minutes, and until one test through it is finished.
    ///
    /// Code: `BUSY`, when there are no random bytes.
    pub fn start_test(&self, now: i64) -> Result<String> {
        let nonce = HEXLOWER.encode(&random::<16>()?);
        let mut tests = self.tests();
        if tests.len() >= MOST {
            tests.pop_front();
        }
        tests.push_back(Started { nonce: nonce.clone(), time: now, report: None });
        Ok(format!("{TEST}{nonce}"))
    }

    /// The report of a finished test.
    pub fn report(&self, nonce: &str) -> Option<TestReport> {
        self.tests().iter().find(|test| test.nonce == nonce)?.report.clone()
    }

    /// Waits for the report of a test. `None` when there is no such test (any more). The caller bounds the time.
    pub async fn reported(&self, nonce: &str) -> Option<TestReport> {
        let mut news = self.reported.subscribe();
        loop {
            if !self.tests().iter().any(|test| test.nonce == nonce) {
                return None;
            }
            if let Some(report) = self.report(nonce) {
                return Some(report);
            }
            news.changed().await.ok()?;
        }
    }

    pub(crate) fn applied(&self) -> &Arc<Applied> {
        &self.applied
    }

    /// Whether this test may still be done.
    ///
    /// Code: `TEST_LINK`.
    pub(crate) fn is_open(&self, nonce: &str, now: i64) -> Result<()> {
        let open = |test: &Started| test.report.is_none() && (0..=LIFETIME).contains(&(now - test.time));
        let known = self.tests().iter().any(|test| test.nonce == nonce && open(test));
        if known { Ok(()) } else { Err(Fault::new(codes::TEST_LINK)) }
    }

    /// Keeps the first report of a test, and uses up its link by that.
    ///
    /// Code: `TEST_LINK`, when another was first.
    pub(crate) fn keep(&self, report: TestReport) -> Result<()> {
        {
            let mut tests = self.tests();
            let test = tests.iter_mut().find(|test| test.nonce == report.nonce && test.report.is_none());
            let test = test.ok_or_else(|| Fault::new(codes::TEST_LINK))?;
            test.report = Some(report);
        }
        self.reported.send_replace(());
        Ok(())
    }

    fn tests(&self) -> MutexGuard<'_, VecDeque<Started>> {
        // Nothing panics while the lock is held, and the list is whole at every moment.
        self.tests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
