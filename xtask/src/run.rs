//! `cargo xtask run`: a hub, a service and the console's window in one scratch folder.

use std::path::Path;
use std::process::{Child, Command};

use crate::machine;
use crate::shell::{self, Outcome};
use crate::stages::Stages;

/// Where the scratch hub listens.
const HUB: &str = "127.0.0.1:8444";

/// Installs, builds, starts; ends hub and service when the window is closed.
pub fn run() -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("build the pages", || shell::run("ui", "npm run --silent build"))?;
    stages.stage("build the programs", || shell::run("", "cargo build --workspace"))?;
    let scratch = shell::root().join("target/run");
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    if has_display() {
        stages.stage("the console, until you close it", || window(&scratch))?;
    } else {
        println!("There is no display: the scripted tour opens the same window on a virtual one.");
        stages.stage("tour", || tour(&scratch.join("tour")))?;
    }
    stages.print();
    Ok(())
}

/// The scripted tour, with its screenshots in `folder`.
pub fn tour(folder: &Path) -> Outcome {
    let mut tour = Command::new(shell::programs().join("sekisho-tour"));
    match tour.arg(folder).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the tour failed ({status})")),
        Err(error) => Err(format!("sekisho-tour: {error}")),
    }
}

fn has_display() -> bool {
    cfg!(windows) || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some())
}

/// A hub, a service and the console, each with its files in the scratch folder; the first two end with the window.
fn window(scratch: &Path) -> Outcome {
    let (socket, hub) = (scratch.join("admin.sock"), scratch.join("hub"));
    let _hub = Ended(start("sekisho-hub", |command| {
        command.arg("--data").arg(&hub).args(["--name", "127.0.0.1", "serve", "--listen", HUB])
    })?);
    let _service = Ended(start("sekishod", |command| {
        command.arg("--data").arg(scratch.join("data")).arg("--admin-socket").arg(&socket)
    })?);
    println!("The hub's set-up code, to found an organisation with:\n");
    let mut code = start("sekisho-hub", |command| {
        command.arg("--data").arg(&hub).args(["--name", "127.0.0.1", "setup-code", "--url", &format!("https://{HUB}")])
    })?;
    code.wait().map_err(|error| error.to_string())?;
    let memory = scratch.join("administrator.json");
    let mut console = start("sekisho-console", |command| {
        command.env("SEKISHO_ADMIN_SOCKET", &socket).env("SEKISHO_MEMORY", &memory)
    })?;
    console.wait().map(drop).map_err(|error| error.to_string())
}

fn start(program: &str, with: impl FnOnce(&mut Command) -> &mut Command) -> Result<Child, String> {
    let mut command = Command::new(shell::programs().join(program));
    with(&mut command).spawn().map_err(|error| format!("{program}: {error}"))
}

/// Ends the process when dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
