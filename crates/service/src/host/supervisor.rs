//! What is told to systemd, when it has started the service (`Type=notify`); to anyone else nothing.

/// The service is up: its admin API answers, and what was saved is served, or the status says why not.
pub(super) fn ready() {
    #[cfg(target_os = "linux")]
    tell(sd_notify::NotifyState::Ready);
}

/// The service ends because it was told to.
pub(super) fn stopping() {
    #[cfg(target_os = "linux")]
    tell(sd_notify::NotifyState::Stopping);
}

#[cfg(target_os = "linux")]
fn tell(state: sd_notify::NotifyState<'_>) {
    // Without a supervisor there is no socket to tell it to, and nothing is sent.
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd was not told");
    }
}
