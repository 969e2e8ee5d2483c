//! The root certificates that this machine trusts, as users' computers of the same company mostly do.

/// All of them (DER). Where the system has none that can be read, nothing is trusted, and the log says why.
pub(super) async fn of_this_machine() -> Vec<Vec<u8>> {
    // They are files.
    let found = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
    let Ok(found) = found else { return Vec::new() };
    for error in &found.errors {
        tracing::warn!(%error, "root certificates of this machine");
    }
    found.certs.into_iter().map(|root| root.to_vec()).collect()
}
