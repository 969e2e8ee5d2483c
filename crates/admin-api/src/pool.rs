//! The pool of servers that users are sent to: taking this one out of it, and seeing whether it is reached.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// Takes this server out of the pool: `/ping` answers 503, so that balancers send nobody new; whoever comes is served.
pub struct Drain;

impl Call for Drain {
    const METHOD: &'static str = "pool.drain";
    type Params = ();
    type Reply = ();
}

/// Puts it back.
pub struct Undrain;

impl Call for Undrain {
    const METHOD: &'static str = "pool.undrain";
    type Params = ();
    type Reply = ();
}

/// What came back from one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Probed {
    /// Address and port.
    pub address: String,
    /// Whether the address is one of this machine.
    pub here: bool,
    /// What `/ping` answered: 200 when users are to be sent there.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// Why nothing came back.
    pub fault: Option<Fault>,
}

/// What this server looks like from outside, as far as that can be seen from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Probe {
    /// The name that users open.
    pub host: String,
    /// This very server, on the address that it listens on.
    pub own: Probed,
    /// What the name leads to, by this machine's resolver.
    pub led_to: Vec<Probed>,
    /// Why the name leads nowhere.
    pub unresolved: Option<Fault>,
}

/// Asks this server, and whatever its name leads to, for `/ping` with the certificate that it serves.
pub struct ProbeServer;

impl Call for ProbeServer {
    const METHOD: &'static str = "pool.probe";
    type Params = ();
    type Reply = Probe;
}
