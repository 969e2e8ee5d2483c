//! Runs the judges.

use std::process::{Command, Output};

use data_encoding::BASE64;
use proptest::test_runner::Config;
use tempfile::TempDir;

use crate::support::keys::Key;

/// A folder for files that go to and fro.
pub struct Bench(TempDir);

impl Bench {
    /// Where the tool is installed.
    pub fn with(tool: &str) -> Option<Self> {
        if Command::new(tool).arg("--version").output().is_err() {
            println!("{tool} is not installed: nothing is compared with it");
            return None;
        }
        Some(Self(tempfile::tempdir().unwrap()))
    }

    pub fn write(&self, name: &str, content: &[u8]) {
        std::fs::write(self.0.path().join(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    pub fn run(&self, line: &str) -> Output {
        let mut words = line.split_whitespace();
        Command::new(words.next().unwrap()).args(words).current_dir(self.0.path()).output().unwrap()
    }

    /// The private key and the certificate, as `NAME.key` and `NAME.der`.
    pub fn keep(&self, name: &str, key: &Key) {
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines(&key.pkcs8));
        self.write(&format!("{name}.key"), pem.as_bytes());
        self.write(&format!("{name}.der"), &key.certificate);
    }
}

fn lines(der: &[u8]) -> String {
    let text = BASE64.encode(der);
    text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join("\n")
}

/// This many cases, none of them written to disk.
pub fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() }
}
