//! Every certificate of the hard cases against every host: our verdict, OpenSSL's and rustls-webpki's.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rcgen::{BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair};
use rustls_pki_types::{CertificateDer, ServerName};
use sekisho_certs::coverage;

use crate::hard_cases::{CERTIFICATES, DIFFERENCES, HOSTS, Other, San, VERDICTS};
use crate::openssl::Workshop;

const SUBJECT_ALTERNATIVE_NAME: [u64; 4] = [2, 5, 29, 17];

/// The certificates by their titles, DER, and the folder where each lies in PEM under its number.
static MADE: LazyLock<(HashMap<&str, Vec<u8>>, Workshop)> = LazyLock::new(|| {
    let shop = Workshop::empty();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Root");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    shop.write("root.crt", params.self_signed(&key).unwrap().pem().as_bytes());
    let issuer = Issuer::new(params, key);
    let made = CERTIFICATES.iter().enumerate().map(|(number, (title, common_name, names))| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, *common_name);
        if !names.is_empty() {
            // By hand, for rcgen does not write names that ought not to be there.
            let names: Vec<u8> = names.iter().flat_map(general_name).collect();
            let extension = CustomExtension::from_oid_content(&SUBJECT_ALTERNATIVE_NAME, tagged(0x30, &names));
            params.custom_extensions.push(extension);
        }
        let certificate = params.signed_by(&key, &issuer).unwrap();
        shop.write(&format!("{number}.crt"), certificate.pem().as_bytes());
        (*title, certificate.der().to_vec())
    });
    (made.collect(), shop)
});

fn general_name(name: &San) -> Vec<u8> {
    match name {
        San::Dns(name) => tagged(0x82, name.as_bytes()),
        San::Uri(uri) => tagged(0x86, uri.as_bytes()),
        San::Ip(octets) => tagged(0x87, octets),
    }
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).ok().filter(|length| *length < 128).expect("a short name");
    [&[tag, length], content].concat()
}

/// The host as a client hands it on: A-labels, everything else as it was typed.
fn handed_on(host: &str) -> String {
    if host.is_ascii() { host.to_owned() } else { idna::domain_to_ascii(host).unwrap() }
}

/// The titles of the certificates that OpenSSL accepts for a host.
fn accepted_by_openssl(host: &str) -> HashSet<&'static str> {
    let option = if host.parse::<std::net::IpAddr>().is_ok() { "-verify_ip" } else { "-verify_hostname" };
    let files: Vec<String> = (0..CERTIFICATES.len()).map(|number| format!("{number}.crt")).collect();
    let said = MADE.1.said(&format!("verify -CAfile root.crt {option} {host} {}", files.join(" ")));
    let accepted = |(number, _): &(usize, _)| said.lines().any(|line| line == format!("{number}.crt: OK"));
    CERTIFICATES.iter().enumerate().filter(accepted).map(|(_, (title, ..))| *title).collect()
}

fn accepted_by_webpki(der: &[u8], host: &str) -> bool {
    let der = CertificateDer::from(der);
    let (Ok(certificate), Ok(host)) = (webpki::EndEntityCert::try_from(&der), ServerName::try_from(host)) else {
        return false;
    };
    certificate.verify_is_valid_for_subject_name(&host).is_ok()
}

#[test]
fn each_hard_case_has_its_verdict_and_the_name_that_decided() {
    for (title, host, verdict, by) in VERDICTS {
        let judged = coverage::judged(&MADE.0[title], host).unwrap();
        assert_eq!((judged.verdict, judged.by.as_deref()), (verdict, by), "{title}: {host}");
    }
}

#[test]
fn openssl_and_webpki_agree_but_for_what_is_explained() {
    let mut explained = HashMap::new();
    for group in &DIFFERENCES {
        assert!(!group.why.is_empty());
        for pair in group.certificates.iter().flat_map(|one| group.hosts.iter().map(move |host| (*one, *host))) {
            assert!(explained.insert((group.other, pair.0, pair.1), false).is_none(), "twice: {pair:?}");
        }
    }
    let (mut pairs, mut accepted, mut unexplained) = (0, 0, Vec::new());
    for host in HOSTS {
        let given = handed_on(host);
        let by_openssl = accepted_by_openssl(&given);
        for (title, ..) in &CERTIFICATES {
            let der = &MADE.0[title];
            let ours = coverage::judged(der, host).unwrap().verdict.covered();
            pairs += 1;
            accepted += usize::from(ours);
            let others =
                [(Other::OpenSsl, by_openssl.contains(title)), (Other::Webpki, accepted_by_webpki(der, &given))];
            for (other, theirs) in others.into_iter().filter(|(_, theirs)| *theirs != ours) {
                match explained.get_mut(&(other, *title, host)) {
                    Some(needed) => *needed = true,
                    None => unexplained.push(format!("{other:?} says {theirs}: {title}, {host}")),
                }
            }
        }
    }
    println!("{pairs} pairs, {accepted} covered, {} differences, all of them explained", explained.len());
    assert!(unexplained.is_empty(), "{} without explanation:\n{}", unexplained.len(), unexplained.join("\n"));
    let idle: Vec<_> = explained.iter().filter(|(_, needed)| !**needed).map(|(pair, _)| pair).collect();
    assert!(idle.is_empty(), "no differences any more: {idle:?}");
    assert!(pairs >= 300 && accepted >= 30);
}
