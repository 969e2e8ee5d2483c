//! A vault with many records, in a real browser: how long it takes to bring them in, to open it on another device and on one that was here
//! before, to search, and to save.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::Site;
use sekisho_tests::webdriver::Session;

use super::figure::{Aim, Figure};

/// Samples of what is done more than once.
const SAMPLES: usize = 9;
/// Nobody waits longer, for anything that is measured here.
const PATIENCE: Duration = Duration::from_mins(5);

/// Measures vaults of so many records, one after the other.
pub fn measure(home: &Path, sizes: &[usize]) -> Vec<Figure> {
    sizes.iter().flat_map(|records| one(&home.join(records.to_string()), *records)).collect()
}

fn one(home: &Path, records: usize) -> Vec<Figure> {
    std::fs::create_dir_all(home).expect("a scratch folder");
    let site = Site::found(home);
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
    site.without_first_steps();
    site.save(&idp.metadata);
    let file = home.join("export.csv");
    std::fs::write(&file, export(records)).expect("the export");

    let first = Browser::start(&home.join("first"));
    first.sign_in(&sp.origin, "alice");
    let page = &first.page;
    page.click("[data-testid=place-import]");
    page.upload("[data-testid=import-file]", &[file.to_str().expect("a path")]);
    page.wait("[data-testid=bring]:not([disabled])");
    page.click("[data-testid=bring]");
    let import = until(page, Instant::now(), &format!("[data-testid=imported][data-added='{records}']"));
    page.click("[data-testid=place-records]");

    let (mut opened, mut again, mut searched, mut saved) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let shown = format!("[data-testid=count][data-count='{records}']");
    for round in 0..SAMPLES.min(3) {
        let device = Browser::start(&home.join(format!("device-{round}")));
        device.sign_in(&sp.origin, "alice");
        device.page.wait("[data-testid=signed-in]");
        opened.push(until(&device.page, Instant::now(), &shown));
        let start = Instant::now();
        device.page.reload();
        again.push(until(&device.page, start, &shown));
    }
    for round in 0..SAMPLES {
        searched.push(search(page, &format!("site {}", round * records / SAMPLES)));
    }
    search(page, "");
    for round in 0..SAMPLES {
        saved.push(save(page, round));
    }
    let figure = |name: &str, samples: &[f64]| Figure::median(format!("vault_{records}_{name}_ms"), Aim::None, samples);
    vec![
        figure("import", &[import]),
        figure("open_new_device", &opened),
        figure("open_again", &again),
        figure("search", &searched),
        figure("save", &saved),
    ]
}

/// An export of Chrome.
fn export(records: usize) -> String {
    let mut csv = "name,url,username,password,note\r\n".to_owned();
    for line in 0..records {
        let _ = write!(
            csv,
            "Site {line},https://site{line}.example/,user{line}@example.com,password-{line}-of-some-length,a note\r\n"
        );
    }
    csv
}

/// Milliseconds from `start` until there is something.
fn until(page: &Session, start: Instant, css: &str) -> f64 {
    let script = format!("return document.querySelector(\"{css}\") !== null");
    while page.script(&script) != true {
        assert!(start.elapsed() < PATIENCE, "{css} does not come");
        std::thread::sleep(Duration::from_millis(5));
    }
    start.elapsed().as_secs_f64() * 1000.0
}

/// Milliseconds from a typed search to its results on the screen.
fn search(page: &Session, text: &str) -> f64 {
    let took = page.script(&format!(
        "return new Promise((done) => {{ const field = document.querySelector('[data-testid=search]'); \
         const start = performance.now(); field.value = '{text}'; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }})); \
         requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))); }})"
    ));
    took.as_f64().expect("milliseconds")
}

/// Milliseconds from the click on a new record's button to the word that it is saved.
fn save(page: &Session, round: usize) -> f64 {
    page.click("[data-testid=new-login]");
    page.fill("[data-testid=record-title]", &format!("New {round}"));
    page.fill("[data-testid=record-password]", "secret");
    let took = page.script(
        "return new Promise((done) => { const start = performance.now(); \
         document.querySelector('[data-testid=save]').click(); \
         const look = () => document.querySelector('[data-testid=record-form]') === null \
         ? done(performance.now() - start) : requestAnimationFrame(look); look(); })",
    );
    took.as_f64().expect("milliseconds")
}
