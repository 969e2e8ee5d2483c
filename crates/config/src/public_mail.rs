//! Mail domains that everybody has addresses in: no company reserves one. The proof by DNS keeps them out in any case (R11); this
//! list says so at once, before anybody looks for a DNS server to write into.

use crate::email::Domain;

/// In the order of the alphabet.
const PUBLIC: &[&str] = &[
    "126.com",
    "163.com",
    "aim.com",
    "aol.com",
    "au.com",
    "biglobe.ne.jp",
    "comcast.net",
    "daum.net",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hanmail.net",
    "hey.com",
    "hotmail.co.jp",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "i.softbank.jp",
    "icloud.com",
    "infoseek.jp",
    "jcom.home.ne.jp",
    "laposte.net",
    "live.com",
    "live.jp",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "nifty.com",
    "nifty.ne.jp",
    "ocn.ne.jp",
    "orange.fr",
    "outlook.com",
    "outlook.jp",
    "plala.or.jp",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rakuten.jp",
    "rediffmail.com",
    "sina.com",
    "so-net.ne.jp",
    "softbank.ne.jp",
    "t-online.de",
    "tutanota.com",
    "uqmobile.jp",
    "vodafone.ne.jp",
    "web.de",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yahoo.ne.jp",
    "yandex.com",
    "yandex.ru",
    "ybb.ne.jp",
    "ymail.com",
    "ymobile.ne.jp",
    "zoho.com",
];

impl Domain {
    /// Whether everybody has addresses in it, or below it.
    pub fn is_public(&self) -> bool {
        let mut rest = self.as_str();
        loop {
            if PUBLIC.binary_search(&rest).is_ok() {
                return true;
            }
            match rest.split_once('.') {
                Some((_, above)) => rest = above,
                None => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_mail_domain_and_whatever_is_below_it_is_told_from_a_companys() {
        assert!(PUBLIC.is_sorted() && PUBLIC.iter().all(|one| Domain::parse(one).unwrap().as_str() == *one));
        for (domain, public) in [
            ("gmail.com", true),
            ("GMail.com", true),
            ("mail.yahoo.co.jp", true),
            ("example.com", false),
            ("notgmail.com", false),
            ("gmail.com.example.net", false),
            ("co.jp", false),
        ] {
            assert_eq!(Domain::parse(domain).unwrap().is_public(), public, "{domain}");
        }
    }
}
