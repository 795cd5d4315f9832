//! The stream coming in: into an empty store, compared row by row with what it says of itself.

use std::collections::HashMap;

use base::{Id, Uuid};
use bytes::{Bytes, BytesMut};

use super::tables::{self, Cell, Sum, Table};
use super::{Frame, Head, broken};
use crate::objects::{self, Object};
use crate::{Fault, Store};

/// What is done with the files that come along.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Files {
    /// They are put among the objects of the store.
    Keep,
    /// They are opened and compared with their digest, and not kept: a backup is tried.
    Try,
}

/// A stream on its way into a store that has its tables and nothing in them.
pub(crate) struct Loading<'a> {
    store: &'a Store,
    files: Files,
    tables: HashMap<String, Table>,
    now: Option<(Table, Sum)>,
    sums: Vec<(String, String)>,
    object: Option<(Id<Object>, BytesMut)>,
    ended: bool,
}

impl<'a> Loading<'a> {
    /// Empties what a fresh store has written by itself.
    pub(crate) async fn begin(store: &'a Store, head: &Head, files: Files) -> Result<Self, Fault> {
        let own = crate::migrate::names(&store.read()).await?;
        if head.form != super::FORM || head.schema != own {
            return Err(Fault::Migration(
                "the backup was made by another version of the program; restore it with that version, then update"
                    .into(),
            ));
        }
        let all = tables::tables(&store.read()).await?;
        let names: Vec<String> = all.iter().rev().map(|table| table.name.clone()).collect();
        let emptied: Result<(), Fault> = store
            .write(move |tx| {
                Box::pin(async move {
                    for name in names {
                        tx.exec(&format!("DELETE FROM {name}"), Vec::new()).await?;
                    }
                    Ok(())
                })
            })
            .await;
        emptied?;
        let tables = all.into_iter().map(|table| (table.name.clone(), table));
        Ok(Self {
            store,
            files,
            tables: tables.collect(),
            now: None,
            sums: Vec::new(),
            object: None,
            ended: false,
        })
    }

    /// The next frame after those of the data folder.
    pub(crate) async fn take(&mut self, frame: Frame) -> Result<(), Fault> {
        if !matches!(frame, Frame::Bytes(_)) {
            self.end_object().await?;
        }
        match frame {
            Frame::Table { name, columns } => self.table(&name, &columns),
            Frame::Rows(rows) => self.rows(rows).await,
            Frame::Sum(told) => self.sum(&told),
            Frame::Object(id) => {
                self.object = Some((Id::from(id), BytesMut::new()));
                Ok(())
            }
            Frame::Bytes(bytes) => match &mut self.object {
                Some((_, all)) => {
                    all.extend_from_slice(&bytes);
                    Ok(())
                }
                None => Err(broken("bytes of nothing")),
            },
            Frame::End(told) => {
                self.ended = true;
                match told == self.sums {
                    true => Ok(()),
                    false => Err(broken("its sums do not fit its tables")),
                }
            }
            Frame::Head(_) | Frame::File(_) => Err(broken("its frames are out of order")),
        }
    }

    fn table(&mut self, name: &str, columns: &[String]) -> Result<(), Fault> {
        let table = self
            .tables
            .remove(name)
            .ok_or_else(|| broken("a table that this program does not have"))?;
        if table.names() != columns {
            return Err(broken("a table has other columns"));
        }
        self.now = Some((table, Sum::default()));
        Ok(())
    }

    async fn rows(&mut self, rows: Vec<Vec<Cell>>) -> Result<(), Fault> {
        let (table, sum) = self.now.as_mut().ok_or_else(|| broken("rows of nothing"))?;
        rows.iter().for_each(|row| sum.add(row));
        let table = table.clone();
        self.store
            .write(move |tx| Box::pin(async move { table.add(tx, &rows).await }))
            .await
    }

    fn sum(&mut self, told: &str) -> Result<(), Fault> {
        let (table, sum) = self.now.take().ok_or_else(|| broken("a sum of nothing"))?;
        if sum.word() != told {
            return Err(broken("a table is not whole"));
        }
        self.sums.push((table.name, sum.word()));
        Ok(())
    }

    async fn end_object(&mut self) -> Result<(), Fault> {
        let Some((id, bytes)) = self.object.take() else {
            return Ok(());
        };
        let bytes: Bytes = bytes.freeze();
        let row = objects::get(&self.store.read(), id)
            .await?
            .ok_or_else(|| broken("a file that no row names"))?;
        if let Some(key) = row.key
            && self.store.keys().is_gone(key).await?
        {
            // Erased since: the file does not come back either.
            return Ok(());
        }
        if self.files == Files::Keep {
            self.store.objects().put_raw(id, bytes.clone()).await?;
        }
        self.store.objects().opened(&row, bytes).await.map(|_| ())
    }

    /// All has come: compares what now stands in the tables with what was sent.
    pub(crate) async fn finish(self) -> Result<Vec<(String, String)>, Fault> {
        if !self.ended || !self.tables.is_empty() {
            return Err(broken("it ends early"));
        }
        let db = self.store.read();
        for table in tables::tables(&db).await? {
            let stands = table.sum(&db, super::ROWS).await?.word();
            let sent = self.sums.iter().find(|(name, _)| *name == table.name);
            if sent.is_none_or(|(_, sum)| *sum != stands) {
                return Err(broken("what came in is not what was sent"));
            }
        }
        Ok(self.sums)
    }
}

/// The key store that belongs to a stream.
pub(crate) fn belongs(head: &Head, keys: Uuid) -> Result<(), Fault> {
    match head.keys == keys {
        true => Ok(()),
        false => Err(Fault::Locked(
            "these keys do not belong to this backup: use the keys file that was written with it, or a newer \
             one of the same hub"
                .into(),
        )),
    }
}
