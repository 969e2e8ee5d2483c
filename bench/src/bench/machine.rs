//! The machine that the figures were taken on.

use std::fs;

/// In one line.
pub fn describe() -> String {
    let line = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let found = text.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned)).unwrap_or_default();
        found.trim_start_matches([' ', '\t', ':', '=']).trim_matches('"').trim().to_owned()
    };
    let cpu = line("/proc/cpuinfo", "model name");
    let mhz = line("/proc/cpuinfo", "cpu MHz");
    let mhz = mhz.split('.').next().unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kib: u64 = line("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0);
    let system = line("/etc/os-release", "PRETTY_NAME");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{cpu} {mhz} MHz, {cores} cores, {} GiB; {system}, Linux {}", kib >> 20, kernel.trim())
}

/// The load averages of 1, 5 and 15 minutes.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
