//! First sign-ins beside known ones, at a hub on SQLite and at one on PostgreSQL, in turns of the same run, for hubs with more and more
//! users.

use std::path::Path;

use sekisho_hub::store::{PostgresStore, SqliteStore};
use sekisho_tests::dns;
use sekisho_tests::hub::Hub;
use sekisho_tests::postgres::Cluster;
use sekisho_tests::service::Service;
use sekisho_tests::site::{self, Site};
use tokio::runtime::Runtime;

use super::cores::Cores;
use super::figure::{Aim, Figure};
use super::idp::Idp;
use super::load::{Accepted, ServiceProvider};
use super::page::Page;
use super::{fill, process_tree};

/// Where the server that is measured listens.
const SERVER: ([u8; 4], &str) = ([127, 0, 0, 2], "127.0.0.2");
/// A prime, by which the known users of a turn are taken from everywhere among all.
const STRIDE: usize = 7_919;

/// How much is done.
#[derive(Clone, Copy)]
pub struct Turns {
    /// How often each store has its turn.
    pub rounds: usize,
    /// First sign-ins of a turn.
    pub first: usize,
    /// Known sign-ins of a turn.
    pub known: usize,
}

/// Measures at hubs with so many users.
pub fn measure(runtime: &Runtime, home: &Path, users: usize, turns: Turns) -> Vec<Figure> {
    let home = home.join(users.to_string());
    let figures = of_both(runtime, &home, users, turns);
    // A million users are gigabytes.
    std::fs::remove_dir_all(&home).expect("the scratch folder is removed");
    figures
}

fn of_both(runtime: &Runtime, home: &Path, users: usize, turns: Turns) -> Vec<Figure> {
    assert!(users > 0, "somebody has to be known");
    let (idp, cluster) = (Idp::new(), Cluster::start());
    let [one, other] = [home.join("sqlite"), home.join("postgres")];
    let (site, first) = founded(&one, Hub::start(&one.join("hub")), &idp);
    let (second_site, second) = founded(&other, Hub::on(&other.join("hub"), &cluster.url_as("hub")), &idp);
    // One domain of two organisations, which both have to prove.
    dns::ours().says(&first.0, &[&first.1, &second.1]);
    let mut sides =
        [Side::on_sqlite(runtime, site, users, &idp), Side::on_postgres(runtime, second_site, cluster, users, &idp)];
    if let Some(cores) = Cores::find() {
        cores.keep_load();
        for side in &sides {
            cores.keep_servers(&process_tree::with_children(&side.processes()));
        }
    }
    // Once before it counts: caches, connections, threads.
    for side in &mut sides {
        runtime.block_on(side.turn(Turns { first: turns.first / 4, known: turns.known / 4, ..turns }));
        side.turns.clear();
    }
    for _ in 0..turns.rounds {
        for side in &mut sides {
            runtime.block_on(side.turn(turns));
        }
    }
    sides.iter().flat_map(Side::figures).collect()
}

/// A server and its hub, which have the users already.
struct Side<'a> {
    store: &'static str,
    users: usize,
    provider: ServiceProvider<'a>,
    turns: Vec<Turn>,
    /// Newcomers so far.
    came: usize,
    /// Known users who came so far.
    came_again: usize,
    server: Service,
    site: Site,
    /// What the hub keeps everything in; it ends after the hub.
    cluster: Option<Cluster>,
}

/// What came of a turn.
struct Turn {
    first: Accepted,
    known: Accepted,
}

impl<'a> Side<'a> {
    fn on_sqlite(runtime: &Runtime, mut site: Site, users: usize, idp: &'a Idp) -> Self {
        runtime.block_on(async {
            let store = SqliteStore::open(&site.hub.folder.join("hub.sqlite")).await.expect("the hub's store");
            fill::fill(&site, &store, users).await;
            store.close().await;
        });
        site.hub.start_again();
        Self::of("sqlite", site, None, users, idp)
    }

    fn on_postgres(runtime: &Runtime, mut site: Site, cluster: Cluster, users: usize, idp: &'a Idp) -> Self {
        runtime.block_on(async {
            let store = PostgresStore::open(&cluster.url("postgres")).await.expect("the hub's store");
            fill::fill(&site, &store, users).await;
            store.close().await;
        });
        // As it would have come to know its tables by itself, in time.
        cluster.sql("ANALYZE");
        site.hub.start_again();
        Self::of("postgres", site, Some(cluster), users, idp)
    }

    /// Lets a new server take the users in, which is the one that is measured.
    fn of(store: &'static str, site: Site, cluster: Option<Cluster>, users: usize, idp: &'a Idp) -> Self {
        let (address, text) = SERVER;
        let (server, cli) = site.another("two", text);
        site::status(&cli, "it runs, and knows everybody", |status| {
            status["state"]["state"] == "running" && status["users"] == users
        });
        let page = Page::of(&format!("https://localhost:{}", site.port));
        let provider = ServiceProvider::new(idp, page.start().to_owned(), page.landing()).at(address);
        Self { store, users, provider, turns: Vec::new(), came: 0, came_again: 0, server, site, cluster }
    }

    fn processes(&self) -> Vec<u32> {
        let database = self.cluster.as_ref().map(Cluster::id);
        [self.server.id(), self.site.hub.id()].into_iter().chain(database).collect()
    }

    /// Newcomers, and then those who are known. That all of them have begun is not counted.
    async fn turn(&mut self, turns: Turns) {
        let newcomers: Vec<String> =
            (0..turns.first).map(|number| format!("newcomer{}@example.com", self.came + number)).collect();
        let place = |number| (self.came_again + number) * STRIDE % self.users;
        let known: Vec<String> = (0..turns.known).map(|number| fill::address(place(number))).collect();
        let first = self.provider.begin_each(newcomers.iter().map(String::as_str)).await;
        let first = self.provider.finish_each(first).await;
        let known = self.provider.begin_each(known.iter().map(String::as_str)).await;
        let known = self.provider.finish_each(known).await;
        self.came += turns.first;
        self.came_again += turns.known;
        self.turns.push(Turn { first, known });
    }

    fn figures(&self) -> Vec<Figure> {
        let name = |what: &str| format!("provisioning_{}_{}_{what}", self.users, self.store);
        let mut figures = Vec::new();
        for (which, of) in
            [("first", (|turn| &turn.first) as fn(&Turn) -> &Accepted), ("known", |turn: &Turn| &turn.known)]
        {
            let rates: Vec<f64> = self.turns.iter().map(|turn| of(turn).per_second()).collect();
            let took = self.turns.iter().flat_map(|turn| &of(turn).took);
            let took: Vec<f64> = took.map(|took| took.as_secs_f64() * 1000.0).collect();
            figures.push(Figure::median(name(&format!("{which}_per_second")), Aim::None, &rates));
            figures.push(Figure::percentile(name(&format!("{which}_p99_ms")), Aim::None, &took, 99));
        }
        let memory = process_tree::pss_mib(&[self.server.id()]);
        figures.push(Figure::median(name("service_mib"), Aim::None, &[memory]));
        figures
    }
}

/// A connection with its configuration, whose first server and whose hub do not run any more, and what proves its domain.
fn founded(home: &Path, hub: Hub, idp: &Idp) -> (Site, (String, String)) {
    let mut site = Site::found_at(home, hub);
    site.draft(&[]);
    site.save(&idp.write_metadata(home));
    let proof = site::domain_proof(&site.founder, "", "example.com");
    site.service.kill();
    site.hub.kill();
    (site, proof)
}
