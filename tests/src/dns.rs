//! A DNS server of a test's own, on this machine: it says of each name what the test has last told it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::TXT;
use hickory_resolver::proto::rr::{RData, Record, RecordType};

/// What the names lead to, and what is written under them.
#[derive(Default)]
struct Zone {
    addresses: BTreeMap<String, Vec<Ipv4Addr>>,
    texts: BTreeMap<String, Vec<String>>,
}

/// A started DNS server. It ends with the value.
pub struct Dns {
    /// Where it answers.
    pub address: SocketAddr,
    zone: Arc<Mutex<Zone>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

fn whole(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.').to_lowercase())
}

impl Dns {
    /// Starts one that knows no name.
    pub fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let address = socket.local_addr().unwrap();
        let (zone, ends) = (Arc::new(Mutex::new(Zone::default())), Arc::new(AtomicBool::new(false)));
        let (held, over) = (zone.clone(), ends.clone());
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !over.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
                let Ok(question) = Message::from_vec(&buffer[..length]) else { continue };
                socket.send_to(&answer(question, &held.lock().unwrap()).to_vec().unwrap(), from).unwrap();
            }
        });
        Self { address, zone, ends, thread: Some(thread) }
    }

    /// From now on the name leads to these addresses; to none: it is not known any more.
    pub fn leads(&self, name: &str, to: &[&str]) {
        let addresses: Vec<Ipv4Addr> = to.iter().map(|address| address.parse().unwrap()).collect();
        self.zone.lock().unwrap().addresses.insert(whole(name), addresses);
    }

    /// From now on these texts are written under the name.
    pub fn says(&self, name: &str, texts: &[&str]) {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        self.zone.lock().unwrap().texts.insert(whole(name), texts);
    }
}

fn answer(mut message: Message, zone: &Zone) -> Message {
    message.metadata.message_type = MessageType::Response;
    message.metadata.authoritative = true;
    message.additionals.clear();
    let Some(question) = message.queries.first().cloned() else { return message };
    let name = question.name().to_string().to_lowercase();
    let addresses = zone.addresses.get(&name).filter(|addresses| !addresses.is_empty());
    let texts = zone.texts.get(&name).filter(|texts| !texts.is_empty());
    let found: Vec<RData> = match question.query_type() {
        RecordType::A => addresses.into_iter().flatten().map(|address| RData::A((*address).into())).collect(),
        RecordType::TXT => texts.into_iter().flatten().map(|text| RData::TXT(TXT::new(vec![text.clone()]))).collect(),
        _ => Vec::new(),
    };
    if addresses.is_none() && texts.is_none() {
        message.metadata.response_code = ResponseCode::NXDomain;
    }
    message.answers.extend(found.into_iter().map(|data| Record::from_rdata(question.name().clone(), 1, data)));
    message
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
