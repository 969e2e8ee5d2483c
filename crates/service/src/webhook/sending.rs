//! For as long as the service runs, its events are sent. Nothing waits for it.

use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::rand;
use sekisho_config::Webhook;
use sekisho_fault::Fault;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::message::{Message, Sender};
use super::outbox::Outbox;
use crate::enrolment::Member;
use crate::journal::Line;
use crate::lifecycle::House;
use crate::{clock, codes};

/// What is said of it in the status.
pub(super) const WARNINGS: &str = "webhook";

impl House {
    /// Sends the lines of the log that are about the status. Ends with the service.
    pub(crate) async fn send_events(self: Arc<Self>, mut lines: Receiver<Line>) {
        let started = Instant::now();
        let (mut outbox, mut before) = (Outbox::default(), None);
        loop {
            let pause = outbox.next().map(|next| next.saturating_sub(started.elapsed()));
            tokio::select! {
                line = lines.recv() => match line {
                    Ok(line) if is_about_sending(&line) => continue,
                    Ok(line) => {
                        let target = self.target().await;
                        if target.as_ref().map(|(_, webhook)| webhook) != before.as_ref() {
                            // What failed elsewhere says nothing of this receiver.
                            outbox = Outbox::default();
                            self.runtime.warn(WARNINGS, Vec::new());
                            before = target.as_ref().map(|(_, webhook)| webhook.clone());
                        }
                        if let Some((member, _)) = target {
                            outbox.push(message(&self, &member, &line));
                        }
                    }
                    Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "events that were not sent"),
                    Err(RecvError::Closed) => return,
                },
                () = tokio::time::sleep(pause.unwrap_or_default()), if pause.is_some() => {}
                () = self.webhook_works.notified() => outbox.works(),
            }
            self.send_what_is_due(&mut outbox, started).await;
        }
    }

    async fn send_what_is_due(&self, outbox: &mut Outbox, started: Instant) {
        while let Some(message) = outbox.due(started.elapsed()) {
            let Some((member, webhook)) = self.target().await else {
                // Taken out of the configuration meanwhile: nobody waits for it.
                outbox.clear();
                self.runtime.warn(WARNINGS, Vec::new());
                return;
            };
            match self.post_message(&member, &webhook, message, clock::now()).await {
                Ok(_) => {
                    outbox.sent();
                    self.runtime.warn(WARNINGS, Vec::new());
                }
                Err(fault) => {
                    outbox.failed(started.elapsed());
                    self.runtime.warn(WARNINGS, vec![fault]);
                }
            }
        }
    }

    /// Where the applied configuration sends events.
    async fn target(&self) -> Option<(Arc<Member>, Webhook)> {
        let webhook = self.applied.read().await.document.webhook.clone()?;
        Some((self.connected.member().ok()?, webhook))
    }
}

/// The message of a line of this server.
pub(super) fn message(house: &House, member: &Member, line: &Line) -> Message {
    let sender = Sender {
        connection: member.place.connection.to_string(),
        server: member.server.to_string(),
        name: house.board.read().server_name,
    };
    let mut random = [0; 16];
    if rand::fill(&mut random).is_err() {
        // Two messages of one name look like one: better than none, on a machine without random bytes.
        tracing::error!(fault = %Fault::new(codes::RANDOM), "an event's name");
    }
    Message::of(line, &sender, random, clock::now())
}

/// That nothing can be sent is not sent: it would begin anew with each failure.
fn is_about_sending(line: &Line) -> bool {
    let own = [
        codes::WEBHOOK_ADDRESS,
        codes::WEBHOOK_NAME,
        codes::WEBHOOK_CONNECTION,
        codes::WEBHOOK_TLS,
        codes::WEBHOOK_SILENT,
        codes::WEBHOOK_STATUS,
    ];
    line.reason.as_ref().is_some_and(|reason| own.contains(&reason.code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::idle;

    #[tokio::test]
    async fn what_waits_for_a_webhook_that_was_taken_out_wakes_nobody_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let house = idle(folder.path()).await.house();
        house.runtime.warn(WARNINGS, vec![Fault::new(codes::WEBHOOK_SILENT)]);
        let mut outbox = Outbox::default();
        outbox.push(Message { id: "1".to_owned(), body: String::new() });
        assert!(outbox.next().is_some());
        house.send_what_is_due(&mut outbox, Instant::now()).await;
        assert_eq!(outbox.next(), None);
        assert!(house.board.read().warnings.is_empty());
    }
}
