//! Tables as they are, whatever is in them: for moving all rows to another database.

use base::{Digest, Uuid, digest_of};

use crate::{Conn, Engine, Fault, IntoValue, Row, Value, dialect, params, places};

/// What a column holds, as the engine declares it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Holds {
    Number,
    Truth,
    Text,
    Bytes,
    Id,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Column {
    name: String,
    holds: Holds,
    /// Its place in the primary key, from 1; 0 for the others.
    key: i64,
}

/// A table and its columns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: String,
    columns: Vec<Column>,
}

/// A cell without its engine: ids are bytes, truth is 0 or 1.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) enum Cell {
    /// Nothing.
    #[serde(rename = "-")]
    Null,
    /// A whole number.
    #[serde(rename = "n")]
    Number(i64),
    /// A text.
    #[serde(rename = "t")]
    Text(String),
    /// Bytes, as hexadecimal digits.
    #[serde(rename = "b", with = "hex")]
    Bytes(Vec<u8>),
}

mod hex {
    use data_encoding::HEXLOWER;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&HEXLOWER.encode(bytes))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        HEXLOWER.decode(text.as_bytes()).map_err(D::Error::custom)
    }
}

/// What tells one state of a table from another: rows, and the sum of their digests, so that the
/// order in which an engine gives them does not matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Sum {
    pub(crate) rows: u64,
    sum: [u64; 4],
}

impl Sum {
    pub(crate) fn add(&mut self, cells: &[Cell]) {
        let digest = digest_of_row(cells);
        self.rows += 1;
        for (part, bytes) in self.sum.iter_mut().zip(digest.as_bytes().chunks(8)) {
            let mut word = [0; 8];
            word.copy_from_slice(bytes);
            *part = part.wrapping_add(u64::from_be_bytes(word));
        }
    }

    /// As text, to be compared elsewhere.
    pub(crate) fn word(&self) -> String {
        let [a, b, c, d] = self.sum;
        format!("{} {a:016x}{b:016x}{c:016x}{d:016x}", self.rows)
    }
}

fn digest_of_row(cells: &[Cell]) -> Digest {
    let parts: Vec<Vec<u8>> = cells
        .iter()
        .map(|cell| match cell {
            Cell::Null => vec![0],
            Cell::Number(n) => [&[1][..], &n.to_be_bytes()].concat(),
            Cell::Text(text) => [&[2][..], text.as_bytes()].concat(),
            Cell::Bytes(bytes) => [&[3][..], bytes].concat(),
        })
        .collect();
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    digest_of(&parts)
}

/// Tables that each database has of its own: the history of its schema.
const OWN: &[&str] = &["migration"];

/// All tables that go along, parents before those that point to them.
pub(crate) async fn tables(db: &Conn) -> Result<Vec<Table>, Fault> {
    let rows = db.all(dialect::columns(db.engine()), params![]).await?;
    let mut all: Vec<Table> = Vec::new();
    for row in &rows {
        let name = row.text("held")?;
        if OWN.contains(&name.as_str()) {
            continue;
        }
        let column = Column {
            name: row.text("place")?,
            holds: holds(db.engine(), &row.text("kind")?)?,
            key: row.int("key")?,
        };
        match all.last_mut().filter(|table| table.name == name) {
            Some(table) => table.columns.push(column),
            None => all.push(Table {
                name,
                columns: vec![column],
            }),
        }
    }
    let rows = db.all(dialect::references(db.engine()), params![]).await?;
    let arrows: Vec<(String, String)> = rows
        .iter()
        .map(|row| Ok((row.text("held")?, row.text("parent")?)))
        .collect::<Result<_, Fault>>()?;
    in_order(all, &arrows)
}

/// Parents first.
fn in_order(mut all: Vec<Table>, arrows: &[(String, String)]) -> Result<Vec<Table>, Fault> {
    let mut sorted: Vec<Table> = Vec::new();
    while !all.is_empty() {
        let free = all.iter().position(|table| {
            arrows
                .iter()
                .filter(|(child, parent)| *child == table.name && parent != child)
                .all(|(_, parent)| sorted.iter().any(|done| done.name == *parent))
        });
        let free = free.ok_or_else(|| Fault::Migration("tables point to each other".into()))?;
        sorted.push(all.remove(free));
    }
    Ok(sorted)
}

fn holds(engine: Engine, kind: &str) -> Result<Holds, Fault> {
    Ok(match (engine, kind) {
        (Engine::Sqlite, "BIGINT") | (Engine::Postgres, "bigint") => Holds::Number,
        (Engine::Sqlite, "BOOLEAN") | (Engine::Postgres, "boolean") => Holds::Truth,
        (Engine::Sqlite, "TEXT") | (Engine::Postgres, "text") => Holds::Text,
        (Engine::Sqlite, "BLOB") | (Engine::Postgres, "bytea") => Holds::Bytes,
        (Engine::Postgres, "uuid") => Holds::Id,
        _ => {
            return Err(Fault::Migration(format!(
                "columns of type {kind} can't be moved"
            )));
        }
    })
}

impl Table {
    fn list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        names.join(", ")
    }

    /// The names of the columns, in the order of the cells.
    pub(crate) fn names(&self) -> Vec<String> {
        self.columns.iter().map(|c| c.name.clone()).collect()
    }

    fn key(&self) -> Vec<usize> {
        let mut key: Vec<usize> = (0..self.columns.len())
            .filter(|at| self.columns[*at].key > 0)
            .collect();
        key.sort_by_key(|at| self.columns[*at].key);
        key
    }

    /// Rows after one, in the order of the primary key.
    pub(crate) async fn after(
        &self,
        db: &Conn,
        last: Option<&[Cell]>,
        limit: i64,
    ) -> Result<Vec<Vec<Cell>>, Fault> {
        let key = self.key();
        let names: Vec<&str> = key
            .iter()
            .map(|at| self.columns[*at].name.as_str())
            .collect();
        let order = names.join(", ");
        let mut values = params![limit];
        let beyond = match last {
            None => String::new(),
            Some(last) => {
                for at in &key {
                    values.push(self.columns[*at].value(last.get(*at).unwrap_or(&Cell::Null))?);
                }
                format!("WHERE ({order}) > ({})", places(2, key.len()))
            }
        };
        let sql = format!(
            "SELECT {} FROM {} {beyond} ORDER BY {order} LIMIT $1",
            self.list(),
            self.name
        );
        let rows = db.all(&sql, values).await?;
        rows.iter()
            .map(|row| self.columns.iter().map(|column| column.cell(row)).collect())
            .collect()
    }

    /// Adds rows, whose cells stand in the order of these columns.
    pub(crate) async fn add(&self, db: &Conn, rows: &[Vec<Cell>]) -> Result<(), Fault> {
        let width = self.columns.len();
        for some in rows.chunks((900 / width.max(1)).max(1)) {
            let mut values = Vec::with_capacity(some.len() * width);
            for row in some {
                if row.len() != width {
                    return Err(Fault::Row(format!("{}: a row of another width", self.name)));
                }
                for (column, cell) in self.columns.iter().zip(row) {
                    values.push(column.value(cell)?);
                }
            }
            let sql = format!(
                "INSERT INTO {} ({}) VALUES {}",
                self.name,
                self.list(),
                crate::lines(some.len(), width)
            );
            db.exec(&sql, values).await?;
        }
        Ok(())
    }

    /// The sum of what stands in it.
    pub(crate) async fn sum(&self, db: &Conn, limit: i64) -> Result<Sum, Fault> {
        let mut sum = Sum::default();
        let mut last: Option<Vec<Cell>> = None;
        loop {
            let rows = self.after(db, last.as_deref(), limit).await?;
            rows.iter().for_each(|row| sum.add(row));
            match rows.into_iter().last() {
                Some(row) => last = Some(row),
                None => return Ok(sum),
            }
        }
    }
}

impl Column {
    fn cell(&self, row: &Row) -> Result<Cell, Fault> {
        let name = &self.name;
        Ok(match self.holds {
            Holds::Number => row.opt_int(name)?.map_or(Cell::Null, Cell::Number),
            Holds::Truth => row
                .opt_flag(name)?
                .map_or(Cell::Null, |is| Cell::Number(i64::from(is))),
            Holds::Text => row.opt_text(name)?.map_or(Cell::Null, Cell::Text),
            Holds::Bytes => row.opt_bytes(name)?.map_or(Cell::Null, Cell::Bytes),
            Holds::Id => row
                .opt_id::<()>(name)?
                .map_or(Cell::Null, |id| Cell::Bytes(id.uuid().as_bytes().to_vec())),
        })
    }

    fn value(&self, cell: &Cell) -> Result<Value, Fault> {
        let wrong = || Fault::Row(format!("{}: holds something else", self.name));
        Ok(match (self.holds, cell) {
            (Holds::Number, Cell::Null) => None::<i64>.into_value(),
            (Holds::Number, Cell::Number(n)) => n.into_value(),
            (Holds::Truth, Cell::Null) => None::<bool>.into_value(),
            (Holds::Truth, Cell::Number(n)) => (*n != 0).into_value(),
            (Holds::Text, Cell::Null) => None::<String>.into_value(),
            (Holds::Text, Cell::Text(text)) => text.as_str().into_value(),
            (Holds::Bytes, Cell::Null) => None::<Vec<u8>>.into_value(),
            (Holds::Bytes, Cell::Bytes(bytes)) => bytes.clone().into_value(),
            (Holds::Id, Cell::Null) => None::<Uuid>.into_value(),
            (Holds::Id, Cell::Bytes(bytes)) => {
                Uuid::from_slice(bytes).map_err(|_| wrong())?.into_value()
            }
            _ => return Err(wrong()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_tells_every_change_but_not_the_order() {
        let row = |n, text: &str| vec![Cell::Number(n), Cell::Text(text.into()), Cell::Null];
        let sum = |rows: &[Vec<Cell>]| {
            let mut sum = Sum::default();
            rows.iter().for_each(|row| sum.add(row));
            sum
        };
        let (a, b) = (row(1, "a"), row(2, "b"));
        assert_eq!(sum(&[a.clone(), b.clone()]), sum(&[b.clone(), a.clone()]));
        assert_ne!(sum(&[a.clone(), b.clone()]), sum(&[a.clone(), a.clone()]));
        assert_ne!(sum(std::slice::from_ref(&a)), sum(&[row(1, "b")]));
        assert_ne!(
            sum(&[vec![Cell::Text("1".into())]]),
            sum(&[vec![Cell::Number(1)]])
        );
    }

    #[test]
    fn parents_come_before_those_that_point_to_them_and_a_ring_is_told() {
        let table = |name: &str| Table {
            name: name.into(),
            columns: Vec::new(),
        };
        let arrow = |child: &str, parent: &str| (child.to_owned(), parent.to_owned());
        let all = || vec![table("a"), table("b"), table("c")];
        let arrows = [arrow("a", "b"), arrow("b", "c"), arrow("c", "c")];
        let names: Vec<String> = in_order(all(), &arrows)
            .unwrap()
            .into_iter()
            .map(|table| table.name)
            .collect();
        assert_eq!(names, ["c", "b", "a"]);
        assert!(in_order(all(), &[arrow("a", "b"), arrow("b", "a")]).is_err());
    }
}
