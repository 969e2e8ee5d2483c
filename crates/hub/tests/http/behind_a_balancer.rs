//! Behind a balancer each client has its own tries.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use sekisho_hub::app::App;
use sekisho_hub::store::MemoryStore;
use sekisho_hub::{certificate, http, listener};
use sekisho_hub_api::wire::StartSignIn;
use sekisho_hub_api::{Hub, HubAddress, Network, passphrase};
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// A hub that knows this balancer, and the hub's client, for whom the balancer says that it connects from `source`.
async fn hub(balancer: IpAddr, source: Arc<Mutex<&'static str>>) -> Hub {
    let folder = tempfile::tempdir().unwrap();
    let identity = certificate::read_or_make(folder.path(), &["127.0.0.1".to_owned()]).unwrap();
    // Its clock stands: a wait of one second is not over because the next one begins meanwhile.
    let app = App::open(Arc::new(MemoryStore::new()), || 1_800_000_000).await.unwrap();
    let node = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let behind = node.local_addr().unwrap();
    tokio::spawn(async move { listener::serve(node, identity.tls, http::router(app), &[balancer]).await });
    let before = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/", before.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut client, _)) = before.accept().await {
            let mut node = TcpStream::connect(behind).await.unwrap();
            let line = format!("PROXY TCP4 {} 192.0.2.1 5000 8444\r\n", source.lock().unwrap());
            node.write_all(line.as_bytes()).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut node).await });
        }
    });
    Hub::at(HubAddress { url: address.parse().unwrap(), pin: Some(identity.pin) }, &Network::default()).unwrap()
}

/// Begins a sign-in, over a connection of its own.
async fn try_once(hub: &Hub) -> Result<(), String> {
    let hub = Hub::at(hub.address().clone(), &Network::default()).unwrap();
    let (_, request) = passphrase::sign_in("a wrong passphrase").unwrap();
    let started = hub.start_sign_in(&StartSignIn { login: "tanaka".to_owned(), request }).await;
    started.map(drop).map_err(|fault| fault.code.to_string())
}

#[tokio::test]
async fn who_tries_passphrases_behind_a_balancer_makes_nobody_else_wait() {
    let source = Arc::new(Mutex::new("192.0.2.7"));
    let hub = hub(Ipv4Addr::LOCALHOST.into(), source.clone()).await;
    for _ in 0..5 {
        assert_eq!(try_once(&hub).await, Ok(()));
    }
    assert_eq!(try_once(&hub).await, Err("hub.too_many_tries".to_owned()));
    *source.lock().unwrap() = "192.0.2.8";
    assert_eq!(try_once(&hub).await, Ok(()));
}

#[tokio::test]
async fn who_is_no_balancer_says_for_nobody() {
    let hub = hub("192.0.2.99".parse().unwrap(), Arc::new(Mutex::new("192.0.2.7"))).await;
    assert_eq!(try_once(&hub).await, Err("hub.unreachable".to_owned()), "the line is no TLS");
}
