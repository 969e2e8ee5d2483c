//! `cargo xtask fuzz`: lets coverage lead the bodies in `fuzz/`, for as many minutes each as are asked for.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::shell::{self, Outcome};
use crate::stages::Stages;

/// Instruments edges and comparisons as libFuzzer reads them. A compiler of the stable channel can do so.
const INSTRUMENTED: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions=on",
    "-Coverflow-checks=on",
];
/// Named, so that build scripts and macros are not instrumented.
const TARGET: &str = "x86_64-unknown-linux-gnu";
const NAMES: [&str; 9] =
    ["response", "logout", "metadata", "redirect", "certificate", "frame", "sealed", "export", "security_key"];
/// An input that takes more of these is a finding.
const LIMITS: [&str; 4] = ["-timeout=30", "-rss_limit_mb=1024", "-max_len=65536", "-print_final_stats=1"];

/// Fuzzes these bodies, all when none is named, `at_once` at a time. Inputs that were worth keeping stay below
/// `target/fuzz/`; a finding is named and stays there too.
pub fn fuzz(minutes: u32, at_once: usize, only: &[String]) -> Outcome {
    if let Some(unknown) = only.iter().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(format!("no body is called {unknown}; there are {}", NAMES.join(", ")));
    }
    let chosen: Vec<&str> =
        NAMES.into_iter().filter(|name| only.is_empty() || only.iter().any(|one| one == name)).collect();
    let mut stages = Stages::default();
    stages.stage("build, instrumented", build)?;
    let mut failed = Vec::new();
    for group in chosen.chunks(at_once.max(1)) {
        stages.stage(&group.join(", "), || {
            let running: Vec<Run> = group.iter().map(|name| Run::start(name, minutes)).collect::<Result<_, _>>()?;
            for run in running {
                failed.extend(run.finish()?);
            }
            Ok(())
        })?;
    }
    stages.print();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

fn folder() -> PathBuf {
    shell::target().join("fuzz")
}

fn build() -> Outcome {
    let mut cargo = shell::command("", "cargo build --release -p sekisho-fuzz --features guided --target");
    cargo.arg(TARGET).arg("--target-dir").arg(folder());
    cargo.env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTED.join("\u{1f}")).env("CARGO_PROFILE_RELEASE_LTO", "off");
    cargo.env("CARGO_PROFILE_RELEASE_PANIC", "unwind");
    shell::finish(&mut cargo)
}

/// A body at work.
struct Run {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Run {
    fn start(name: &str, minutes: u32) -> Result<Self, String> {
        let home = folder().join("bodies").join(name);
        let corpus = home.join("corpus");
        fs::create_dir_all(&corpus).map_err(|error| error.to_string())?;
        let log = home.join("log");
        let file = fs::File::create(&log).map_err(|error| error.to_string())?;
        let mut program = Command::new(folder().join(TARGET).join("release/sekisho-fuzz"));
        program.env("SEKISHO_FUZZ_BODY", name).current_dir(&home).arg(&corpus).args(LIMITS);
        program.arg(format!("-max_total_time={}", minutes * 60)).stdout(Stdio::null()).stderr(file);
        let child = program.spawn().map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// What it has found, if anything.
    fn finish(mut self) -> Result<Option<String>, String> {
        let status = self.child.wait().map_err(|error| error.to_string())?;
        let log = fs::read(&self.log).map_err(|error| error.to_string())?;
        let log = String::from_utf8_lossy(&log);
        let covered = log.lines().rev().find(|line| line.contains(" cov: ")).unwrap_or_default();
        println!("{}: {}", self.name, covered.trim());
        log.lines().filter(|line| line.starts_with("stat::")).for_each(|line| println!("    {line}"));
        if status.success() {
            return Ok(None);
        }
        Ok(Some(format!("{}: a finding; see {}", self.name, self.log.display())))
    }
}
