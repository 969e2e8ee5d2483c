//! The statements that both databases understand.

/// Locks a scope against other writers until the transaction ends, and moves its head on by `$2`.
pub(super) const ADVANCE: &str = "INSERT INTO heads (scope, seq) VALUES ($1, $2) \
    ON CONFLICT (scope) DO UPDATE SET seq = heads.seq + excluded.seq RETURNING seq";
pub(super) const HEAD: &str = "SELECT seq FROM heads WHERE scope = $1";

pub(super) const GET: &str = "SELECT scope, kind, id, rev, seq, body FROM entries \
    WHERE scope = $1 AND kind = $2 AND id = $3";
// No id is empty, so the empty text comes before all of them.
pub(super) const LIST: &str = "SELECT scope, kind, id, rev, seq, body FROM entries \
    WHERE scope = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT $4";
/// Only lengths are added up before it is known which bodies are read.
pub(super) const FEED: &str = "SELECT scope, kind, id, rev, seq, body FROM entries JOIN ( \
        SELECT seq AS place, SUM(LENGTH(body)) OVER (ORDER BY seq) - LENGTH(body) AS ahead FROM ( \
            SELECT seq, body FROM entries WHERE scope = $1 AND seq > $2 ORDER BY seq LIMIT $3) AS part \
    ) AS sized ON seq = place WHERE scope = $1 AND ahead < $4 ORDER BY seq";
pub(super) const PUT: &str = "INSERT INTO entries (scope, kind, id, rev, seq, body) VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (scope, kind, id) DO UPDATE SET rev = excluded.rev, seq = excluded.seq, body = excluded.body";
pub(super) const REMOVE: &str = "DELETE FROM entries WHERE scope = $1 AND kind = $2 AND id = $3";

/// Takes a name, or locks it as it is, and returns who has it.
pub(super) const CLAIM: &str = "INSERT INTO claims (name, holder) VALUES ($1, $2) \
    ON CONFLICT (name) DO UPDATE SET holder = claims.holder RETURNING holder";
pub(super) const RELEASE: &str = "DELETE FROM claims WHERE name = $1 AND holder = $2";
pub(super) const HOLDER: &str = "SELECT holder FROM claims WHERE name = $1";

/// Makes a mark (`$3`: its end) that is not there at `$4`, where there is room in its scope for one of `$5`, and returns
/// it. No more than `$5` are counted.
pub(super) const MARK: &str = "INSERT INTO marks (scope, id, ends) \
    SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT) WHERE $5 > (SELECT COUNT(*) FROM \
        (SELECT 1 FROM marks WHERE scope = CAST($1 AS TEXT) AND ends > $4 LIMIT $5) AS living) \
    ON CONFLICT (scope, id) DO UPDATE SET ends = excluded.ends WHERE marks.ends <= $4 RETURNING id";
pub(super) const IS_MARKED: &str = "SELECT id FROM marks WHERE scope = $1 AND id = $2 AND ends > $3";
pub(super) const SWEEP_MARKS: &str = "DELETE FROM marks WHERE ends <= $1";

/// Scopes that were only ever locked have no number.
pub(super) const ALL_HEADS: &str = "SELECT scope, seq FROM heads WHERE scope > $1 AND seq > 0 ORDER BY scope LIMIT $2";
pub(super) const ALL_ROWS: &str = "SELECT scope, kind, id, rev, seq, body FROM entries \
    WHERE (scope, seq) > ($1, $2) ORDER BY scope, seq LIMIT $3";
pub(super) const ALL_NAMES: &str = "SELECT name, holder FROM claims WHERE name > $1 ORDER BY name LIMIT $2";
pub(super) const NEW_HEAD: &str = "INSERT INTO heads (scope, seq) VALUES ($1, $2)";
pub(super) const NEW_NAME: &str = "INSERT INTO claims (name, holder) VALUES ($1, $2)";

pub(super) const PUT_SESSION: &str = "INSERT INTO sessions (key, body, ends) VALUES ($1, $2, $3) \
    ON CONFLICT (key) DO UPDATE SET body = excluded.body, ends = excluded.ends";
pub(super) const SESSION: &str = "SELECT body FROM sessions WHERE key = $1 AND ends > $2";
pub(super) const REPLACE_SESSION: &str =
    "UPDATE sessions SET body = $2, ends = $3 WHERE key = $1 AND body = $4 AND ends > $5";
/// One that has ended and is not swept yet is none.
pub(super) const NEW_SESSION: &str = "INSERT INTO sessions (key, body, ends) VALUES ($1, $2, $3) \
    ON CONFLICT (key) DO UPDATE SET body = excluded.body, ends = excluded.ends WHERE sessions.ends <= $4";
pub(super) const END_SESSION: &str = "DELETE FROM sessions WHERE key = $1";
pub(super) const SWEEP: &str = "DELETE FROM sessions WHERE ends <= $1";

pub(super) const FOUND_SCHEMA: &str = "SELECT version FROM schema_version WHERE one = 1";
pub(super) const WRITE_SCHEMA: &str = "INSERT INTO schema_version (one, version) VALUES (1, $1) \
    ON CONFLICT (one) DO UPDATE SET version = excluded.version";

/// How many things are read at once, and how many rows, which may be large.
pub(super) const PART: i64 = 1000;
pub(super) const PART_OF_ROWS: i64 = 32;
