//! A hub of two nodes: one PostgreSQL behind them, one balancer before them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::time::Duration;

use crate::balancer::Balancer;
use crate::hub::Hub;
use crate::postgres::Cluster;
use crate::process::free_port;
use crate::wait::wait_within;

/// A browser is started before a node writes what it has typed.
const PATIENCE: Duration = Duration::from_secs(90);

/// Two nodes of one hub.
pub struct Nodes {
    /// The hub as administrators and servers reach it.
    pub url: String,
    /// By the accounts that PostgreSQL knows them by.
    pub nodes: [(&'static str, Hub); 2],
    /// What is behind them.
    pub cluster: Cluster,
    _balancer: Balancer,
}

impl Nodes {
    /// Starts all of it in `home`.
    pub fn start(home: &Path) -> Self {
        let cluster = Cluster::start();
        let ports = [free_port(), free_port()];
        let balancer = Balancer::start(&home.join("balancer"), &ports);
        let url = format!("https://127.0.0.1:{}", balancer.port);
        let [one, other] = ["node_one", "node_two"].map(|name| (name, cluster.url_as(name)));
        let (folder, second) = (home.join(one.0), home.join(other.0));
        let mut first = Hub::node(&folder, ports[0], &url, &one.1);
        first.start_again();
        // Both show the certificate that is pinned.
        fs::create_dir_all(&second).unwrap();
        fs::copy(folder.join("tls.pem"), second.join("tls.pem")).unwrap();
        let mut second = Hub::node(&second, ports[1], &url, &other.1);
        second.start_again();
        Self { url, nodes: [(one.0, first), (other.0, second)], cluster, _balancer: balancer }
    }

    /// The hub of these nodes, for whom it makes no difference how many they are.
    pub fn hub(&self) -> Hub {
        let first = &self.nodes[0].1;
        Hub::node(&first.folder, first.port(), &self.url, &self.cluster.url("postgres"))
    }

    /// A node.
    pub fn node(&mut self, name: &str) -> &mut Hub {
        &mut self.nodes.iter_mut().find(|(account, _)| *account == name).unwrap().1
    }

    /// Does something during which the node that writes a row of this kind is killed (SIGKILL), at this moment.
    pub fn kill_during<T: Send>(&mut self, kind: &str, moment: Moment, act: impl FnOnce() -> T + Send) -> T {
        let gate = Gate::shut(&self.cluster, kind, moment);
        let (done, name) = std::thread::scope(|scope| {
            let doing = scope.spawn(act);
            let name = wait_within(PATIENCE, "a node writes", || Gate::who_waits(&self.cluster), String::new);
            self.node(&name).kill();
            gate.open();
            (doing.join().unwrap(), name)
        });
        self.node(&name).start_again();
        done
    }
}

/// When a node is killed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Inside its transaction, which is undone.
    InTheMiddle,
    /// When it has said that the transaction is to be done, and has not heard that it was.
    BeforeItsAnswer,
}

/// Holds transactions up, as long as it is shut.
struct Gate {
    holder: Child,
    stdin: ChildStdin,
}

impl Gate {
    fn shut(cluster: &Cluster, kind: &str, moment: Moment) -> Self {
        let (when, deferred) = match moment {
            Moment::InTheMiddle => ("TRIGGER", ""),
            Moment::BeforeItsAnswer => ("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED"),
        };
        cluster.sql(&format!(
            "CREATE OR REPLACE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$; \
            DROP TRIGGER IF EXISTS gate ON entries; \
            CREATE {when} gate AFTER INSERT OR UPDATE ON entries {deferred} \
                FOR EACH ROW WHEN (NEW.kind = '{kind}') EXECUTE FUNCTION pass()"
        ));
        let mut holder = cluster.psql().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = holder.stdin.take().unwrap();
        stdin.write_all(b"SELECT pg_advisory_lock(1); SELECT 'shut';\n").unwrap();
        let lines = BufReader::new(holder.stdout.take().unwrap()).lines();
        assert!(lines.map_while(Result::ok).any(|line| line == "shut"));
        Self { holder, stdin }
    }

    /// Who waits at it.
    fn who_waits(cluster: &Cluster) -> Option<String> {
        let waiting = "SELECT usename FROM pg_stat_activity WHERE wait_event = 'advisory' LIMIT 1";
        Some(cluster.sql(waiting)).filter(|name| !name.is_empty())
    }

    fn open(mut self) {
        drop(self.stdin);
        assert!(self.holder.wait().unwrap().success());
    }
}
