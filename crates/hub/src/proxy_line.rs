//! For whom a balancer connects: the line that it sends before the client's first octet (the PROXY protocol of `HAProxy`,
//! version 1, section 2.1).

use std::io::{Error, ErrorKind, Result};
use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest line, with its end, in bytes.
const LONGEST: usize = 107;

/// Reads the line and nothing behind it. `None` where the balancer does not say for whom, as when it connects for itself.
///
/// # Errors
///
/// `InvalidData`: there is no such line.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<IpAddr>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        if line.len() == LONGEST {
            return Err(ErrorKind::InvalidData.into());
        }
        line.push(stream.read_u8().await?);
    }
    let line = str::from_utf8(&line).map_err(|error| Error::new(ErrorKind::InvalidData, error))?;
    source(line.trim_end_matches("\r\n"))
}

fn source(line: &str) -> Result<Option<IpAddr>> {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["PROXY", "UNKNOWN", ..] => Ok(None),
        ["PROXY", "TCP4" | "TCP6", source, _, _, _] => {
            source.parse().map(Some).map_err(|error| Error::new(ErrorKind::InvalidData, error))
        }
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_all(text: &str) -> (Option<Option<String>>, String) {
        let mut rest = text.as_bytes();
        let said = read(&mut rest).await.ok();
        (said.map(|source| source.map(|source| source.to_string())), String::from_utf8_lossy(rest).into_owned())
    }

    #[tokio::test]
    async fn the_line_says_for_whom_and_what_follows_stays() {
        let said = |source: &str| Some(Some(source.to_owned()));
        let four = read_all("PROXY TCP4 192.0.2.7 192.0.2.1 56324 8444\r\nhello").await;
        assert_eq!(four, (said("192.0.2.7"), "hello".to_owned()));
        let six = read_all("PROXY TCP6 2001:db8::7 2001:db8::1 56324 8444\r\n\r\n").await;
        assert_eq!(six, (said("2001:db8::7"), "\r\n".to_owned()));
        assert_eq!(read_all("PROXY UNKNOWN\r\nhello").await, (Some(None), "hello".to_owned()));
    }

    #[tokio::test]
    async fn anything_else_is_refused() {
        let long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(LONGEST));
        for text in ["", "PROXY", "\r\n", "PROXY TCP4 nobody 192.0.2.1 1 2\r\n", "PROXY TCP4 192.0.2.7\r\n", &long] {
            assert_eq!(read_all(text).await.0, None, "{text}");
        }
    }
}
