//! Each method, by its name.

use std::sync::Arc;

use sekisho_admin_api::acme::{EndAcme, GetAcme, OrderByAcme, SetAcme};
use sekisho_admin_api::activity::ListActivity;
use sekisho_admin_api::balancer::{GetSnippets, NoteCertificateGivenOut, SeeTopology};
use sekisho_admin_api::certificates::{
    GetCertificates, GetServedCertificates, JudgeCertificate, JudgeFiles, PutCertificateBack,
};
use sekisho_admin_api::diagnostics::GetDiagnostics;
use sekisho_admin_api::draft::{
    CheckDraft, DiscardDraft, GetDraft, GetSpMetadata, RebaseDraft, RequestCertificate, RollOverSamlKey,
    SetCertificate, SetDraftCertificate, SetDraftField, SetDraftMetadata, SpMetadataFile, UseTrialCertificate,
};
use sekisho_admin_api::enrolment::{CompleteEnrolment, GetJoinProgress, PrepareEnrolment};
use sekisho_admin_api::give_back::{GetSignedRevision, GiveUsersBack};
use sekisho_admin_api::heads::{FollowAgain, GetHeads, HoldHeads};
use sekisho_admin_api::idp::{ChooseIdp, ExplainIdpError, GetIdpDifferences, GetIdpSteps};
use sekisho_admin_api::import::{ImportDraft, ImportUsers};
use sekisho_admin_api::join::{JoinByToken, MakeJoinFile, ReadJoinFile};
use sekisho_admin_api::machine::{GetMachine, Machine};
use sekisho_admin_api::mail::{SendInvitation, SetMailPassword, TestMail};
use sekisho_admin_api::metrics::GetMetrics;
use sekisho_admin_api::names::ChangeNames;
use sekisho_admin_api::plans::{DiscardPlan, ListPlans, ParkDraft, TakePlan};
use sekisho_admin_api::pool::{Drain, ProbeServer, Undrain};
use sekisho_admin_api::relink::SetRelink;
use sekisho_admin_api::roles::ChangeRoles;
use sekisho_admin_api::saml_message::ExplainMessage;
use sekisho_admin_api::save::{ExportRedacted, ListRevisions, PrepareSave, RestoreRevision};
use sekisho_admin_api::save_watch::WatchSave;
use sekisho_admin_api::servers::ListServers;
use sekisho_admin_api::status::GetStatus;
use sekisho_admin_api::sync::{FullSync, Serve, StopServing};
use sekisho_admin_api::test_login::{GetTestReport, StartTest};
use sekisho_admin_api::webhook::{GetWebhookSecret, TestWebhook};
use sekisho_admin_api::{Call, Request, codes};
use sekisho_config::{Document, idp_error};
use sekisho_fault::{Fault, Result};
use serde_json::Value;

use crate::lifecycle::House;
use crate::{clock, draft, listener};

/// Does what a method says.
#[allow(clippy::too_many_lines, reason = "one method after the other, each a few lines: a table")]
pub(super) async fn call(house: &Arc<House>, request: &Request) -> Result<Value> {
    match request.method.as_str() {
        GetStatus::METHOD => answer::<GetStatus>(house.board.read()),
        GetMachine::METHOD => answer::<GetMachine>(machine(house)),
        GetDiagnostics::METHOD => answer::<GetDiagnostics>(house.diagnostics().await),
        GetMetrics::METHOD => answer::<GetMetrics>(house.metrics().await?),
        ListActivity::METHOD => answer::<ListActivity>(house.activity.list(params::<ListActivity>(request)?).await?),
        PrepareEnrolment::METHOD => answer::<PrepareEnrolment>(house.candidate()?),
        CompleteEnrolment::METHOD => {
            answer::<CompleteEnrolment>(house.join(&params::<CompleteEnrolment>(request)?).await?)
        }
        GetJoinProgress::METHOD => answer::<GetJoinProgress>(house.join_progress().await?),
        MakeJoinFile::METHOD => answer::<MakeJoinFile>(house.join_file()?),
        ReadJoinFile::METHOD => answer::<ReadJoinFile>(house.read_join_file(&params::<ReadJoinFile>(request)?.text)?),
        JoinByToken::METHOD => answer::<JoinByToken>(house.join_by_token(&params::<JoinByToken>(request)?.text).await?),
        Drain::METHOD => answer::<Drain>(house.drain(true)?),
        Undrain::METHOD => answer::<Undrain>(house.drain(false)?),
        ProbeServer::METHOD => answer::<ProbeServer>(house.probe().await?),
        GetDraft::METHOD => answer::<GetDraft>(house.read_draft().await?),
        SetDraftField::METHOD => answer::<SetDraftField>(house.set_field(&params::<SetDraftField>(request)?).await?),
        SetDraftCertificate::METHOD => {
            let wish = params::<SetDraftCertificate>(request)?;
            let (requests, saved) = (house.requests()?, house.applied.read().await.document.clone());
            let change = async |draft: &mut draft::Draft| import(draft, wish, requests, saved).await;
            answer::<SetDraftCertificate>(house.change_draft(change).await?)
        }
        GetCertificates::METHOD => answer::<GetCertificates>(house.certificates(&JudgeFiles::default()).await?),
        JudgeCertificate::METHOD => {
            answer::<JudgeCertificate>(house.certificates(&params::<JudgeCertificate>(request)?).await?)
        }
        GetServedCertificates::METHOD => {
            let which = params::<GetServedCertificates>(request)?;
            answer::<GetServedCertificates>(house.served_certificates(which.as_ref()).await?)
        }
        SeeTopology::METHOD => answer::<SeeTopology>(house.see_topology().await?),
        GetSnippets::METHOD => answer::<GetSnippets>(house.snippets(&params::<GetSnippets>(request)?).await?),
        NoteCertificateGivenOut::METHOD => {
            let word = params::<NoteCertificateGivenOut>(request)?;
            answer::<NoteCertificateGivenOut>(house.note_given_out(&word)?)
        }
        UseTrialCertificate::METHOD => {
            let change = async |draft: &mut draft::Draft| draft::trial_certificate(draft, clock::now());
            answer::<UseTrialCertificate>(house.change_draft(change).await?)
        }
        PutCertificateBack::METHOD => answer::<PutCertificateBack>(house.put_certificate_back().await?),
        ListPlans::METHOD => answer::<ListPlans>(house.list_plans().await?),
        ParkDraft::METHOD => answer::<ParkDraft>(house.park(&params::<ParkDraft>(request)?).await?),
        TakePlan::METHOD => answer::<TakePlan>(house.take_plan(&params::<TakePlan>(request)?).await?),
        DiscardPlan::METHOD => answer::<DiscardPlan>(house.discard_plan(&params::<DiscardPlan>(request)?).await?),
        SetRelink::METHOD => answer::<SetRelink>(house.set_relink(params::<SetRelink>(request)?).await?),
        ChangeRoles::METHOD => answer::<ChangeRoles>(house.change_roles(params::<ChangeRoles>(request)?).await?),
        ChangeNames::METHOD => answer::<ChangeNames>(house.change_names(params::<ChangeNames>(request)?).await?),
        RollOverSamlKey::METHOD => {
            answer::<RollOverSamlKey>(house.roll_over(params::<RollOverSamlKey>(request)?).await?)
        }
        RequestCertificate::METHOD => {
            let wish = params::<RequestCertificate>(request)?.unwrap_or_default();
            answer::<RequestCertificate>(house.request_certificate(wish).await?)
        }
        SetDraftMetadata::METHOD => {
            answer::<SetDraftMetadata>(house.set_metadata(params::<SetDraftMetadata>(request)?).await?)
        }
        DiscardDraft::METHOD => answer::<DiscardDraft>(house.discard_draft().await?),
        RebaseDraft::METHOD => answer::<RebaseDraft>(Box::pin(house.rebase_draft()).await?),
        CheckDraft::METHOD => answer::<CheckDraft>(house.check_draft().await?),
        GetSpMetadata::METHOD => answer::<GetSpMetadata>(SpMetadataFile { xml: house.sp_metadata().await? }),
        ChooseIdp::METHOD => answer::<ChooseIdp>(house.choose_idp(&params::<ChooseIdp>(request)?).await?),
        GetIdpSteps::METHOD => answer::<GetIdpSteps>(house.idp_steps(&params::<GetIdpSteps>(request)?).await?),
        GetIdpDifferences::METHOD => answer::<GetIdpDifferences>(house.idp_differences().await?),
        ExplainIdpError::METHOD => {
            answer::<ExplainIdpError>(idp_error::explain(&params::<ExplainIdpError>(request)?.text))
        }
        PrepareSave::METHOD => answer::<PrepareSave>(house.prepare_save(&params::<PrepareSave>(request)?).await?),
        WatchSave::METHOD => answer::<WatchSave>(house.save_watch()),
        ListRevisions::METHOD => answer::<ListRevisions>(house.revisions().await?),
        RestoreRevision::METHOD => {
            let which = params::<RestoreRevision>(request)?;
            answer::<RestoreRevision>(house.restore_revision(which.revision).await?)
        }
        ImportUsers::METHOD => answer::<ImportUsers>(house.import_users(&params::<ImportUsers>(request)?).await?),
        ImportDraft::METHOD => answer::<ImportDraft>(house.import_draft(&params::<ImportDraft>(request)?).await?),
        GetSignedRevision::METHOD => {
            let which = params::<GetSignedRevision>(request)?;
            answer::<GetSignedRevision>(house.signed_revision(which.revision).await?)
        }
        GiveUsersBack::METHOD => answer::<GiveUsersBack>(house.give_users_back().await?),
        ExportRedacted::METHOD => answer::<ExportRedacted>(house.export_redacted().await),
        StartTest::METHOD => {
            let which = params::<StartTest>(request)?;
            answer::<StartTest>(house.start_test(which.as_ref()).await?)
        }
        GetTestReport::METHOD => {
            answer::<GetTestReport>(house.test_report(&params::<GetTestReport>(request)?.test).await)
        }
        SetMailPassword::METHOD => {
            answer::<SetMailPassword>(house.set_mail_password(&params::<SetMailPassword>(request)?).await?)
        }
        SendInvitation::METHOD => {
            answer::<SendInvitation>(house.send_invitation(&params::<SendInvitation>(request)?).await?)
        }
        TestMail::METHOD => answer::<TestMail>(house.test_mail().await?),
        SetAcme::METHOD => answer::<SetAcme>(house.set_acme(&params::<SetAcme>(request)?).await?),
        EndAcme::METHOD => answer::<EndAcme>(house.end_acme().await?),
        GetAcme::METHOD => answer::<GetAcme>(house.acme_state().await?),
        OrderByAcme::METHOD => answer::<OrderByAcme>(house.order_by_acme().await?),
        TestWebhook::METHOD => answer::<TestWebhook>(house.test_webhook().await?),
        GetWebhookSecret::METHOD => answer::<GetWebhookSecret>(house.webhook_secret().await?),
        ExplainMessage::METHOD => {
            answer::<ExplainMessage>(house.explain_message(params::<ExplainMessage>(request)?).await?)
        }
        FullSync::METHOD => answer::<FullSync>(house.full_sync().await?),
        GetHeads::METHOD => answer::<GetHeads>(house.own_heads().await?),
        HoldHeads::METHOD => answer::<HoldHeads>(house.hold_heads(&params::<HoldHeads>(request)?).await?),
        FollowAgain::METHOD => {
            house.follow_again().await;
            answer::<FollowAgain>(())
        }
        ListServers::METHOD => answer::<ListServers>(house.servers().await?),
        Serve::METHOD => answer::<Serve>(house.start_serving().await?),
        StopServing::METHOD => answer::<StopServing>(house.stop_serving().await?),
        other => Err(Fault::new(codes::UNKNOWN_METHOD).with("method", other.chars().take(80).collect::<String>())),
    }
}

/// Opening a container can take seconds of arithmetic: not on a thread that serves sign-ins.
async fn import(
    draft: &mut draft::Draft,
    wish: SetCertificate,
    requests: draft::Requests,
    saved: Document,
) -> Result<()> {
    let mut copy = draft.clone();
    let work = move || draft::certificate(&mut copy, &wish, &requests, &saved).map(|()| copy);
    let imported = tokio::task::spawn_blocking(work).await;
    *draft = imported.map_err(|_| Fault::new(codes::CLOSED))??;
    Ok(())
}

fn machine(house: &House) -> Machine {
    Machine {
        name: house.board.read().server_name,
        addresses: listener::addresses(),
        time: clock::now(),
        account: std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_default(),
    }
}

fn params<C: Call>(request: &Request) -> Result<C::Params> {
    serde_json::from_value(request.params.clone())
        .map_err(|error| Fault::new(codes::BAD_PARAMS).with("method", C::METHOD).with("detail", error.to_string()))
}

fn answer<C: Call>(reply: C::Reply) -> Result<Value> {
    serde_json::to_value(reply).map_err(|_| Fault::new(codes::GARBAGE))
}
