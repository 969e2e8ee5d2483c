//! Frames: four bytes of length (big endian), then that many bytes of UTF-8 JSON.

use sekisho_fault::{Fault, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::codes;
use crate::message::{Outcome, Reply};

/// The largest frame, in bytes.
pub const LIMIT: usize = 24 * 1024 * 1024;

/// Reads one frame; `None` when the other side has closed between two frames.
///
/// Codes: `OVERSIZED_FRAME`, `GARBAGE`, `CLOSED`.
pub async fn read<T: DeserializeOwned>(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<T>> {
    let mut length = [0; 4];
    match stream.read(&mut length[..1]).await {
        Ok(0) | Err(_) => return Ok(None),
        Ok(_) => {}
    }
    stream.read_exact(&mut length[1..]).await.map_err(|_| Fault::new(codes::CLOSED))?;
    let size = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if size > LIMIT {
        return Err(Fault::new(codes::OVERSIZED_FRAME).with("size", size).with("limit", LIMIT));
    }
    // Grows with what really arrives: a length alone must not reserve memory.
    let mut body = Vec::new();
    let read = stream.take(size as u64).read_to_end(&mut body).await.map_err(|_| Fault::new(codes::CLOSED))?;
    if read != size {
        return Err(Fault::new(codes::CLOSED));
    }
    serde_json::from_slice(&body).map(Some).map_err(|_| Fault::new(codes::GARBAGE))
}

/// The bytes of one frame.
///
/// Code: `OVERSIZED_FRAME`.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, message).map_err(|_| Fault::new(codes::GARBAGE))?;
    let size = frame.len() - 4;
    let Some(length) = u32::try_from(size).ok().filter(|_| size <= LIMIT) else {
        return Err(Fault::new(codes::OVERSIZED_FRAME).with("size", size).with("limit", LIMIT));
    };
    frame[..4].copy_from_slice(&length.to_be_bytes());
    Ok(frame)
}

/// Writes one frame.
///
/// Codes: `OVERSIZED_FRAME`, `CLOSED`.
pub async fn write<T: Serialize>(stream: &mut (impl AsyncWrite + Unpin), message: &T) -> Result<()> {
    send(stream, &encode(message)?).await
}

/// Writes a frame that was encoded before.
///
/// Code: `CLOSED`.
pub async fn send(stream: &mut (impl AsyncWrite + Unpin), frame: &[u8]) -> Result<()> {
    let closed = |_| Fault::new(codes::CLOSED);
    stream.write_all(frame).await.map_err(closed)?;
    stream.flush().await.map_err(closed)
}

/// Writes a reply; one that is too large is told as such, and its caller does not wait for ever.
///
/// Code: `CLOSED`.
pub async fn answer(stream: &mut (impl AsyncWrite + Unpin), reply: &Reply) -> Result<()> {
    let frame = encode(reply).or_else(|fault| encode(&Reply { id: reply.id, outcome: Outcome::Fault(fault) }))?;
    send(stream, &frame).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(bytes: &[u8]) -> Result<Option<serde_json::Value>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { read(&mut &*bytes).await })
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_any_byte_of_it_is_read() {
        assert_eq!(parse(&[0xff, 0xff, 0xff, 0xff]).unwrap_err().code, codes::OVERSIZED_FRAME);
    }

    #[test]
    fn a_reply_that_is_too_large_is_answered_with_that() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut written = Vec::new();
        let large = Outcome::Result(serde_json::Value::String("x".repeat(LIMIT)));
        runtime.block_on(answer(&mut written, &Reply { id: 7, outcome: large })).unwrap();
        let told = parse(&written).unwrap().unwrap().to_string();
        assert!(told.contains(codes::OVERSIZED_FRAME.as_str()) && told.contains('7'), "{told}");
    }

    #[test]
    fn garbage_in_a_frame_is_refused() {
        assert_eq!(parse(b"\0\0\0\x03{{{").unwrap_err().code, codes::GARBAGE);
    }

    #[test]
    fn a_frame_cut_short_is_told_from_a_closed_connection() {
        assert_eq!(parse(b"\0\0\0\x09{}").unwrap_err().code, codes::CLOSED);
        assert_eq!(parse(b"").unwrap(), None);
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_value_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
