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

/// What changes a program, or its folder, so that something else lies in it or beside it: a program takes libraries from its own.
pub const OF_PROGRAM: u32 = WRITE | APPEND | OF_FOLDER_ABOVE;
/// What takes a folder further up away, with all that is in it. Others may make folders of their own there.
pub const OF_FOLDER_ABOVE: u32 = DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_ALL | GENERIC_WRITE;

const WRITE: u32 = 0x2;
const APPEND: u32 = 0x4;
const DELETE_CHILD: u32 = 0x40;
const DELETE: u32 = 0x1_0000;
const WRITE_DAC: u32 = 0x4_0000;
const WRITE_OWNER: u32 = 0x8_0000;
const GENERIC_ALL: u32 = 0x1000_0000;
const GENERIC_WRITE: u32 = 0x4000_0000;

/// Windows' own installer, which owns the system's folders.
const INSTALLER: &str = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";

/// Whether what `found` describes belongs to an account that `wanted` lets in, or to Windows' installer, and no other has one of
/// these rights. Both texts as for [`no_wider`].
pub fn no_other_may(found: &str, wanted: &str, rights: u32) -> bool {
    let (Some(found), Some(wanted)) = (Access::read(found), Access::read(wanted)) else { return false };
    let known = |account: &str| account == INSTALLER || wanted.allowed.contains(&account);
    known(found.owner)
        && found.entries.iter().all(|entry| {
            let is_of_owner = STAND_INS.contains(&entry.account);
            let is_here = !entry.flags.as_bytes().chunks(2).any(|flag| flag == b"IO");
            known(entry.account) || is_of_owner || !is_here || mask(entry.rights).is_some_and(|mask| mask & rights == 0)
        })
}

/// The rights of an entry: a number, or words of two letters. Nothing when one of them is not known.
fn mask(text: &str) -> Option<u32> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16).ok();
    }
    let word = |word: &[u8]| {
        Some(match word {
            b"GA" => GENERIC_ALL,
            b"GW" => GENERIC_WRITE,
            b"GR" => 0x8000_0000,
            b"GX" => 0x2000_0000,
            b"FA" => 0x001f_01ff,
            b"FR" => 0x0012_0089,
            b"FW" => 0x0012_0116,
            b"FX" => 0x0012_00a0,
            b"RC" => 0x2_0000,
            b"SD" => DELETE,
            b"WD" => WRITE_DAC,
            b"WO" => WRITE_OWNER,
            b"CC" => 0x1,
            b"DC" => WRITE,
            b"LC" => APPEND,
            b"SW" => 0x8,
            b"RP" => 0x10,
            b"WP" => 0x20,
            b"DT" => DELETE_CHILD,
            b"LO" => 0x80,
            b"CR" => 0x100,
            _ => return None,
        })
    };
    text.as_bytes().chunks(2).try_fold(0, |mask, part| Some(mask | word(part)?))
}

/// Stand for the owner, or for whoever makes a file inside: none but those who may.
const STAND_INS: [&str; 2] = ["CO", "OW"];

struct Access<'a> {
    owner: &'a str,
    allowed: Vec<&'a str>,
    entries: Vec<Entry<'a>>,
}

/// What somebody is allowed.
struct Entry<'a> {
    flags: &'a str,
    rights: &'a str,
    account: &'a str,
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
        let mut known = Vec::new();
        for entry in entries.strip_prefix('(')?.strip_suffix(')')?.split(")(") {
            let fields: Vec<&str> = entry.split(';').collect();
            match fields[..] {
                ["A", flags, rights, "", "", account] => known.push(Entry { flags, rights, account }),
                ["D", _, _, "", "", _] => {}
                _ => return None,
            }
        }
        let allowed = known.iter().map(|entry| entry.account).collect();
        Some(Self { owner, allowed, entries: known })
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
    fn a_program_that_others_may_read_and_run_and_not_write_is_trusted() {
        const INSTALLER: &str = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
        let trusted = |found: &str, rights| no_other_may(found, OURS, rights);
        // As Windows makes them: a file and its folder in `Program Files`, the root of the disk.
        let file = "O:BAG:DUD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;FRFX;;;AC)";
        let folder =
            format!("O:{INSTALLER}D:PAI(A;OICIIO;GA;;;CO)(A;OICI;FA;;;BA)(A;OICIIO;GXGR;;;BU)(A;;0x1200a9;;;BU)");
        let root =
            format!("O:{INSTALLER}D:PAI(A;OICIIO;SDGXGWGR;;;AU)(A;CI;LC;;;AU)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)");
        assert!(trusted(file, OF_PROGRAM) && trusted(&folder, OF_PROGRAM) && trusted(&root, OF_FOLDER_ABOVE));
        assert!(!trusted(&root, OF_PROGRAM), "others may make a folder there");
        for found in [
            "O:S-1-5-21-1-2-3-1002D:P(A;;FA;;;BA)",
            "O:BAD:P(A;;FA;;;WD)",
            "O:BAD:P(A;;FRFW;;;BU)",
            "O:BAD:P(A;;0x1301bf;;;AU)",
            "O:BAD:P(A;;GRGXSD;;;BU)",
            "O:BAD:P(A;;XX;;;BU)",
            "O:BAD:P(A;;0x;;;BU)",
            "O:BAD:P(A;;F;;;BU)",
            "O:BAD:NO_ACCESS_CONTROL",
            "O:BA",
        ] {
            assert!(!trusted(found, OF_PROGRAM), "{found}");
        }
        for found in ["O:BAD:P(A;;DT;;;BU)", "O:BAD:P(A;;WD;;;BU)", "O:BAD:P(A;CI;GW;;;BU)"] {
            assert!(!trusted(found, OF_FOLDER_ABOVE), "{found}");
        }
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
