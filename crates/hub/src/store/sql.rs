//! The store over SQL, written once for both databases: each makes its own tables and says how a
//! transaction begins; their order is this, and `statements` has their text.

use std::ops::ControlFlow;

use super::{Item, Refused, Row, Unavailable};

/// Who takes things out of a store.
pub(super) type Taking<'a> = dyn FnMut(Item) -> ControlFlow<()> + Send + 'a;

/// A row as the statements give it.
pub(super) type Columns = (String, String, String, i64, i64, Vec<u8>);

/// The row of these columns.
pub(super) fn row((scope, kind, id, rev, seq, body): Columns) -> Result<Row, sqlx::Error> {
    Ok(Row { scope, kind, id, rev: unsigned(rev)?, seq: unsigned(seq)?, body })
}

/// A number as SQL has it. Databases count to 2^63; nothing is above that.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number as the store has it.
pub(super) fn unsigned(number: i64) -> Result<u64, sqlx::Error> {
    u64::try_from(number).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Why a transaction was not committed.
pub(super) enum Failure {
    /// The batch does not fit what is there.
    Refused(Refused),
    /// The database failed.
    Database(sqlx::Error),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refused) => refused,
            Failure::Database(error) => Self::Unavailable { detail: Unavailable::from(error).detail },
        }
    }
}

/// Makes a struct with the pools `readers` and `writers` a [`super::Store`].
///
/// `$begin` begins a transaction that writes, and `$snapshot` one that sees everything as it is at one moment. `$empty`
/// removes all that is there. `$retry` says which failures of the database mean that the transaction is undone and may be
/// tried again.
macro_rules! sql_store {
    (
        $store:ident, $database:ident, begin: $begin:expr, snapshot: $snapshot:expr, empty: $empty:expr,
        retry: $retry:expr
    ) => {
        /// What transactions are made on.
        type Connection = <$database as sqlx::Database>::Connection;

        impl $store {
            /// Does the batch, again and again while the database undoes it for no fault of the batch.
            async fn persist(&self, batch: &Batch) -> Result<Done, Refused> {
                /// How often it is begun again.
                const RETRIES: u32 = 5;
                for _ in 0..RETRIES {
                    match self.attempt(batch).await {
                        Err(Failure::Database(error)) if $retry(&error) => {}
                        outcome => return Ok(outcome?),
                    }
                }
                Ok(self.attempt(batch).await?)
            }

            async fn attempt(&self, batch: &Batch) -> Result<Done, Failure> {
                let mut connection = self.writers.acquire().await?;
                let done = transact(&mut connection, batch).await;
                if let Err(Failure::Database(error)) = &done
                    && !$retry(error)
                {
                    // After a full disk it is not known where it stands: it would begin nothing any more.
                    connection.close_on_drop();
                }
                done
            }
        }

        async fn transact(connection: &mut Connection, batch: &Batch) -> Result<Done, Failure> {
            let mut work = sqlx::Connection::begin_with(connection, $begin).await?;
            let done = apply(&mut work, batch).await;
            if done.is_ok() {
                work.commit().await?;
            } else {
                // Should it fail, the connection is broken and the database undoes the transaction itself.
                let _ = work.rollback().await;
            }
            done
        }

        /// Locks the scopes that the batch touches, in one order for all writers so that none wait for each
        /// other. Returns their heads before the batch.
        ///
        /// A scope of which something is only required is locked no less: a shared lock would let a stream
        /// of such batches keep out, for ever, the one that changes what they require.
        async fn lock<'a>(work: &mut Connection, batch: &'a Batch) -> Result<BTreeMap<&'a str, u64>, sqlx::Error> {
            let mut heads = BTreeMap::new();
            for (scope, puts) in batch.scopes() {
                let added = puts.unwrap_or_default();
                let advance = sqlx::query_scalar(statements::ADVANCE).bind(scope).bind(sql::signed(added));
                let head: i64 = advance.fetch_one(&mut *work).await?;
                heads.insert(scope, sql::unsigned(head)?.saturating_sub(added));
            }
            Ok(heads)
        }

        async fn apply(work: &mut Connection, batch: &Batch) -> Result<Done, Failure> {
            let mut heads = lock(work, batch).await?;
            for unmoved in &batch.unmoved {
                unmoved.check(heads.get(unmoved.scope.as_str()).copied().unwrap_or_default())?;
            }
            for required in &batch.requires {
                let now = find(work, [&required.scope, &required.kind, &required.id]).await?;
                required.check(now.as_ref())?;
            }
            for change in &batch.changes {
                let [scope, kind, id] = change.row();
                let now = find(work, [scope, kind, id]).await?;
                change.check(now.as_ref())?;
                let statement = match change {
                    Change::Put { body, .. } => {
                        let rev = now.map_or(0, |row| row.rev) + 1;
                        let seq = heads.entry(scope).or_default();
                        *seq += 1;
                        let put = sqlx::query(statements::PUT).bind(scope).bind(kind).bind(id);
                        put.bind(sql::signed(rev)).bind(sql::signed(*seq)).bind(body.as_slice())
                    }
                    Change::Remove { .. } => sqlx::query(statements::REMOVE).bind(scope).bind(kind).bind(id),
                };
                statement.execute(&mut *work).await?;
            }
            name(work, batch).await?;
            let changed = batch.scopes().into_iter().filter(|(_, puts)| puts.is_some()).map(|(scope, _)| scope);
            let heads = changed.filter_map(|scope| Some((scope.to_owned(), *heads.get(scope)?)));
            Ok(Done { heads: heads.collect() })
        }

        /// Gives names back and takes them, in one order for all writers, as above.
        async fn name(work: &mut Connection, batch: &Batch) -> Result<(), Failure> {
            for (name, naming) in batch.names() {
                for holder in naming.releases {
                    sqlx::query(statements::RELEASE).bind(name).bind(holder).execute(&mut *work).await?;
                }
                for holder in naming.claims {
                    let claim = sqlx::query_scalar(statements::CLAIM).bind(name).bind(holder);
                    let has: String = claim.fetch_one(&mut *work).await?;
                    if has != holder {
                        return Err(Refused::Taken { name: name.to_owned() }.into());
                    }
                }
            }
            Ok(())
        }

        async fn find(work: &mut Connection, [scope, kind, id]: [&str; 3]) -> Result<Option<Row>, sqlx::Error> {
            let get = sqlx::query_as(statements::GET).bind(scope).bind(kind).bind(id);
            get.fetch_optional(work).await?.map(sql::row).transpose()
        }

        /// Gives things of one sort to `take`, in parts that fit into memory. True when all were taken. Each part begins
        /// behind the last thing of the one before.
        async fn take_heads(work: &mut Connection, take: &mut Taking<'_>) -> Result<bool, sqlx::Error> {
            let mut after = String::new();
            loop {
                let part = sqlx::query_as(statements::ALL_HEADS).bind(&after).bind(statements::PART);
                let part: Vec<(String, i64)> = part.fetch_all(&mut *work).await?;
                let Some((last, _)) = part.last() else { return Ok(true) };
                after.clone_from(last);
                for (scope, seq) in part {
                    if take(Item::Head { scope, seq: sql::unsigned(seq)? }).is_break() {
                        return Ok(false);
                    }
                }
            }
        }

        async fn take_rows(work: &mut Connection, take: &mut Taking<'_>) -> Result<bool, sqlx::Error> {
            let mut after = (String::new(), 0);
            loop {
                let part =
                    sqlx::query_as(statements::ALL_ROWS).bind(&after.0).bind(after.1).bind(statements::PART_OF_ROWS);
                let part: Vec<sql::Columns> = part.fetch_all(&mut *work).await?;
                let Some(last) = part.last() else { return Ok(true) };
                after = (last.0.clone(), last.4);
                for columns in part {
                    if take(Item::Row(sql::row(columns)?)).is_break() {
                        return Ok(false);
                    }
                }
            }
        }

        async fn take_names(work: &mut Connection, take: &mut Taking<'_>) -> Result<bool, sqlx::Error> {
            let mut after = String::new();
            loop {
                let part = sqlx::query_as(statements::ALL_NAMES).bind(&after).bind(statements::PART);
                let part: Vec<(String, String)> = part.fetch_all(&mut *work).await?;
                let Some((last, _)) = part.last() else { return Ok(true) };
                after.clone_from(last);
                for (name, holder) in part {
                    if take(Item::Name(Claim { name, holder })).is_break() {
                        return Ok(false);
                    }
                }
            }
        }

        async fn put_item(work: &mut Connection, item: &Item) -> Result<(), sqlx::Error> {
            let statement = match item {
                Item::Head { scope, seq } => sqlx::query(statements::NEW_HEAD).bind(scope).bind(sql::signed(*seq)),
                Item::Row(Row { scope, kind, id, rev, seq, body }) => {
                    let put = sqlx::query(statements::PUT).bind(scope).bind(kind).bind(id);
                    put.bind(sql::signed(*rev)).bind(sql::signed(*seq)).bind(body.as_slice())
                }
                Item::Name(Claim { name, holder }) => sqlx::query(statements::NEW_NAME).bind(name).bind(holder),
            };
            statement.execute(work).await.map(drop)
        }

        impl Store for $store {
            fn commit(&self, batch: Batch) -> Later<'_, Result<Done, Refused>> {
                Box::pin(async move {
                    batch.check()?;
                    let store = self.clone();
                    // A task of its own: a caller that hangs up must not leave a transaction half done, whose
                    // locks are kept and whose connection is lost.
                    let doing = tokio::spawn(async move { store.persist(&batch).await });
                    doing.await.unwrap_or_else(|error| Err(Refused::Unavailable { detail: error.to_string() }))
                })
            }

            fn get<'a>(&'a self, scope: &'a str, kind: &'a str, id: &'a str) -> Later<'a, Read<Option<Row>>> {
                Box::pin(async move {
                    if ![scope, kind, id].into_iter().all(is_name) {
                        return Ok(None);
                    }
                    let get = sqlx::query_as(statements::GET).bind(scope).bind(kind).bind(id);
                    Ok(get.fetch_optional(&self.readers).await?.map(sql::row).transpose()?)
                })
            }

            fn list<'a>(
                &'a self,
                scope: &'a str,
                kind: &'a str,
                after: Option<&'a str>,
                limit: u32,
            ) -> Later<'a, Read<Vec<Row>>> {
                Box::pin(async move {
                    if ![scope, kind].into_iter().chain(after).all(is_name) {
                        return Ok(Vec::new());
                    }
                    let list = sqlx::query_as(statements::LIST).bind(scope).bind(kind);
                    let list = list.bind(after.unwrap_or_default()).bind(i64::from(limit));
                    let rows = list.fetch_all(&self.readers).await?;
                    Ok(rows.into_iter().map(sql::row).collect::<Result<_, _>>()?)
                })
            }

            fn feed<'a>(&'a self, scope: &'a str, after: u64, limit: u32) -> Later<'a, Read<Vec<Row>>> {
                Box::pin(async move {
                    if !is_name(scope) {
                        return Ok(Vec::new());
                    }
                    let feed =
                        sqlx::query_as(statements::FEED).bind(scope).bind(sql::signed(after)).bind(i64::from(limit));
                    let feed = feed.bind(i64::try_from(PAGE).unwrap_or(i64::MAX));
                    let rows = feed.fetch_all(&self.readers).await?;
                    Ok(rows.into_iter().map(sql::row).collect::<Result<_, _>>()?)
                })
            }

            fn head<'a>(&'a self, scope: &'a str) -> Later<'a, Read<u64>> {
                Box::pin(async move {
                    if !is_name(scope) {
                        return Ok(0);
                    }
                    let head = sqlx::query_scalar(statements::HEAD).bind(scope).fetch_optional(&self.readers).await?;
                    Ok(sql::unsigned(head.unwrap_or_default())?)
                })
            }

            fn holder<'a>(&'a self, name: &'a str) -> Later<'a, Read<Option<String>>> {
                Box::pin(async move {
                    if !is_claimable(name) {
                        return Ok(None);
                    }
                    Ok(sqlx::query_scalar(statements::HOLDER).bind(name).fetch_optional(&self.readers).await?)
                })
            }

            fn mark(&self, mark: Mark, now: i64, most: u32) -> Later<'_, Read<Marked>> {
                Box::pin(async move {
                    let Mark { scope, id, ends } = &mark;
                    if ![scope, id].into_iter().all(|name| is_name(name)) {
                        return Ok(Marked::Full);
                    }
                    let made = sqlx::query_scalar(statements::MARK).bind(scope).bind(id).bind(ends);
                    let made = made.bind(now).bind(i64::from(most));
                    let made: Option<String> = made.fetch_optional(&self.writers).await?;
                    if made.is_some() {
                        return Ok(Marked::First);
                    }
                    let there = sqlx::query_scalar(statements::IS_MARKED).bind(scope).bind(id).bind(now);
                    let there: Option<String> = there.fetch_optional(&self.writers).await?;
                    Ok(if there.is_some() { Marked::Again } else { Marked::Full })
                })
            }

            fn put_session(&self, key: [u8; 32], body: Vec<u8>, ends: i64) -> Later<'_, Read<()>> {
                Box::pin(async move {
                    let put = sqlx::query(statements::PUT_SESSION).bind(key.to_vec()).bind(body).bind(ends);
                    put.execute(&self.writers).await?;
                    Ok(())
                })
            }

            fn session<'a>(&'a self, key: &'a [u8; 32], now: i64) -> Later<'a, Read<Option<Vec<u8>>>> {
                Box::pin(async move {
                    let session = sqlx::query_scalar(statements::SESSION).bind(key.as_slice()).bind(now);
                    Ok(session.fetch_optional(&self.readers).await?)
                })
            }

            fn swap_session<'a>(
                &'a self,
                key: &'a [u8; 32],
                before: Option<&'a [u8]>,
                after: Vec<u8>,
                ends: i64,
                now: i64,
            ) -> Later<'a, Read<bool>> {
                Box::pin(async move {
                    let statement =
                        if before.is_some() { statements::REPLACE_SESSION } else { statements::NEW_SESSION };
                    let mut swap = sqlx::query(statement).bind(key.as_slice()).bind(after).bind(ends);
                    if let Some(before) = before {
                        swap = swap.bind(before);
                    }
                    let swapped = swap.bind(now).execute(&self.writers).await?;
                    Ok(swapped.rows_affected() == 1)
                })
            }

            fn end_session<'a>(&'a self, key: &'a [u8; 32]) -> Later<'a, Read<bool>> {
                Box::pin(async move {
                    let ended =
                        sqlx::query(statements::END_SESSION).bind(key.as_slice()).execute(&self.writers).await?;
                    Ok(ended.rows_affected() == 1)
                })
            }

            fn read_all<'a>(
                &'a self,
                take: &'a mut (dyn FnMut(Item) -> ControlFlow<()> + Send),
            ) -> Later<'a, Read<()>> {
                Box::pin(async move {
                    let mut work = self.readers.begin_with($snapshot).await?;
                    let _ = take_heads(&mut work, take).await?
                        && take_rows(&mut work, take).await?
                        && take_names(&mut work, take).await?;
                    Ok(work.rollback().await?)
                })
            }

            fn replace_all<'a>(
                &'a self,
                items: &'a mut (dyn Iterator<Item = io::Result<Item>> + Send),
            ) -> Later<'a, Read<()>> {
                Box::pin(async move {
                    // Dropped before its end, the transaction is undone.
                    let mut work = self.writers.begin_with($begin).await?;
                    sqlx::raw_sql($empty).execute(&mut *work).await?;
                    for item in items {
                        put_item(&mut work, &item?).await?;
                    }
                    Ok(work.commit().await?)
                })
            }

            fn sweep(&self, now: i64) -> Later<'_, Read<()>> {
                Box::pin(async move {
                    sqlx::query(statements::SWEEP).bind(now).execute(&self.writers).await?;
                    sqlx::query(statements::SWEEP_MARKS).bind(now).execute(&self.writers).await?;
                    Ok(())
                })
            }
        }
    };
}

pub(super) use sql_store;
