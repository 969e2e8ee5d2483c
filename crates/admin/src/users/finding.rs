//! Looking for users among many: read once, and looked through as often as something is typed.

use sekisho_fault::Result;

use super::acts::{FindUsers, FoundUsers, UserInfo, UserState};
use crate::session::{Session, now};

/// How many are shown at once.
const MOST: usize = 200;

/// What was read of a connection's users.
pub(crate) struct Read {
    connection: String,
    at: i64,
    /// Each with what is looked through, in small letters.
    users: Vec<(String, UserInfo)>,
}

impl Read {
    fn new(connection: &str, users: Vec<UserInfo>, at: i64) -> Self {
        let users = users.into_iter().map(|user| (format!("{} {}", user.email, user.name).to_lowercase(), user));
        Self { connection: connection.to_owned(), at, users: users.collect() }
    }

    /// Those in whose address or name all words of a text stand; the first of them.
    fn find(&self, text: &str, state: Option<UserState>) -> FoundUsers {
        let text = text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let fits = |(said, user): &&(String, UserInfo)| {
            state.is_none_or(|state| user.state == state) && words.iter().all(|word| said.contains(word))
        };
        let (mut users, mut matches) = (Vec::new(), 0);
        for (_, user) in self.users.iter().filter(fits) {
            matches += 1;
            if users.len() < MOST {
                users.push(user.clone());
            }
        }
        FoundUsers { users, matches, all: self.users.len() as u64, read: self.at }
    }
}

impl Session {
    /// Looks through the users as they were read last; reads them first where that is asked for, or was never done.
    ///
    /// Codes: `NO_CONNECTION`, and the hub's.
    pub async fn find_users(&mut self, wish: &FindUsers) -> Result<FoundUsers> {
        let known = self.users_read.as_ref().is_some_and(|read| read.connection == wish.connection);
        if wish.fresh || !known {
            let (at, users) = (now(), self.directory(&wish.connection).await?.2.list(now()));
            self.users_read = Some(Read::new(&wish.connection, users, at));
        }
        // It was read just now, if it was not before.
        Ok(self.users_read.as_ref().map(|read| read.find(&wish.text, wish.state)).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: usize, name: &str, state: UserState) -> UserInfo {
        UserInfo {
            email: format!("user{number:06}@example.com"),
            name: name.to_owned(),
            state,
            removed: None,
            node: None,
            role: None,
            second_factor: None,
        }
    }

    #[test]
    fn all_words_are_looked_for_in_address_and_name_whatever_their_letters() {
        let users = vec![
            user(1, "Alice Suzuki", UserState::Active),
            user(2, "鈴木 花子", UserState::Locked),
            user(3, "Bob Ñandú", UserState::Active),
        ];
        let read = Read::new("c", users, 7);
        let found =
            |text: &str, state| read.find(text, state).users.into_iter().map(|user| user.email).collect::<Vec<_>>();
        assert_eq!(found("SUZUKI alice", None), ["user000001@example.com"]);
        assert_eq!(found("花子", None), ["user000002@example.com"]);
        assert_eq!(found("ñandú", None), ["user000003@example.com"]);
        assert_eq!(found("user00000 @example", None).len(), 3);
        assert_eq!(found("", Some(UserState::Locked)), ["user000002@example.com"]);
        assert!(found("nobody", None).is_empty());
    }

    #[test]
    fn of_many_the_first_are_shown_and_all_are_counted() {
        let users = (0..100_000).map(|number| user(number, "", UserState::Active)).collect();
        let read = Read::new("c", users, 7);
        let found = read.find("user09", None);
        assert_eq!((found.users.len(), found.matches, found.all), (MOST, 10_000, 100_000));
        assert_eq!(found.users[0].email, "user090000@example.com");
    }
}
