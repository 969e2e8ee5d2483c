//! The name under which a request came.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;
use sekisho_config::Urls;

use crate::face::Face;

/// What the browser says that it has opened. It only ever chooses among the configured names (R30).
pub(crate) struct Opened(Option<String>);

impl Opened {
    /// The addresses of the name that was opened; the first where it is none of these, as behind balancers that say another.
    pub(crate) fn among<'a>(&self, names: &'a [Urls]) -> Option<&'a Urls> {
        let is_it = |urls: &&Urls| self.0.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(urls.host()));
        names.iter().find(is_it).or_else(|| names.first())
    }
}

/// The host of an authority, without its port.
fn host(authority: &str) -> &str {
    let port = authority.rfind(':').filter(|colon| !authority[*colon..].contains(']'));
    port.map_or(authority, |colon| &authority[..colon])
}

impl FromRequestParts<Arc<Face>> for Opened {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Face>) -> Result<Self, Infallible> {
        let header = parts.headers.get(HOST).and_then(|value| value.to_str().ok());
        // HTTP/2 says it in the address.
        let authority = header.or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str));
        Ok(Self(authority.map(host).map(str::to_owned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_config::Host;

    fn chosen(said: Option<&str>) -> String {
        let names = ["new.example", "old.example", "::1"].map(|name| Urls::new(&Host::parse(name).unwrap(), 8443));
        Opened(said.map(host).map(str::to_owned)).among(&names).unwrap().origin().to_owned()
    }

    #[test]
    fn a_configured_name_is_chosen_whatever_the_port_and_else_the_first() {
        for said in ["old.example", "OLD.example:8443", "old.example:443"] {
            assert_eq!(chosen(Some(said)), "https://old.example:8443", "{said}");
        }
        for said in ["[::1]", "[::1]:8443"] {
            assert_eq!(chosen(Some(said)), "https://[::1]:8443", "{said}");
        }
        for said in [None, Some(""), Some(":"), Some("else.example"), Some("10.0.0.1:8443"), Some("old.example.")] {
            assert_eq!(chosen(said), "https://new.example:8443", "{said:?}");
        }
    }
}
