//! A connection as one encrypted file (R19), and the way back: what is in a file goes into a server's draft. Besides, its SSL
//! certificate with its key for a balancer.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use sekisho_config::balancer::{self, Protected};
use sekisho_config::document::key_name;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes as hub_codes;
use sekisho_hub_api::wire::Row;
use sekisho_keys::export::{self, Contents, Origin, PrivateKey, Sealed};
use sekisho_keys::given_out::GivenOut;
use sekisho_keys::ids::Hash;
use sekisho_keys::keyring::{self, Keyring, Place};
use sekisho_keys::object;
use sekisho_keys::revision::Revision;
use sekisho_keys::transfer;
use sekisho_keys::user::User;
use zeroize::Zeroizing;

use crate::acts::{ExportSource, NextUsers, OpenExport, OpenedExport, WhichUsersNext};
use crate::session::{Session, TRIES, now, random};
use crate::users::living;
use crate::{codes, export_file, passphrase};

/// A connection as one encrypted file.
pub(crate) struct Exported {
    pub(crate) file: Vec<u8>,
    pub(crate) passphrase: String,
    pub(crate) revision: Option<u64>,
    pub(crate) users: u64,
}

/// A certificate with its key, as one protected file.
pub(crate) struct ProtectedCertificate {
    pub(crate) made: Protected,
    pub(crate) passphrase: String,
    /// The administrator's signed word of it, for a server's record.
    pub(crate) note: Vec<u8>,
}

/// Users that are handed over in one go.
const PART: usize = 200;

/// A connection as it is at the hub at one moment.
pub(crate) struct Whole {
    rows: Vec<Row>,
    /// The place of its newest row.
    pub(crate) head: u64,
    newest: Option<Revision>,
}

impl Whole {
    /// What an export has to be of, to be one of this.
    pub(crate) fn mark(&self) -> (u64, u64) {
        (self.newest.as_ref().map_or(0, |newest| newest.header().context.revision), self.head)
    }
}

impl Session {
    /// A connection as it is now.
    ///
    /// Codes: the hub's, and those of the revision.
    pub(crate) async fn whole(&self, place: Place) -> Result<Whole> {
        for _ in 0..TRIES {
            let (rows, head) = self.rows(place.connection).await?;
            let newest = self.newest(place).await?;
            let shown = rows.iter().filter(|row| row.kind == "revision").filter_map(|row| row.id.parse::<u64>().ok());
            if shown.max() == newest.as_ref().map(|newest| newest.header().context.revision) {
                return Ok(Whole { rows, head, newest });
            }
        }
        Err(Fault::new(hub_codes::STALE))
    }

    /// The users whose records hold, without those who were removed: what does not verify is nobody's, and a file brings nobody
    /// back.
    pub(crate) fn users_of(&self, whole: &Whole, place: Place, keyring: &Keyring) -> Vec<User> {
        living(&whole.rows, &self.log.organisation, place, keyring)
    }

    /// Makes the octets of one encrypted file of a connection, under a passphrase that is made for it. Takes a second on
    /// purpose.
    ///
    /// Codes: `NO_CONNECTION`, `CONNECTION_DELETED`, `EXPORT_TOO_LARGE` of the keys, and the hub's.
    pub(crate) async fn export(&mut self, connection: &str) -> Result<Exported> {
        self.refresh().await?;
        let (place, connection) = self.connection(connection)?;
        let keyring = self.keyring(place, connection)?;
        let whole = self.whole(place).await?;
        let origin = whole.newest.as_ref().map(|newest| self.origin(newest, &keyring)).transpose()?;
        let keys = match &whole.newest {
            Some(newest) => keys(&crate::saving::read(newest, &keyring)?, &whole.rows, place, &keyring)?,
            None => Vec::new(),
        };
        let contents = Contents {
            place,
            name: keyring::open_name(&self.key, &place.connection.0, &connection.name)?,
            enterprise_domain: connection.enterprise_domain.clone(),
            domains: connection.domains.keys().cloned().collect(),
            made: now(),
            origin,
            keys,
            users: self.users_of(&whole, place, &keyring),
        };
        let passphrase = passphrase::suggest(random());
        let file = export::seal(&contents, &passphrase, random(), random())?;
        let exported = Exported {
            revision: contents.origin.as_ref().map(|origin| origin.revision),
            users: contents.users.len() as u64,
            file,
            passphrase,
        };
        self.exported.insert(place.connection, whole.mark());
        Ok(exported)
    }

    fn origin(&self, newest: &Revision, keyring: &Keyring) -> Result<Origin> {
        let header = newest.header();
        let context = header.context;
        let members = &self.log.organisation.members;
        let author = members.values().find(|member| member.administrator.keys.id() == header.author);
        Ok(Origin {
            revision: context.revision,
            hash: newest.hash(),
            author: author.map(|member| member.administrator.login.clone()).unwrap_or_default(),
            time: header.time,
            min_reader: context.min_reader,
            // As it was signed: what this version does not know is in it, too (R18).
            document: newest.open(&keyring.of_epoch(context.epoch)?)?,
        })
    }

    /// The SSL certificate of what is saved, with its chain and its key, as one file under a passphrase that is made for it.
    /// Takes a second on purpose.
    ///
    /// Codes: `NO_CONNECTION`, `CONNECTION_DELETED`, `NO_TLS_CERTIFICATE`, those of certificates, and the hub's.
    pub(crate) async fn protect_certificate(&mut self, connection: &str) -> Result<ProtectedCertificate> {
        self.refresh().await?;
        let (place, connection) = self.connection(connection)?;
        let keyring = self.keyring(place, connection)?;
        let whole = self.whole(place).await?;
        let missing = || Fault::new(codes::NO_TLS_CERTIFICATE);
        let document = crate::saving::read(whole.newest.as_ref().ok_or_else(missing)?, &keyring)?;
        if document.acme.is_some() {
            return Err(Fault::new(codes::CERTIFICATE_BY_ACME));
        }
        let pair = document.tls.as_ref().ok_or_else(missing)?;
        let pkcs8 = key(&pair.key, &whole.rows, place, &keyring)?;
        let passphrase = passphrase::suggest(random());
        let made = balancer::protected(pair, &pkcs8, &passphrase)?;
        let note = GivenOut::sign(place, Hash::of(&made.leaf), now(), &self.identity);
        Ok(ProtectedCertificate { made, passphrase, note })
    }

    /// Opens an exported file for a connection of this organisation. Nothing is changed by it. Takes a second on purpose.
    ///
    /// Codes: `NO_CONNECTION`, `CONNECTION_DELETED`, `NOTHING_IN_EXPORT`, and those of the file.
    pub async fn open_export(&mut self, wish: &OpenExport) -> Result<OpenedExport> {
        self.refresh().await?;
        let (place, connection) = self.connection(&wish.connection)?;
        let keyring = self.keyring(place, connection)?;
        let file = match &wish.file {
            ExportSource::Bytes { bytes } => {
                BASE64.decode(bytes.as_bytes()).map_err(|_| Fault::new(sekisho_keys::codes::EXPORT))?
            }
            ExportSource::Path { path } => export_file::read(path.as_ref())?,
        };
        let contents = Sealed::read(&file)?.open(&wish.passphrase)?;
        let origin = contents.origin.as_ref().ok_or_else(|| Fault::new(codes::NOTHING_IN_EXPORT))?;
        // The service has the connection's keys: a private key passes sealed through whatever lies between here and there.
        let sealed = |key: &PrivateKey| {
            let sealed = object::seal(&keyring, place, key.name, random(), &key.pkcs8)?;
            Ok((key.name.to_string(), BASE64URL_NOPAD.encode(&sealed)))
        };
        let damaged = |_| Fault::new(sekisho_keys::codes::EXPORT_DAMAGED);
        let opened = OpenedExport {
            name: contents.name.clone(),
            enterprise_domain: contents.enterprise_domain.clone(),
            domains: contents.domains.clone(),
            made: contents.made,
            revision: origin.revision,
            author: origin.author.clone(),
            time: origin.time,
            users: contents.users.len() as u64,
            document: String::from_utf8(origin.document.clone()).map_err(damaged)?,
            min_reader: origin.min_reader,
            objects: contents.keys.iter().map(sealed).collect::<Result<_>>()?,
        };
        self.arriving = Some((place.connection, contents.users));
        Ok(opened)
    }

    /// The next users of the file that was opened last, sealed and signed for a server of the connection. Whoever does not know
    /// whether a part has arrived begins again: what is there already is not made twice.
    ///
    /// Codes: `NO_CONNECTION`, `CONNECTION_DELETED`, and those of sealing.
    pub async fn next_users(&mut self, wish: &WhichUsersNext) -> Result<NextUsers> {
        self.refresh().await?;
        let (place, connection) = self.connection(&wish.connection)?;
        let keyring = self.keyring(place, connection)?;
        let arriving = self.arriving.as_ref().filter(|(of, _)| *of == place.connection);
        let users = arriving.map_or(&[][..], |(_, users)| users);
        let left = wish.left.map_or(users.len(), |left| usize::try_from(left).unwrap_or(usize::MAX).min(users.len()));
        let rest = &users[users.len() - left..];
        if rest.is_empty() {
            return Ok(NextUsers { batch: None, left: 0 });
        }
        let part = &rest[..PART.min(left)];
        let batch = transfer::sign(place, part, &keyring, &self.identity, now(), random())?;
        Ok(NextUsers { batch: Some(BASE64URL_NOPAD.encode(&batch)), left: (left - part.len()) as u64 })
    }
}

/// The private keys that a document names, from the connection's rows.
fn keys(document: &sekisho_config::Document, rows: &[Row], place: Place, keyring: &Keyring) -> Result<Vec<PrivateKey>> {
    let mut names: Vec<&str> = document.sealed_names().collect();
    names.sort_unstable();
    names.dedup();
    let opened = |name: &str| {
        let pkcs8 = key(name, rows, place, keyring)?;
        Ok(PrivateKey { name: name.parse()?, pkcs8: pkcs8.to_vec() })
    };
    names.into_iter().map(opened).collect()
}

/// A private key by its name, from the connection's rows.
fn key(name: &str, rows: &[Row], place: Place, keyring: &Keyring) -> Result<Zeroizing<Vec<u8>>> {
    let row = rows.iter().find(|row| row.kind == "object" && row.id == name);
    // A file that lacks a key would be no safeguard.
    let row = row.ok_or_else(|| Fault::new(hub_codes::NOT_FOUND).with("what", name))?;
    let keyring = keyring.of_epoch(object::epoch(row.body.as_slice())?)?;
    let pkcs8 = Zeroizing::new(object::open(&keyring, place, name.parse()?, row.body.as_slice())?);
    if key_name(&pkcs8)? == name { Ok(pkcs8) } else { Err(Fault::new(sekisho_keys::codes::FORMAT)) }
}
