//! Another real identity provider: Auth0's samlp, whose one page is in `tests/idps/auth0`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::process::{Process, free_port};
use crate::site::Sp;
use crate::wait::wait_for;

/// A started identity provider with the users alice (password alicepw) and bob (bobpw). It signs response and assertion.
pub struct Auth0Samlp {
    /// Its metadata, in a file.
    pub metadata: PathBuf,
    /// The address that ends the user's session.
    pub logout: String,
    _server: Process,
}

impl Auth0Samlp {
    /// Starts one in `folder` that knows this service provider, with assertions encrypted (AES-256-GCM) or not.
    pub fn start(folder: &Path, sp: &Sp, encrypt: bool) -> Self {
        fs::create_dir_all(folder).unwrap();
        crate::service::self_signed(folder, "idp", "idp");
        let (port, settings) = (free_port(), folder.join("settings.json"));
        let sp = json!({"entity_id": sp.entity_id, "acs": sp.acs, "slo": sp.slo, "certificate": sp.certificate});
        let (key, certificate) = (folder.join("idp.key"), folder.join("idp.crt"));
        let told = json!({"port": port, "key": key, "certificate": certificate, "sp": sp, "encrypt": encrypt});
        fs::write(&settings, told.to_string()).unwrap();
        // Tests run in their crate's folder.
        let mut node = Command::new("node");
        let server = Process::start(node.arg("idps/auth0/idp.js").arg(settings).stdout(Stdio::null()));
        let metadata = folder.join("idp.xml");
        wait_for("the identity provider answers with its metadata", || {
            let url = format!("http://127.0.0.1:{port}/metadata");
            let fetched = Command::new("curl").args(["-sf", "-o"]).arg(&metadata).arg(url).status().unwrap();
            fetched.success().then_some(())
        });
        Self { metadata, logout: format!("http://127.0.0.1:{port}/slo"), _server: server }
    }
}
