//! A study taken out: who may, where it is written down, and what all formats are made of.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek, SeekFrom, Write};

use ::store::{Conn, Fault};
use base::{Digest, Id, Lang};
use frame::Failure;
use people::{Act, Layer, StudyPart, Visitor};
use voices::{Block, Side, Source, Study, Told};

use super::store::{self, CoderRow, ExportRow};
use super::{Format, codebook, json, project, tables};
use crate::codebook::Code;
use crate::coding::Coder;
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
    /// What the format, or this file, could not carry.
    pub told: Vec<Told>,
}

/// What could not be carried: key of a text and how many.
#[derive(Default)]
pub(super) struct Left(BTreeMap<&'static str, i64>);

impl Left {
    pub(super) fn tell(&mut self, key: &'static str, n: usize) {
        if n > 0 {
            *self.0.entry(key).or_default() += i64::try_from(n).unwrap_or(i64::MAX);
        }
    }

    fn told(self) -> Vec<Told> {
        let told = |(code, n): (&str, i64)| Told {
            code: code.to_owned(),
            count: Some(n),
            word: None,
            loss: true,
        };
        self.0.into_iter().map(told).collect()
    }
}

/// Takes a study out as a file. When this gives an error, what was written is of no use: write to a
/// temporary file and rename it after `Ok`. The export stands on the trail and in the study's list.
/// Headings of tables are in `lang`.
///
/// # Errors
/// [`Failure::NotFound`] for somebody who may not; `AN0041` for a codebook without codes;
/// [`Failure::Fault`].
pub async fn export<W: Read + Write + Seek + Send>(
    visitor: &Visitor,
    study: &Study,
    format: Format,
    lang: Lang,
    mut out: W,
) -> Result<Exported<W>, Failure> {
    let part = StudyPart(study.id.uuid(), Layer::Raw);
    if !visitor.may(Act::Export, &part) {
        // Writes the refusal on the trail.
        visitor.read(part).await?;
        return Err(Failure::NotFound);
    }
    let whole = Whole::load(&visitor.hub().store().read(), study).await?;
    let mut left = Left::default();
    let hub = visitor.hub();
    match format {
        Format::Qdpx => out = project::write(&whole, hub, out, &mut left).await?,
        Format::Qdc => codebook::write(&whole, &mut out, &mut left).await?,
        Format::Xlsx => {
            let words = hub.words(lang);
            tables::xlsx(&whole, &words, hub.now(), &mut out, &mut left).await?;
        }
        Format::Csv => tables::csv(&whole, &mut out).await?,
        Format::Json => {
            let value = json::write(&whole).await?;
            serde_json::to_writer_pretty(&mut out, &value).map_err(fault)?;
            out.write_all(b"\n").map_err(fault)?;
        }
    }
    let mut bytes = Vec::new();
    out.flush().map_err(fault)?;
    out.seek(SeekFrom::Start(0)).map_err(fault)?;
    out.read_to_end(&mut bytes).map_err(fault)?;
    out.seek(SeekFrom::Start(0)).map_err(fault)?;
    let digest = Digest::of_file(&bytes);
    let told = left.told();
    note(visitor, study.id, format, digest, &told).await?;
    let name = format!("{}.{}", study.slug, format.word());
    Ok(Exported {
        out,
        digest,
        name,
        told,
    })
}

pub(super) fn fault(error: impl std::fmt::Display) -> Failure {
    Failure::Fault(error.to_string())
}

/// Door, list of exports and command log in one act; before the file is given out.
async fn note(
    visitor: &Visitor,
    study: Id<Study>,
    format: Format,
    digest: Digest,
    told: &[Told],
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
        told: told.to_vec(),
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
    pub(super) voices: Vec<Voice>,
}

/// Who speaks from a place in the text on.
pub(super) struct Voice {
    pub(super) from: usize,
    pub(super) label: Option<String>,
    pub(super) side: Option<Side>,
}

impl Loaded {
    /// Who speaks at a place in the text.
    pub(super) fn voice(&self, at: usize) -> Option<&Voice> {
        let after = self.voices.partition_point(|voice| voice.from <= at);
        self.voices.get(after.checked_sub(1)?)
    }
}

/// A passage with where it lies in the text, and its codings.
pub(super) struct Marked {
    pub(super) passage: crate::coding::Passage,
    /// Code points of the text, end exclusive; the project's own positions where the mark has no
    /// place in it ([`Marked::is_placed`]).
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) codings: Vec<crate::coding::Coding>,
}

impl Marked {
    /// Whether it lies on words; else its positions mean nothing in the text as it is here.
    pub(super) fn is_placed(&self) -> bool {
        self.passage.anchor.is_some()
    }

    /// Its words.
    pub(super) fn quote<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.is_placed()
            .then(|| crate::segments::cut(text, self.from, self.to))
    }
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
        let voices = blocks
            .iter()
            .filter_map(|block| {
                Some(Voice {
                    from: *starts.get(&block.id)?,
                    label: block.speaker_label.clone(),
                    side: block.side,
                })
            })
            .collect();
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
        Ok(Loaded {
            text,
            marks,
            voices,
        })
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

/// A quote cut short, on one line, as a name for a mark: other programs show it in lists.
pub(super) fn short(words: &str) -> String {
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
