//! What is kept of a project on its way in, and its notes.

use ::store::{Fault, Owner};
use base::{Id, Uuid};
use refi_qda::Leftover;
use voices::Source;

use super::super::kept::Kept;
use super::super::parse::{KeptFile, NoteText};
use super::{About, Bringing, DESCRIPTION};

impl Bringing<'_> {
    /// Keeps something; gives its row's id.
    pub(super) fn keep(
        &mut self,
        source: Option<Id<Source>>,
        left: Leftover,
        about: Option<Uuid>,
    ) -> Id<Kept> {
        let id = self.hub().chance().id(self.now);
        let place = i64::try_from(self.rows.kept.len()).unwrap_or(i64::MAX);
        let own = (id, self.import.study);
        let left = left.renamed(&self.renamed);
        self.rows
            .kept
            .push(Kept::of(own, source, place, left, about));
        id
    }

    /// Keeps something of the project as a whole, unless the study has it from another time.
    pub(super) fn keep_of_project(&mut self, left: Leftover) {
        let new = left
            .guid
            .is_none_or(|guid| self.known.insert((left.kind.clone(), guid)));
        if new {
            let refs = left.refs.clone();
            let id = self.keep(None, left, None);
            self.rows
                .refs
                .extend(refs.into_iter().map(|guid| (id, guid)));
        }
    }

    /// Puts files of the project among the objects; named in the last act.
    pub(super) async fn keep_files(
        &mut self,
        source: Option<Id<Source>>,
        files: Vec<KeptFile>,
    ) -> Result<(), Fault> {
        if files.is_empty() {
            return Ok(());
        }
        let owner = Owner::Study(self.import.study.uuid());
        let sealer = self.hub().store().sealer(owner).await?;
        for file in files {
            let object = self.hub().chance().id(self.now);
            let objects = self.hub().store().objects();
            let object = objects
                .put(&sealer, object, "application/octet-stream", file.bytes)
                .await?;
            let left = Leftover {
                kind: file.kind.to_owned(),
                guid: None,
                target: Some(file.target),
                refs: Vec::new(),
                reason: refi_qda::Reason::Kept,
                xml: file.path,
            };
            self.keep(source, left, None);
            if let Some(row) = self.rows.kept.last_mut() {
                row.object = Some(object.id);
            }
            self.rows.files.push(object);
        }
        Ok(())
    }

    pub(super) async fn note(&mut self, note: NoteText) -> Result<(), Fault> {
        let author = self.coder(note.created);
        let at = self.moment(note.created);
        let mut abouts: Vec<About> = self.targets.of(note.guid).to_vec();
        abouts
            .retain(|about| !matches!(about, About::Code(guid) if !self.codes.contains_key(guid)));
        if note.text.is_empty() {
            self.keep(None, note.head.clone(), None);
        } else if abouts.is_empty() {
            // A note on nothing: one on the study, which says that it was on nothing.
            let about = ("study", self.import.study.uuid());
            let id = self.add_note(about, note.text.clone(), author, at);
            self.keep(None, note.head.clone(), Some(id.uuid()));
        }
        for about in abouts.iter().filter(|_| !note.text.is_empty()) {
            let study = ("study", self.import.study.uuid());
            let (to, source, target) = match *about {
                About::Project => (study, None, Some(Uuid::nil())),
                About::Code(guid) => match self.codes.get(&guid) {
                    Some(code) => (("code", code.uuid()), None, None),
                    None => continue,
                },
                About::Source(id) => (("source", id.uuid()), Some(id), None),
                About::Media(guid, id) => (("source", id.uuid()), Some(id), Some(guid)),
                About::Passage(id, source) => (("passage", id.uuid()), Some(source), None),
                About::Coding(coding, id, source) => {
                    (("passage", id.uuid()), Some(source), Some(coding))
                }
            };
            let id = self.add_note(to, note.text.clone(), author, at);
            let head = Leftover {
                target,
                ..note.head.clone()
            };
            self.keep(source, head, Some(id.uuid()));
        }
        self.keep_files(None, note.files).await
    }
}

/// What says of a note that it was a description.
pub(super) fn described() -> Leftover {
    Leftover {
        kind: DESCRIPTION.to_owned(),
        guid: None,
        target: None,
        refs: Vec::new(),
        reason: refi_qda::Reason::Kept,
        xml: String::new(),
    }
}
