//! nginx.

use std::fmt::Write as _;

use super::{Authority, Site, TlsEnds};

/// The blocks: a `stream` beside `http`, or a `server` of it.
pub(super) fn text(site: &Site, tls: TlsEnds) -> String {
    let Site { host, port, members, authority } = site;
    let mut servers = String::new();
    for member in members {
        // Writing to a string does not fail.
        let _ = writeln!(servers, "server {} max_fails=2 fail_timeout=10s; # {}", member.address(), member.label());
    }
    let indented = |depth: usize| {
        let lines: Vec<String> = servers.lines().map(|line| format!("{}{line}\n", " ".repeat(depth))).collect();
        lines.concat()
    };
    match tls {
        TlsEnds::AtServers => format!(
            "\
# {host}: TLS passes through to the SSO Connect servers.
# Beside http {{ }}, not in it. Debian: apt install libnginx-mod-stream
# The open nginx does not ask for /ping: it leaves out a server that cannot be reached, not one that is drained.
stream {{
    upstream sekisho {{
{}    }}
    server {{
        listen {port};
        proxy_connect_timeout 5s;
        proxy_timeout 1m;
        proxy_pass sekisho;
    }}
}}
",
            indented(8)
        ),
        TlsEnds::AtBalancer => {
            let trusted = match authority {
                Authority::System => "/etc/ssl/certs/ca-certificates.crt",
                Authority::File => "/etc/nginx/sekisho-servers.pem",
            };
            let whom = match authority {
                Authority::System => {
                    "# Signed by a company's own authority? Then name the file with its certificate here."
                }
                Authority::File => {
                    "# The certificate of the servers signs itself: put it, without a key, into this file."
                }
            };
            format!(
                "\
# {host}: TLS ends here, and begins again on the way to the SSO Connect servers.
# The open nginx does not ask for /ping: it leaves out a server that cannot be reached, not one that is drained.
upstream sekisho {{
{}}}

server {{
    listen {port} ssl;
    server_name {host};
    # Key and chain in one file, from the protected file of the console or of \"sekisho balancer certificate\":
    #   (umask 077; openssl pkcs12 -in sekisho.p12 -nodes -out /etc/nginx/sekisho.pem)
    ssl_certificate /etc/nginx/sekisho.pem;
    ssl_certificate_key /etc/nginx/sekisho.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    # Room for the cookies of sign-ins that are under way, and for requests to the identity provider.
    large_client_header_buffers 4 32k;

    location / {{
        proxy_pass https://sekisho;
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        # Whom it speaks for. The servers believe it of the addresses under \"Balancers and proxies\" only.
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_connect_timeout 5s;
        proxy_buffer_size 32k;
        proxy_buffers 8 32k;
        proxy_ssl_server_name on;
        proxy_ssl_name {host};
        proxy_ssl_protocols TLSv1.2 TLSv1.3;
        proxy_ssl_verify on;
        proxy_ssl_verify_depth 4;
        {whom}
        proxy_ssl_trusted_certificate {trusted};
    }}
}}
",
                indented(4)
            )
        }
    }
}
