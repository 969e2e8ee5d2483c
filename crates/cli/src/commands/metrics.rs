//! `sekisho metrics`: for the textfile collector of Prometheus' node exporter, and for people.

use sekisho_admin_api::metrics::GetMetrics;
use sekisho_fault::Result;

use super::Context;

/// Prints the metrics. Where the service does not answer, nothing is printed: there is nothing to collect.
pub(super) async fn metrics(context: &Context) -> Result<()> {
    let metrics = context.service().await?.call::<GetMetrics>(()).await?;
    context.printer.reply(&metrics, |_| metrics.text.lines().map(str::to_owned).collect());
    Ok(())
}
