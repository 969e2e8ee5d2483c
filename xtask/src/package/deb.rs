//! The package's own form: a folder as it is to be installed, a control file, and dpkg-deb.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{files, notices, read};
use crate::shell::{self, Outcome};

/// Runs before and after unpacking and removal.
pub(super) const SCRIPTS: &[&str] = &["postinst", "prerm", "postrm"];

fn failed(path: &Path) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}

/// Builds the package of this version in `folder`, from what cargo has built, and gives its path.
pub(super) fn build(folder: &Path, version: &str) -> Result<PathBuf, String> {
    let architecture = shell::output("", "dpkg --print-architecture").ok_or("dpkg is missing")?;
    let architecture = architecture.trim();
    let name = format!("sekisho_{version}_{architecture}");
    let stage = folder.join(&name);
    if stage.exists() {
        fs::remove_dir_all(&stage).map_err(failed(&stage))?;
    }
    let list = files::list()?;
    for entry in &list {
        let target = stage.join(&entry.target);
        if entry.is_packed() {
            let plain = target.with_extension("");
            put(&entry.path(), &plain, &entry.mode)?;
            pack(&plain)?;
        } else {
            put(&entry.path(), &target, &entry.mode)?;
        }
    }
    for (name, text) in [("changelog", changelog(version)?), ("third-party", notices::text()?)] {
        let path = stage.join("usr/share/doc/sekisho").join(name);
        write(&path, &text)?;
        pack(&path)?;
    }

    let control = stage.join("DEBIAN");
    for script in SCRIPTS {
        put(&shell::root().join("packaging/deb").join(script), &control.join(script), "755")?;
    }
    let programs: Vec<PathBuf> =
        list.iter().filter(|entry| entry.is_built()).map(|entry| stage.join(&entry.target)).collect();
    let template = read(&shell::root().join("packaging/deb/control"))?;
    let text = fields(&template, version, architecture, size(&stage)?, &libraries(folder, &programs)?)?;
    write(&control.join("control"), &text)?;
    write(&control.join("md5sums"), &sums(&stage)?)?;
    // Whatever mask the builder's files are made with.
    shell::finish(Command::new("find").arg(&stage).args(["-type", "d", "-exec", "chmod", "755", "{}", "+"]))?;

    let package = folder.join(format!("{name}.deb"));
    let mut dpkg = Command::new("dpkg-deb");
    // The same sources give the same package: no owner of this machine's, no time but the commit's.
    dpkg.args(["--root-owner-group", "-Zxz", "--build"]).arg(&stage).arg(&package);
    shell::finish(dpkg.env("SOURCE_DATE_EPOCH", commit("%ct")?))?;
    Ok(package)
}

fn put(source: &Path, target: &Path, mode: &str) -> Outcome {
    let mut install = Command::new("install");
    shell::finish(install.args(["-D", "--no-target-directory", "--mode", mode]).arg(source).arg(target))
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(failed(path))?;
    shell::finish(Command::new("chmod").arg("644").arg(path))
}

/// Without name and time, so that the same text gives the same file.
fn pack(path: &Path) -> Outcome {
    shell::finish(Command::new("gzip").args(["-9", "--no-name"]).arg(path))
}

/// What the newest commit says, in a format of git's.
fn commit(format: &str) -> Result<String, String> {
    let line = shell::output("", &format!("git log -1 --format={format}")).ok_or("git does not know the commit")?;
    Ok(line.trim().to_owned())
}

/// Debian's form of a changelog, which points to ours.
fn changelog(version: &str) -> Result<String, String> {
    let control = read(&shell::root().join("packaging/deb/control"))?;
    let maintainer = control.lines().find_map(|line| line.strip_prefix("Maintainer: ")).unwrap_or_default();
    let change = "  * What has changed is told in CHANGELOG.md.gz beside this file.";
    Ok(format!("sekisho ({version}) unstable; urgency=medium\n\n{change}\n\n -- {maintainer}  {}\n", commit("%cD")?))
}

/// The libraries that the programs are linked with, as dependencies.
fn libraries(folder: &Path, programs: &[PathBuf]) -> Result<String, String> {
    // dpkg-shlibdeps wants to stand in a source package.
    let source = folder.join("source");
    fs::create_dir_all(source.join("debian")).map_err(failed(&source))?;
    let control = source.join("debian/control");
    fs::write(&control, "Source: sekisho\n\nPackage: sekisho\nArchitecture: any\n").map_err(failed(&control))?;
    let mut command = Command::new("dpkg-shlibdeps");
    command.arg("-O").args(programs.iter().map(|program| format!("-e{}", program.display())));
    let output = command.current_dir(&source).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("dpkg-shlibdeps: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = text.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    found.map(str::to_owned).ok_or_else(|| "dpkg-shlibdeps found no library".to_owned())
}

/// The control file: what is in the repository, and what only the build knows.
fn fields(template: &str, version: &str, architecture: &str, size: u64, libraries: &str) -> Result<String, String> {
    let (before, rest) = template.split_once("\nDepends: ").ok_or("packaging/deb/control has no Depends")?;
    Ok(format!(
        "{before}\nVersion: {version}\nArchitecture: {architecture}\nInstalled-Size: {size}\n\
         Depends: {libraries}, {rest}"
    ))
}

/// What the files take, in KiB, each by itself rounded up.
fn size(stage: &Path) -> Result<u64, String> {
    let paths = below(stage)?;
    let sizes = paths.iter().map(|path| path.metadata().map(|file| file.len().div_ceil(1024)).map_err(failed(path)));
    sizes.sum()
}

/// All files below a folder but the control files, in order.
fn below(stage: &Path) -> Result<Vec<PathBuf>, String> {
    let (mut folders, mut found) = (vec![stage.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(failed(&folder))? {
            let path = entry.map_err(failed(&folder))?.path();
            if !path.is_dir() {
                found.push(path);
            } else if path != stage.join("DEBIAN") {
                folders.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// What `dpkg --verify` compares with.
fn sums(stage: &Path) -> Result<String, String> {
    let paths = below(stage)?;
    let relative = paths.iter().map(|path| path.strip_prefix(stage).unwrap_or(path));
    let mut command = Command::new("md5sum");
    let output = command.args(relative).current_dir(stage).output().map_err(|error| format!("md5sum: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_build_knows_comes_into_the_control_file() {
        let made = fields("Package: p\nDepends: adduser\nDescription: d\n", "1.2", "amd64", 7, "libc6").unwrap();
        let expected = "Package: p\nVersion: 1.2\nArchitecture: amd64\nInstalled-Size: 7\n\
                        Depends: libc6, adduser\nDescription: d\n";
        assert_eq!(made, expected);
    }
}
