//! A frame of the admin API: any octets give a message or a fault, and a message that was read is written as it was meant.

use futures_util::FutureExt;
use sekisho_admin_api::frame;
use sekisho_admin_api::message::{Hello, Incoming, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::odd;

/// The body.
pub fn run(octets: &[u8]) {
    frames::<Hello>(octets);
    frames::<Request>(octets);
    frames::<Incoming>(octets);
    let length = u32::try_from(octets.len()).unwrap_or(u32::MAX).to_be_bytes();
    frames::<Request>(&[&length, octets].concat());
}

/// Reads frames until nothing is left of the octets.
fn frames<T: DeserializeOwned + Serialize>(mut octets: &[u8]) {
    while let Ok(Some(message)) = frame::read::<T>(&mut octets).now_or_never().unwrap() {
        let again = frame::encode(&message).unwrap();
        let read = frame::read::<T>(&mut again.as_slice()).now_or_never().unwrap().unwrap().unwrap();
        assert_eq!(frame::encode(&read).unwrap(), again);
    }
}

/// What to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    let request = Request { id: 7, method: "status.get".into(), params: serde_json::json!({ "a": [1, null, "x"] }) };
    let written = [frame::encode(&Hello::ours()).unwrap(), frame::encode(&request).unwrap()];
    let mut seeds = odd::octets();
    seeds.push(serde_json::to_vec(&request).unwrap());
    seeds.push(written.concat());
    seeds.extend(written);
    seeds.push(b"{\"id\":1,\"fault\":{\"code\":\"x\"}}".to_vec());
    seeds
}
