//! A real identity provider: SimpleSAMLphp, from Debian's package, on php's built-in server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{Process, free_port};
use crate::site::Sp;
use crate::wait::wait_for;

/// A started identity provider with the users alice (password alicepw), bob (bobpw) and nomail (nomailpw).
pub struct SimpleSaml {
    /// Its address.
    pub origin: String,
    /// Its metadata, in a file.
    pub metadata: PathBuf,
    folder: PathBuf,
    _server: Process,
}

impl SimpleSaml {
    /// Starts one in `folder` that knows this service provider. `policy` is PHP: what differs from signing both.
    pub fn start(folder: &Path, sp: &Sp, policy: &str) -> Self {
        let port = free_port();
        let origin = format!("http://127.0.0.1:{port}");
        for sub in ["config", "metadata", "cert", "log", "tmp", "data", "sessions"] {
            fs::create_dir_all(folder.join(sub)).unwrap();
        }
        crate::service::self_signed(&folder.join("cert"), "idp", "idp");
        write(folder, "config/config.php", &config(folder, port));
        write(folder, "config/authsources.php", AUTH_SOURCES);
        write(folder, "metadata/saml20-idp-hosted.php", &hosted(&origin, ""));
        write(folder, "metadata/saml20-sp-remote.php", &remote(sp, policy));
        let server = Process::start(
            Command::new("php")
                .arg("-d")
                .arg(format!("session.save_path={}", folder.join("sessions").display()))
                // What a test writes is read at once.
                .args(["-d", "opcache.enable=0"])
                .args(["-d", "date.timezone=UTC", "-d", "error_reporting=0", "-d", "display_errors=0"])
                // It would look only every other second whether its files have changed.
                .args(["-d", "opcache.enable=0"])
                .args(["-S", &format!("127.0.0.1:{port}"), "-t", "/usr/share/simplesamlphp/www"])
                .current_dir("/usr/share/simplesamlphp/www")
                .env("SIMPLESAMLPHP_CONFIG_DIR", folder.join("config"))
                .env("PHP_CLI_SERVER_WORKERS", "2")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let started = Self { origin, metadata: folder.join("idp.xml"), folder: folder.to_owned(), _server: server };
        started.fetch_metadata();
        started
    }

    /// Gives users other addresses from now on: the text of each is replaced by another one.
    pub fn readdress(&self, changes: &[(&str, &str)]) {
        let text = changes.iter().fold(AUTH_SOURCES.to_owned(), |text, (from, to)| text.replace(from, to));
        write(&self.folder, "config/authsources.php", &text);
    }

    /// Answers this service provider by another policy from now on.
    pub fn answer_by(&self, sp: &Sp, policy: &str) {
        write(&self.folder, "metadata/saml20-sp-remote.php", &remote(sp, policy));
    }

    /// Makes another key pair, and lists it in the metadata beside the one that still signs.
    pub fn announce_key(&self) {
        crate::service::self_signed(&self.folder.join("cert"), "next", "idp");
        let next = "'new_privatekey' => 'next.key', 'new_certificate' => 'next.crt'";
        write(&self.folder, "metadata/saml20-idp-hosted.php", &hosted(&self.origin, next));
        self.fetch_metadata();
    }

    /// Signs with the key that was announced, and lists it alone.
    pub fn change_key(&self) {
        let next = "'privatekey' => 'next.key', 'certificate' => 'next.crt'";
        write(&self.folder, "metadata/saml20-idp-hosted.php", &hosted(&self.origin, next));
        self.fetch_metadata();
    }

    /// Signs with its first key again, and lists it alone.
    pub fn take_back_key(&self) {
        write(&self.folder, "metadata/saml20-idp-hosted.php", &hosted(&self.origin, ""));
        self.fetch_metadata();
    }

    fn fetch_metadata(&self) {
        let url = format!("{}/saml2/idp/metadata.php", self.origin);
        wait_for("SimpleSAMLphp answers with its metadata", || {
            let fetched = Command::new("curl").args(["-sf", "-o"]).arg(&self.metadata).arg(&url).status().unwrap();
            fetched.success().then_some(())
        });
    }

    /// The address that starts a sign-in at the identity provider, as a tile in its portal does.
    pub fn tile(&self, sp: &Sp) -> String {
        format!("{}/saml2/idp/SSOService.php?spentityid={}", self.origin, sp.entity_id)
    }

    /// The address that ends the user's session at the identity provider.
    pub fn logout(&self) -> String {
        format!("{0}/saml2/idp/SingleLogoutService.php?ReturnTo={0}/", self.origin)
    }

    /// Its own log, for a failing test's message.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log/ssp.log")).unwrap_or_default()
    }
}

fn write(folder: &Path, file: &str, text: &str) {
    fs::write(folder.join(file), format!("<?php\n{text}\n")).unwrap();
}

fn config(folder: &Path, port: u16) -> String {
    let at = folder.display();
    format!(
        "$config = [
  'baseurlpath' => 'http://127.0.0.1:{port}/', 'certdir' => '{at}/cert/', 'loggingdir' => '{at}/log/',
  'datadir' => '{at}/data/', 'tempdir' => '{at}/tmp', 'metadatadir' => '{at}/metadata/',
  'attributenamemapdir' => '/etc/simplesamlphp/attributemap/', 'timezone' => 'UTC',
  'technicalcontact_name' => 'Test', 'technicalcontact_email' => 'test@example.org',
  'secretsalt' => 'a salt for tests only', 'auth.adminpassword' => 'a password for tests only',
  'admin.checkforupdates' => false, 'trusted.url.domains' => ['127.0.0.1', 'localhost'], 'enable.http_post' => true,
  'debug' => ['saml' => true], 'showerrors' => true, 'errorreporting' => false,
  'logging.level' => 7, 'logging.handler' => 'file', 'logging.logfile' => 'ssp.log', 'statistics.out' => [],
  'enable.saml20-idp' => true, 'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
  'session.cookie.name' => 'S{port}', 'session.cookie.secure' => false, 'session.cookie.samesite' => null,
  'session.authtoken.cookiename' => 'A{port}', 'session.phpsession.cookiename' => 'P{port}',
  'session.phpsession.httponly' => true, 'language.available' => ['en'], 'language.default' => 'en',
  'language.cookie.secure' => false, 'language.cookie.samesite' => null, 'theme.use' => 'default',
  'authproc.idp' => [], 'authproc.sp' => [], 'metadata.sources' => [['type' => 'flatfile']],
  'store.type' => 'sql', 'store.sql.dsn' => 'sqlite:{at}/data/store.sq3', 'store.sql.prefix' => 'SSP',
];"
    )
}

const AUTH_SOURCES: &str = "$config = ['userpass' => ['exampleauth:UserPass',
  'alice:alicepw' => ['uid' => ['alice'], 'mail' => ['alice@example.com'], 'givenName' => ['Alice'], 'sn' => ['Liddell']],
  'bob:bobpw' => ['uid' => ['bob'], 'mail' => ['bob@example.com'], 'givenName' => ['Bob'], 'sn' => ['Ünïcode <&>']],
  'carol:carolpw' => ['uid' => ['carol'], 'mail' => ['carol@example.com'], 'givenName' => ['Carol'], 'sn' => ['Okada']],
  'nomail:nomailpw' => ['uid' => ['nomail'], 'givenName' => ['No'], 'sn' => ['Mail']],
]];";

/// The certificates of our metadata (base64), in their order, each with whether it is listed for signing, or else for
/// encryption.
pub fn listed_keys(xml: &str) -> Vec<(bool, String)> {
    let of = |part: &str| {
        let certificate = part.split_once("X509Certificate>").unwrap().1.split_once('<').unwrap().0;
        (part.starts_with("signing"), certificate.to_owned())
    };
    xml.split("<md:KeyDescriptor use=\"").skip(1).map(of).collect()
}

/// What an administrator of `SimpleSAMLphp` makes of them: a policy with each for all that it is listed for.
pub fn policy_of(listed: &[(bool, String)]) -> String {
    let entry = |(signing, certificate): &(bool, String)| {
        let encryption = !signing;
        format!(
            "['type' => 'X509Certificate', 'signing' => {signing}, 'encryption' => {encryption}, 'X509Certificate' => '{certificate}']"
        )
    };
    let entries: Vec<String> = listed.iter().map(entry).collect();
    format!("'keys' => [{}]", entries.join(", "))
}

fn hosted(origin: &str, keys: &str) -> String {
    format!(
        "$metadata['{origin}/idp'] = [{keys}] + ['host' => '__DEFAULT__', 'privatekey' => 'idp.key', 'certificate' => 'idp.crt',
  'auth' => 'userpass', 'redirect.sign' => true, 'sign.logout' => true, 'validate.logout' => true,
  'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic'];"
    )
}

fn remote(sp: &Sp, policy: &str) -> String {
    let certificate = &sp.certificate;
    let persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    format!(
        "$metadata['{}'] = [{policy}] + [
  'AssertionConsumerService' => '{}', 'SingleLogoutService' => '{}', 'sign.logout' => true, 'validate.logout' => true,
  'keys' => [['type' => 'X509Certificate', 'signing' => true, 'encryption' => true, 'X509Certificate' => '{certificate}']],
  'NameIDFormat' => '{persistent}',
  'authproc' => [61 => ['class' => 'saml:TransientNameID'], 62 => ['class' => 'saml:PersistentNameID', 'attribute' => 'uid']],
  'saml20.sign.response' => true, 'saml20.sign.assertion' => true, 'validate.authnrequest' => true,
];",
        sp.entity_id, sp.acs, sp.slo
    )
}
