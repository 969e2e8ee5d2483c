//! Which entry may follow which.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_fault::{Fault, Result};

use super::act::{Act, Administrator, Scope};
use super::deletion;
use super::entry::{Body, Entry, Head};
use super::organisation::{Connection, Member, Node, Organisation, Reserved, Retired, ServerState};
use crate::codes;
use crate::identity::{PublicIdentity, Sealed, Signing};
use crate::ids::{ConnectionId, Hash, KeyId};

pub(super) fn rule(detail: &str) -> Fault {
    Fault::new(codes::LOG_RULE).with("detail", detail)
}

pub(super) fn found(first: &Entry) -> Result<Organisation> {
    let body = first.body();
    let Act::Found { name, administrator, kit, key } = &body.act else { return Err(rule("founding comes first")) };
    if body.sequence != 0 || body.previous != Hash::NONE {
        return Err(rule("founding comes first"));
    }
    if administrator.scope != Scope::Organisation || body.author != administrator.keys.id() {
        return Err(rule("the founder signs"));
    }
    signed(first, &administrator.keys)?;
    let kit_key = sealed_to(key, kit).ok_or_else(|| rule("the organisation's key is not sealed to the kit"))?;
    let mut organisation = Organisation {
        id: body.organisation,
        genesis: first.head().hash,
        head: first.head(),
        name: name.clone(),
        kit: *kit,
        kit_key: Some(kit_key),
        key_number: 1,
        used: BTreeSet::from([kit.id()]),
        members: BTreeMap::new(),
        nodes: BTreeMap::new(),
        connections: BTreeMap::new(),
    };
    admit(&mut organisation, administrator, sealed_to(key, &administrator.keys))?;
    Ok(organisation)
}

/// Follows an entry. What it was given may be half changed when it refuses: the caller works on a copy.
pub(super) fn follow(organisation: &mut Organisation, entry: &Entry) -> Result<()> {
    let body = entry.body();
    let Head { sequence, hash } = organisation.head;
    if body.organisation != organisation.id || body.sequence != sequence + 1 || body.previous != hash {
        return Err(Fault::new(codes::LOG_CHAIN).with("sequence", i64::try_from(body.sequence).unwrap_or(i64::MAX)));
    }
    signed(entry, &author(organisation, body)?)?;
    act(organisation, &body.act, body.time)?;
    organisation.head = entry.head();
    Ok(())
}

fn signed(entry: &Entry, keys: &PublicIdentity) -> Result<()> {
    let (bytes, signature) = entry.signed();
    keys.verify(Signing::Log, bytes, signature)
}

/// Recovery is signed by the kit, everything else by an administrator of the whole organisation.
fn author(organisation: &Organisation, body: &Body) -> Result<PublicIdentity> {
    let refused = || Fault::new(codes::LOG_AUTHOR);
    if matches!(body.act, Act::Recover { .. }) {
        return if body.author == organisation.kit.id() { Ok(organisation.kit) } else { Err(refused()) };
    }
    let administrator = organisation.administrator(body.author).filter(|found| found.scope == Scope::Organisation);
    administrator.map(|found| found.keys).ok_or_else(refused)
}

#[allow(clippy::too_many_lines, reason = "one act after the other, each a few lines: a table of rules")]
fn act(organisation: &mut Organisation, act: &Act, time: i64) -> Result<()> {
    match act {
        Act::Found { .. } => Err(rule("founding comes first")),
        Act::AdmitAdministrator { administrator, key, .. } => {
            let whole = administrator.scope == Scope::Organisation;
            if whole != key.is_some() {
                return Err(rule("the organisation's key goes to its administrators, and only to them"));
            }
            if let Scope::Connection(connection) = administrator.scope {
                of(organisation, connection)?;
            }
            admit(organisation, administrator, key.clone())
        }
        Act::RemoveAdministrator { administrator, number, keys, kit, kept } => {
            let member = organisation.members.get_mut(administrator).filter(|member| member.active);
            let member = member.ok_or_else(|| rule("no such administrator"))?;
            (member.active, member.left) = (false, Some(time));
            if *number != organisation.key_number + 1 {
                return Err(rule("organisation keys follow one another"));
            }
            organisation.key_number = *number;
            let mut whole = 0;
            for member in organisation.members.values_mut().filter(|member| member.active) {
                if member.administrator.scope == Scope::Organisation {
                    let sealed = sealed_to(keys, &member.administrator.keys);
                    member.key = Some(sealed.ok_or_else(|| rule("an administrator is left without the key"))?);
                    whole += 1;
                }
            }
            if whole == 0 || keys.len() != whole + 1 {
                return Err(rule("the last administrator stays, and nobody else gets the key"));
            }
            replace_kit(organisation, kit, keys)?;
            for connection in organisation.connections.values_mut() {
                connection.epoch_due = true;
            }
            for kept in kept {
                // Of one that is deleted, too: the deletion may be taken back.
                let known = organisation.connections.get_mut(&kept.connection);
                known.ok_or_else(|| rule("no such connection"))?.kept = Some((kept.revision, kept.hash));
            }
            Ok(())
        }
        Act::Recover { administrator, kit, key } => {
            if administrator.scope != Scope::Organisation {
                return Err(rule("a kit recovers the organisation"));
            }
            replace_kit(organisation, kit, key)?;
            admit(organisation, administrator, sealed_to(key, &administrator.keys))
        }
        Act::NewKit { kit, key } => replace_kit(organisation, kit, std::slice::from_ref(key)),
        Act::AddNode { node, parent, name } => {
            if parent.is_some_and(|parent| !organisation.nodes.contains_key(&parent)) {
                return Err(rule("the node above does not exist"));
            }
            let added = organisation.nodes.insert(*node, Node { parent: *parent, name: name.clone() });
            if added.is_none() { Ok(()) } else { Err(rule("the node exists already")) }
        }
        Act::AddConnection { connection, node, enterprise_domain, name, epoch } => {
            if !canonical(enterprise_domain) {
                return Err(rule("an alias is lower-case ASCII"));
            }
            if !organisation.nodes.contains_key(node) {
                return Err(rule("a connection stands on a node below the root"));
            }
            let taken = |known: &Connection| {
                known.node == *node || (known.enterprise_domain == *enterprise_domain && !known.is_gone(time))
            };
            if organisation.connections.values().any(taken) {
                return Err(rule("one connection a node, and one a domain"));
            }
            if epoch.number != 1 || !epoch.servers.is_empty() {
                return Err(rule("epochs begin at 1"));
            }
            let added = Connection {
                node: *node,
                enterprise_domain: enterprise_domain.clone(),
                name: name.clone(),
                epochs: vec![epoch.clone()],
                epoch_due: false,
                servers: BTreeMap::new(),
                domains: BTreeMap::new(),
                minimum_schema: 1,
                locked: BTreeSet::new(),
                kept: None,
                deleted: None,
            };
            let before = organisation.connections.insert(*connection, added);
            if before.is_none() { Ok(()) } else { Err(rule("the connection exists already")) }
        }
        Act::AdmitServer { connection, server, keyring } => {
            let keys = server.keys.id();
            if organisation.connections.values().any(|known| known.servers.contains_key(&server.id)) {
                return Err(rule("the server was admitted before"));
            }
            if keyring.receiver != keys {
                return Err(rule("the keyring is not sealed to the server"));
            }
            use_once(organisation, keys)?;
            let (server_keys, keyring) = (server.clone(), keyring.clone());
            let state = ServerState { server: server_keys, keyring, active: true, records: None, retired: None };
            of(organisation, *connection)?.servers.insert(server.id, state);
            Ok(())
        }
        Act::RetireServer { connection, server, records, compromised } => {
            let connection = of(organisation, *connection)?;
            let state = connection.servers.get_mut(server).filter(|state| state.active);
            let state = state.ok_or_else(|| rule("no such server"))?;
            (state.active, state.records) = (false, Some(*records));
            state.retired = Some(Retired { time, compromised: *compromised });
            connection.epoch_due = true;
            Ok(())
        }
        Act::NewEpoch { connection, epoch } => {
            let connection = of(organisation, *connection)?;
            if epoch.number != connection.epoch() + 1 {
                return Err(rule("epochs follow one another"));
            }
            let live = |sealed: &Sealed| {
                connection.servers.values().any(|one| one.active && one.server.keys.id() == sealed.receiver)
            };
            let all = connection.servers.values().filter(|one| one.active).count();
            if !epoch.servers.iter().all(live) || epoch.servers.len() != all {
                return Err(rule("an epoch is sealed to each live server, and to no other"));
            }
            connection.epochs.push(epoch.clone());
            connection.epoch_due = false;
            Ok(())
        }
        Act::ReserveDomain { connection, domain, proven } => {
            if !canonical(domain) {
                return Err(rule("a domain is in A-labels, in lower case"));
            }
            let proven = *proven == Some(true);
            let reserved = |(id, known): (&ConnectionId, &Connection)| {
                let is_news = |reserved: &Reserved| id == connection && proven && !reserved.proven;
                known.domains.get(domain).is_some_and(|reserved| !is_news(reserved)) && !known.is_gone(time)
            };
            if organisation.connections.iter().any(reserved) {
                return Err(rule("the domain is reserved already"));
            }
            of(organisation, *connection)?.domains.insert(domain.clone(), Reserved { time, proven });
            Ok(())
        }
        Act::ReleaseDomain { connection, domain } => {
            let released = of(organisation, *connection)?.domains.remove(domain);
            if released.is_some() { Ok(()) } else { Err(rule("the domain is not reserved")) }
        }
        Act::MinimumSchema { connection, schema } => {
            let connection = of(organisation, *connection)?;
            if *schema <= connection.minimum_schema {
                return Err(rule("a schema is never lowered"));
            }
            connection.minimum_schema = *schema;
            Ok(())
        }
        Act::LockUser { connection, about, locked } => {
            let users = &mut of(organisation, *connection)?.locked;
            let changed = if *locked { users.insert(*about) } else { users.remove(about) };
            if changed { Ok(()) } else { Err(rule("the user is so already")) }
        }
        Act::DeleteConnection { connection } => {
            of(organisation, *connection)?.deleted = Some(time);
            Ok(())
        }
        Act::UndeleteConnection { connection } => deletion::undo(organisation, *connection, time),
    }
}

/// One spelling: two that look alike are not two names.
fn canonical(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b);
    !name.is_empty() && name.len() <= 253 && name.bytes().all(plain)
}

/// Keys have one role, once.
fn use_once(organisation: &mut Organisation, keys: KeyId) -> Result<()> {
    if organisation.used.insert(keys) { Ok(()) } else { Err(rule("the keys had a role before")) }
}

fn replace_kit(organisation: &mut Organisation, kit: &PublicIdentity, keys: &[Sealed]) -> Result<()> {
    use_once(organisation, kit.id())?;
    let sealed = sealed_to(keys, kit).ok_or_else(|| rule("the organisation's key is not sealed to the kit"))?;
    (organisation.kit, organisation.kit_key) = (*kit, Some(sealed));
    Ok(())
}

/// A connection that something may be said of: it is there, and not deleted.
fn of(organisation: &mut Organisation, connection: ConnectionId) -> Result<&mut Connection> {
    let found = organisation.connections.get_mut(&connection).ok_or_else(|| rule("no such connection"))?;
    if found.deleted.is_none() { Ok(found) } else { Err(rule("the connection is deleted")) }
}

fn admit(organisation: &mut Organisation, administrator: &Administrator, key: Option<Sealed>) -> Result<()> {
    let whole = administrator.scope == Scope::Organisation;
    if whole && key.as_ref().is_none_or(|key| key.receiver != administrator.keys.id()) {
        return Err(rule("the organisation's key is not sealed to the administrator"));
    }
    use_once(organisation, administrator.keys.id())?;
    let known = |member: &Member| member.active && member.administrator.login == administrator.login;
    if organisation.members.contains_key(&administrator.id) || organisation.members.values().any(known) {
        return Err(rule("the administrator was admitted before"));
    }
    let member = Member { administrator: administrator.clone(), key, active: true, left: None };
    organisation.members.insert(administrator.id, member);
    Ok(())
}

fn sealed_to(keys: &[Sealed], receiver: &PublicIdentity) -> Option<Sealed> {
    let id = receiver.id();
    keys.iter().find(|sealed| sealed.receiver == id).cloned()
}
