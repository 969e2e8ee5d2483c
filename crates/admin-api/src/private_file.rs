//! Files that nobody reads but their owner. There must be none of the name before.

#[cfg(windows)]
pub use sekisho_windows::private::make_file as create;

#[cfg(unix)]
/// Creates one.
///
/// # Errors
/// What the file system says; `AlreadyExists` when there is one.
pub fn create(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
