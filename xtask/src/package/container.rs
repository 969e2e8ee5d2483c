//! A copy of this machine with a systemd of its own, in which a program may install and remove as it likes: nothing of it
//! is left afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{self, Outcome};

/// Where the copy sees the folder that it shares with this machine.
const SHARED: &str = "/proof";

/// The copy starts this, and ends with it. Whoever runs the program may become root, as on a machine of their own.
const PREPARE: &str = "#!/bin/sh
set -e
useradd --create-home --shell /bin/bash tanaka
useradd --create-home --shell /bin/bash sato
printf '%s\\n' 'tanaka ALL=(ALL) NOPASSWD: ALL' 'sato ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/proof
chmod 0440 /etc/sudoers.d/proof
# Images for building refuse to start services; this is a machine that runs.
rm -f /usr/sbin/policy-rc.d
chown tanaka: /proof
exec runuser -u tanaka -- env HOME=/home/tanaka USER=tanaka LANG=C.UTF-8 SEKISHO_PROGRAMS=/usr/bin \"$@\"
";

/// Runs a program with these packages in a copy of this machine, as a user of it. What it writes into its folder stays.
pub(super) fn run(folder: &Path, program: &Path, packages: &[&Path]) -> Outcome {
    if shell::output("", "id -u").is_none_or(|id| id.trim() != "0") {
        return Err("a copy of this machine can be started by root alone".into());
    }
    for (program, package) in [("systemd-nspawn", "systemd-container"), ("sudo", "sudo")] {
        if !shell::succeeds(&format!("{program} --version")) {
            return Err(format!("{program} is missing: apt-get install {package}"));
        }
    }
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)?;
    let mut line = format!("/bin/sh {SHARED}/prepare");
    for file in std::iter::once(&program).chain(packages) {
        let name = file.file_name().unwrap_or_default();
        fs::copy(file, folder.join(name)).map_err(failed)?;
        line = format!("{line} {SHARED}/{}", name.display());
    }
    fs::write(folder.join("prepare"), PREPARE).map_err(failed)?;
    fs::write(folder.join("proof.service"), unit(&line)).map_err(failed)?;
    let root = Overlay::mount(&folder.join("copy"))?;
    let mut copy = Command::new("systemd-nspawn");
    // Its own network with nothing but a loopback: it reaches nobody, and takes no port of this machine's.
    copy.args(["--quiet", "--register=no", "--private-network", "--machine=sekisho-proof", "--console=pipe", "--boot"]);
    copy.arg(format!("--directory={}", root.0.display()));
    copy.arg(format!("--bind={}:{SHARED}", folder.display()));
    copy.arg(format!("--bind-ro={}:/etc/systemd/system/proof.service", folder.join("proof.service").display()));
    if !Path::new("/run/systemd/system").exists() {
        copy.arg("--keep-unit");
    }
    let log = folder.join("log");
    println!("what happens in the copy is written to {}", log.display());
    let outcome = shell::finish(copy.args(["--", "systemd.unit=proof.service", "systemd.show_status=no"]));
    println!("{}", fs::read_to_string(&log).unwrap_or_default());
    outcome
}

/// This machine's files, with whatever is changed in them written elsewhere.
struct Overlay(PathBuf);

impl Overlay {
    fn mount(folder: &Path) -> Result<Self, String> {
        let [upper, work, root] = ["upper", "work", "root"].map(|name| folder.join(name));
        for folder in [&upper, &work, &root] {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let options = format!("lowerdir=/,upperdir={},workdir={}", upper.display(), work.display());
        shell::finish(Command::new("mount").args(["-t", "overlay", "overlay", "-o", &options]).arg(&root))?;
        Ok(Self(root))
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        // What was changed in the copy goes with it; not before the copy is closed.
        if shell::finish(Command::new("umount").arg(&self.0)).is_ok()
            && let Some(folder) = self.0.parent()
        {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// The unit that the copy is booted for.
fn unit(line: &str) -> String {
    format!(
        "[Unit]\nDescription=Proof of the package\nRequires=basic.target\nAfter=basic.target\n\
         SuccessAction=exit-force\nFailureAction=exit-force\n\n\
         [Service]\nType=exec\nExecStart={line}\nRuntimeMaxSec=1800\n\
         StandardOutput=append:{SHARED}/log\nStandardError=append:{SHARED}/log\n"
    )
}
