//! Which columns are sealed, a place in one of them, and walking through all of them.

use std::fmt::{self, Display};

use base::Uuid;

use crate::{Body, Conn, Fault, IntoValue, Owner, Row, Store, Tx, Value, params, places};

/// A table with the pair of columns `body` and `key_ref`. Each area declares its own in its
/// `store.rs` and hands them in with its manifest, so that all can be looked over and sealed anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// The table.
    pub table: &'static str,
    /// The columns that name a row, in the order in which [`Sealed::at`] is given them.
    pub row: &'static [(&'static str, Named)],
    /// SQL for the id of the study that a row `t` of the table belongs to.
    pub study: &'static str,
}

/// A column that names a file among the objects, and whose the file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holder {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// SQL for the id of the study that a row `t` of the table belongs to.
    pub study: &'static str,
}

/// What a column that names a row holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// An id.
    Id,
    /// A whole number.
    Number,
    /// A word.
    Word,
}

impl Sealed {
    /// The place of a row's body; a row with several naming columns is written `a/b`.
    #[must_use]
    pub fn at(&self, row: impl Display) -> Place {
        Place(format!("{}|{row}|body", self.table))
    }

    /// `a = $1 AND b = $2`: the row that is named.
    pub(crate) fn named(&self) -> String {
        let columns = self.row.iter().enumerate();
        let all: Vec<String> = columns
            .map(|(at, (column, _))| format!("t.{column} = ${}", at + 1))
            .collect();
        all.join(" AND ")
    }

    pub(crate) fn study_sql(&self) -> String {
        format!(
            "SELECT {} AS study FROM {} t WHERE {}",
            self.study,
            self.table,
            self.named()
        )
    }
}

/// Where a sealed thing lies. It goes into the seal, so that the thing opens nowhere else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place(String);

impl Place {
    /// The associated data: table, row, column, key.
    pub(crate) fn with(&self, key: i64) -> String {
        format!("{}|{key}", self.0)
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A row on a walk through a sealed table.
pub(crate) struct Met {
    named: Vec<Value>,
    place: Place,
    study: Option<Uuid>,
    /// The key it is sealed with; none for a row from before sealing.
    pub(crate) key: Option<i64>,
    row: Row,
}

impl Met {
    /// Does it open?
    pub(crate) fn opens(&self) -> Result<String, Fault> {
        self.row.body(&self.place)
    }

    /// Are there words that no key seals?
    fn is_bare(&self) -> bool {
        self.key.is_none() && self.row.bytes("body").is_ok_and(|body| !body.is_empty())
    }

    /// Where it lies.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }
}

impl Sealed {
    /// Rows after one, in the order of the columns that name them.
    pub(crate) async fn after(
        &self,
        db: &Conn,
        last: Option<&Met>,
        limit: i64,
    ) -> Result<Vec<Met>, Fault> {
        let columns: Vec<String> = self
            .row
            .iter()
            .map(|(name, _)| format!("t.{name}"))
            .collect();
        let columns = columns.join(", ");
        let mut values = vec![limit.into_value()];
        let beyond = match last {
            None => String::new(),
            Some(last) => {
                values.extend(last.named.iter().cloned());
                format!("WHERE ({columns}) > ({})", places(2, last.named.len()))
            }
        };
        let sql = format!(
            "SELECT {columns}, {} AS of_study, t.body AS body, t.key_ref AS key_ref FROM {} t {beyond} \
             ORDER BY {columns} LIMIT $1",
            self.study, self.table
        );
        let rows = db.all(&sql, values).await?;
        rows.into_iter().map(|row| self.met(row)).collect()
    }

    fn met(&self, row: Row) -> Result<Met, Fault> {
        let (mut named, mut words) = (Vec::new(), Vec::new());
        for (column, holds) in self.row {
            let (value, word) = match holds {
                Named::Id => {
                    let id = row.uuid(column)?;
                    (id.into_value(), id.to_string())
                }
                Named::Number => {
                    let number = row.int(column)?;
                    (number.into_value(), number.to_string())
                }
                Named::Word => {
                    let word = row.text(column)?;
                    (word.as_str().into_value(), word.clone())
                }
            };
            named.push(value);
            words.push(word);
        }
        Ok(Met {
            named,
            place: self.at(words.join("/")),
            study: row.opt_id::<()>("of_study")?.map(base::Id::uuid),
            key: row.opt_int("key_ref")?,
            row,
        })
    }

    /// Seals a row anew, unless it was written meanwhile.
    async fn seal_again(&self, tx: &Tx, met: &Met, body: &Body) -> Result<(), Fault> {
        let n = met.named.len();
        let sql = format!(
            "UPDATE {} AS t SET body = ${}, key_ref = ${} WHERE {} AND t.body = ${}",
            self.table,
            n + 1,
            n + 2,
            self.named(),
            n + 3
        );
        let mut values = met.named.clone();
        values.extend([body.bytes(), body.key_ref()]);
        values.extend(params![met.row.bytes("body")?]);
        tx.exec(&sql, values).await?;
        Ok(())
    }
}

/// Rows that are looked at in one act: others get to write in between.
const BATCH: i64 = 100;

/// A walk through a table that seals what is not sealed yet, or is sealed with a key that was replaced.
/// Begun anew it passes over what was done; a row that does not open is left for `check` to tell.
pub struct Walk {
    sealed: Sealed,
    last: Option<Met>,
}

impl Walk {
    /// From the table's beginning.
    #[must_use]
    pub fn new(sealed: Sealed) -> Self {
        Self { sealed, last: None }
    }

    /// The next rows; gives how many there were, 0 at the end.
    ///
    /// # Errors
    /// [`Fault`]; nothing of this step is done then.
    pub async fn step(&mut self, store: &Store) -> Result<usize, Fault> {
        let (sealed, db) = (self.sealed, store.read());
        let replaced = crate::sealing::replaced(&db).await?;
        let page = sealed.after(&db, self.last.as_ref(), BATCH).await?;
        let count = page.len();
        let stale =
            move |met: &Met| met.is_bare() || met.key.is_some_and(|key| replaced.contains(&key));
        if page.iter().any(&stale) {
            let before = self.last.take();
            let done: Result<(), Fault> = store
                .write(move |tx| {
                    Box::pin(async move {
                        // Read again inside the act: what others wrote meanwhile is not undone.
                        let page = sealed.after(tx, before.as_ref(), BATCH).await?;
                        for met in page.iter().filter(|met| stale(met)) {
                            let (Some(study), Ok(text)) = (met.study, met.opens()) else {
                                continue;
                            };
                            let sealer = tx.sealer(Owner::Study(study)).await?;
                            let body = sealer.seal(met.place(), &text)?;
                            sealed.seal_again(tx, met, &body).await?;
                        }
                        Ok(())
                    })
                })
                .await;
            done?;
        }
        self.last = page.into_iter().last();
        Ok(count)
    }
}

/// How many rows these tables have.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn rows_in(db: &Conn, tables: &[Sealed]) -> Result<i64, Fault> {
    let mut all = 0;
    for table in tables.iter().map(|sealed| sealed.table) {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        all += db.count(&sql, params![]).await?;
    }
    Ok(all)
}

impl Sealed {
    /// Opens every row of a table; one line for each that does not open or is not sealed.
    ///
    /// # Errors
    /// [`Fault`] when the table can't be read at all.
    pub(crate) async fn look_over(&self, store: &Store) -> Result<Vec<String>, Fault> {
        let mut faults = Vec::new();
        let mut last: Option<Met> = None;
        loop {
            let page = self.after(&store.read(), last.as_ref(), BATCH).await?;
            if page.is_empty() {
                return Ok(faults);
            }
            for met in &page {
                match (met.key, met.opens()) {
                (None, _) if !met.is_bare() => {}
                (None, _) => faults.push(format!(
                    "{} is not sealed: it is sealed by the running hub within a day, or was written past it",
                    met.place()
                )),
                (Some(_), Err(_)) => faults.push(format!(
                    "{} does not open: it is damaged or its key is gone; restore it from a backup",
                    met.place()
                )),
                (Some(_), Ok(_)) => {}
            }
            }
            last = page.into_iter().last();
        }
    }
}
