//! `save_to_applied_*`: from an administrator's save to the status that says it is applied, here and at a second server.

use std::time::Instant;

use sekisho_admin_api::draft::{SetDraftField, SetField};
use sekisho_admin_api::save::{PrepareSave, SaveReason};
use sekisho_admin_api::status::{GetStatus, State};
use sekisho_admin_api::{Client, Endpoint, Event};
use sekisho_tests::site::{self, Site};
use serde_json::json;
use tokio::sync::broadcast::Receiver;

use super::figure::{Aim, Figure};

/// Saves again and again, as the console does: prepared by the service, signed by the administrator's own process, put
/// at the hub, followed by both servers.
pub async fn measure(site: &Site, saves: usize) -> Vec<Figure> {
    let (second, cli) = site.second();
    site::status(&cli, "the second server runs", |status| status["state"]["state"] == "running");
    let connect = async |path: &std::path::Path| Client::connect(&Endpoint::at(path)).await.expect("an admin socket");
    let (here, there) = (connect(&site.service.socket).await, connect(&second.socket).await);
    let administrator = connect(site.founder.file("agent.sock").as_ref()).await;

    let (mut at_first, mut at_second) = (Vec::new(), Vec::new());
    for number in 0..saves {
        // Each save changes something; which value makes no difference.
        let skew = SetField { field: "skew_seconds".to_owned(), value: (30 + number % 200).to_string() };
        let draft = here.call::<SetDraftField>(skew).await.expect("the draft is changed");
        let (mut of_first, mut of_second) = (here.events(), there.events());

        let begun = Instant::now();
        let reason = SaveReason { reason: format!("save {number}"), change_number: String::new() };
        let mut wish = json!(here.call::<PrepareSave>(reason).await.expect("the save is prepared"));
        wish["shown"] = json!(draft.changes);
        wish["reason"] = json!(format!("save {number}"));
        wish["change_number"] = json!("");
        let put = administrator.call_raw("admin.save", wish).await.expect("the save is signed and put");
        let revision = put["revision"].as_u64().expect("a revision");
        let (first, second) =
            tokio::join!(applied(&here, &mut of_first, revision), applied(&there, &mut of_second, revision));
        at_first.push(first.duration_since(begun).as_secs_f64() * 1000.0);
        at_second.push(second.duration_since(begun).as_secs_f64() * 1000.0);
    }
    assert_eq!(second.end(), Some(0), "a clean stop");
    vec![
        Figure::percentile("save_to_applied_p50_ms", Aim::None, &at_first, 50),
        Figure::percentile("save_to_applied_p99_ms", Aim::Below(250.0), &at_first, 99),
        Figure::percentile("save_to_applied_second_p50_ms", Aim::None, &at_second, 50),
        Figure::percentile("save_to_applied_second_p99_ms", Aim::None, &at_second, 99),
    ]
}

/// When a server's status said that it serves this revision.
async fn applied(server: &Client, news: &mut Receiver<Event>, revision: u64) -> Instant {
    let begun = Instant::now();
    loop {
        let status = server.call::<GetStatus>(()).await.expect("the status");
        if matches!(status.state, State::Running { .. }) && status.revision >= Some(revision) {
            return Instant::now();
        }
        assert!(begun.elapsed().as_secs() < 30, "revision {revision} is not applied: {status:?}");
        // The status changes with an event. One that was missed among many is no reason to stop looking.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(50), news.recv()).await;
    }
}
