//! Notes on their way out: they stand at the end of a project, and others point to them.

use std::collections::HashMap;

use ::store::{Conn, Fault};
use base::Uuid;
use refi_qda::{Piece, TextBody, TextSource};

use super::export::{Left, Whole, short};
use super::import::DESCRIPTION;
use super::kept::Kept;
use super::parse::note::{is_unchanged, words_of};
use super::project::{clean, filled, stamp};
use crate::coding::Note;

/// All notes of a project, each once.
#[derive(Default)]
pub(super) struct Notes {
    /// A note and its words.
    pub(super) all: Vec<(TextSource, Option<String>)>,
    by_guid: HashMap<Uuid, usize>,
}

/// What the notes on one thing become.
#[derive(Default)]
pub(super) struct Said {
    /// The note that was a description when it came.
    pub(super) description: Option<String>,
    /// References to notes on the thing itself.
    pub(super) refs: Vec<Uuid>,
    /// Notes on a part of it: GUID of the part, GUID of the note.
    pub(super) on: Vec<(Uuid, Uuid)>,
    /// Notes that were on nothing when they came.
    pub(super) free: Vec<Uuid>,
}

/// What is kept of notes, by the note's id.
pub(super) fn by_note(kept: &[Kept]) -> HashMap<Uuid, &Kept> {
    kept.iter()
        .filter(|one| one.kind == DESCRIPTION || one.kind == "Note")
        .filter_map(|one| Some((one.about?, one)))
        .collect()
}

/// The notes on things of one kind, by the thing.
pub(super) async fn notes_on(
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

impl Notes {
    /// Takes the notes on one thing.
    pub(super) fn say(
        &mut self,
        whole: &Whole<'_>,
        notes: &[Note],
        kept: &HashMap<Uuid, &Kept>,
        left: &mut Left,
    ) -> Said {
        let mut said = Said::default();
        for note in notes {
            let known = kept.get(&note.id.uuid()).copied();
            match known {
                Some(one) if one.kind == DESCRIPTION && said.description.is_none() => {
                    said.description = filled(&note.text);
                }
                Some(one) if one.kind == "Note" => {
                    let guid = self.add(whole, note, Some(one), left);
                    match one.target {
                        Some(part) => said.on.push((part, guid)),
                        None if one.source.is_none() && note.about_kind == "study" => {
                            said.free.push(guid);
                        }
                        None => said.refs.push(guid),
                    }
                }
                _ => said.refs.push(self.add(whole, note, None, left)),
            }
        }
        said
    }

    fn add(
        &mut self,
        whole: &Whole<'_>,
        note: &Note,
        kept: Option<&Kept>,
        left: &mut Left,
    ) -> Uuid {
        let head = kept.and_then(|one| Some((one, TextSource::from_piece(&one.body).ok()?)));
        let Some((one, mut out)) = head else {
            let mut out = TextSource::new(note.id.uuid(), clean(&short(&note.text)));
            out.created = stamp(whole, note.author, note.made_at);
            return self.push(out, clean(&note.text));
        };
        let words = clean(words_of(out.name.as_deref(), &note.text));
        let same = |at: &usize| {
            self.all
                .get(*at)
                .is_some_and(|(_, it)| it.as_ref() == Some(&words))
        };
        match self.by_guid.get(&out.guid) {
            // One note on several things stands once.
            Some(at) if same(at) => return out.guid,
            // It was written on here, so it is another note now.
            Some(_) => out.guid = note.id.uuid(),
            None => {}
        }
        let length = words.chars().count() as u64;
        let fits = is_unchanged(&one.body, &note.text)
            && out.selections.iter().all(|mark| mark.end <= length);
        if !fits {
            left.tell("analysis-left-note-marks", out.selections.len());
            out.selections = Vec::new();
        }
        self.push(out, words)
    }

    /// A note that came without words goes out without.
    pub(super) fn wordless(&mut self, kept: &Kept) {
        if let Ok(out) = TextSource::from_piece(&kept.body)
            && !self.by_guid.contains_key(&out.guid)
        {
            self.by_guid.insert(out.guid, self.all.len());
            self.all.push((out, None));
        }
    }

    fn push(&mut self, mut out: TextSource, words: String) -> Uuid {
        let guid = out.guid;
        out.body = TextBody::Inline(words.clone());
        self.by_guid.insert(guid, self.all.len());
        self.all.push((out, Some(words)));
        guid
    }
}
