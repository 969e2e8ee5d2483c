//! The addresses of users whose records came before they were kept beside them.

use sekisho_fault::Result;
use sekisho_keys::user::Record;

use crate::connected::Connected;

/// Records that are opened together.
const PART: u32 = 200;

/// Opens them, and keeps their addresses. Records that do not open are left: the next start looks again.
///
/// Codes: `NOT_ENROLLED`, `DATABASE`.
pub(crate) async fn complete(connected: &Connected) -> Result<()> {
    let member = connected.member()?;
    loop {
        let rows = connected.replica.without_address(PART).await?;
        let mut kept = 0;
        for row in &rows {
            let opened = Record::read(&row.body).and_then(|record| {
                let keyring = member.keyring(record.header().context.epoch)?;
                Ok(record.open(&keyring)?.address(&keyring).to_string())
            });
            match opened {
                Ok(address) => {
                    connected.replica.keep_address(row, &address).await?;
                    kept += 1;
                }
                Err(fault) => tracing::error!(%fault, "a user's record does not open"),
            }
        }
        if kept == 0 {
            return Ok(());
        }
    }
}
