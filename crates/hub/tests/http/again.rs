//! Several nodes, and requests that come a second time since the node that did them did not live to answer.

use std::time::{Duration, Instant};

use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{
    Accept, Append, BegunEpoch, EnterpriseDomain, Feed, NewInvitation, PendingInvitation, Role, Row, Session,
};

use crate::append;
use crate::world::{self, Holder, World, credential};

async fn log(world: &World, who: &Holder) -> usize {
    world.ask::<Vec<Row>>("GET", "log?after=0", Some((who, b"")), &()).await.unwrap().len()
}

#[tokio::test]
async fn a_founding_that_comes_again_founds_once_and_opens_a_session() {
    let (world, founder) = World::founded().await;
    let node = world.other_node().await;
    let session: Session = node.ask("POST", "organisations", None, &world.founding).await.unwrap();
    assert_ne!(session.token, founder.token);
    let again = Holder { keys: world::keys(1), token: session.token };
    assert_eq!(log(&node, &again).await, 1);
    assert_eq!(node.write("POST", "log", &again, &append(1)).await, Ok(()));
    // The set-up code founds nothing else.
    let mut other = world.founding.clone();
    other.genesis = Blob(vec![9]);
    let refused = Err("hub.setup_token".to_owned());
    assert_eq!(node.ask::<()>("POST", "organisations", None, &other).await, refused);
    let mut other = world.founding.clone();
    other.account.envelope = Blob(vec![9]);
    assert_eq!(node.ask::<()>("POST", "organisations", None, &other).await, refused);
    let mut other = world.founding.clone();
    other.organisation = "f".repeat(32);
    assert_eq!(node.ask::<()>("POST", "organisations", None, &other).await, refused);
}

#[tokio::test]
async fn entries_that_come_again_are_appended_once_whatever_followed_from_them() {
    let (world, founder) = World::founded().await;
    let node = world.other_node().await;
    let connection = "c".repeat(32);
    let server = Role::Server { connection: connection.clone(), server: "d".repeat(32) };
    let domain = EnterpriseDomain { name: "example".to_owned(), connection: connection.clone() };
    let made = Append { admit: vec![credential(5, server)], enterprise_domain: Some(domain), ..append(1) };
    let epochs = vec![BegunEpoch { connection, number: 2 }];
    let retired = Append { retire: vec![credential(5, Role::Kit).keys], epochs, ..append(2) };
    let (admit, revoke) = (vec![credential(3, Role::Kit)], vec![credential(2, Role::Kit).keys]);
    let kit = Append { admit, revoke, ..append(3) };
    for (at, said) in [made, retired, kit].iter().enumerate() {
        assert_eq!(world.write("POST", "log", &founder, said).await, Ok(()));
        assert_eq!(node.write("POST", "log", &founder, said).await, Ok(()));
        assert_eq!(log(&node, &founder).await, at + 2);
    }
    let other = Append { entries: vec![Blob(vec![9])], ..append(3) };
    assert_eq!(node.write("POST", "log", &founder, &other).await, Err("hub.stale".to_owned()));
}

#[tokio::test]
async fn an_invitation_that_comes_again_is_made_accepted_and_withdrawn_once() {
    let (world, founder) = World::founded().await;
    let node = world.other_node().await;
    let id = "a".repeat(32);
    let role = Role::Invitation { invitation: id.clone(), login: "suzuki".to_owned() };
    let invitation = NewInvitation {
        invitation: id.clone(),
        login: "suzuki".to_owned(),
        credential: credential(7, role),
        sealed: Blob(vec![1]),
        ends: world::now() + 60,
    };
    let other = NewInvitation { sealed: Blob(vec![2]), ..invitation.clone() };
    assert_eq!(world.write("POST", "invitations", &founder, &invitation).await, Ok(()));
    assert_eq!(node.write("POST", "invitations", &founder, &invitation).await, Ok(()));
    assert_eq!(node.write("POST", "invitations", &founder, &other).await, Err("hub.stale".to_owned()));

    let invited = world.by_key(7).await.unwrap();
    let account = world.account("suzuki", 8, &invited).await;
    let accept = Accept { account, keys: Blob(vec![3]), mark: Blob(vec![4]) };
    assert_eq!(world.write("POST", "acceptances", &invited, &accept).await, Ok(()));
    assert_eq!(node.write("POST", "acceptances", &invited, &accept).await, Ok(()));
    let others = Accept { keys: Blob(vec![5]), ..accept };
    let refused = node.write("POST", "acceptances", &invited, &others).await;
    assert_eq!(refused, Err("hub.not_found".to_owned()));
    assert_eq!(node.by_key(7).await.err().as_deref(), Some("hub.session"), "it opens no session any more");

    let path = format!("invitations/{id}");
    for node in [&world, &node] {
        let signed = sekisho_hub_api::wire::write_statement(world::now(), &founder.token, "DELETE", &path, b"null");
        assert_eq!(node.ask("DELETE", &path, Some((&founder, &signed)), &()).await, Ok(()));
    }
    let open: Vec<PendingInvitation> = node.ask("GET", "invitations", Some((&founder, b"")), &()).await.unwrap();
    assert_eq!(open, []);
}

#[tokio::test]
async fn what_one_node_writes_wakes_the_feed_that_waits_at_another() {
    let (world, founder) = World::founded().await;
    let node = world.other_node().await;
    let connection = "c".repeat(32);
    let server = Role::Server { connection: connection.clone(), server: "d".repeat(32) };
    let domain = EnterpriseDomain { name: "example".to_owned(), connection: connection.clone() };
    let made = Append { admit: vec![credential(5, server)], enterprise_domain: Some(domain), ..append(1) };
    assert_eq!(world.write("POST", "log", &founder, &made).await, Ok(()));
    let server = node.by_key(5).await.unwrap();
    let wait = async |log: u64| {
        let (begun, path) = (Instant::now(), format!("feed?connection={connection}&log={log}&after=0&wait=25"));
        let found = node.ask::<Feed>("GET", &path, Some((&server, b"")), &()).await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(10), "woken after {:?}", begun.elapsed());
        (found.log.len(), found.connection.len())
    };
    let entry = append(2);
    let (found, written) = tokio::join!(wait(2), world.write("POST", "log", &founder, &entry));
    assert_eq!((found, written), ((1, 0), Ok(())));
    let (path, wish) = (format!("connections/{connection}/sync"), Blob(vec![1]));
    let (found, written) = tokio::join!(wait(3), world.write("PUT", &path, &founder, &wish));
    assert_eq!((found, written), ((0, 1), Ok(())));
}
