//! A service on another machine, over the system's `ssh` client and `sekisho admin-stdio` there (R27). What comes from there is
//! as little trusted as anything that is read: frames are bounded, and texts are shown and never run.

use std::fmt;
use std::net::Ipv6Addr;
use std::pin::Pin;
use std::process::Stdio;
use std::task::{Context, Poll};
use std::time::Duration;

use sekisho_fault::{Fault, Result};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::{Client, codes};

/// So much of what `ssh` complains about is repeated, in bytes.
const COMPLAINT: u64 = 2_000;

/// How long the service there may take for its first word.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long a complaint may take that has begun.
const COMPLAINS: Duration = Duration::from_secs(2);

/// Whom `ssh` is to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshHost {
    user: Option<String>,
    host: String,
    port: Option<u16>,
}

impl SshHost {
    /// Reads `ssh://[user@]host[:port]`. Nothing that `ssh` could take for an option, or a shell for a command.
    ///
    /// Code: `SSH_HOST`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text.trim()).ok_or_else(|| Fault::new(codes::SSH_HOST).with("value", text.trim()))
    }

    fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("ssh://")?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, rest) = match rest.split_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, rest),
        };
        let (host, port) = if let Some(rest) = rest.strip_prefix('[') {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, rest.strip_prefix(':').or(rest.is_empty().then_some(""))?)
        } else {
            let (host, port) = rest.split_once(':').unwrap_or((rest, ""));
            is_word(host, 253).then_some((host, port))?
        };
        let port = if port.is_empty() { None } else { Some(port.parse().ok().filter(|port| *port > 0)?) };
        if user.is_some_and(|user| !is_word(user, 32)) {
            return None;
        }
        Some(Self { user: user.map(str::to_owned), host: host.to_owned(), port })
    }

    fn command(&self) -> Command {
        let mut command = Command::new("ssh");
        command.args(["-T", "-oForwardAgent=no", "-oClearAllForwardings=yes", "-oStrictHostKeyChecking=yes"]);
        // Nobody could answer a question.
        command.args(["-oBatchMode=yes", "-oConnectTimeout=15"]);
        if let Some(port) = self.port {
            command.arg(format!("-p{port}"));
        }
        if let Some(user) = &self.user {
            command.arg(format!("-l{user}"));
        }
        command.args(["--", &self.host, "sekisho", "admin-stdio"]);
        command
    }
}

impl fmt::Display for SshHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ssh://")?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{open}{}{close}", self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn is_word(text: &str, longest: usize) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    (1..=longest).contains(&text.len()) && !text.starts_with('-') && text.chars().all(plain)
}

/// Connects to the service there.
///
/// Codes: `NO_SSH`, `SSH` (what the client says), `VERSION`, and what the far side refuses with.
pub(crate) async fn connect(host: &SshHost) -> Result<Client> {
    let mut command = host.command();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(windows)]
    command.creation_flags(0x0800_0000); // CREATE_NO_WINDOW
    let mut child = command.spawn().map_err(|error| Fault::new(codes::NO_SSH).with("detail", error.to_string()))?;
    let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        unreachable!("all three were asked for as pipes");
    };
    let far = Far { stdout, stdin, _child: child };
    let answered = tokio::time::timeout(PATIENCE, Client::over(far)).await;
    let silent = || Fault::new(codes::SSH).with("host", host.to_string());
    let fault = match answered {
        Ok(Ok(client)) => return Ok(client),
        Ok(Err(fault)) => fault,
        Err(late) => return Err(silent().with("detail", late.to_string())),
    };
    if fault.code != codes::CLOSED {
        return Err(fault);
    }
    let mut said = Vec::new();
    // Whatever keeps it open is not waited for: what came by then is told.
    let mut complaint = stderr.take(COMPLAINT);
    let _ = tokio::time::timeout(COMPLAINS, complaint.read_to_end(&mut said)).await;
    let said = String::from_utf8_lossy(&said);
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let last: String = last.chars().filter(|letter| !letter.is_control()).collect();
    Err(silent().with("detail", last))
}

/// The far side's stream. The client's process ends with it, whatever the far side does.
struct Far {
    stdout: ChildStdout,
    stdin: ChildStdin,
    _child: Child,
}

impl AsyncRead for Far {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stdout).poll_read(context, buffer)
    }
}

impl AsyncWrite for Far {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stdin).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stdin).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stdin).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        let command = SshHost::parse(text).unwrap().command();
        command.as_std().get_args().map(|word| word.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_host_is_named_after_the_options_and_reads_as_it_is_written() {
        for text in ["ssh://sso2", "ssh://admin@sso2.example.co.jp:2222", "ssh://[fd00::2]", "ssh://root@[fd00::2]:22"]
        {
            assert_eq!(SshHost::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(SshHost::parse(" ssh://sso2/ ").unwrap().to_string(), "ssh://sso2");
        let given = words("ssh://admin@sso2:2222");
        assert_eq!(&given[given.len() - 4..], ["--", "sso2", "sekisho", "admin-stdio"]);
        for wanted in
            ["-oForwardAgent=no", "-oClearAllForwardings=yes", "-oStrictHostKeyChecking=yes", "-p2222", "-ladmin"]
        {
            assert!(given.iter().any(|word| word == wanted), "{wanted}");
        }
    }

    #[test]
    fn what_ssh_or_a_shell_could_take_for_something_else_is_refused() {
        for text in [
            "",
            "sso2",
            "ssh://",
            "ssh://-oProxyCommand=id",
            "ssh://-l@sso2",
            "ssh://a b",
            "ssh://a;id",
            "ssh://$(id)",
            "ssh://sso2:0",
            "ssh://sso2:99999",
            "ssh://sso2:x",
            "ssh://[::1",
            "ssh://[x]",
            "ssh://[::1]x",
            "ssh://a@b@c",
            "ssh://a/b",
            "http://sso2",
            "ssh://ｓｓｏ２",
            "ssh://a\nb",
        ] {
            assert_eq!(SshHost::parse(text).unwrap_err().code, codes::SSH_HOST, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_becomes_an_option(text in "ssh://[ -~]{0,40}") {
            if let Ok(host) = SshHost::parse(&text) {
                prop_assert!(!host.host.starts_with('-') && !host.user.unwrap_or_default().starts_with('-'));
            }
        }
    }
}
