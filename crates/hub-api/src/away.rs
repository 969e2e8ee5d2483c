//! Why a request did not arrive.

use std::error::Error;

use sekisho_fault::Code;

use crate::codes;

/// The one true reason: `PROXY`, `CERTIFICATE`, `NO_SUCH_HOST` or `UNREACHABLE`.
///
/// The outermost error is not read: it repeats the address, and a hub may be named, or have a port, like a reason.
pub fn reason(error: &dyn Error) -> Code {
    let chain = chain(error);
    let says = |word: &str| chain.iter().skip(1).any(|part| part.contains(word));
    if says("proxy authorization required") {
        codes::PROXY
    } else if says("certificate") {
        codes::CERTIFICATE
    } else if says("dns error") || says("failed to lookup address") {
        codes::NO_SUCH_HOST
    } else {
        codes::UNREACHABLE
    }
}

/// What the innermost cause says.
pub fn innermost(error: &dyn Error) -> String {
    chain(error).pop().unwrap_or_default()
}

fn chain(error: &dyn Error) -> Vec<String> {
    let mut parts = vec![error.to_string()];
    let mut next = error.source();
    while let Some(error) = next {
        parts.push(error.to_string());
        next = error.source();
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug)]
    struct Said(&'static str, Option<Box<Said>>);

    impl fmt::Display for Said {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Said {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|cause| cause as &dyn Error)
        }
    }

    fn of(address: &'static str, cause: &'static str) -> Code {
        reason(&Said(address, Some(Box::new(Said(cause, None)))))
    }

    #[test]
    fn a_reason_is_read_from_the_causes() {
        let address = "error sending request for url (https://hub.example.com/v1/hub)";
        assert_eq!(of(address, "proxy authorization required"), codes::PROXY);
        assert_eq!(of(address, "invalid peer certificate: UnknownIssuer"), codes::CERTIFICATE);
        assert_eq!(of(address, "dns error"), codes::NO_SUCH_HOST);
        assert_eq!(of(address, "tcp connect error"), codes::UNREACHABLE);
    }

    #[test]
    fn an_address_that_looks_like_a_reason_is_none() {
        for address in ["https://127.0.0.1:44071/v1/hub", "https://certificate.example.com/", "https://dns error/"] {
            assert_eq!(of(address, "tcp connect error"), codes::UNREACHABLE, "{address}");
        }
        assert_eq!(of("https://127.0.0.1:40700/", "invalid peer certificate"), codes::CERTIFICATE);
    }
}
