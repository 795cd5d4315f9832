//! A study taken out: as a REFI-QDA project, or as JSON.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom, Write};

use ::store::{Conn, Fault};
use base::{Digest, Id, Time, Uuid};
use frame::Failure;
use people::{Act, Layer, StudyPart, Visitor};
use refi_qda::{
    Code as OutCode, Coding as OutCoding, DateTime, Project, Selection, Set, Stamp, TextBody,
    TextSource, User, Writer, replace_non_xml, text_path,
};
use voices::{Block, Source, Study};

use super::store::{self, CoderRow, ExportRow};
use super::{Format, ORIGIN, json};
use crate::codebook::Code;
use crate::coding::{Coder, Note};
use crate::findings::{self, Theme};

/// An export that was made.
#[derive(Clone, Debug)]
pub struct Exported<W> {
    /// What it was written to, standing at its beginning.
    pub out: W,
    /// SHA-256 of the file, which also stands in the study's list of exports.
    pub digest: Digest,
    /// A name for the file.
    pub name: String,
}

/// Takes a study out as a file. When this gives an error, what was written is of no use: write to a
/// temporary file and rename it after `Ok`. The export stands on the trail and in the study's list.
///
/// # Errors
/// [`Failure::NotFound`] for somebody who may not; [`Failure::Fault`].
pub async fn export<W: Read + Write + Seek + Send>(
    visitor: &Visitor,
    study: &Study,
    format: Format,
    mut out: W,
) -> Result<Exported<W>, Failure> {
    let part = StudyPart(study.id.uuid(), Layer::Raw);
    if !visitor.may(Act::Export, &part) {
        // Writes the refusal on the trail.
        visitor.read(part).await?;
        return Err(Failure::NotFound);
    }
    let whole = Whole::load(&visitor.hub().store().read(), study).await?;
    let mut out = match format {
        Format::Qdpx => project(&whole, visitor.hub().now(), out).await?,
        Format::Json => {
            let value = json::write(&whole).await?;
            serde_json::to_writer_pretty(&mut out, &value).map_err(fault)?;
            out.write_all(b"\n").map_err(fault)?;
            out
        }
    };
    let mut bytes = Vec::new();
    out.flush().map_err(fault)?;
    out.seek(SeekFrom::Start(0)).map_err(fault)?;
    out.read_to_end(&mut bytes).map_err(fault)?;
    out.seek(SeekFrom::Start(0)).map_err(fault)?;
    let digest = Digest::of_file(&bytes);
    note(visitor, study.id, format, digest).await?;
    let name = format!("{}.{}", study.slug, format.word());
    Ok(Exported { out, digest, name })
}

fn fault(error: impl std::fmt::Display) -> Failure {
    Failure::Fault(error.to_string())
}

/// Door, list of exports and command log in one act; before the file is given out.
async fn note(
    visitor: &Visitor,
    study: Id<Study>,
    format: Format,
    digest: Digest,
) -> Result<(), Failure> {
    let (who, hub) = (visitor.clone(), visitor.hub());
    let actor = visitor.actor();
    let row = ExportRow {
        id: hub.chance().uuid(hub.now()),
        format: format.word().to_owned(),
        actor: actor.account.map(Id::uuid),
        role: if actor.is_operator() {
            format!("operator:{}", actor.name)
        } else {
            "account".to_owned()
        },
        digest,
        at: hub.now(),
    };
    hub.store()
        .write(move |tx| {
            Box::pin(async move {
                who.enter(tx, Act::Export, StudyPart(study.uuid(), Layer::Raw))
                    .await?;
                store::add_export(tx, study, &row).await?;
                let payload = serde_json::json!({ "export": row.id, "format": row.format });
                voices::record(tx, &who, study, "analysis-did-export", &payload, None).await?;
                Ok::<_, Failure>(())
            })
        })
        .await
}

/// What goes out of a study, but for its sources, which come one at a time.
pub(super) struct Whole<'a> {
    pub(super) db: Conn,
    pub(super) study: &'a Study,
    pub(super) coders: Vec<CoderRow>,
    pub(super) codes: Vec<Code>,
    pub(super) themes: Vec<Theme>,
    pub(super) sources: Vec<Source>,
}

/// A source with its text and its marks.
pub(super) struct Loaded {
    pub(super) text: String,
    pub(super) marks: Vec<Marked>,
}

/// A passage with where it lies in the text, and its codings.
pub(super) struct Marked {
    pub(super) passage: crate::coding::Passage,
    /// Code points of the text, end exclusive; the project's own positions where text is missing.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) codings: Vec<crate::coding::Coding>,
}

impl<'a> Whole<'a> {
    pub(super) async fn load(db: &Conn, study: &'a Study) -> Result<Self, Fault> {
        Ok(Self {
            db: db.clone(),
            study,
            coders: store::coders(db, study.id).await?,
            codes: crate::store::codes(db, study.id).await?,
            themes: findings::themes(db, study.id).await?,
            sources: findings::all_sources(db, study.id).await?,
        })
    }

    pub(super) fn coder(&self, id: Id<Coder>) -> Option<&CoderRow> {
        self.coders.iter().find(|coder| coder.id == id)
    }

    /// Text and marks of a source, in the order of the text. Marks whose words are gone stay out.
    pub(super) async fn source(&self, source: &Source) -> Result<Loaded, Fault> {
        let blocks = all_blocks(&self.db, source.id).await?;
        let (text, starts) = voices::layout(&blocks, source.lead);
        let starts: HashMap<Id<Block>, usize> = starts.into_iter().collect();
        let mut codings: HashMap<_, Vec<_>> = HashMap::new();
        for coding in store::codings(&self.db, source.id).await? {
            codings.entry(coding.passage).or_default().push(coding);
        }
        let mut marks = Vec::new();
        for passage in store::passages(&self.db, source.id).await? {
            let span = match passage.anchor {
                Some(anchor) => {
                    let place = |point: crate::anchor::Point| {
                        starts.get(&point.block).map(|start| start + point.at)
                    };
                    place(anchor.from)
                        .zip(place(anchor.to))
                        .filter(|(from, to)| from < to)
                }
                None => passage.raw.and_then(|(from, to)| {
                    usize::try_from(from).ok().zip(usize::try_from(to).ok())
                }),
            };
            if let Some((from, to)) = span {
                let codings = codings.remove(&passage.id).unwrap_or_default();
                marks.push(Marked {
                    passage,
                    from,
                    to,
                    codings,
                });
            }
        }
        marks.sort_by_key(|mark| (mark.from, std::cmp::Reverse(mark.to), mark.passage.id));
        Ok(Loaded { text, marks })
    }
}

async fn all_blocks(db: &Conn, source: Id<Source>) -> Result<Vec<Block>, Fault> {
    const WINDOW: i64 = 1000;
    let mut all: Vec<Block> = Vec::new();
    loop {
        let from = all.last().map_or(0, |block| block.place + 1);
        let page = voices::blocks(db, source, from, WINDOW).await?;
        let last = page.len() < 1000;
        all.extend(page);
        if last {
            return Ok(all);
        }
    }
}

/// The words of a stretch of a text.
pub(super) fn stretch(text: &str, from: usize, to: usize) -> &str {
    crate::segments::cut(text, from, to)
}

/// A quote cut short, on one line, as a name for a mark: other programs show it in lists.
fn short(words: &str) -> String {
    const LONGEST: usize = 80;
    let line: String = words
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    let cut: String = line.chars().take(LONGEST).collect();
    if cut.len() < line.len() {
        format!("{}…", cut.trim_end())
    } else {
        line
    }
}

fn clean(text: &str) -> String {
    replace_non_xml(text).into_owned()
}

fn filled(text: &str) -> Option<String> {
    Some(clean(text)).filter(|text| !text.trim().is_empty())
}

/// Notes on their way out: they stand at the end of a project.
#[derive(Default)]
struct Notes(Vec<TextSource>, Vec<String>);

impl Notes {
    /// Keeps notes; gives their GUIDs.
    fn keep(&mut self, whole: &Whole<'_>, notes: &[Note]) -> Vec<Uuid> {
        notes
            .iter()
            .map(|note| {
                let mut out = TextSource::new(note.id.uuid(), clean(&short(&note.text)));
                out.created = stamp(whole, note.author, note.made_at);
                self.0.push(out);
                self.1.push(note.text.clone());
                note.id.uuid()
            })
            .collect()
    }
}

fn stamp(whole: &Whole<'_>, coder: Id<Coder>, at: Time) -> Stamp {
    let user = whole
        .coder(coder)
        .map(|coder| coder.guid)
        .filter(|guid| !guid.is_nil());
    Stamp {
        user,
        at: DateTime::from_unix_micros(at.micros()),
    }
}

async fn notes_on(
    db: &Conn,
    kind: &str,
    about: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Note>>, Fault> {
    let mut all: HashMap<Uuid, Vec<Note>> = HashMap::new();
    for note in crate::notes(db, kind, about).await? {
        all.entry(note.about).or_default().push(note);
    }
    Ok(all)
}

async fn project<W: Write + Seek + Send>(
    whole: &Whole<'_>,
    now: Time,
    out: W,
) -> Result<W, Failure> {
    let mut notes = Notes::default();
    let ids: Vec<Uuid> = whole.codes.iter().map(|code| code.id.uuid()).collect();
    let mut on_codes = notes_on(&whole.db, "code", &ids).await?;
    let mut code_notes: HashMap<Id<Code>, Vec<Uuid>> = HashMap::new();
    for code in &whole.codes {
        let own = on_codes.remove(&code.id.uuid()).unwrap_or_default();
        code_notes.insert(code.id, notes.keep(whole, &own));
    }
    let about_all = crate::store::notes(&whole.db, "study", &[whole.study.id.uuid()]).await?;
    let head = Project {
        name: clean(&whole.study.title),
        origin: Some(format!("{ORIGIN} {}", env!("CARGO_PKG_VERSION"))),
        modified: Stamp {
            user: None,
            at: DateTime::from_unix_micros(now.micros()),
        },
        users: users(whole),
        codes: tree(&whole.codes, &code_notes),
        sets: sets(whole),
        note_refs: notes.keep(whole, &about_all),
        ..Project::default()
    };
    let mut writer = Writer::new(out, head).map_err(fault)?;
    for source in &whole.sources {
        let loaded = whole.source(source).await?;
        let out = text_source(whole, source, &loaded, &mut notes).await?;
        writer
            .text(&out, source.has_text.then_some(loaded.text.as_str()))
            .map_err(fault)?;
    }
    for (note, words) in notes.0.iter().zip(&notes.1) {
        writer.note(note, Some(words)).map_err(fault)?;
    }
    Ok(writer.finish().map_err(fault)?.out)
}

fn users(whole: &Whole<'_>) -> Vec<User> {
    let told = whole.coders.iter().filter(|coder| !coder.guid.is_nil());
    told.map(|coder| User {
        guid: coder.guid,
        name: Some(clean(&coder.name)),
        id: None,
    })
    .collect()
}

fn sets(whole: &Whole<'_>) -> Vec<Set> {
    let guid_of: HashMap<Id<Code>, Uuid> = whole
        .codes
        .iter()
        .map(|code| (code.id, code.guid))
        .collect();
    whole
        .themes
        .iter()
        .map(|theme| Set {
            guid: theme.guid,
            name: clean(&theme.title),
            description: filled(&theme.text),
            codes: theme
                .codes
                .iter()
                .filter_map(|code| guid_of.get(code).copied())
                .collect(),
            sources: Vec::new(),
            notes: Vec::new(),
        })
        .collect()
}

/// The tree from the list in its order; a code stands below its parent.
fn tree(codes: &[Code], notes: &HashMap<Id<Code>, Vec<Uuid>>) -> Vec<OutCode> {
    // From the last to the first each code is whole before it is put below its parent.
    let mut below: HashMap<Option<Id<Code>>, Vec<OutCode>> = HashMap::new();
    for code in codes.iter().rev() {
        let mut children = below.remove(&Some(code.id)).unwrap_or_default();
        children.reverse();
        let parent = code.parent.filter(|_| code.depth > 0);
        below.entry(parent).or_default().push(OutCode {
            guid: code.guid,
            name: clean(&code.name),
            is_codable: code.codable,
            color: code.colour.parse().ok(),
            description: filled(&code.description),
            note_refs: notes.get(&code.id).cloned().unwrap_or_default(),
            children,
        });
    }
    let mut tops = below.remove(&None).unwrap_or_default();
    tops.reverse();
    tops
}

async fn text_source(
    whole: &Whole<'_>,
    source: &Source,
    loaded: &Loaded,
    notes: &mut Notes,
) -> Result<TextSource, Fault> {
    let passages: Vec<Uuid> = loaded
        .marks
        .iter()
        .map(|mark| mark.passage.id.uuid())
        .collect();
    let mut on_passages = notes_on(&whole.db, "passage", &passages).await?;
    let on_source = crate::store::notes(&whole.db, "source", &[source.id.uuid()]).await?;
    let guid_of: HashMap<Id<Code>, Uuid> = whole
        .codes
        .iter()
        .map(|code| (code.id, code.guid))
        .collect();
    let mut out = TextSource::new(source.guid, clean(&source.name));
    out.created.at = DateTime::from_unix_micros(source.made_at.micros());
    out.note_refs = notes.keep(whole, &on_source);
    if !source.has_text {
        out.body = TextBody::Missing {
            path: text_path(source.guid),
        };
    }
    for mark in &loaded.marks {
        let own = on_passages
            .remove(&mark.passage.id.uuid())
            .unwrap_or_default();
        let mut one = Selection::new(mark.passage.guid, mark.from as u64, mark.to as u64);
        one.name = source
            .has_text
            .then(|| clean(&short(stretch(&loaded.text, mark.from, mark.to))));
        one.created = stamp(whole, mark.passage.made_by, mark.passage.made_at);
        one.note_refs = notes.keep(whole, &own);
        one.codings = mark
            .codings
            .iter()
            .filter_map(|coding| {
                Some(OutCoding {
                    guid: coding.guid,
                    code: guid_of.get(&coding.code).copied()?,
                    created: stamp(whole, coding.coder, coding.made_at),
                    note_refs: Vec::new(),
                })
            })
            .collect();
        out.selections.push(one);
    }
    Ok(out)
}
