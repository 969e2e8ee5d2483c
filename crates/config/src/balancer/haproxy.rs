//! `HAProxy`.

use std::fmt::Write as _;

use super::{Authority, Site, TlsEnds};

/// The sections, for the end of `haproxy.cfg`.
pub(super) fn text(site: &Site, tls: TlsEnds) -> String {
    let Site { host, port, members, authority } = site;
    let mut text = match tls {
        TlsEnds::AtServers => format!(
            "\
# {host}: TLS passes through to the SSO Connect servers.
frontend sekisho
    bind :{port}
    mode tcp
    timeout client 1m
    default_backend sekisho

backend sekisho
    mode tcp
    balance roundrobin
    timeout connect 5s
    timeout server 1m
    # 200 only while users are to be sent there. The probe reads the number alone, so it verifies nobody.
    option httpchk GET /ping
    http-check expect status 200
    default-server check check-ssl verify none inter 5s fall 2 rise 2
"
        ),
        TlsEnds::AtBalancer => {
            let trusted = match authority {
                Authority::System => "@system-ca",
                Authority::File => "/etc/haproxy/sekisho-servers.pem",
            };
            let whom = match authority {
                Authority::System => {
                    "# Signed by a company's own authority? Then name the file with its certificate in place of @system-ca."
                }
                Authority::File => {
                    "# The certificate of the servers signs itself: put it, without a key, into the file that ca-file names."
                }
            };
            format!(
                "\
# {host}: TLS ends here, and begins again on the way to the SSO Connect servers.
global
    # Room for the cookies of sign-ins that are under way.
    tune.bufsize 32768

frontend sekisho
    # Key and chain in one file, from the protected file of the console or of \"sekisho balancer certificate\":
    #   (umask 077; openssl pkcs12 -in sekisho.p12 -nodes -out /etc/haproxy/sekisho.pem)
    bind :{port} ssl crt /etc/haproxy/sekisho.pem alpn h2,http/1.1
    mode http
    timeout client 1m
    timeout http-request 10s
    # Whom it speaks for. The servers believe it of the addresses under \"Balancers and proxies\" only.
    option forwardfor
    default_backend sekisho

backend sekisho
    mode http
    balance roundrobin
    timeout connect 5s
    timeout server 1m
    # 200 only while users are to be sent there.
    option httpchk GET /ping
    http-check expect status 200
    {whom}
    default-server ssl verify required ca-file {trusted} verifyhost {host} sni str({host}) check check-sni {host} inter 5s fall 2 rise 2
"
            )
        }
    };
    for (at, member) in members.iter().enumerate() {
        // Two machines may have one name. Writing to a string does not fail.
        let _ = writeln!(text, "    server {}-{} {}", at + 1, member.label(), member.address());
    }
    text
}
