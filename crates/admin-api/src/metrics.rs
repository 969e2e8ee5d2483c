//! What monitoring reads.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// The metrics of this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Metrics {
    /// In Prometheus' text format, version 0.0.4.
    pub text: String,
}

/// Reads the metrics.
pub struct GetMetrics;

impl Call for GetMetrics {
    const METHOD: &'static str = "metrics.get";
    type Params = ();
    type Reply = Metrics;
}
