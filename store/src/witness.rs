//! The witness: a file beside the database that knows which trail rows were written.
//!
//! A damaged write-ahead log drops committed rows without a word. So, before the answer of an act
//! leaves, a line for each of its trail rows is appended to `DIR/witness/<name>.log` and flushed:
//! `trail id, digest of the row, chain`, where *chain* is the digest of this line's first two
//! parts and the chain of the line before. `check` compares both ways: a line without its row is
//! a lost row, a row without its line was put in past the program, a broken chain is a damaged
//! witness. Several acts that wait share one flush.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base::{Digest, Uuid, digest_of};

use crate::Fault;

/// One trail row as the witness knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// The id of the trail row.
    pub trail: Uuid,
    /// The digest of its content.
    pub digest: Digest,
}

#[derive(Clone)]
pub(crate) struct Witness(Arc<Mutex<Book>>);

struct Book {
    path: PathBuf,
    file: File,
}

/// The chain before the first line.
fn beginning() -> Digest {
    digest_of(&[b"knutepunkt witness 1"])
}

fn link(line: &Line, before: &Digest) -> Digest {
    digest_of(&[
        line.trail.as_bytes(),
        line.digest.as_bytes(),
        before.as_bytes(),
    ])
}

impl Witness {
    pub(crate) fn open(dir: &Path, name: &str) -> Result<Self, Fault> {
        let folder = dir.join("witness");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.log"));
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)?;
        // The name of a new file is on disk only when its folder is.
        File::open(&folder)?.sync_all()?;
        Ok(Self(Arc::new(Mutex::new(Book { path, file }))))
    }

    /// Appends and flushes. The file is locked so long, since several commands may write to the
    /// same one; the chain goes on from what stands last in it.
    pub(crate) async fn append(&self, lines: Vec<Line>) -> Result<(), Fault> {
        if lines.is_empty() {
            return Ok(());
        }
        let book = self.0.clone();
        tokio::task::spawn_blocking(move || {
            book.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .append(&lines)
        })
        .await
        .map_err(|_| Fault::Closed)?
    }
}

impl Book {
    fn append(&mut self, lines: &[Line]) -> Result<(), Fault> {
        self.file.lock()?;
        let written = self.append_locked(lines);
        self.file.unlock()?;
        written.map_err(|error| Fault::File(format!("{}: {error}", self.path.display())))
    }

    fn append_locked(&mut self, lines: &[Line]) -> std::io::Result<()> {
        let (mut chain, torn) = last_chain(&mut self.file)?;
        let mut text = String::with_capacity(lines.len() * 168 + 1);
        if torn {
            // A line that a power cut tore is closed; `check` tells it apart from a broken chain.
            text.push('\n');
        }
        for line in lines {
            chain = link(line, &chain);
            text.push_str(&format!(
                "{} {} {}\n",
                line.trail,
                line.digest.hex(),
                chain.hex()
            ));
        }
        self.file.write_all(text.as_bytes())?;
        self.file.sync_data()
    }
}

/// How much of the end of a witness file is read at start: some four hundred lines, several times
/// what one commit can leave without a witness.
const TAIL: u64 = 400 * LINE;

/// The lines at the end of every witness file, and the last one of the file `name`.
pub(crate) fn tails(dir: &Path, name: &str) -> Result<(Vec<Uuid>, Option<Uuid>), Fault> {
    let folder = dir.join("witness");
    let (mut known, mut last) = (Vec::new(), None);
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let mut file = File::open(&path)?;
        let from = file.metadata()?.len().saturating_sub(TAIL);
        file.seek(SeekFrom::Start(from))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        let text = String::from_utf8_lossy(&tail);
        let ids: Vec<Uuid> = text
            .lines()
            .filter_map(parse)
            .map(|(line, _)| line.trail)
            .collect();
        if path.file_stem().is_some_and(|stem| stem == name) {
            last = ids.last().copied();
        }
        known.extend(ids);
    }
    Ok((known, last))
}

/// Bytes of a whole line: uuid, two digests, two spaces, line end.
const LINE: u64 = 36 + 1 + 64 + 1 + 64 + 1;

/// The chain of the last whole line, and whether a torn one follows it.
fn last_chain(file: &mut File) -> std::io::Result<(Digest, bool)> {
    let size = file.metadata()?.len();
    let from = size.saturating_sub(3 * LINE);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.take(3 * LINE).read_to_end(&mut tail)?;
    let torn = tail.last().is_some_and(|byte| *byte != b'\n');
    let text = String::from_utf8_lossy(&tail);
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let chain = whole
        .lines()
        .rev()
        .find_map(|line| parse(line).map(|(_, chain)| chain));
    Ok((chain.unwrap_or_else(beginning), torn))
}

fn parse(line: &str) -> Option<(Line, Digest)> {
    let mut parts = line.split(' ');
    let trail = parts.next()?.parse().ok()?;
    let digest = Digest::from_hex(parts.next()?)?;
    let chain = Digest::from_hex(parts.next()?)?;
    parts
        .next()
        .is_none()
        .then_some((Line { trail, digest }, chain))
}

/// What [`read_all`] found in the folder's witness files.
#[derive(Default, PartialEq, Eq, Debug)]
pub struct Account {
    /// Every whole line, in the order of the files.
    pub lines: Vec<Line>,
    /// `file:line` where the chain does not follow from the line before.
    pub broken: Vec<String>,
}

/// Reads every witness file of a data folder.
///
/// # Errors
/// [`Fault::File`] when a file can't be read.
pub fn read_all(dir: &Path) -> Result<Account, Fault> {
    let folder = dir.join("witness");
    let mut account = Account::default();
    let mut files: Vec<PathBuf> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect(),
        Err(_) => return Ok(account),
    };
    files.sort();
    for path in files
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "log"))
    {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut before = beginning();
        let mut lines = BufReader::new(File::open(path)?)
            .split(b'\n')
            .enumerate()
            .peekable();
        while let Some((at, bytes)) = lines.next() {
            let bytes = bytes?;
            match std::str::from_utf8(&bytes).ok().and_then(parse) {
                Some((line, chain)) => {
                    if chain != link(&line, &before) {
                        account.broken.push(format!("{name}:{}", at + 1));
                    }
                    before = chain;
                    account.lines.push(line);
                }
                // A torn last line was never answered for.
                None if lines.peek().is_none() || is_torn(&bytes) => {}
                None => account.broken.push(format!("{name}:{}", at + 1)),
            }
        }
    }
    Ok(account)
}

/// Cuts every file before its first line whose row a restored database does not have: what came after
/// the backup was taken.
///
/// # Errors
/// [`Fault`] when files or database can't be read.
pub(crate) async fn cut(dir: &Path, db: &crate::Conn) -> Result<(), Fault> {
    for entry in std::fs::read_dir(dir.join("witness"))? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let newest = crate::trail::newest(db).await?;
        let (mut kept, mut gone) = (0, false);
        for line in text.split_inclusive('\n') {
            // Ids begin with their time: only what is newer than the last row came after.
            gone = parse(line.trim_end()).is_some_and(|(line, _)| line.trail > newest);
            if gone {
                break;
            }
            kept += line.len();
        }
        if gone {
            let file = OpenOptions::new().write(true).open(&path)?;
            file.set_len(kept as u64)?;
            file.sync_all()?;
        }
    }
    Ok(())
}

/// The beginning of a line that a power cut ended: shorter than a line, and of its letters.
fn is_torn(bytes: &[u8]) -> bool {
    (bytes.len() as u64) < LINE - 1
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_hexdigit() || b" -".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: u8) -> Line {
        Line {
            trail: Uuid::from_bytes([n; 16]),
            digest: digest_of(&[&[n]]),
        }
    }

    async fn written(dir: &Path, groups: &[&[u8]]) {
        for group in groups {
            let witness = Witness::open(dir, "serve").unwrap();
            witness
                .append(group.iter().copied().map(line).collect())
                .await
                .unwrap();
        }
    }

    #[tokio::test]
    async fn the_chain_goes_on_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), &[&[1, 2], &[3]]).await;
        let account = read_all(dir.path()).unwrap();
        assert_eq!(
            account,
            Account {
                lines: vec![line(1), line(2), line(3)],
                broken: vec![]
            }
        );
    }

    #[tokio::test]
    async fn a_line_taken_out_breaks_the_chain_where_it_stood() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), &[&[1, 2, 3]]).await;
        let path = dir.path().join("witness/serve.log");
        let text = std::fs::read_to_string(&path).unwrap();
        let kept: Vec<&str> = text
            .lines()
            .enumerate()
            .filter(|(at, _)| *at != 1)
            .map(|(_, l)| l)
            .collect();
        std::fs::write(&path, kept.join("\n") + "\n").unwrap();
        let account = read_all(dir.path()).unwrap();
        assert_eq!(account.broken, vec!["serve.log:2"]);
    }

    #[tokio::test]
    async fn a_torn_line_is_closed_and_the_chain_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), &[&[1]]).await;
        let path = dir.path().join("witness/serve.log");
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("01010101-0101");
        std::fs::write(&path, &text).unwrap();
        assert_eq!(read_all(dir.path()).unwrap().lines, vec![line(1)]);
        written(dir.path(), &[&[2]]).await;
        let account = read_all(dir.path()).unwrap();
        assert_eq!(
            account,
            Account {
                lines: vec![line(1), line(2)],
                broken: vec![]
            }
        );
    }
}
