//! The peer: Shibboleth SP in Apache, started by a script that stands outside of the repository.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use sekisho_tests::process::free_port;
use sekisho_tests::service::self_signed;
use sekisho_tests::wait::wait_for;
use tempfile::TempDir;

use super::idp::Idp;
use super::load::ServiceProvider;

const NEEDED: &[&str] = &["/usr/sbin/shibd", "/usr/sbin/apache2"];

/// A started peer; it ends with this value.
pub struct Shibboleth<'a> {
    /// The peer as the crowd sees it.
    pub provider: ServiceProvider<'a>,
    /// Apache and `shibd`.
    pub pids: Vec<u32>,
    _folder: TempDir,
}

impl<'a> Shibboleth<'a> {
    /// Starts it, or says why there is none.
    pub fn start(script: Option<&Path>, idp: &'a Idp, home: &Path) -> Result<Self, String> {
        let script = script.ok_or("no script that starts the peer was named (--peer)")?;
        if !script.is_file() {
            return Err("the script that starts the peer is not there".to_owned());
        }
        if let Some(missing) = NEEDED.iter().find(|program| !Path::new(program).is_file()) {
            return Err(format!("{missing} is not installed (apache2, libapache2-mod-shib)"));
        }
        // Apache's own account reads and writes here.
        let mode = fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("sekisho-peer-").permissions(mode).tempdir();
        let folder = folder.map_err(|error| error.to_string())?;
        self_signed(home, "peer", "127.0.0.1");
        let port = free_port();
        let started = Command::new("bash")
            .arg(script)
            .arg("shib")
            .arg(folder.path())
            .arg(port.to_string())
            .args([idp.write_metadata(home), home.join("peer.key"), home.join("peer.crt")])
            .arg("https://peer.example.org/sp")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let pid = |file: &str| fs::read_to_string(folder.path().join(file)).ok()?.trim().parse::<u32>().ok();
        let pids: Vec<u32> = ["mypid", "shibd.mypid"].into_iter().filter_map(pid).collect();
        let origin = format!("http://127.0.0.1:{port}");
        let start = format!("{origin}/Shibboleth.sso/Login?target={origin}/index.html");
        let provider = ServiceProvider::new(idp, start, format!("{origin}/index.html"));
        let peer = Self { provider, pids, _folder: folder };
        // From here on it is ended whatever happens.
        match started {
            Ok(status) if status.success() && peer.pids.len() == 2 => Ok(peer),
            outcome => Err(format!("the peer did not start ({outcome:?})")),
        }
    }
}

impl Drop for Shibboleth<'_> {
    fn drop(&mut self) {
        for pid in &self.pids {
            let _ = Command::new("kill").arg(pid.to_string()).status();
        }
        let runs = |pid: &u32| Path::new("/proc").join(pid.to_string()).exists();
        wait_for("the peer has ended", || (!self.pids.iter().any(runs)).then_some(()));
    }
}
