use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sekisho_fault::{Fault, Result};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::endpoint::SshHost;
use crate::message::{Event, Hello, Incoming, Outcome, Request};
use crate::{Call, Endpoint, codes, endpoint, frame};

/// Who waits for which answer; nothing once the connection is gone, and nobody waits on it any more.
type Waiting = Arc<Mutex<Option<HashMap<u64, oneshot::Sender<Outcome>>>>>;

/// A connection to the service. Clones share it; calls may overlap.
#[derive(Clone)]
pub struct Client {
    requests: mpsc::Sender<Vec<u8>>,
    waiting: Waiting,
    events: broadcast::Sender<Event>,
    next: Arc<AtomicU64>,
    /// Ends with the last clone: then the stream is closed in both directions.
    _listener: Arc<Listener>,
}

/// Whoever hears the answers.
struct Listener(AbortHandle);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Client {
    /// Connects to the service at `endpoint` and agrees on a version.
    ///
    /// Codes: `UNREACHABLE`, `WRONG_PEER`, `NOT_ALLOWED`, `VERSION`.
    pub async fn connect(endpoint: &Endpoint) -> Result<Self> {
        Self::over(endpoint::open(endpoint).await?).await
    }

    /// Connects to the service on another machine, over `ssh`.
    ///
    /// Codes: `NO_SSH`, `SSH`, `VERSION`, and what the far side refuses with.
    pub async fn connect_by_ssh(host: &SshHost) -> Result<Self> {
        endpoint::connect_by_ssh(host).await
    }

    /// Speaks over a stream that is open already.
    ///
    /// Codes: `VERSION`, `CLOSED`, or what the service refused with.
    pub async fn over(stream: impl AsyncRead + AsyncWrite + Send + 'static) -> Result<Self> {
        let (mut reader, mut writer) = tokio::io::split(stream);
        // A service that does not want us may be gone before it has our hello: why, it has said all the same.
        let _ = frame::write(&mut writer, &Hello::ours()).await;
        let first: Value = frame::read(&mut reader).await?.ok_or_else(|| Fault::new(codes::CLOSED))?;
        // A service that does not want us says why instead of its hello.
        if let Ok(fault) = serde_json::from_value::<Fault>(first.clone()) {
            return Err(fault);
        }
        let theirs: Hello = serde_json::from_value(first).map_err(|_| Fault::new(codes::GARBAGE))?;
        Hello::ours().agree(&theirs)?;

        let (requests, mut outgoing) = mpsc::channel::<Vec<u8>>(64);
        let waiting = Waiting::new(Mutex::new(Some(HashMap::new())));
        let (events, _) = broadcast::channel(64);
        let unsent = waiting.clone();
        tokio::spawn(async move {
            while let Some(request) = outgoing.recv().await {
                if frame::send(&mut writer, &request).await.is_err() {
                    close(&unsent);
                    break;
                }
            }
        });
        let (answers, heard) = (waiting.clone(), events.clone());
        let listener = tokio::spawn(async move {
            while let Ok(Some(message)) = frame::read::<Incoming>(&mut reader).await {
                match message {
                    Incoming::Reply(reply) => {
                        let waiter = lock(&answers).as_mut().and_then(|waiting| waiting.remove(&reply.id));
                        if let Some(waiter) = waiter {
                            let _ = waiter.send(reply.outcome);
                        }
                    }
                    // Nobody listening is fine.
                    Incoming::Event(event) => drop(heard.send(event)),
                }
            }
            close(&answers);
        });
        let listener = Arc::new(Listener(listener.abort_handle()));
        Ok(Self { requests, waiting, events, next: Arc::default(), _listener: listener })
    }

    /// Calls a method and waits for the answer.
    ///
    /// Codes: the method's own, `CLOSED`, `GARBAGE`.
    pub async fn call<C: Call>(&self, params: C::Params) -> Result<C::Reply> {
        let params = serde_json::to_value(params).map_err(|_| Fault::new(codes::GARBAGE))?;
        let result = self.call_raw(C::METHOD, params).await?;
        serde_json::from_value(result).map_err(|_| Fault::new(codes::GARBAGE))
    }

    /// Calls a method by name, for a caller that only passes on what it was given.
    ///
    /// Codes: the method's own, `CLOSED`, `OVERSIZED_FRAME`.
    pub async fn call_raw(&self, method: &str, params: Value) -> Result<Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let request = frame::encode(&Request { id, method: method.to_owned(), params })?;
        let (sender, receiver) = oneshot::channel();
        // Asked under the lock: whoever comes after the end would wait for ever.
        match lock(&self.waiting).as_mut() {
            Some(waiting) => drop(waiting.insert(id, sender)),
            None => return Err(Fault::new(codes::CLOSED)),
        }
        // One that is not sent any more: its waiter is told as the others are.
        let _ = self.requests.send(request).await;
        match receiver.await {
            Ok(Outcome::Result(value)) => Ok(value),
            Ok(Outcome::Fault(fault)) => Err(fault),
            Err(_) => Err(Fault::new(codes::CLOSED)),
        }
    }

    /// The events from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Whether the service has closed the connection.
    pub fn is_closed(&self) -> bool {
        lock(&self.waiting).is_none()
    }
}

/// Dropping the waiters tells every caller that the connection is gone.
fn close(waiting: &Waiting) {
    lock(waiting).take();
}

/// No code panics while it holds this lock, and the map is whole at every moment: poison carries no news.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refusal_is_read_although_the_other_side_is_gone_already() {
        let (ours, mut theirs) = tokio::io::duplex(1024);
        frame::write(&mut theirs, &Fault::new(codes::NOT_ALLOWED).with("user", "1001")).await.unwrap();
        drop(theirs);
        let told = Client::over(ours).await.err().unwrap();
        assert_eq!(told.code, codes::NOT_ALLOWED);
    }
    #[tokio::test]
    async fn a_call_after_the_service_was_killed_is_told_and_does_not_wait() {
        // Fault row 28: the service dies between two calls of somebody who watches it.
        let (ours, mut theirs) = tokio::io::duplex(1024);
        frame::write(&mut theirs, &Hello::ours()).await.unwrap();
        let client = Client::over(ours).await.unwrap();
        assert!(!client.is_closed());
        drop(theirs);
        // Each task has its turn: whoever reads has seen the end before anybody calls.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        let patience = std::time::Duration::from_secs(10);
        for _ in 0..3 {
            let told = client.call_raw("status", Value::Null);
            let told = tokio::time::timeout(patience, told).await.expect("nobody answers any more").unwrap_err();
            assert_eq!(told.code, codes::CLOSED);
        }
        assert!(client.is_closed());
    }
}
