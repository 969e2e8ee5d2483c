//! A certificate authority: Debian's `openssl`, with a root of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An authority with its root in a folder.
pub struct Authority {
    folder: PathBuf,
}

impl Authority {
    /// Makes the root.
    pub fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let authority = Self { folder: folder.to_owned() };
        authority.openssl(
            "req -x509 -newkey rsa:2048 -nodes -keyout root.key -subj /CN=Example-Root -days 3650 -out root.crt",
        );
        authority
    }

    /// Answers a request for these names for so many days, as authorities of Windows do: the certificate and its chain as
    /// PKCS#7.
    pub fn answer(&self, request: &str, names: &[&str], days: u32) -> PathBuf {
        fs::write(self.folder.join("request.csr"), request).unwrap();
        let names: Vec<String> = names.iter().map(|name| format!("DNS:{name}")).collect();
        let extensions = format!("subjectAltName={}\nextendedKeyUsage=serverAuth\n", names.join(","));
        fs::write(self.folder.join("extensions"), extensions).unwrap();
        self.openssl(&format!(
            "x509 -req -in request.csr -CA root.crt -CAkey root.key -days {days} -extfile extensions -out leaf.crt"
        ));
        self.openssl("crl2pkcs7 -nocrl -certfile leaf.crt -certfile root.crt -out answer.p7b");
        self.folder.join("answer.p7b")
    }

    fn openssl(&self, arguments: &str) {
        let done = Command::new("openssl").args(arguments.split(' ')).current_dir(&self.folder).output().unwrap();
        assert!(done.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&done.stderr));
    }
}
