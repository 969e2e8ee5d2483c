//! Real files, made by the `openssl` command as administrators and authorities make them.

use std::path::Path;
use std::process::Command;

use sekisho_certs::import::File;

/// A folder with an authority (`root.crt`, `mid.crt`) and a server's certificate from it (`leaf.crt`, `leaf.key`).
pub struct Workshop {
    folder: tempfile::TempDir,
}

impl Workshop {
    /// An empty folder.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The authority, and a leaf for `sso.example.com` with an RSA key.
    pub fn new() -> Self {
        let shop = Self::with_authority();
        shop.openssl("genrsa -out leaf.key 2048");
        shop.issue("leaf", "mid", "subjectAltName=DNS:sso.example.com\nextendedKeyUsage=serverAuth\n", "-sha256");
        shop
    }

    /// The authority alone.
    pub fn with_authority() -> Self {
        let shop = Self::empty();
        shop.ec_key("root.key", "P-256");
        shop.openssl("req -x509 -new -key root.key -subj /CN=Test-Root -days 3650 -out root.crt");
        shop.ec_key("mid.key", "P-256");
        shop.issue("mid", "root", "basicConstraints=critical,CA:TRUE\n", "-sha256");
        shop
    }

    /// An elliptic-curve key, PKCS#8.
    pub fn ec_key(&self, name: &str, curve: &str) {
        self.openssl(&format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{curve} -out {name}"));
    }

    /// `NAME.crt` for `NAME.key`, with these extensions, issued by `issuer`.
    pub fn issue(&self, name: &str, issuer: &str, extensions: &str, options: &str) {
        std::fs::write(self.path().join("extensions"), extensions).unwrap();
        self.openssl(&format!("req -new -key {name}.key -subj /CN={name} -out {name}.csr"));
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA {issuer}.crt -CAkey {issuer}.key -days 90 -extfile extensions {options} -out {name}.crt"
        ));
    }

    /// Runs one command in the folder; its arguments hold no spaces.
    pub fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// What a command says, whether it succeeds or not.
    pub fn said(&self, arguments: &str) -> String {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(self.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command says on both of its ways out, whether it succeeds or not.
    pub fn said_of(&self, arguments: &str) -> String {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(self.path()).output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// A file of the folder.
    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    /// Several files of the folder, one after the other.
    pub fn joined(&self, names: &[&str]) -> Vec<u8> {
        names.iter().flat_map(|name| self.read(name)).collect()
    }

    /// A new file.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path().join(name), bytes).unwrap();
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A file as the console hands it over.
pub fn file<'a>(name: &'a str, bytes: &'a [u8]) -> File<'a> {
    File { name, bytes }
}
