//! `/ping`, the health check of balancers: without SNI, for any `Host`, over HTTP/1.0 too.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use sekisho_saml::UnixTime;
use serde::Serialize;

use crate::face::Face;

/// What the configuration of a server is doing, in the words of the on-prem product as far as it has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Condition {
    /// There is none yet.
    #[default]
    NotConfigured,
    /// A draft is on trial, and nothing is served.
    Trial,
    /// It is being put together.
    Starting,
    /// It serves.
    Running,
    /// It serves whoever comes, and nobody is to be sent to it any more.
    Draining,
    /// It was stopped, or something on this server keeps it from serving.
    Stopped,
    /// It broke.
    Failed,
    /// Its connection was deleted; sign-ins go on.
    Detached,
}

/// What `/ping` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    /// What the configuration is doing.
    pub configuration: Condition,
    /// The revision of the connection that this server has.
    pub sync_revision: i64,
    /// When it last heard from the hub, in seconds since 1970.
    pub sync: Option<i64>,
}

impl Pulse {
    pub(crate) fn while_serving(self, serving: bool) -> Self {
        let runs = self.configuration == Condition::Running;
        Self { configuration: if runs && !serving { Condition::Stopped } else { self.configuration }, ..self }
    }
}

#[derive(Serialize)]
struct Body {
    configuration: Condition,
    sync_revision: i64,
    sync: String,
}

/// 200 only while running: whatever else is so, a balancer sends nobody here.
pub(crate) async fn ping(State(face): State<Arc<Face>>) -> Response {
    let Pulse { configuration, sync_revision, sync } = face.beat();
    let status = if configuration == Condition::Running { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let sync = sync.map(|time| UnixTime(time).to_xml()).unwrap_or_default();
    (status, Json(Body { configuration, sync_revision, sync })).into_response()
}
