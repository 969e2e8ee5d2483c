//! `service_start_ms` and `service_idle_mib`: a server with a saved configuration, from its start to its first health
//! check that succeeds, and its memory when nothing happens.

use std::thread;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use sekisho_tests::site::{Site, Sp};
use tokio::runtime::Runtime;

use super::figure::{Aim, Figure};
use super::{load, process_tree};

/// Nothing happens for this long before memory is read.
const QUIET: Duration = Duration::from_secs(5);
/// How often the port is tried.
const TRIES: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts the service again and again. Memory is read after the last `idles` of the starts.
pub fn measure(runtime: &Runtime, site: &mut Site, sp: &Sp, starts: usize, idles: usize) -> Vec<Figure> {
    let ping = format!("{}/ping", sp.origin);
    let (mut milliseconds, mut ran, mut mebibytes) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..starts {
        assert_eq!(site.service.stop(), Some(0), "a clean stop");
        let begun = Instant::now();
        let answered = thread::scope(|scope| {
            let asking = scope.spawn(|| runtime.block_on(first_success(&ping)));
            site.service.start_again();
            asking.join().expect("the health check")
        });
        ran.push(process_tree::ran_ms(site.service.id()));
        milliseconds.push(answered.duration_since(begun).as_secs_f64() * 1000.0);
        if number + idles >= starts {
            thread::sleep(QUIET);
            mebibytes.push(process_tree::pss_mib(&[site.service.id()]));
        }
    }
    vec![
        Figure::median("service_start_ms", Aim::Below(100.0), &milliseconds),
        Figure::median("service_start_cpu_ms", Aim::None, &ran),
        Figure::median("service_idle_mib", Aim::Below(20.0), &mebibytes),
    ]
}

/// When the health check succeeded first, as a balancer sees it: over TLS.
async fn first_success(ping: &str) -> Instant {
    let balancer = load::browser();
    let begun = Instant::now();
    loop {
        if balancer.get(ping).send().await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
            return Instant::now();
        }
        assert!(begun.elapsed() < PATIENCE, "the service does not answer: {ping}");
        tokio::time::sleep(TRIES).await;
    }
}
