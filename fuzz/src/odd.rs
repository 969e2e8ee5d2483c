//! What other readers of XML, base64 or DER stumbled over.

/// Octets to begin with, wherever text or DER is read.
pub fn octets() -> Vec<Vec<u8>> {
    let texts = [
        "",
        "<",
        "<a",
        "<a>",
        "</a>",
        "<a/>",
        "<?xml",
        "<?xml?>",
        "<!--",
        "<![CDATA[",
        "<!DOCTYPE",
        "&",
        "<a b=",
        "<a b='",
        "\u{feff}<a/>",
        "<:/>",
        "<a:/>",
        "<a xmlns:=''/>",
        "<a xmlns:b=''/>",
        "<a b='1' b='1'/>",
        "]]>",
        "<a>]]></a>",
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>",
        "====",
        "AAA=",
        "P",
        "\0\0\0\0",
    ];
    let mut octets: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    octets.extend([
        vec![0xff; 100],
        vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        vec![0x30, 0x80],
        vec![0x30; 2_000],
        b"\xef\xbb\xbf".to_vec(),
    ]);
    octets.push("<a>".repeat(10_000).into_bytes());
    octets.push("<a ".repeat(30_000).into_bytes());
    octets.push(format!("{0}\t{0}", "<a ".repeat(20_000)).into_bytes());
    octets.push("<!--".repeat(20_000).into_bytes());
    octets.push("&#".repeat(50_000).into_bytes());
    octets.push(format!("<a {}/>", "b='\n' ".repeat(15_000)).into_bytes());
    octets
}
