//! Programs that end with the test that started them.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A started program; it is killed, with its process group, when this is dropped.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts a program in a process group of its own, so that its children end with it.
    pub fn start(command: &mut Command) -> Self {
        use std::os::unix::process::CommandExt;
        let program = command.get_program().to_owned();
        Self(command.process_group(0).spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display())))
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// The process, to read its pipes or to wait for it.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group has the id of its leader, which we started and have not waited for: it cannot be another's.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.0.id())]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

/// The program of this name that cargo built beside this one; or the installed one, where the package is proved.
pub fn built(name: &str) -> PathBuf {
    if let Some(installed) = std::env::var_os("SEKISHO_PROGRAMS") {
        return PathBuf::from(installed).join(name);
    }
    let own = std::env::current_exe().expect("a program has a path");
    // Programs lie in target/<profile>, tests one folder deeper.
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("{name} is not built: cargo build --workspace"))
}

/// A TCP port on 127.0.0.1 that is free at this moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
