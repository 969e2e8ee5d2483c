//! The schema of the databases, and which of them this hub opens.

/// The schema that this hub writes. Each one only adds to the one before: tables, and columns with a default. So a hub of
/// the schema before goes on with a database of this one, beside nodes that are upgraded already or after it was set back.
pub const SCHEMA: i64 = 2;

/// What a hub does with a database.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// It adds what is missing, and writes its own number.
    Made,
    /// It uses it as it is. The number stays that of the newer hub.
    AsItIs,
    /// Too much may be in it that this hub does not know.
    Newer,
}

/// What a hub of schema `own` does with a database of schema `found`.
pub(super) fn opening(found: Option<i64>, own: i64) -> Opening {
    match found {
        Some(found) if found > own + 1 => Opening::Newer,
        Some(found) if found >= own => Opening::AsItIs,
        _ => Opening::Made,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_the_next_version_is_used_as_it_is_and_none_after_that() {
        let done = [None, Some(2), Some(3), Some(4), Some(5), Some(6)].map(|found| opening(found, 4));
        assert_eq!(done[..3], [Opening::Made, Opening::Made, Opening::Made], "new ones, and those of hubs before");
        assert_eq!(done[3..], [Opening::AsItIs, Opening::AsItIs, Opening::Newer]);
    }
}
