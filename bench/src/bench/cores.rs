//! One core for what is measured, another for whoever loads it.

use std::process::Command;

/// The cores of this machine that a load is measured on.
#[derive(Clone, Copy, Debug)]
pub struct Cores {
    servers: usize,
    load: usize,
}

impl Cores {
    /// Two cores, where there are two.
    pub fn find() -> Option<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        (cores > 1).then_some(Self { servers: 0, load: 1 })
    }

    /// Keeps this process, which loads, to its core; what it starts from now on, too.
    pub fn keep_load(self) {
        keep(std::process::id(), self.load);
    }

    /// Keeps servers to theirs.
    pub fn keep_servers(self, pids: &[u32]) {
        for pid in pids {
            keep(*pid, self.servers);
        }
    }
}

fn keep(pid: u32, core: usize) {
    let (core, pid) = (core.to_string(), pid.to_string());
    let set = Command::new("taskset").args(["--all-tasks", "--cpu-list", "--pid", &core, &pid]).output();
    let set = set.expect("taskset");
    assert!(set.status.success(), "taskset: {}", String::from_utf8_lossy(&set.stderr));
}
