//! Everything a hub has, as one stream: for a backup, and for moving to another database.
//!
//! Frames of one letter, a length (4 bytes, big endian) and that many bytes. `H` begins it; `F` names a
//! file of the data folder and `O` an object, each followed by its bytes in `B`; `T` names a table and
//! its columns, `R` brings rows, `S` closes the table with its sum; `E` ends it with all sums. A stream
//! without `E` is not whole. Sealed things stay sealed: keys are not in it.

mod load;
mod tables;

use std::io::{Read, Write};
use std::path::Path;

use base::{Id, Uuid};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use self::tables::{Cell, Sum, Table};
use crate::objects::{self, Object};
use crate::{Conn, Fault, Store};

pub(crate) use load::{Files, Loading, belongs};

/// What this form of the stream is called.
const FORM: u32 = 1;
/// Rows in a frame.
const ROWS: i64 = 200;
/// Bytes of a file in a frame.
const PIECE: usize = 1 << 20;
/// Bytes of a frame at most: one row of the largest body, as hexadecimal digits, many times over.
const LARGEST: usize = 512 << 20;

/// What stands at the beginning.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Head {
    form: u32,
    /// Migrations that had run.
    pub(crate) schema: Vec<String>,
    /// Microseconds UTC.
    made_at: i64,
    /// The data folder's id.
    pub(crate) instance: Uuid,
    /// The key store that opens what is sealed.
    pub(crate) keys: Uuid,
}

/// A piece of the stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Frame {
    Head(Head),
    File(String),
    Object(Uuid),
    Bytes(Bytes),
    Table { name: String, columns: Vec<String> },
    Rows(Vec<Vec<Cell>>),
    Sum(String),
    End(Vec<(String, String)>),
}

impl Frame {
    fn letter(&self) -> u8 {
        match self {
            Self::Head(_) => b'H',
            Self::File(_) => b'F',
            Self::Object(_) => b'O',
            Self::Bytes(_) => b'B',
            Self::Table { .. } => b'T',
            Self::Rows(_) => b'R',
            Self::Sum(_) => b'S',
            Self::End(_) => b'E',
        }
    }

    fn body(&self) -> Result<Bytes, Fault> {
        Ok(match self {
            Self::Head(head) => serde_json::to_vec(head)?.into(),
            Self::File(name) => name.clone().into_bytes().into(),
            Self::Object(id) => id.to_string().into_bytes().into(),
            Self::Bytes(bytes) => bytes.clone(),
            Self::Table { name, columns } => serde_json::to_vec(&(name, columns))?.into(),
            Self::Rows(rows) => serde_json::to_vec(rows)?.into(),
            Self::Sum(sum) => sum.clone().into_bytes().into(),
            Self::End(sums) => serde_json::to_vec(sums)?.into(),
        })
    }

    /// Writes it.
    pub(crate) fn write(&self, to: &mut impl Write) -> Result<(), Fault> {
        let body = self.body()?;
        let length = u32::try_from(body.len()).map_err(|_| broken("a frame is too large"))?;
        to.write_all(&[self.letter()])?;
        to.write_all(&length.to_be_bytes())?;
        to.write_all(&body)?;
        Ok(())
    }

    /// Reads the next one; none at a clean end.
    pub(crate) fn read(from: &mut impl Read) -> Result<Option<Self>, Fault> {
        let mut letter = [0];
        if from.read(&mut letter)? == 0 {
            return Ok(None);
        }
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > LARGEST {
            return Err(broken("a frame is too large"));
        }
        let mut body = Vec::new();
        let read = from.take(length as u64).read_to_end(&mut body)?;
        if read != length {
            return Err(broken("it ends early"));
        }
        let text = |body: Vec<u8>| String::from_utf8(body).map_err(|_| broken("it is no text"));
        Ok(Some(match letter {
            [b'H'] => Self::Head(serde_json::from_slice(&body)?),
            [b'F'] => Self::File(text(body)?),
            [b'O'] => Self::Object(text(body)?.parse().map_err(|_| broken("no id"))?),
            [b'B'] => Self::Bytes(body.into()),
            [b'T'] => {
                let (name, columns) = serde_json::from_slice(&body)?;
                Self::Table { name, columns }
            }
            [b'R'] => Self::Rows(serde_json::from_slice(&body)?),
            [b'S'] => Self::Sum(text(body)?),
            [b'E'] => Self::End(serde_json::from_slice(&body)?),
            _ => return Err(broken("an unknown frame")),
        }))
    }
}

pub(crate) fn broken(what: &str) -> Fault {
    Fault::File(format!("the backup can't be read: {what}"))
}

/// Frames on their way at once: the reader of the database waits for whoever writes.
pub(crate) const ON_THE_WAY: usize = 8;

/// Sends everything in one snapshot; `with_objects` brings the files too.
pub(crate) async fn send(
    store: &Store,
    with_objects: bool,
    to: mpsc::Sender<Frame>,
) -> Result<(), Fault> {
    let snapshot = store.snapshot().await?;
    let tell = async |frame| to.send(frame).await.map_err(|_| Fault::Closed);
    let schema = crate::migrate::names(&snapshot).await?;
    tell(Frame::Head(Head {
        form: FORM,
        schema,
        made_at: store.clock().now().micros(),
        instance: store.instance(),
        keys: store.keys().id(),
    }))
    .await?;
    // After the snapshot was taken: each line of the trail in it has its witness.
    for (name, bytes) in witness_files(store.dir())? {
        tell(Frame::File(name)).await?;
        tell(Frame::Bytes(bytes.into())).await?;
    }
    let mut sums = Vec::new();
    for table in tables::tables(&snapshot).await? {
        let sum = send_table(&snapshot, &table, &to).await?;
        sums.push((table.name, sum.word()));
    }
    if with_objects {
        send_objects(store, &snapshot, &to).await?;
    }
    tell(Frame::End(sums)).await
}

async fn send_table(
    snapshot: &Conn,
    table: &Table,
    to: &mpsc::Sender<Frame>,
) -> Result<Sum, Fault> {
    let tell = async |frame| to.send(frame).await.map_err(|_| Fault::Closed);
    tell(Frame::Table {
        name: table.name.clone(),
        columns: table.names(),
    })
    .await?;
    let mut sum = Sum::default();
    let mut last: Option<Vec<Cell>> = None;
    loop {
        let rows = table.after(snapshot, last.as_deref(), ROWS).await?;
        let Some(end) = rows.last() else { break };
        last = Some(end.clone());
        rows.iter().for_each(|row| sum.add(row));
        tell(Frame::Rows(rows)).await?;
    }
    tell(Frame::Sum(sum.word())).await?;
    Ok(sum)
}

async fn send_objects(
    store: &Store,
    snapshot: &Conn,
    to: &mpsc::Sender<Frame>,
) -> Result<(), Fault> {
    let tell = async |frame| to.send(frame).await.map_err(|_| Fault::Closed);
    let mut after = Id::from(Uuid::nil());
    loop {
        let page = objects::page(snapshot, after, ROWS).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = last.id;
        for object in page {
            let bytes = match store.objects().raw(object.id).await {
                Ok(bytes) => bytes,
                // Taken out since the snapshot: then it is not wanted in a backup either.
                Err(_) if is_gone(store, object.id).await? => continue,
                Err(fault) => return Err(fault),
            };
            tell(Frame::Object(object.id.uuid())).await?;
            for from in (0..bytes.len()).step_by(PIECE) {
                let piece = bytes.slice(from..(from + PIECE).min(bytes.len()));
                tell(Frame::Bytes(piece)).await?;
            }
        }
    }
}

async fn is_gone(store: &Store, id: Id<Object>) -> Result<bool, Fault> {
    Ok(objects::get(&store.read(), id).await?.is_none())
}

/// The witness of this data folder, file by file.
fn witness_files(dir: &Path) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir.join("witness"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".log") {
            all.push((format!("witness/{name}"), std::fs::read(&path)?));
        }
    }
    all.sort();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_as_they_went_in_and_a_cut_stream_is_told() {
        let all = vec![
            Frame::Head(Head {
                form: FORM,
                schema: vec!["0001_a.sql".into()],
                made_at: 5,
                instance: Uuid::from_u128(1),
                keys: Uuid::from_u128(2),
            }),
            Frame::File("witness/serve.log".into()),
            Frame::Bytes(Bytes::from_static(b"x")),
            Frame::Table {
                name: "study".into(),
                columns: vec!["id".into(), "n".into()],
            },
            Frame::Rows(vec![vec![
                Cell::Bytes(vec![1, 255]),
                Cell::Number(-3),
                Cell::Text("å\u{1F642}".into()),
                Cell::Null,
            ]]),
            Frame::Sum("1 ab".into()),
            Frame::Object(Uuid::from_u128(3)),
            Frame::End(vec![("study".into(), "1 ab".into())]),
        ];
        let mut bytes = Vec::new();
        for frame in &all {
            frame.write(&mut bytes).unwrap();
        }
        let mut from = bytes.as_slice();
        let mut read = Vec::new();
        while let Some(frame) = Frame::read(&mut from).unwrap() {
            read.push(frame);
        }
        assert_eq!(read, all);
        let mut ends = 0;
        for length in 0..bytes.len() {
            let mut from = &bytes[..length];
            let mut whole = false;
            while let Ok(Some(frame)) = Frame::read(&mut from) {
                whole |= matches!(frame, Frame::End(_));
            }
            ends += usize::from(whole);
        }
        assert_eq!(ends, 0, "no cut stream has an end");
    }

    #[test]
    fn a_frame_that_says_it_is_huge_is_refused_without_taking_memory() {
        let mut from: &[u8] = b"B\xff\xff\xff\xffabc";
        assert!(Frame::read(&mut from).is_err());
        let mut from: &[u8] = b"B\x10\x00\x00\x00abc";
        assert!(Frame::read(&mut from).is_err());
    }
}
