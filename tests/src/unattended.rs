//! A set-up from a file, without anybody there.

use std::fs;

use crate::idp::SimpleSaml;
use crate::service::self_signed;
use crate::site::{Site, Sp};

/// An identity provider before there is a service provider: it knows the addresses that there will be.
pub fn idp(site: &Site) -> SimpleSaml {
    let folder = &site.home;
    let origin = format!("https://localhost:{}", site.port);
    self_signed(folder, "own", "saml");
    let pem = fs::read_to_string(folder.join("own.crt")).unwrap();
    let sp = Sp {
        entity_id: format!("{origin}/sso-connect"),
        acs: format!("{origin}/sso-connect/saml/sso"),
        slo: format!("{origin}/sso-connect/saml/logout"),
        certificate: pem.lines().filter(|line| !line.starts_with("-----")).collect(),
        origin,
    };
    // The file names no key to sign requests with.
    SimpleSaml::start(&folder.join("idp"), &sp, "'validate.authnrequest' => false")
}

/// What stands in the file, for a site whose organisation is founded; with a certificate beside it.
pub fn file(site: &Site, idp: &SimpleSaml) -> String {
    self_signed(&site.home, "tls", "localhost");
    format!(
        "[administrator]\nlogin = \"tanaka\"\npassphrase_file = \"passphrase\"\n\n\
         [connection]\nenterprise_domain = \"example\"\nname = \"Tokyo office\"\ndomains = [\"example.com\"]\n\n\
         [settings]\nadvertised_host = \"localhost\"\nadvertised_port = {}\nprivate_ip = \"127.0.0.1\"\n\
         attribute_first = \"givenName\"\nattribute_last = \"sn\"\nattribute_email = \"mail\"\njust_in_time = true\n\
         saml_key = \"none\"\n\n\
         [tls]\nfiles = [\"../tls.crt\", \"../tls.key\"]\n\n[idp]\nmetadata = \"{}\"\n\n\
         [save]\nreason = \"unattended\"\nchange_number = \"CHG-7\"\n",
        site.port,
        idp.metadata.display()
    )
}
