//! What a process and all below it use, read from `/proc`.

use std::collections::HashMap;
use std::fs;

/// Ticks of a second in `/proc/PID/stat`: fixed in Linux's interface, whatever the kernel's own clock.
const TICKS: f64 = 100.0;

/// The fields of `/proc/PID/stat` that come after the name, which may hold blanks.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    Some(fields.split_whitespace().map(str::to_owned).collect())
}

/// These processes and all below them.
pub fn with_children(roots: &[u32]) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if let Some(parent) = stat(pid).and_then(|fields| fields.get(1)?.parse().ok()) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = roots.to_vec();
    let mut next = 0;
    while next < found.len() {
        found.extend(children.remove(&found[next]).unwrap_or_default());
        next += 1;
    }
    found
}

/// The memory of one process in MiB, as if it shared nothing (RSS).
pub fn rss_mib(pid: u32) -> f64 {
    rollup_kib(pid, "Rss:").unwrap_or_default() / 1024.0
}

/// The most memory that one process has had so far, in MiB (`VmHWM`).
pub fn peak_mib(pid: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<f64> = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kib.unwrap_or_default() / 1024.0
}

/// Their memory in MiB: what they have alone, and their part of what they share (PSS).
pub fn pss_mib(roots: &[u32]) -> f64 {
    with_children(roots).into_iter().filter_map(|pid| rollup_kib(pid, "Pss:")).sum::<f64>() / 1024.0
}

/// A sum of `/proc/PID/smaps_rollup`.
fn rollup_kib(pid: u32, name: &str) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The seconds of processor time they have used, in user space and in the kernel; of ended children too.
pub fn cpu_seconds(roots: &[u32]) -> f64 {
    let used = |pid: u32| -> Option<f64> {
        // Fields 14 to 17 of the whole line: utime, stime, cutime, cstime.
        let ticks = stat(pid)?.get(11..15)?.iter().filter_map(|field| field.parse::<f64>().ok()).sum::<f64>();
        Some(ticks / TICKS)
    };
    with_children(roots).into_iter().filter_map(used).sum()
}

/// The milliseconds for which a process's living threads have run: finer than [`cpu_seconds`], and without children.
pub fn ran_ms(pid: u32) -> f64 {
    let ran = |thread: fs::DirEntry| -> Option<f64> {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    let threads = fs::read_dir(format!("/proc/{pid}/task")).expect("it runs");
    threads.flatten().filter_map(ran).sum::<f64>() / 1_000_000.0
}
