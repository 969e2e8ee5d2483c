//! A Windows of our own, in a folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::machine;
use crate::shell::{self, Outcome};

const PACKAGES: &[&str] = &["curl", "openssl", "wine", "wine64"];

/// Installs wine.
pub fn prepare() -> Outcome {
    machine::install(PACKAGES)
}

/// A fresh Windows; what runs in it ends with this.
pub struct Wine {
    prefix: PathBuf,
}

impl Wine {
    /// Makes one in `folder`.
    pub fn fresh(folder: &Path) -> Result<Self, String> {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let wine = Self { prefix: folder.join("prefix") };
        fs::create_dir(&wine.prefix).map_err(|error| format!("{}: {error}", wine.prefix.display()))?;
        wine.run("wineboot.exe", &["--init"])?;
        // What has set it up ends first: its service manager would forget what the next one is told.
        wine.server("--wait")?;
        // Services would end with the command that started them, as soon as no other program runs.
        wine.server("--persistent")?;
        // wine 8 has no such library, and Rust's standard library asks it for random numbers.
        let library = wine.drive().join("windows/system32/bcryptprimitives.dll");
        let source = shell::root().join("xtask/src/windows/bcryptprimitives.c");
        let line = format!("x86_64-w64-mingw32-gcc -shared -o {} {} -ladvapi32", library.display(), source.display());
        shell::run("", &line)?;
        Ok(wine)
    }

    fn server(&self, wish: &str) -> Outcome {
        // It leaves out nothing of the rights that programs give: wine keeps Windows' lists as modes of files, of which a umask would
        // take the others' part away. What has been set up before has the usual modes.
        let mut server = Command::new("/bin/sh");
        server.args(["-c", r#"umask 000; exec "$0" "$1""#, "/usr/lib/wine/wineserver64"]);
        let status = server.arg(wish).env("WINEPREFIX", &self.prefix).status();
        status.map(drop).map_err(|error| format!("wineserver: {error}"))
    }

    /// Its drive C.
    pub fn drive(&self) -> PathBuf {
        self.prefix.join("drive_c")
    }

    /// A program, not started yet.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("/usr/lib/wine/wine64");
        command
            .arg(program)
            .args(arguments)
            .env("WINEPREFIX", &self.prefix)
            .env("WINEDEBUG", "-all")
            // Neither .NET nor a browser is needed; wine would offer to fetch them.
            .env("WINEDLLOVERRIDES", "mscoree,mshtml=")
            .env_remove("DISPLAY")
            .stdin(Stdio::null());
        command
    }

    /// What a program says.
    pub fn output(&self, program: &str, arguments: &[&str]) -> Result<Answer, String> {
        self.answer(program, self.command(program, arguments))
    }

    /// What a program says, and what wine itself tells of one of its channels.
    pub fn overheard(&self, program: &str, arguments: &[&str], channel: &str) -> Result<Answer, String> {
        let mut command = self.command(program, arguments);
        command.env("WINEDEBUG", format!("-all,+{channel}"));
        self.answer(program, command)
    }

    fn answer(&self, program: &str, mut command: Command) -> Result<Answer, String> {
        // Into files: what a program leaves running holds on to a pipe, which then never ends.
        let failed = |error: std::io::Error| format!("{program}: {error}");
        let file = |name: &str| self.prefix.with_file_name(name);
        let (printed, said) = (file("printed"), file("said"));
        command.stdout(File::create(&printed).map_err(failed)?).stderr(File::create(&said).map_err(failed)?);
        let status = command.status().map_err(failed)?;
        let text = |path: &Path| fs::read(path).map(|text| String::from_utf8_lossy(&text).into_owned());
        let (printed, said) = (text(&printed).map_err(failed)?, text(&said).map_err(failed)?);
        Ok(Answer { well: status.success(), printed, said })
    }

    /// What a program prints, which has to succeed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let output = self.output(program, arguments)?;
        if output.well {
            return Ok(output.printed);
        }
        Err(format!("{program} {} failed: {}{}", arguments.join(" "), output.said, output.printed))
    }
}

/// What a program that has ended said.
pub struct Answer {
    /// Whether it succeeded.
    pub well: bool,
    /// Its standard output.
    pub printed: String,
    /// Its standard error.
    pub said: String,
}

impl Drop for Wine {
    fn drop(&mut self) {
        // Ends what runs in this folder's Windows, and nothing else.
        let _ = self.server("--kill");
    }
}

/// A file's path, as programs under wine know it.
pub fn path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}
