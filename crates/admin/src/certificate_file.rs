//! The SSL certificate with its key as a protected file of this computer: neither pages nor services see the key.

use std::io::Write;

use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::Result;

use crate::acts::{CertificateFile, CertificateToFile};
use crate::export_file::{create, create_in, failed, home};
use crate::session::Session;

impl Session {
    /// Writes the certificate of what is saved, its chain and its key into a new file, which only this account may read.
    ///
    /// Codes: `EXPORT_FILE`, `NO_TLS_CERTIFICATE`, and those of making it.
    pub async fn certificate_to_file(&mut self, wish: &CertificateToFile) -> Result<CertificateFile> {
        let folder = home().join(wish.folder.trim());
        // First its place: a passphrase that opens nothing is told to nobody.
        let (_, connection) = self.connection(&wish.connection)?;
        let (path, mut file) = match &wish.name {
            Some(name) => {
                let path = folder.join(name);
                create(&path).map(|file| (path.clone(), file)).map_err(|error| failed(&path, &error))?
            }
            None => create_in(&folder, &format!("{}.p12", connection.enterprise_domain))
                .map_err(|error| failed(&folder, &error))?,
        };
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
