//! Another real identity provider: Auth0's samlp, whose one page is in `tests/idps/auth0`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::process::{Process, free_port};
use crate::site::Sp;
use crate::wait::wait_for;

/// What the draft has to say so that its users are known.
pub const FIELDS: [(&str, &str); 4] = [
    ("idp_type", "auth0"),
    ("attribute_first", "firstName"),
    ("attribute_last", "lastName"),
    ("attribute_email", "email"),
];

/// A started identity provider with the users alice (password alicepw) and bob (bobpw). It takes requests that the certificate
/// of the service provider has signed, and no others. It signs response and assertion until
/// it is told otherwise.
pub struct Auth0Samlp {
    /// Its metadata, in a file.
    pub metadata: PathBuf,
    /// The address that ends the user's session.
    pub logout: String,
    /// The address that starts a sign-in at the identity provider, as a tile in its portal does.
    pub tile: String,
    folder: PathBuf,
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
        let told = json!({"port": port, "key": key, "certificate": certificate, "sp": sp,
            "encrypt": encrypt, "policy": folder.join("policy.json")});
        fs::write(folder.join("policy.json"), "{}").unwrap();
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
        let at = |path: &str| format!("http://127.0.0.1:{port}/{path}");
        Self { metadata, logout: at("slo"), tile: at("sso"), folder: folder.to_owned(), _server: server }
    }

    /// From now on answers are made with these options of samlp; `encrypt` says whether assertions are encrypted.
    pub fn answer_by(&self, policy: &Value) {
        fs::write(self.folder.join("policy.json"), policy.to_string()).unwrap();
    }

    /// Makes another key pair, and lists it in the metadata beside the one that still signs.
    pub fn announce_key(&self) {
        crate::service::self_signed(&self.folder, "next", "idp");
        let listed = fs::read_to_string(&self.metadata).unwrap();
        let (start, end) = Self::key_descriptor(&listed);
        let next = listed[start..end].replace(&self.certificate("idp"), &self.certificate("next"));
        assert_ne!(next, listed[start..end]);
        fs::write(&self.metadata, format!("{}{next}{}", &listed[..end], &listed[end..])).unwrap();
    }

    /// Signs with the key that was announced.
    pub fn change_key(&self) {
        let (key, certificate) = (self.folder.join("next.key"), self.folder.join("next.crt"));
        self.answer_by(&json!({"key": key, "cert": certificate}));
    }

    /// Lists the new key alone.
    pub fn forget_old_key(&self) {
        let listed = fs::read_to_string(&self.metadata).unwrap();
        let (start, end) = Self::key_descriptor(&listed);
        fs::write(&self.metadata, format!("{}{}", &listed[..start], &listed[end..])).unwrap();
    }

    /// Where the first key stands in the metadata.
    fn key_descriptor(metadata: &str) -> (usize, usize) {
        let end = "</KeyDescriptor>";
        (metadata.find("<KeyDescriptor").unwrap(), metadata.find(end).unwrap() + end.len())
    }

    /// A certificate in one line, as metadata has it.
    fn certificate(&self, name: &str) -> String {
        let pem = fs::read_to_string(self.folder.join(format!("{name}.crt"))).unwrap();
        pem.lines().filter(|line| !line.starts_with('-')).collect()
    }
}
