//! Named pipes that a list of accounts of this computer may open.

use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::io;
use std::mem::replace;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::net::windows::named_pipe::{NamedPipeClient, NamedPipeServer, ServerOptions};
use windows_sys::Win32::Foundation::ERROR_PIPE_BUSY;
use windows_sys::Win32::Storage::FileSystem::{FILE_FLAG_OVERLAPPED, SECURITY_IDENTIFICATION};

use crate::system::{self, Descriptor};
use crate::{Account, descriptor};

/// How often, and how long apart, a client tries when all ends of a pipe are taken.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// The server's side.
pub struct Pipe {
    name: OsString,
    own: Account,
    clients: Vec<Account>,
    waiting: NamedPipeServer,
}

impl Pipe {
    /// Makes the pipe; fails when there is one of this name, whoever has it.
    pub fn new(name: impl Into<OsString>, clients: Vec<Account>) -> io::Result<Self> {
        let (name, own) = (name.into(), Account::own()?);
        let waiting = end(&name, &own, &clients, true)?;
        Ok(Self { name, own, clients, waiting })
    }

    /// The next client. Nothing is lost when this is dropped before it is done.
    pub async fn accept(&mut self) -> io::Result<NamedPipeServer> {
        while let Err(error) = self.waiting.connect().await {
            // One that came and went stays connected to this end until it is told to go.
            self.waiting.disconnect()?;
            if error.kind() != io::ErrorKind::BrokenPipe {
                return Err(error);
            }
        }
        // There is always an end that waits: the name never becomes free for others.
        match end(&self.name, &self.own, &self.clients, false) {
            Ok(next) => Ok(replace(&mut self.waiting, next)),
            Err(error) => {
                self.waiting.disconnect()?;
                Err(error)
            }
        }
    }

    /// Lets these accounts in from now on, in place of those before.
    pub fn let_in(&mut self, clients: Vec<Account>) -> io::Result<()> {
        if clients != self.clients {
            system::set_access(&self.waiting, &Descriptor::new(&descriptor::pipe(&self.own, &clients))?)?;
            self.clients = clients;
        }
        Ok(())
    }
}

/// All ends of a pipe share the descriptor of the first.
fn end(name: &OsStr, own: &Account, clients: &[Account], first: bool) -> io::Result<NamedPipeServer> {
    let access = Descriptor::new(&descriptor::pipe(own, clients))?;
    let mut options = ServerOptions::new();
    options.first_pipe_instance(first).reject_remote_clients(true).write_dac(true);
    system::make_pipe(&options, name, &access)
}

/// Opens a pipe of this computer, and tells whose it is. The server learns who we are and cannot act as us.
pub async fn open(name: &Path) -> io::Result<(NamedPipeClient, Account)> {
    let mut options = OpenOptions::new();
    options
        .access_mode(descriptor::CLIENT)
        .custom_flags(FILE_FLAG_OVERLAPPED)
        .security_qos_flags(SECURITY_IDENTIFICATION);
    for _ in 1..TRIES {
        match options.open(name) {
            Err(error) if busy(&error) => tokio::time::sleep(PAUSE).await,
            other => return taken(other?),
        }
    }
    taken(options.open(name)?)
}

fn taken(file: std::fs::File) -> io::Result<(NamedPipeClient, Account)> {
    let owner = system::owner(&file)?;
    Ok((system::pipe_client(file.into())?, owner))
}

#[allow(clippy::cast_possible_wrap, reason = "the system's numbers, in the standard library's type")]
fn busy(error: &io::Error) -> bool {
    error.raw_os_error() == Some(ERROR_PIPE_BUSY as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn name(test: &str) -> OsString {
        format!(r"\\.\pipe\sekisho-test-{}-{test}", std::process::id()).into()
    }

    #[tokio::test]
    async fn a_client_learns_whose_pipe_it_is_and_both_are_heard() {
        let name = name("heard");
        let mut pipe = Pipe::new(&name, Vec::new()).unwrap();
        let (mut client, owner) = open(Path::new(&name)).await.unwrap();
        assert_eq!(owner, Account::own().unwrap());
        let mut server = pipe.accept().await.unwrap();
        let mut heard = [0; 4];
        client.write_all(b"ping").await.unwrap();
        server.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"ping");
        server.write_all(b"pong").await.unwrap();
        client.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"pong");
    }

    #[tokio::test]
    async fn a_client_that_came_and_went_is_in_nobodys_way() {
        let name = name("gone");
        let mut pipe = Pipe::new(&name, Vec::new()).unwrap();
        drop(open(Path::new(&name)).await.unwrap());
        let serving = tokio::spawn(async move {
            // Whether the one that went is given out or passed over is the system's choice.
            while let Ok(mut server) = pipe.accept().await {
                let _ = server.write_all(b"pong").await;
            }
        });
        let (mut client, _) = open(Path::new(&name)).await.unwrap();
        let mut heard = [0; 4];
        client.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"pong");
        serving.abort();
    }

    #[tokio::test]
    #[ignore = "wine 8 shares the name with everybody; Windows does not"]
    async fn a_name_that_is_taken_is_not_shared() {
        let name = name("taken");
        let _pipe = Pipe::new(&name, Vec::new()).unwrap();
        assert!(Pipe::new(&name, Vec::new()).is_err());
    }

    #[tokio::test]
    async fn the_list_of_accounts_is_what_the_system_has_and_can_change() {
        let name = name("list");
        let mut pipe = Pipe::new(&name, vec![Account::administrators()]).unwrap();
        let list = |pipe: &Pipe| system::access(&pipe.waiting).unwrap();
        let (narrow, wide) = (";;;BA)", ";;;S-1-5-21-1-2-3-1001)");
        assert!(list(&pipe).contains(narrow) && !list(&pipe).contains(wide), "{}", list(&pipe));
        assert!(!list(&pipe).contains(";;;WD)"), "{}", list(&pipe));
        pipe.let_in(vec!["S-1-5-21-1-2-3-1001".parse().unwrap()]).unwrap();
        assert!(!list(&pipe).contains(narrow) && list(&pipe).contains(wide), "{}", list(&pipe));
        // The ends that come later have the new list too.
        let (_client, _) = open(Path::new(&name)).await.unwrap();
        pipe.accept().await.unwrap();
        assert!(list(&pipe).contains(wide), "{}", list(&pipe));
    }
}
