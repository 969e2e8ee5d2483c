//! Programs that end with the test that started them.

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

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

/// Below those that the system gives to whoever connects somewhere: it would give one away before it is used.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// The ports of this process, each with the file that keeps them from others as long as it is locked.
static TAKEN: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// A TCP port on 127.0.0.1 that nobody listens on, and that no other test gets while this process lives.
pub fn free_port() -> u16 {
    let folder = std::env::temp_dir().join("sekisho-test-ports");
    std::fs::create_dir_all(&folder).expect("a folder for the ports");
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let start = usize::try_from(std::process::id()).unwrap_or(0) * 37;
    let mut ports = PORTS.cycle().skip(start % PORTS.len()).take(PORTS.len());
    let mine = |port: &u16| {
        let file = File::create(folder.join(port.to_string())).ok()?;
        file.try_lock().ok()?;
        TcpListener::bind(("127.0.0.1", *port)).ok()?;
        Some(file)
    };
    let (port, file) = ports.find_map(|port| mine(&port).map(|file| (port, file))).expect("a free port");
    taken.push(file);
    port
}
