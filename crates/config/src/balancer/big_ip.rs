//! F5 BIG-IP, by commands of `tmsh`.

use super::{Authority, Member, Site, TlsEnds};

/// A member of a pool: IPv6 addresses have their port behind a dot.
fn member(member: &Member) -> String {
    let port = member.port;
    match member.host.as_str() {
        address if address.contains(':') => format!("{address}.{port}"),
        address if address.parse::<std::net::IpAddr>().is_ok() => format!("{address}:{port}"),
        // A name is resolved by the balancer again and again.
        name => format!("{name}:{port} {{ fqdn {{ name {name} }} }}"),
    }
}

/// The commands, in their order.
pub(super) fn text(site: &Site, tls: TlsEnds) -> String {
    let Site { host, port, members, authority } = site;
    let members: Vec<String> = members.iter().map(member).collect();
    let members = members.join(" ");
    let what = match tls {
        TlsEnds::AtServers => "TLS passes through to the SSO Connect servers.",
        TlsEnds::AtBalancer => "TLS ends here, and begins again on the way to the SSO Connect servers.",
    };
    let pool = format!(
        "\
# {host}: {what}
# Put the address that {host} leads to in place of ADDRESS.
# 200 only while users are to be sent there.
create ltm monitor https sekisho_ping send \"GET /ping HTTP/1.0\\r\\n\\r\\n\" recv \"HTTP/1.[01] 200\" interval 5 timeout 11
create ltm pool sekisho members add {{ {members} }} monitor sekisho_ping
"
    );
    let virtual_server = format!("create ltm virtual sekisho destination ADDRESS:{port} ip-protocol tcp pool sekisho");
    let end = "save sys config\n";
    match tls {
        TlsEnds::AtServers => format!(
            "{pool}{virtual_server} profiles add {{ fastL4 }} source-address-translation {{ type automap }}\n{end}"
        ),
        TlsEnds::AtBalancer => {
            let (whom, trusted) = match authority {
                Authority::System => (
                    "# Signed by a company's own authority? Then import its certificate and name it in place of ca-bundle.crt.",
                    "ca-bundle.crt",
                ),
                Authority::File => (
                    "# The certificate of the servers signs itself: import it, without a key, as sekisho_servers.",
                    "sekisho_servers.crt",
                ),
            };
            format!(
                "\
{pool}# Key and chain from the protected file of the console or of \"sekisho balancer certificate\": System > Certificate
# Management > Traffic Certificate Management > Import > PKCS 12, with the name sekisho.
create ltm profile client-ssl sekisho_client defaults-from clientssl cert-key-chain add {{ sekisho {{ cert sekisho.crt key sekisho.key }} }}
{whom}
create ltm profile server-ssl sekisho_server defaults-from serverssl server-name {host} peer-cert-mode require authenticate-name {host} ca-file {trusted}
# Whom it speaks for. The servers believe it of the addresses under \"Balancers and proxies\" only.
create ltm profile http sekisho_http defaults-from http insert-xforwarded-for enabled
{virtual_server} profiles add {{ tcp sekisho_http sekisho_client {{ context clientside }} sekisho_server {{ context serverside }} }} source-address-translation {{ type automap }}
{end}"
            )
        }
    }
}
