//! Users sign in all the time, twenty a second, while the pool of servers and the hub behind it change. No sign-in may fail
//! but those that were on their way at a server when it was killed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use sekisho_tests::authority::Authority;
use sekisho_tests::balancer::Balancer;
use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::{SimpleSaml, listed_keys, policy_of};
use sekisho_tests::nodes::Nodes;
use sekisho_tests::process::free_port;
use sekisho_tests::service::Service;
use sekisho_tests::site::{self, Site, Sp};

use super::idp::Idp;
use super::load::NEW_NAME;
use super::sign_in::Sekisho;

/// Between two sign-ins.
const PACE: Duration = Duration::from_millis(50);
/// People who sign in, each again and again.
const CROWD: usize = 200;

/// What came of a sign-in.
struct Outcome {
    begun: Instant,
    took: Duration,
    /// When the request that failed was sent, and why it did.
    failed: Option<(Instant, String)>,
}

/// A part of the proof: what happened in it, and when.
struct Phase {
    name: &'static str,
    from: Instant,
    /// When a server was killed.
    killed: Option<Instant>,
}

/// Goes through the phases, each of at least this length, prints what came of them, and panics if a sign-in failed that may not.
pub fn prove(home: &Path, each: Duration) {
    let mut pool = Pool::start(home);
    let stop = Arc::new(AtomicBool::new(false));
    let opened = Arc::new(Opened::default());
    let crowd = Crowd { sp: pool.sp.clone(), opened: opened.clone(), stop: stop.clone() };
    let signer = pool.signer.take().expect("it is used once");
    let (ready, begins) = channel();
    let load = std::thread::spawn(move || crowd.sign_in(&signer, &ready));
    begins.recv().expect("the crowd is known");
    let mut phases = Vec::new();
    let mut phase = |pool: &mut Pool, name: &'static str, act: &dyn Fn(&mut Pool) -> Option<Instant>| {
        let from = Instant::now();
        let killed = act(pool);
        pool.real_sign_in(name);
        std::thread::sleep(each.saturating_sub(from.elapsed()));
        phases.push(Phase { name, from, killed });
    };
    phase(&mut pool, "two servers", &|_| None);
    phase(&mut pool, "a third is added", &|pool| {
        pool.add("three", "127.0.0.13");
        None
    });
    phase(&mut pool, "the second is killed", &|pool| {
        let now = Instant::now();
        pool.server("two").0.kill();
        Some(now)
    });
    phase(&mut pool, "it is started again", &|pool| {
        let (service, cli) = pool.server("two");
        service.start_again();
        site::status(cli, "it runs again", |status| status["state"]["state"] == "running");
        None
    });
    phase(&mut pool, "the third is drained and retired", &|pool| {
        pool.leave("three");
        None
    });
    phase(&mut pool, "the SSL certificate is renewed", &|pool| {
        pool.renew(200);
        None
    });
    phase(&mut pool, "it is renewed once more", &|pool| {
        pool.renew(300);
        None
    });
    phase(&mut pool, "SAML's key is changed", &|pool| {
        for step in ["prepare", "switch", "finish"] {
            pool.site.founder.run(&["draft", "saml-key", step]);
            pool.save(step);
            // Its administrator takes our metadata as it is now, between any two sign-ins.
            let metadata = pool.site.founder.run(&["sp-metadata"]);
            let listed = listed_keys(metadata["xml"].as_str().expect("metadata"));
            pool.idp.answer_by(&pool.sp, &policy_of(&listed));
        }
        None
    });
    phase(&mut pool, "a new hostname is answered too", &|pool| {
        pool.answer_new_name();
        opened.new.store(true, Ordering::Relaxed);
        None
    });
    phase(&mut pool, "the new hostname is advertised", &|pool| {
        pool.site.founder.run(&["draft", "name", "advertise", NEW_NAME]);
        pool.save("the new hostname");
        pool.sp.origin = pool.new_origin();
        None
    });
    phase(&mut pool, "the old hostname is retired", &|pool| {
        // Nobody opens it any more.
        opened.old.store(false, Ordering::Relaxed);
        let under_way = || (opened.under_way.load(Ordering::Relaxed) == 0).then_some(());
        sekisho_tests::wait::wait_for("nobody is on the way under the old name", under_way);
        pool.site.founder.run(&["draft", "name", "remove", "localhost"]);
        pool.save("the old hostname goes");
        None
    });
    phase(&mut pool, "a node of the hub is killed", &|pool| {
        pool.nodes.nodes[0].1.kill();
        pool.site.founder.run(&["draft", "set", "skew_seconds", "75"]);
        pool.save("by the other node");
        None
    });
    phase(&mut pool, "the hub is restarted", &|pool| {
        for (_, node) in &mut pool.nodes.nodes {
            node.kill();
        }
        for (_, node) in &mut pool.nodes.nodes {
            node.start_again();
        }
        None
    });
    stop.store(true, Ordering::Relaxed);
    let outcomes = load.join().expect("the crowd");
    report(&phases, &outcomes, &|why| pool.reason(why));
}

/// The servers, what is before and what is behind them.
struct Pool {
    nodes: Nodes,
    site: Site,
    sp: Sp,
    signer: Option<Idp>,
    servers: Vec<(&'static str, Service, Cli)>,
    /// The port that all servers listen on, each on an address of its own.
    port: u16,
    /// What proves that alice's vault is hers.
    key: String,
    idp: SimpleSaml,
    _balancer: Balancer,
}

impl Pool {
    fn start(home: &Path) -> Self {
        let nodes = Nodes::start(home);
        let mut site = Site::beside(home, nodes.hub());
        site.found_organisation();
        site.founder.run(&["connection", "add", "--name", "Tokyo office", "--enterprise-domain", "example"]);
        site.reserve("example.com");
        site.founder.run(&["enrol"]);
        let private = free_port();
        let addresses = ["127.0.0.11", "127.0.0.12", "127.0.0.13"].map(|address| format!("{address}:{private}"));
        let balancer = Balancer::of_servers(&home.join("pool"), &addresses);
        // Users open the balancer.
        site.port = balancer.port;
        site.founder.run(&["draft", "set", "private_port", &private.to_string()]);
        let sp = site.draft(&[("private_ip", "127.0.0.11"), ("trusted_proxies", "127.0.0.1")]);
        let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
        let metadata = std::fs::read_to_string(&idp.metadata).expect("metadata");
        let between = |from: &str| {
            let (_, rest) = metadata.split_once(from).unwrap_or_else(|| panic!("{from} in {metadata}"));
            rest.split_once('"').map(|(found, _)| found.to_owned()).unwrap_or_default()
        };
        let (issuer, sso) = (
            between("entityID=\""),
            between("SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\""),
        );
        let signer = Idp::as_another(issuer, sso);
        // One identity provider with two keys: its own, and the signer's.
        let (head, rest) = metadata.split_once("<md:KeyDescriptor").expect("a key");
        let both = home.join("both-keys.xml");
        std::fs::write(&both, format!("{head}{}<md:KeyDescriptor{rest}", signer.key_descriptor())).expect("written");
        site.save(&both);
        let mut pool = Self {
            nodes,
            site,
            sp,
            signer: Some(signer),
            servers: Vec::new(),
            port: private,
            key: String::new(),
            idp,
            _balancer: balancer,
        };
        pool.add("two", "127.0.0.12");
        pool.key = pool.sign_alice_in("before");
        pool
    }

    fn server(&mut self, name: &str) -> (&mut Service, &Cli) {
        let (_, service, cli) = self.servers.iter_mut().find(|(known, ..)| *known == name).expect("it was added");
        (service, cli)
    }

    /// Adds a server by a token, as a machine does that nobody sits at.
    fn add(&mut self, name: &'static str, address: &str) {
        let service = Service::start(&self.site.home.join(name));
        let cli = self.site.founder.at(&service.socket);
        cli.run(&["draft", "set", "private_ip", address]);
        cli.run(&["draft", "set", "private_port", &self.port.to_string()]);
        let token = self.site.founder.file(&format!("{name}.token"));
        self.site.founder.run(&["pool", "token", "--name", name, &token]);
        cli.run(&["enrol", "--token", &token]);
        site::status(&cli, "it runs", |status| status["state"]["state"] == "running");
        self.servers.push((name, service, cli));
    }

    /// Takes a server out as the guide says: nobody new is sent to it, then it is retired.
    fn leave(&mut self, name: &str) {
        let (_, cli) = self.server(name);
        cli.run(&["pool", "drain"]);
        let before = cli.run(&["servers"]);
        let server = before["servers"][0]["server"].as_str().unwrap_or_default().to_owned();
        sekisho_tests::wait::wait_for("nobody comes any more", || {
            // The balancer looks every half second, and twice.
            let count = || cli.run(&["servers"])["servers"][0]["sign_ins"].clone();
            let seen = count();
            std::thread::sleep(Duration::from_secs(2));
            (count() == seen).then_some(())
        });
        self.site.founder.run(&["servers", "retire", &server, "--yes"]);
    }

    /// Saves the draft, and waits until every server has applied it.
    fn save(&self, reason: &str) {
        let saved = self.site.founder.run(&["save", "--yes", "--reason", reason]);
        let ticks = saved["servers"].as_array().into_iter().flatten().map(|server| &server["tick"]);
        assert!(ticks.clone().count() >= 2 && ticks.clone().all(|tick| tick == "done"), "{saved}");
    }

    /// Renews the SSL certificate by a request, for so many days, and sees every server serve it.
    fn renew(&self, days: u32) {
        let founder = &self.site.founder;
        let authority = Authority::new(&self.site.home.join("authority"));
        let request = founder.run(&["draft", "request"])["pem"].as_str().expect("a request").to_owned();
        let answer = authority.answer(&request, &["localhost"], days);
        founder.run(&["draft", "certificate", &answer.to_string_lossy()]);
        self.save("a new certificate");
        let matrix = founder.run(&["certificates"]);
        let wanted = &matrix["certificates"][0]["certificate"]["sha256"];
        let all = || {
            let servers = founder.run(&["servers"]);
            let servers = servers["servers"].as_array()?.clone();
            servers.iter().all(|server| server["certificate"]["sha256"] == *wanted).then_some(())
        };
        sekisho_tests::wait::wait_for("every server serves it", all);
        // What users get at the balancer.
        let served = founder.run(&["certificates", "served"]);
        assert_eq!(served["led_to"][0]["certificate"]["sha256"], *wanted, "{served}");
    }

    fn new_origin(&self) -> String {
        format!("https://{NEW_NAME}:{}", self.site.port)
    }

    /// Has a further name answered, with a certificate of its own; the identity provider is given its address too.
    fn answer_new_name(&self) {
        let founder = &self.site.founder;
        founder.run(&["draft", "name", "add", NEW_NAME]);
        let request = founder.run(&["draft", "request", "--for-name", NEW_NAME]);
        let authority = Authority::new(&self.site.home.join("authority"));
        let answer = authority.answer(request["pem"].as_str().expect("a request"), &[NEW_NAME], 200);
        founder.run(&["draft", "certificate", &answer.to_string_lossy(), "--for-name", NEW_NAME]);
        self.save("a further hostname");
        let metadata = founder.run(&["sp-metadata"]);
        let listed = listed_keys(metadata["xml"].as_str().expect("metadata"));
        let (old, new) = (&self.sp.acs, format!("{}/sso-connect/saml/sso", self.new_origin()));
        let both = format!("'AssertionConsumerService' => ['{old}', '{new}'], {}", policy_of(&listed));
        self.idp.answer_by(&self.sp, &both);
    }

    /// Why a sign-in was refused, as the servers' activity has it under the reference that the browser was shown.
    fn reason(&self, shown: &str) -> String {
        let Some((_, reference)) = shown.split_once("#error=") else { return shown.to_owned() };
        let reference: String = reference.chars().take_while(char::is_ascii_alphanumeric).collect();
        for cli in self.servers.iter().map(|(_, _, cli)| cli).chain([&self.site.founder]) {
            let activity = cli.run(&["activity", "--limit", "500"]);
            let entry =
                activity.as_array().into_iter().flatten().find(|entry| entry["reference"] == reference.as_str());
            if let Some(entry) = entry {
                return format!("{shown} {entry}");
            }
        }
        shown.to_owned()
    }

    fn sign_alice_in(&self, name: &str) -> String {
        let browser = Browser::start(&self.site.home.join(format!("browser-{}", name.replace(' ', "-"))));
        browser.sign_in(&self.sp.origin, "alice");
        browser.key_check()
    }

    /// A real browser at the real identity provider.
    fn real_sign_in(&self, phase: &str) {
        assert_eq!(self.sign_alice_in(phase), self.key, "{phase}: the same vault");
    }
}

/// The names that the crowd opens, each in turn, and how many are on their way under the old one.
struct Opened {
    old: AtomicBool,
    new: AtomicBool,
    under_way: AtomicUsize,
}

impl Default for Opened {
    fn default() -> Self {
        Self { old: AtomicBool::new(true), new: AtomicBool::new(false), under_way: AtomicUsize::new(0) }
    }
}

/// Those who sign in.
struct Crowd {
    sp: Sp,
    opened: Arc<Opened>,
    stop: Arc<AtomicBool>,
}

impl Crowd {
    /// Once everybody is known, signs in at a steady pace, whatever comes of those before, until it is stopped.
    fn sign_in(&self, signer: &Idp, ready: &Sender<()>) -> Vec<Outcome> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let users: Vec<String> = (0..CROWD).map(|number| format!("user{number}@example.com")).collect();
            let sekisho = Sekisho::new(&self.sp, signer);
            sekisho.provision(&users).await;
            ready.send(()).expect("the phases wait for it");
            let old = sekisho.into_provider().for_strangers();
            let moved = Sp { origin: self.sp.origin.replace("localhost", NEW_NAME), ..self.sp.clone() };
            let new = Sekisho::new(&moved, signer).into_provider().for_strangers();
            let mut turn = 0_u32;
            let mut pace = tokio::time::interval(PACE);
            let mut outcomes = futures_util::stream::FuturesUnordered::new();
            let mut done = Vec::new();
            let mut next = users.iter().cycle();
            loop {
                tokio::select! {
                    _ = pace.tick() => {
                        if self.stop.load(Ordering::Relaxed) {
                            break;
                        }
                        let user = next.next().expect("a cycle");
                        turn += 1;
                        let opened = &self.opened;
                        let of = |name: &AtomicBool| name.load(Ordering::Relaxed);
                        let is_old = of(&opened.old) && (!of(&opened.new) || turn.is_multiple_of(2));
                        let provider = if is_old { &old } else { &new };
                        opened.under_way.fetch_add(usize::from(is_old), Ordering::Relaxed);
                        outcomes.push(async move {
                            let begun = Instant::now();
                            let failed = provider.try_sign_in(user).await.err();
                            opened.under_way.fetch_sub(usize::from(is_old), Ordering::Relaxed);
                            Outcome { begun, took: begun.elapsed(), failed }
                        });
                    }
                    Some(outcome) = futures_util::StreamExt::next(&mut outcomes) => done.push(outcome),
                }
            }
            done.extend(futures_util::StreamExt::collect::<Vec<_>>(outcomes).await);
            done
        })
    }
}

fn report(phases: &[Phase], outcomes: &[Outcome], reason: &dyn Fn(&str) -> String) {
    let mut wrong = Vec::new();
    // Who began just before a kill was on the way too.
    let killed: Vec<Instant> = phases.iter().filter_map(|phase| phase.killed).collect();
    println!("{:<36} {:>8} {:>7} {:>10} {:>9} {:>9}", "phase", "sign-ins", "failed", "in flight", "p50 ms", "max ms");
    for (at, phase) in phases.iter().enumerate() {
        let until = phases.get(at + 1).map(|next| next.from);
        let of = |one: &&Outcome| one.begun >= phase.from && until.is_none_or(|until| one.begun < until);
        let of: Vec<&Outcome> = outcomes.iter().filter(of).collect();
        let mut took: Vec<u128> = of.iter().map(|one| one.took.as_millis()).collect();
        took.sort_unstable();
        let (mut failed, mut in_flight) = (0, 0);
        for one in &of {
            let Some((sent, why)) = &one.failed else { continue };
            let ended = one.begun + one.took;
            if killed.iter().any(|killed| *sent <= *killed + KILLED && ended >= *killed) {
                in_flight += 1;
            } else {
                failed += 1;
                wrong.push(format!("{}: {}", phase.name, reason(why)));
            }
        }
        let (half, most) = (took.get(took.len() / 2).unwrap_or(&0), took.last().unwrap_or(&0));
        println!("{:<36} {:>8} {failed:>7} {in_flight:>10} {half:>9} {most:>9}", phase.name, of.len());
        assert!(!of.is_empty(), "nobody signed in while {}", phase.name);
    }
    println!("sign-ins that failed, but those on their way at a server that was killed: {}", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// From the word to the death of a process.
const KILLED: Duration = Duration::from_millis(50);
