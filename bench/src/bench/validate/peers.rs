//! The peers that are programs of their own, in `bench/peers/`: each loads the task, and validates on order.

use std::path::Path;
use std::process::Command;

use super::validator::Validator;
use super::{Contestant, Validates};

/// Starts all of them. `programs`: the folder they stand in.
pub fn start(programs: Option<&Path>, task: &Path) -> Vec<Contestant<'static>> {
    let peer = |name, start: &dyn Fn(&Path) -> Command| {
        let programs = programs.ok_or("no folder of peers was named (--peers)".to_owned());
        let started = programs.and_then(|folder| Validator::start(start(folder).arg(task)));
        Contestant { name, who: started.map(|peer| Box::new(peer) as Box<dyn Validates>) }
    };
    vec![
        peer("python3_saml", &|folder| {
            let folder = folder.join("python3-saml");
            run(folder.join("venv/bin/python"), folder.join("validate.py"))
        }),
        peer("node_saml", &|folder| run("node", folder.join("node-saml/validate.js"))),
        // Debian's Python, for Debian's binding.
        peer("lasso", &|folder| run("/usr/bin/python3", folder.join("lasso/validate.py"))),
    ]
}

fn run(program: impl AsRef<Path>, script: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    command.arg(script.as_ref());
    command
}
