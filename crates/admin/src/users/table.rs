//! The users as a table for other programs (RFC 4180).

use super::{UserInfo, UserState};

impl UserState {
    /// The word for it in files; it does not depend on a language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Locked => "locked",
            Self::Waiting => "waiting",
            Self::Removed => "removed",
            Self::Gone => "gone",
        }
    }
}

/// The users, one line for each below a line of headings. `place` gives what people call a user's node and role, and `time`
/// writes seconds since 1970.
pub fn table<'a>(
    users: &'a [UserInfo],
    place: impl Fn(&'a UserInfo) -> [&'a str; 2],
    time: impl Fn(i64) -> String,
) -> String {
    let row = |user: &'a UserInfo| {
        let [removed, factor] = [user.removed, user.second_factor].map(|at| at.map(&time).unwrap_or_default());
        let [node, role] = place(user);
        [&*user.email, &*user.name, user.state.word(), &*removed, node, role, &*factor].map(cell).join(",") + "\r\n"
    };
    let head = "email,name,state,removed,node,role,second_factor\r\n".to_owned();
    std::iter::once(head).chain(users.iter().map(row)).collect()
}

/// A cell: quoted, and never a formula to a program that opens the table.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_users_is_one_line_each_and_holds_no_formula() {
        let user = |email: &str, name: &str, removed| UserInfo {
            email: email.to_owned(),
            name: name.to_owned(),
            state: UserState::Active,
            removed,
            node: Some("osaka".to_owned()),
            role: None,
            second_factor: None,
        };
        let users =
            [user("a@example.com", "=cmd|' /C calc'!A0", None), user("b@example.com", "O\"Neil, 花子", Some(0))];
        let table = table(&users, |_| ["Osaka branch", ""], |at| format!("{at} s"));
        let lines: Vec<&str> = table.split_terminator("\r\n").collect();
        assert_eq!(lines[0], "email,name,state,removed,node,role,second_factor");
        assert_eq!(lines[1], r#""a@example.com","'=cmd|' /C calc'!A0","active","","Osaka branch","","""#);
        assert_eq!(lines[2], r#""b@example.com","O""Neil, 花子","active","0 s","Osaka branch","","""#);
        assert_eq!(lines.len(), 3);
    }
}
