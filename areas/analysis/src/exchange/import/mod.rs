//! The job that brings in a whole project.
//!
//! The project is read on a thread of its own. Texts are written while it is read, in acts of
//! bounded size, and nobody sees them; coders, codes, marks, notes and themes come in one last act
//! together with what makes the texts visible. Broken off anywhere, nothing of it is seen, and the
//! job begins again by removing the texts it left.

mod finish;
mod keep;

use std::collections::{HashMap, HashSet};

use ::store::{Fault, objects};
use base::{Id, Time, Uuid};
use bytes::Bytes;
use frame::Hub;
use frame::jobs::{JobEnd, Work};
use futures::future::BoxFuture;
use people::Visitor;
use refi_qda::{Leftover, Piece, Stamp};
use serde_json::json;
use tokio::sync::mpsc;
use voices::{AddedSource, Block, Import, ImportFile, NewSource, Outcome, Source, Told};

use self::finish::refusal;
use self::keep::described;
use super::kept;
use super::last_act::{NewThemeRow, Rows};
use super::parse::{self, Ended, Head, Losses, Part, Targets, Text};
use super::store;
use crate::anchor::{Anchor, Point};
use crate::codebook::{CODES_MAX, Code, colour, sign_for};
use crate::coding::{Coder, Coding, Note, Passage};
use crate::findings::{self, NewTheme};

/// Blocks written in one act.
const BATCH: usize = 500;
/// Parts of a project that wait to be written: bounds what is held in memory.
const WAITING: usize = 2;

/// The worker function of [`voices::PROJECT_JOB`].
pub fn import_project(work: Work) -> BoxFuture<'static, Result<serde_json::Value, JobEnd>> {
    Box::pin(async move {
        match voices::take_up(&work).await? {
            Some(import) => {
                let end = run(&work, &import).await;
                voices::lay_down(&work, &import, end).await
            }
            None => Ok(json!({})),
        }
    })
}

async fn run(work: &Work, import: &Import) -> Result<serde_json::Value, JobEnd> {
    let (hub, id) = (&work.hub, import.id);
    let db = hub.store().read();
    let visitor = voices::visitor_of(hub, &work.job)
        .await?
        .ok_or(JobEnd::Failed("no_account"))?;
    voices::drop_leftovers(hub, id).await?;
    let files = voices::import_files_of(&db, id).await?;
    let file = files.into_iter().next().ok_or(JobEnd::Failed("no_file"))?;
    work.progress(0, 0).await?;
    let object = file.object.ok_or(JobEnd::Failed("no_file"))?;
    let object = objects::get(&db, object)
        .await?
        .ok_or(JobEnd::Failed("no_file"))?;
    let bytes = hub.store().objects().get(&object).await?;
    let bringing = Bringing::begin(work, visitor, import.clone(), file).await?;
    bringing.all(bytes).await
}

/// What a note is about, before rows have ids.
#[derive(Clone, Copy, Debug)]
enum About {
    Project,
    Code(Uuid),
    Source(Id<Source>),
    /// A recording, picture or PDF, by its GUID: notes on it stand at its first text.
    Media(Uuid, Id<Source>),
    Passage(Id<Passage>, Id<Source>),
    /// A coding, by its GUID: notes on it stand at its passage.
    Coding(Uuid, Id<Passage>, Id<Source>),
}

/// A description stands as a note here; this says of a note that it was one.
pub(super) const DESCRIPTION: &str = "description";

/// A project on its way in: what is known so far, to be written in the last act.
struct Bringing<'a> {
    work: &'a Work,
    visitor: Visitor,
    import: Import,
    file: ImportFile,
    now: Time,
    /// GUIDs of sources that the study has already: a second copy gets fresh ones.
    taken: HashSet<Uuid>,
    rows: Rows,
    coders: HashMap<Uuid, Id<Coder>>,
    codes: HashMap<Uuid, Id<Code>>,
    targets: Targets<About>,
    /// Fresh GUIDs of what comes as a second copy.
    renamed: HashMap<Uuid, Uuid>,
    /// What the study keeps already of projects as a whole.
    known: HashSet<(String, Uuid)>,
    outcome: Outcome,
    missing: usize,
    losses: Losses,
}

impl<'a> Bringing<'a> {
    async fn begin(
        work: &'a Work,
        visitor: Visitor,
        import: Import,
        file: ImportFile,
    ) -> Result<Self, Fault> {
        let db = work.hub.store().read();
        let taken = findings::all_sources(&db, import.study).await?;
        Ok(Self {
            work,
            visitor,
            now: work.hub.now(),
            taken: taken.into_iter().map(|source| source.guid).collect(),
            rows: Rows::default(),
            coders: HashMap::new(),
            codes: HashMap::new(),
            targets: Targets::default(),
            renamed: HashMap::new(),
            known: kept::store::known(&db, import.study).await?,
            outcome: Outcome::default(),
            missing: 0,
            losses: Losses::new(),
            import,
            file,
        })
    }

    fn hub(&self) -> &'a Hub {
        &self.work.hub
    }

    async fn all(mut self, bytes: Bytes) -> Result<serde_json::Value, JobEnd> {
        let (give, mut parts) = mpsc::channel::<Part>(WAITING);
        let is_codebook = voices::is_codebook(&self.file.name);
        let reading = tokio::task::spawn_blocking(move || {
            let give = &mut |part| give.blocking_send(part).is_ok();
            if is_codebook {
                parse::read_codebook(bytes, give)
            } else {
                parse::read(bytes, give)
            }
        });
        let mut done = 0;
        let mut refused = None;
        while let Some(part) = parts.recv().await {
            refused = self.take(part).await?;
            if refused.is_some() {
                break;
            }
            done += 1;
            self.work.progress(done, 0).await?;
        }
        // Tells the reader that nobody listens, should it still be at work.
        drop(parts);
        match reading.await.map_err(|_| JobEnd::Failed("panicked"))? {
            Ok(losses) => {
                for (key, n) in losses {
                    *self.losses.entry(key).or_default() += n;
                }
            }
            Err(Ended::Refused(error)) => {
                refused = refused.or(Some(refusal(&error, is_codebook)));
            }
            Err(Ended::TooMany) => refused = refused.or(Some("analysis-refused-too-many")),
            Err(Ended::Stopped) => {}
        }
        if let Some(code) = refused {
            voices::drop_leftovers(self.hub(), self.import.id).await?;
            let files = self.rows.files.iter().map(|file| file.id).collect();
            voices::delete_objects(self.hub(), files).await;
            self.rows = Rows::default();
            self.losses.clear();
            self.outcome = Outcome {
                refused: Some(Told {
                    code: code.to_owned(),
                    ..Told::default()
                }),
                ..Outcome::default()
            };
        }
        self.finish().await
    }

    /// Takes a part; gives why the project is refused after all.
    async fn take(&mut self, part: Part) -> Result<Option<&'static str>, JobEnd> {
        match part {
            Part::Head(head) => return Ok(self.head(head).await?),
            Part::Text(text) => self.text(*text).await?,
            Part::Note(note) => self.note(*note).await?,
            Part::Kept(left) => self.keep_of_project(left),
        }
        Ok(None)
    }

    async fn head(&mut self, head: Head) -> Result<Option<&'static str>, Fault> {
        let db = self.hub().store().read();
        let study = self.import.study;
        for coder in store::coders(&db, study).await? {
            self.coders.entry(coder.guid).or_insert(coder.id);
        }
        for (guid, name) in head.users {
            self.coder_named(guid, &name);
        }
        let known = crate::store::codes(&db, study).await?;
        if !self.add_codes(&head.codes, known) {
            return Ok(Some("analysis-refused-too-many"));
        }
        if let Some(text) = head.description {
            let author = self.coder(Stamp::default());
            let id = self.add_note(("study", study.uuid()), text, author, self.now);
            self.keep(None, described(), Some(id.uuid()));
        }
        self.targets.add(&head.note_refs, About::Project);
        // Whoever is known already is told of by what is kept already.
        for left in head.kept {
            self.keep_of_project(left);
        }
        for (guid, title, text, codes) in head.themes {
            let codes = codes
                .iter()
                .filter_map(|guid| self.codes.get(guid).copied())
                .collect();
            self.rows.themes.push(NewThemeRow {
                guid,
                theme: NewTheme { title, text, codes },
            });
        }
        Ok(None)
    }

    /// Adds the code tree; false when the study would have too many.
    fn add_codes(&mut self, tree: &[refi_qda::Code], known: Vec<Code>) -> bool {
        self.codes = known.iter().map(|code| (code.guid, code.id)).collect();
        let mut taken: HashSet<String> = known.iter().map(|code| code.sign.clone()).collect();
        let tops = known.iter().filter(|code| code.parent.is_none());
        let mut next_top = tops.map(|code| code.place).max().unwrap_or(0);
        let mut made = 0;
        // (code, parent, place, colour of the top code)
        let mut open: Vec<(&refi_qda::Code, Option<Id<Code>>, i64, String)> = Vec::new();
        for (at, top) in tree.iter().enumerate() {
            next_top += 1;
            open.push((top, None, next_top, colour(known.len() + at).to_owned()));
        }
        open.reverse();
        while let Some((code, parent, place, fallback)) = open.pop() {
            let colour = code.color.map_or(fallback, |color| color.to_string());
            for note in &code.note_refs {
                self.targets
                    .add(std::slice::from_ref(note), About::Code(code.guid));
            }
            let id = match self.codes.get(&code.guid) {
                Some(id) => *id,
                None => {
                    let id = self.hub().chance().id(self.now);
                    let sign = sign_for(&code.name, &taken);
                    taken.insert(sign.clone());
                    self.codes.insert(code.guid, id);
                    self.rows.codes.push(Code {
                        id,
                        parent,
                        place,
                        name: if code.name.trim().is_empty() {
                            "?".to_owned()
                        } else {
                            code.name.clone()
                        },
                        description: code.description.clone().unwrap_or_default(),
                        colour: colour.clone(),
                        sign,
                        codable: code.is_codable,
                        guid: code.guid,
                        depth: 0,
                    });
                    made += 1;
                    id
                }
            };
            for (at, child) in code.children.iter().enumerate().rev() {
                open.push((
                    child,
                    Some(id),
                    i64::try_from(at).unwrap_or(0) + 1,
                    colour.clone(),
                ));
            }
        }
        known.len() + made <= CODES_MAX
    }

    fn coder_named(&mut self, guid: Uuid, name: &str) -> Id<Coder> {
        if let Some(known) = self.coders.get(&guid) {
            return *known;
        }
        let id = self.hub().chance().id(self.now);
        let name = if name.trim().is_empty() {
            "?"
        } else {
            name.trim()
        };
        self.coders.insert(guid, id);
        self.rows.coders.push((id, guid, name.to_owned()));
        id
    }

    /// The coder of a stamp; marks of nobody belong to the coder with the nil GUID.
    fn coder(&mut self, stamp: Stamp) -> Id<Coder> {
        self.coder_named(stamp.user.unwrap_or(Uuid::nil()), "?")
    }

    fn moment(&self, stamp: Stamp) -> Time {
        stamp
            .at
            .map_or(self.now, |at| Time::from_micros(at.to_unix_micros(0)))
    }

    fn add_note(
        &mut self,
        (kind, about): (&str, Uuid),
        text: String,
        author: Id<Coder>,
        at: Time,
    ) -> Id<Note> {
        let id = self.hub().chance().id(self.now);
        self.rows.notes.push(Note {
            id,
            study: self.import.study,
            about_kind: kind.to_owned(),
            about,
            text,
            author,
            author_name: String::new(),
            made_at: at,
        });
        id
    }

    async fn text(&mut self, mut text: Text) -> Result<(), JobEnd> {
        let copy = !self.taken.insert(text.guid);
        let guid = self.guid(text.guid, copy);
        let added = self.add_source(&text, guid).await?;
        let blocks = self
            .add_blocks(&added, std::mem::take(&mut text.blocks))
            .await?;
        self.outcome.sources.push(added.id);
        self.outcome.paragraphs += i64::try_from(blocks.len()).unwrap_or(0);
        // A recording without transcript is no text that is missing.
        let is_text = text.kept.iter().any(|left| kept::is_text(&left.kind));
        self.missing += usize::from(is_text && !text.has_text);
        self.rows.sources.push(added.id);
        let author = self.coder(text.created);
        let at = self.moment(text.created);
        if let Some(words) = text
            .description
            .take()
            .filter(|words| !words.trim().is_empty())
        {
            let id = self.add_note(("source", added.id.uuid()), words, author, at);
            self.keep(Some(added.id), described(), Some(id.uuid()));
        }
        self.targets.add(&text.note_refs, About::Source(added.id));
        if let Some((guid, notes)) = &text.around {
            self.targets.add(notes, About::Media(*guid, added.id));
        }
        for mark in text.marks {
            self.mark(&added, &blocks, mark, copy);
        }
        if copy {
            // What a second copy defines is something of its own; what it refers to is the same.
            for own in text.kept.iter().flat_map(Leftover::own_guids) {
                self.guid(own, true);
            }
        }
        for left in text.kept {
            self.keep(Some(added.id), left, None);
        }
        self.keep_files(Some(added.id), text.files).await?;
        Ok(())
    }

    async fn add_source(&mut self, text: &Text, guid: Uuid) -> Result<AddedSource, JobEnd> {
        let (who, import) = (self.visitor.clone(), self.import.clone());
        let name: String = text
            .name
            .chars()
            .filter(|sign| !sign.is_control())
            .take(200)
            .collect();
        let (encoding, line_ends) = (text.encoding, text.line_ends);
        let (has_text, lead) = (text.has_text, text.lead);
        let added: Result<AddedSource, Fault> = self
            .hub()
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let new = NewSource {
                        name: &name,
                        format: "qdpx",
                        basis: import.basis,
                        encoding,
                        line_ends,
                        // A project is not kept whole: its parts are, each with its source.
                        object: None,
                        guid: Some(guid),
                        has_text,
                        lead,
                    };
                    voices::add_source(tx, &who, import.id, import.study, &new, &[]).await
                })
            })
            .await;
        Ok(added?)
    }

    async fn add_blocks(
        &mut self,
        added: &AddedSource,
        mut blocks: Vec<voices::NewBlock>,
    ) -> Result<Vec<Id<Block>>, JobEnd> {
        let mut ids = Vec::with_capacity(blocks.len());
        while !blocks.is_empty() {
            let rest = blocks.split_off(blocks.len().min(BATCH));
            let batch = std::mem::replace(&mut blocks, rest);
            self.outcome.chars += batch
                .iter()
                .map(|block| i64::try_from(block.text.chars().count()).unwrap_or(0))
                .sum::<i64>();
            let first = i64::try_from(ids.len()).unwrap_or(0) + 1;
            let (who, added) = (self.visitor.clone(), added.clone());
            let new: Result<Vec<Id<Block>>, Fault> = self
                .hub()
                .store()
                .write(move |tx| {
                    Box::pin(
                        async move { voices::add_blocks(tx, &who, &added, first, &batch).await },
                    )
                })
                .await;
            ids.extend(new?);
        }
        Ok(ids)
    }

    fn mark(&mut self, source: &AddedSource, blocks: &[Id<Block>], mark: parse::Mark, copy: bool) {
        let id: Id<Passage> = self.hub().chance().id(self.now);
        let anchor = mark.spots.and_then(|((first, from), (last, to))| {
            Some(Anchor {
                from: Point {
                    block: *blocks.get(first)?,
                    at: from,
                },
                to: Point {
                    block: *blocks.get(last)?,
                    at: to,
                },
            })
        });
        if let Some(((first, _), (last, _))) = mark.spots {
            let touched = blocks.get(first..=last).unwrap_or_default();
            self.rows
                .touched
                .extend(touched.iter().map(|block| (*block, id)));
        }
        let made_by = self.coder(mark.created);
        let made_at = self.moment(mark.created);
        let guid = self.guid(mark.guid, copy);
        self.rows.passages.push(Passage {
            id,
            study: self.import.study,
            source: source.id,
            anchor,
            raw: mark.raw,
            guid,
            quote_number: None,
            made_by,
            made_at,
        });
        self.targets
            .add(&mark.note_refs, About::Passage(id, source.id));
        if let Some(words) = mark.description {
            let note = self.add_note(("passage", id.uuid()), words, made_by, made_at);
            self.keep(Some(source.id), described(), Some(note.uuid()));
        }
        if let Some(head) = mark.head {
            self.keep(Some(source.id), head, Some(id.uuid()));
        }
        let mut seen = HashSet::new();
        for coding in mark.codings {
            let own = self.guid(coding.guid, copy);
            let about = About::Coding(own, id, source.id);
            self.targets.add(&coding.note_refs, about);
            let coder = self.coder(coding.created);
            let code = self.codes.get(&coding.code).copied();
            let Some(code) = code.filter(|code| seen.insert((*code, coder))) else {
                let key = match code {
                    None => "analysis-kept-unknown-codes",
                    Some(_) => "analysis-kept-twice",
                };
                *self.losses.entry(key).or_default() += 1;
                let left = Leftover {
                    target: Some(mark.guid),
                    ..coding.to_piece()
                };
                self.keep(Some(source.id), left, Some(id.uuid()));
                continue;
            };
            let row = Coding {
                id: self.hub().chance().id(self.now),
                passage: id,
                code,
                coder,
                guid: own,
                made_at: self.moment(coding.created),
            };
            self.rows.codings.push(row);
        }
    }

    /// The GUID of something here: its own, or for a second copy always the same fresh one.
    fn guid(&mut self, own: Uuid, copy: bool) -> Uuid {
        if !copy {
            return own;
        }
        let (hub, now) = (&self.work.hub, self.now);
        let fresh = || hub.chance().uuid(now);
        *self.renamed.entry(own).or_insert_with(fresh)
    }
}
