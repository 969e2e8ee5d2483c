//! For as long as the service runs, troubles that are news are written about. Nothing waits for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sekisho_config::Document;
use sekisho_fault::Result;
use sekisho_notices::{Told, Trouble, troubles};
use tokio::sync::broadcast::error::RecvError;

use super::letter::{self, Origin};
use crate::clock;
use crate::enrolment::Member;
use crate::lifecycle::House;
use crate::pauses::Pauses;

/// What is said of it in the status.
pub(super) const WARNINGS: &str = "mail";
/// What changes together is told together.
const SETTLE: Duration = Duration::from_secs(3);
/// Ends come nearer while nothing changes.
const LOOK: Duration = Duration::from_mins(1);

impl House {
    /// Writes about what is news. Ends with the service.
    pub(crate) async fn send_mails(self: Arc<Self>) {
        let started = Instant::now();
        let mut events = self.board.events();
        let (mut told, mut pauses) = (self.told_by_mail(), Pauses::default());
        loop {
            let wait = if pauses.next().is_zero() { LOOK } else { pauses.next().saturating_sub(started.elapsed()) };
            tokio::select! {
                event = events.recv() => if matches!(event, Err(RecvError::Closed)) { return },
                () = tokio::time::sleep(wait) => {}
                () = self.mail_works.notified() => pauses.works(),
            }
            tokio::time::sleep(SETTLE).await;
            // What has changed until now is looked at now.
            events = events.resubscribe();
            if pauses.next() <= started.elapsed() {
                self.write_news(&mut told, &mut pauses, started).await;
            }
        }
    }

    fn told_by_mail(&self) -> Told {
        let kept: Option<Told> = self.told.read().unwrap_or_else(|fault| {
            // Told once more is better than never.
            tracing::error!(%fault, "what was told by mail is damaged: it is set aside");
            self.told.set_aside();
            None
        });
        kept.unwrap_or_default().reopened(clock::now())
    }

    async fn write_news(&self, told: &mut Told, pauses: &mut Pauses, started: Instant) {
        let Some((member, document)) = self.mailing().await else {
            pauses.works();
            self.warn_of_mail(Vec::new());
            return;
        };
        let now = clock::now();
        let there = self.troubles_to_mail(now);
        let forgot = told.look(&there, now);
        let news = told.news(&there);
        if !news.is_empty() {
            match self.write(&member, &document, &news, now).await {
                Ok(refused) => {
                    told.tell(&news, now);
                    pauses.works();
                    self.warn_of_mail(refused);
                }
                Err(fault) => {
                    pauses.failed(started.elapsed());
                    self.warn_of_mail(vec![fault]);
                    return;
                }
            }
        } else if !pauses.next().is_zero() {
            // What could not be told was mended: nobody knows any more whether mails arrive.
            pauses.works();
            self.warn_of_mail(Vec::new());
        }
        if (forgot || !news.is_empty())
            && let Err(fault) = self.told.write(told)
        {
            tracing::error!(%fault, "what was told by mail is not remembered");
        }
    }

    /// That nothing can be sent is not sent.
    fn troubles_to_mail(&self, now: i64) -> Vec<Trouble> {
        let about_mail = |trouble: &Trouble| trouble.fault.code.as_str().starts_with("service.mail_");
        troubles(&self.board.read(), now).into_iter().filter(|trouble| !about_mail(trouble)).collect()
    }

    async fn write(
        &self,
        member: &Member,
        document: &Document,
        news: &[Trouble],
        now: i64,
    ) -> Result<Vec<sekisho_fault::Fault>> {
        let keys = self.keys(member, document).await?;
        let status = self.board.read();
        let server = member.server.to_string();
        let connection = status.membership.as_ref().map(|own| own.enterprise_domain.as_str()).unwrap_or_default();
        let origin = Origin { connection, server: &server, name: &status.server_name };
        let written = letter::about(&document.mail, &origin, news, now)?;
        Ok(self.post_mail(&document.mail, &keys, &written).await?.refused)
    }

    /// What is applied, where it wants mails.
    async fn mailing(&self) -> Option<(Arc<Member>, Document)> {
        let document = self.applied.read().await.document.clone();
        document.mail.server.as_ref()?;
        Some((self.connected.member().ok()?, document))
    }

    /// Says what keeps mails from arriving, where that is another thing than before: a change would wake us again.
    pub(super) fn warn_of_mail(&self, faults: Vec<sekisho_fault::Fault>) {
        let about_mail = |fault: &&sekisho_fault::Fault| fault.code.as_str().starts_with("service.mail_");
        let status = self.board.read();
        let said: Vec<_> = status.warnings.iter().filter(about_mail).map(|fault| (&fault.code, &fault.args)).collect();
        if said != faults.iter().map(|fault| (&fault.code, &fault.args)).collect::<Vec<_>>() {
            self.runtime.warn(WARNINGS, faults);
        }
    }
}
