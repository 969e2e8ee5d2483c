//! A DNS server of a test's own, on this machine: it says of each name what the test has last told it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::TXT;
use hickory_resolver::proto::rr::{RData, Record, RecordType};

/// The one of this process: every service of its tests asks it, and so does the administrator's program. What it was not told, it asks
/// the machine.
pub fn ours() -> &'static Dns {
    static OURS: OnceLock<Dns> = OnceLock::new();
    OURS.get_or_init(|| Dns::with(Zone { asks_machine: true, ..Zone::default() }))
}

/// What the names lead to, and what is written under them.
#[derive(Default)]
struct Zone {
    addresses: BTreeMap<String, Vec<Ipv4Addr>>,
    texts: BTreeMap<String, Vec<String>>,
    asks_machine: bool,
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
        Self::with(Zone::default())
    }

    fn with(zone: Zone) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let address = socket.local_addr().unwrap();
        let (zone, ends) = (Arc::new(Mutex::new(zone)), Arc::new(AtomicBool::new(false)));
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

/// What this machine says of a name.
fn of_machine(name: &str) -> Vec<Ipv4Addr> {
    let found = (name.trim_end_matches('.'), 0).to_socket_addrs();
    let v4 = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => Some(ip),
        IpAddr::V6(_) => None,
    };
    found.into_iter().flatten().filter_map(v4).collect()
}

fn answer(mut message: Message, zone: &Zone) -> Message {
    message.metadata.message_type = MessageType::Response;
    message.metadata.authoritative = true;
    message.additionals.clear();
    let Some(question) = message.queries.first().cloned() else { return message };
    let name = question.name().to_string().to_lowercase();
    let known = zone.addresses.get(&name).filter(|addresses| !addresses.is_empty()).cloned();
    let is_address = question.query_type() == RecordType::A;
    let asked = (zone.asks_machine && is_address && known.is_none()).then(|| of_machine(&name));
    let addresses = known.or(asked.filter(|addresses| !addresses.is_empty()));
    let texts = zone.texts.get(&name).filter(|texts| !texts.is_empty());
    let found: Vec<RData> = match question.query_type() {
        RecordType::A => addresses.iter().flatten().map(|address| RData::A((*address).into())).collect(),
        RecordType::TXT => texts.into_iter().flatten().map(|text| RData::TXT(TXT::new(vec![text.clone()]))).collect(),
        _ => Vec::new(),
    };
    // A name that the machine knows has no IPv6 address here, and is there.
    let is_there = zone.asks_machine && question.query_type() == RecordType::AAAA;
    if addresses.is_none() && texts.is_none() && !is_there {
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
