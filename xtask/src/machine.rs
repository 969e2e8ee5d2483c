//! Installs what this machine lacks: Debian and npm packages, and cargo-nextest.

use std::io::{IsTerminal, Write};

use crate::shell::{self, Outcome};

/// Needed to build the desktop app.
const BUILD: &[&str] = &[
    "build-essential",
    "cmake",
    "dpkg-dev",
    "file",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "patchelf",
    "pkg-config",
];

/// Needed to drive the real window, a real browser, a real identity provider, a real PostgreSQL, a real mail server and real
/// balancers, and to judge our XML.
const DRIVE: &[&str] = &[
    "chromium",
    "chromium-driver",
    "curl",
    "dbus",
    "desktop-file-utils",
    "exim4-daemon-light",
    "faketime",
    "fonts-noto-cjk",
    "haproxy",
    "imagemagick",
    "iproute2",
    "libnginx-mod-stream",
    "libxml2-utils",
    "nginx",
    "openbox",
    "openssh-client",
    "openssh-server",
    "openssl",
    "pebble",
    "php-cli",
    "php-mbstring",
    "php-sqlite3",
    "php-xml",
    "postgresql-15",
    "python3-gi",
    "shellcheck",
    "simplesamlphp",
    "strace",
    "systemd",
    "util-linux",
    "webkit2gtk-driver",
    "x11-utils",
    "xauth",
    "xdotool",
    "xmlsec1",
    "xvfb",
];

/// Needed by the cases that are handed out beside the repository, where they are.
const BESIDE: &[&str] = &["python3-cryptography", "python3-lxml"];

/// Needed by the peers that the bench validates messages beside. The wheels of lxml and xmlsec do not go together.
const PEERS: &[&str] = &["python3-isodate", "python3-lasso", "python3-lxml", "python3-venv", "python3-xmlsec"];

/// Installs what is missing. Asks once, unless `CI` is set or nobody is there to answer.
pub fn prepare() -> Outcome {
    let beside = if shell::root().join("../shared/vectors").exists() { BESIDE } else { &[] };
    install(&[BUILD, DRIVE, beside].concat())?;
    if !shell::succeeds("npm --version") {
        return Err("Node.js 20 or newer with npm is needed (https://nodejs.org).".into());
    }
    if !shell::succeeds("cargo nextest --version") {
        shell::run("", "cargo install --locked cargo-nextest")?;
    }
    // The console's pages, and a second identity provider for the tests.
    for folder in ["ui", "tests/idps/auth0"] {
        install_npm(folder)?;
    }
    Ok(())
}

/// Installs the peers that the bench validates messages beside. One that cannot be had is no reason to measure nothing:
/// the bench says so in place of its figures.
pub fn prepare_peers() {
    for installed in [install(PEERS), install_npm("bench/peers/node-saml"), install_python("bench/peers/python3-saml")]
    {
        if let Err(reason) = installed {
            println!("{reason}");
        }
    }
}

fn install_npm(folder: &str) -> Outcome {
    let (wanted, installed) = ("package-lock.json", "node_modules/.package-lock.json");
    if modified(&format!("{folder}/{wanted}")) > modified(&format!("{folder}/{installed}")) {
        shell::run(folder, "npm ci --no-audit --no-fund")?;
    }
    Ok(())
}

/// Into an environment of its own, which sees Debian's packages.
fn install_python(folder: &str) -> Outcome {
    if modified(&format!("{folder}/requirements.txt")) > modified(&format!("{folder}/venv/bin")) {
        shell::run(folder, "/usr/bin/python3 -m venv --clear --system-site-packages venv")?;
        shell::run(folder, "venv/bin/python -m pip install --no-deps --requirement requirements.txt")?;
    }
    Ok(())
}

fn modified(path: &str) -> Option<std::time::SystemTime> {
    shell::root().join(path).metadata().and_then(|file| file.modified()).ok()
}

/// Installs those of these Debian packages that are missing.
pub fn install(packages: &[&str]) -> Outcome {
    if !shell::succeeds("dpkg-query --version") {
        println!("This is not Debian or Ubuntu: install the counterparts of {} yourself.", packages.join(" "));
        return Ok(());
    }
    let missing: Vec<&str> = packages.iter().copied().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("These Debian packages are missing and will be installed:\n  {}", missing.join(" "));
    if std::env::var_os("CI").is_none() && std::io::stdin().is_terminal() && !agreed() {
        return Err("not installed; nothing was changed".into());
    }
    let sudo = if shell::output("", "id -u").is_some_and(|id| id.trim() == "0") { "" } else { "sudo " };
    let apt = format!("{sudo}env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300");
    shell::run("", &format!("{apt} -q update"))?;
    shell::run("", &format!("{apt} -q install -y --no-install-recommends {}", missing.join(" ")))
}

fn installed(package: &str) -> bool {
    let query = format!("dpkg-query --show --showformat=${{db:Status-Status}} {package}");
    shell::output("", &query).is_some_and(|status| status == "installed")
}

fn agreed() -> bool {
    print!("Go on? [Y/n] ");
    let _ = std::io::stdout().flush();
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer).is_ok();
    read && !answer.trim().to_lowercase().starts_with('n')
}
