//! Security descriptors as text (SDDL): what we ask for, and what we accept.

use crate::Account;

/// Read, write and look at the descriptor; not "append", which for a pipe is the right to make another end of it.
pub const CLIENT: u32 = 0x0012_008b;
/// What a client may, and to make ends of the pipe, and to change the list.
const SERVER: u32 = 0x0016_019f;

/// A pipe of `own`'s that these accounts may open from this computer, and nobody else.
pub fn pipe(own: &Account, clients: &[Account]) -> String {
    let others = clients.iter().filter(|client| *client != own);
    let clients = others.map(|client| format!("(A;;{CLIENT:#x};;;{client})")).collect::<Vec<_>>().concat();
    // Whoever comes over the network is refused twice: by the pipe, and here (NU).
    format!("O:{own}D:P(D;;GA;;;NU)(A;;{SERVER:#x};;;{own}){clients}")
}

/// A file of `own`'s, or a folder with all that comes into it, for `own`, administrators and Windows itself.
pub fn private(own: &Account) -> String {
    let full: String = [Account::system(), Account::administrators(), own.clone()]
        .map(|account| format!("(A;OICI;FA;;;{account})"))
        .concat();
    format!("O:{own}D:P{full}")
}

/// Whether what `found` describes belongs to, and is open to, no account but those that `wanted` lets in. Both must be in
/// the system's own spelling, in which one account has one name.
pub fn no_wider(found: &str, wanted: &str) -> bool {
    let (Some(found), Some(wanted)) = (Access::read(found), Access::read(wanted)) else { return false };
    let known = |account: &&str| wanted.allowed.contains(account);
    known(&found.owner) && found.allowed.iter().all(|account| known(account) || STAND_INS.contains(account))
}

/// Stand for the owner, or for whoever makes a file inside: none but those who may.
const STAND_INS: [&str; 2] = ["CO", "OW"];

struct Access<'a> {
    owner: &'a str,
    allowed: Vec<&'a str>,
}

impl<'a> Access<'a> {
    /// Nothing when the text says what we do not know: a list that is not there lets everybody in.
    fn read(text: &'a str) -> Option<Self> {
        let (head, list) = text.split_once("D:")?;
        let owner = head.strip_prefix("O:")?.split("G:").next()?;
        let (flags, entries) = list.split_at(list.find('(')?);
        if !["P", "PAI", "PAR", "PARAI", "AI", "AR", "ARAI", ""].contains(&flags) {
            return None;
        }
        let mut allowed = Vec::new();
        for entry in entries.strip_prefix('(')?.strip_suffix(')')?.split(")(") {
            let fields: Vec<&str> = entry.split(';').collect();
            match fields[..] {
                ["A", _, _, "", "", account] => allowed.push(account),
                ["D", _, _, "", "", _] => {}
                _ => return None,
            }
        }
        Some(Self { owner, allowed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "O:S-1-5-21-1-2-3-1001D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-1-2-3-1001)";

    fn own() -> Account {
        "S-1-5-21-1-2-3-1001".parse().unwrap()
    }

    #[test]
    fn a_pipe_lets_its_list_in_and_nobody_over_the_network() {
        let text = pipe(&own(), &[Account::administrators(), own()]);
        assert_eq!(
            text,
            "O:S-1-5-21-1-2-3-1001D:P(D;;GA;;;NU)(A;;0x16019f;;;S-1-5-21-1-2-3-1001)(A;;0x12008b;;;S-1-5-32-544)"
        );
    }

    #[test]
    fn a_client_may_not_make_an_end_of_the_pipe() {
        const CREATE_PIPE_INSTANCE: u32 = 4;
        assert_eq!(CLIENT & CREATE_PIPE_INSTANCE, 0);
        assert_eq!(SERVER & CREATE_PIPE_INSTANCE, CREATE_PIPE_INSTANCE);
    }

    #[test]
    fn a_folder_of_ours_is_accepted() {
        assert!(no_wider(OURS, OURS));
        assert!(no_wider("O:BAG:DUD:PAI(A;OICI;FA;;;SY)(A;OICIIO;FA;;;CO)", OURS));
    }

    #[test]
    fn a_folder_that_others_own_or_may_enter_is_refused() {
        for found in [
            "O:S-1-5-21-1-2-3-1002D:P(A;OICI;FA;;;SY)",
            "O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)",
            "O:BAD:NO_ACCESS_CONTROL",
            "O:BA",
            "D:P(A;OICI;FA;;;SY)",
            "O:BAD:P(XA;OICI;FA;;;SY;(Member_of {SID(BA)}))",
        ] {
            assert!(!no_wider(found, OURS), "{found}");
        }
    }
}
