//! The SSL certificate with its key as a protected file of this computer: neither pages nor services see the key.

use std::io::Write;

use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::Result;

use crate::acts::{CertificateFile, CertificateToFile};
use crate::export_file::{failed, home, new_file};
use crate::session::Session;

impl Session {
    /// Writes the certificate of what is saved, its chain and its key into a new file, which only this account may read.
    ///
    /// Codes: `EXPORT_FILE`, `NO_TLS_CERTIFICATE`, `CERTIFICATE_BY_ACME`, and those of making it.
    pub async fn certificate_to_file(&mut self, wish: &CertificateToFile) -> Result<CertificateFile> {
        let folder = home().join(wish.folder.trim());
        // First its place: a passphrase that opens nothing is told to nobody.
        let (_, connection) = self.connection(&wish.connection)?;
        let usual = format!("{}.p12", connection.enterprise_domain);
        let (path, mut file) = new_file(&folder, wish.name.as_deref(), &usual)?;
        let written = match self.protect_certificate(&wish.connection).await {
            Ok(protected) => {
                let written = file.write_all(&protected.made.file).and_then(|()| file.sync_all());
                written.map(|()| protected).map_err(|error| failed(&path, &error))
            }
            Err(fault) => Err(fault),
        };
        match written {
            Ok(protected) => Ok(CertificateFile {
                path: path.display().to_string(),
                passphrase: protected.passphrase,
                subject: protected.made.subject,
                not_after: protected.made.not_after,
                note: BASE64URL_NOPAD.encode(&protected.note),
            }),
            Err(fault) => {
                let _ = std::fs::remove_file(&path);
                Err(fault)
            }
        }
    }
}
