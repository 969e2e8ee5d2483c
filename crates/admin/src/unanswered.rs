//! What a session has made and sent, and nobody has answered: perhaps the hub has it. The next try goes on with the same, so that nothing is
//! made twice, and what is shown once is shown.

use sekisho_fault::{Code, Fault};
use sekisho_hub_api::codes;
use sekisho_hub_api::wire::NewInvitation;
use sekisho_keys::derive::Secret;
use sekisho_keys::ids::{AdministratorId, ConnectionId, NodeId, ServerId};
use sekisho_keys::kit::Kit;

use crate::way::InvitationCode;

/// With these the hub has said that it did nothing.
const REFUSED: [Code; 10] = [
    codes::STALE,
    codes::TAKEN,
    codes::TOTP_CODE,
    codes::SETUP_TOKEN,
    codes::FORBIDDEN,
    codes::REQUEST,
    codes::NOT_SIGNED,
    codes::CLOCK,
    codes::DELETED,
    codes::NOT_FOUND,
];

/// Whether nobody knows if the hub has done what it was asked for. Any other fault than a refusal can be that of a second try, after a
/// first whose answer was lost.
pub(crate) fn is_unanswered(fault: &Fault) -> bool {
    fault.code.area() == "hub" && !REFUSED.contains(&fault.code)
}

/// One of each: whoever does something else in between begins anew.
#[derive(Default)]
pub(crate) struct Unanswered {
    /// The kit that was to take the place of the one in force.
    pub(crate) kit: Option<Kit>,
    /// An invitation with its code, and the number of the organisation's key that it is sealed under.
    pub(crate) invitation: Option<(NewInvitation, InvitationCode, u32)>,
    /// An invitation whose administrator was to be admitted.
    pub(crate) admission: Option<(String, AdministratorId)>,
    /// A server that is to join by a token.
    pub(crate) token: Option<Token>,
    /// A connection: its name and its Enterprise Domain, and what it is called for good.
    pub(crate) connection: Option<([String; 2], NodeId, ConnectionId)>,
}

/// A server that is to join by a token.
pub(crate) struct Token {
    /// The name of its connection, and its own.
    pub(crate) wish: [String; 2],
    pub(crate) server: ServerId,
    /// The seed of its keys.
    pub(crate) seed: Secret,
}
