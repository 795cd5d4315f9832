//! A study as a REFI-QDA project.

use std::collections::{HashMap, HashSet};
use std::io::{Seek, Write};

use ::store::{Fault, objects};
use base::{Id, Time, Uuid};
use frame::{Failure, Hub};
use refi_qda::{
    Code as OutCode, DateTime, Leftover, MediaSource, Piece, Project, Set, Stamp, TextSource, User,
    Writer, replace_non_xml,
};
use voices::Source;

use super::ORIGIN;
use super::export::{Left, Whole, fault};
use super::kept::{self, Kept};
use super::notes::{Notes, Said, by_note, notes_on};
use super::out::{self, Written};
use super::parse::FILE;
use crate::codebook::Code;
use crate::coding::Coder;

/// Text that XML can hold.
pub(super) fn clean(text: &str) -> String {
    replace_non_xml(text).into_owned()
}

/// The same, when there is any.
pub(super) fn filled(text: &str) -> Option<String> {
    Some(clean(text)).filter(|text| !text.trim().is_empty())
}

/// Who and when, as a project tells it.
pub(super) fn stamp(whole: &Whole<'_>, coder: Id<Coder>, at: Time) -> Stamp {
    let user = whole
        .coder(coder)
        .map(|coder| coder.guid)
        .filter(|guid| !guid.is_nil());
    Stamp {
        user,
        at: DateTime::from_unix_micros(at.micros()),
    }
}

/// A project on its way out.
pub(super) struct Out<'a, W: Write + Seek> {
    pub(super) whole: &'a Whole<'a>,
    pub(super) hub: &'a Hub,
    pub(super) writer: Writer<W>,
    pub(super) notes: Notes,
    pub(super) left: &'a mut Left,
    /// GUIDs of all codes.
    pub(super) codes: HashMap<Id<Code>, Uuid>,
    /// Names of files that were written.
    pub(super) files: HashSet<String>,
}

/// Writes the project; gives back what it was written to.
pub(super) async fn write<W: Write + Seek + Send>(
    whole: &Whole<'_>,
    hub: &Hub,
    out: W,
    left: &mut Left,
) -> Result<W, Failure> {
    let of_study = kept::store::of_study(&whole.db, whole.study.id).await?;
    let mut notes = Notes::default();
    let head = head(whole, hub.now(), &of_study, &mut notes, left).await?;
    let mut out = Out {
        whole,
        hub,
        writer: Writer::new(out, head).map_err(fault)?,
        notes,
        left,
        codes: whole
            .codes
            .iter()
            .map(|code| (code.id, code.guid))
            .collect(),
        files: HashSet::new(),
    };
    out.kept(&of_study, &["Variable"])?;
    out.kept(&of_study, &["Case"])?;
    out.sources().await?;
    for one in of_study
        .iter()
        .filter(|one| one.kind == "Note" && one.about.is_none())
    {
        out.notes.wordless(one);
    }
    for (note, words) in std::mem::take(&mut out.notes.all) {
        out.writer.note(&note, words.as_deref()).map_err(fault)?;
    }
    for one in of_study.iter().filter(|one| one.kind == FILE) {
        out.file(one).await?;
    }
    for kinds in [["Link"], ["Set"], ["Graph"]] {
        out.kept(&of_study, &kinds)?;
    }
    let strange = of_study.iter().filter(|one| one.reason != "kept").count();
    out.left.tell("analysis-left-other", strange);
    let Out { writer, left, .. } = out;
    let written = writer.finish().map_err(fault)?;
    left.tell("analysis-left-other", written.left_out.len());
    Ok(written.out)
}

async fn head(
    whole: &Whole<'_>,
    now: Time,
    of_study: &[Kept],
    notes: &mut Notes,
    left: &mut Left,
) -> Result<Project, Fault> {
    let ids: Vec<Uuid> = whole.codes.iter().map(|code| code.id.uuid()).collect();
    let kept_notes = by_note(of_study);
    let mut on_codes = notes_on(&whole.db, "code", &ids).await?;
    let mut code_notes: HashMap<Id<Code>, Vec<Uuid>> = HashMap::new();
    for code in &whole.codes {
        let own = on_codes.remove(&code.id.uuid()).unwrap_or_default();
        let said = notes.say(whole, &own, &kept_notes, left);
        code_notes.insert(code.id, said.refs);
    }
    let about_all = crate::store::notes(&whole.db, "study", &[whole.study.id.uuid()]).await?;
    let Said {
        description,
        mut refs,
        on,
        ..
    } = notes.say(whole, &about_all, &kept_notes, left);
    refs.extend(on.iter().map(|(_, note)| *note));
    let first = of_study.iter().find(|one| one.kind == "Project");
    let came = first.and_then(|one| Project::from_piece(&one.body).ok());
    Ok(Project {
        name: clean(&whole.study.title),
        origin: Some(format!("{ORIGIN} {}", env!("CARGO_PKG_VERSION"))),
        created: came.as_ref().map(|came| came.created).unwrap_or_default(),
        modified: Stamp {
            user: None,
            at: DateTime::from_unix_micros(now.micros()),
        },
        // Only where a path needs it: it may tell the name of somebody's folder.
        base_path: match has_relative_paths(whole).await? {
            true => came.and_then(|came| came.base_path),
            false => None,
        },
        description,
        users: users(whole, of_study),
        codes: tree(&whole.codes, &code_notes),
        sets: sets(whole),
        note_refs: refs,
        leftovers: Vec::new(),
    })
}

async fn has_relative_paths(whole: &Whole<'_>) -> Result<bool, Fault> {
    let heads = kept::store::heads(&whole.db, whole.study.id).await?;
    Ok(heads.iter().any(|one| one.body.contains("\"relative:")))
}

fn users(whole: &Whole<'_>, of_study: &[Kept]) -> Vec<User> {
    let told = whole.coders.iter().filter(|coder| !coder.guid.is_nil());
    told.map(|coder| {
        let is_it = |one: &&Kept| one.kind == "User" && one.guid == Some(coder.guid);
        let came = of_study.iter().find(is_it);
        User {
            guid: coder.guid,
            name: Some(clean(&coder.name)),
            id: came.and_then(|one| User::from_piece(&one.body).ok()?.id),
        }
    })
    .collect()
}

/// Our themes, as sets.
pub(super) fn sets(whole: &Whole<'_>) -> Vec<Set> {
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
pub(super) fn tree(codes: &[Code], notes: &HashMap<Id<Code>, Vec<Uuid>>) -> Vec<OutCode> {
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

impl<W: Write + Seek + Send> Out<'_, W> {
    /// Writes kept things of some kinds.
    fn kept(&mut self, of_study: &[Kept], kinds: &[&str]) -> Result<(), Failure> {
        let wanted = |one: &&Kept| kinds.contains(&one.kind.as_str());
        for left in of_study.iter().filter(wanted).filter_map(Kept::element) {
            self.writer.leftover(&left).map_err(fault)?;
        }
        Ok(())
    }

    /// Writes a kept file, unless another source brought the same.
    pub(super) async fn file(&mut self, one: &Kept) -> Result<(), Failure> {
        let name = one.body.rsplit(['/', '\\']).next().unwrap_or_default();
        let Some(id) = one
            .object
            .filter(|_| self.files.insert(name.to_lowercase()))
        else {
            return Ok(());
        };
        let object = objects::get(&self.whole.db, id).await?;
        let object = object.ok_or_else(|| fault("a kept file has no object"))?;
        let bytes = self.hub.store().objects().get(&object).await?;
        self.writer.file(&one.body, bytes.as_ref()).map_err(fault)
    }

    /// Writes all sources; those of one recording, picture or PDF together.
    async fn sources(&mut self) -> Result<(), Failure> {
        let heads = kept::store::heads(&self.whole.db, self.whole.study.id).await?;
        let mut texts: HashMap<Uuid, Vec<&Kept>> = HashMap::new();
        let media: HashMap<Uuid, &Kept> = heads
            .iter()
            .filter(|one| one.is_media())
            .filter_map(|one| Some((one.guid?, one)))
            .collect();
        for head in &heads {
            if let Some(owner) = head.text_of().filter(|owner| media.contains_key(owner)) {
                texts.entry(owner).or_default().push(head);
            }
        }
        let mut owner_of: HashMap<Id<Source>, Uuid> = HashMap::new();
        for (guid, head) in &media {
            owner_of.extend(head.source.map(|source| (source, *guid)));
        }
        for (owner, all) in &texts {
            owner_of.extend(all.iter().filter_map(|one| Some((one.source?, *owner))));
        }
        let whole = self.whole;
        let mut done = HashSet::new();
        for source in &whole.sources {
            let Some(owner) = owner_of.get(&source.id) else {
                let Written { text, words, .. } = out::source(self, source).await?;
                self.writer.text(&text, words.as_deref()).map_err(fault)?;
                continue;
            };
            if let Some(head) = media.get(owner).filter(|_| done.insert(*owner)) {
                let of = texts.get(owner).map(Vec::as_slice).unwrap_or_default();
                self.media(head, of, source).await?;
            }
        }
        Ok(())
    }

    async fn media(&mut self, head: &Kept, texts: &[&Kept], first: &Source) -> Result<(), Failure> {
        let mut media = MediaSource::from_piece(&head.body).map_err(fault)?;
        if texts.len() < 2 {
            media.name = Some(clean(&first.name));
        }
        let whole = self.whole;
        let mut words = Vec::new();
        let mut changed = false;
        if texts.is_empty() {
            let Written { said, .. } = out::source(self, first).await?;
            media.note_refs.extend(said);
        }
        for text in texts {
            let found = whole.sources.iter().find(|one| Some(one.id) == text.source);
            let Some(source) = found else { continue };
            changed |= source.revision > 0;
            let written = out::source(self, source).await?;
            media.note_refs.extend(written.said);
            media.texts.push(written.text);
            words.push(written.words);
        }
        let around = kept::store::around(&whole.db, whole.study.id, &[media.guid]).await?;
        for one in around {
            match one.kind.as_str() {
                FILE if changed => self.left.tell("analysis-left-files", 1),
                FILE => self.file(&one).await?,
                "Coding" => media.codings.extend(self.coding(&one)),
                _ if one.is_media() || one.is_text() => {}
                _ => media.leftovers.extend(self.around(&one, changed)),
            }
        }
        let words: Vec<Option<&str>> = words.iter().map(Option::as_deref).collect();
        self.writer.media(&media, &words).map_err(fault)
    }

    /// A kept mark or value; none when it holds words that may have been changed in the text since.
    fn around(&mut self, one: &Kept, changed: bool) -> Option<Leftover> {
        if changed && one.body.contains("<PlainTextContent>") {
            self.left.tell("analysis-left-words", 1);
            return None;
        }
        one.element()
    }

    /// A coding that is kept; none when its code is gone.
    pub(super) fn coding(&mut self, one: &Kept) -> Option<refi_qda::Coding> {
        let coding = refi_qda::Coding::from_piece(&one.body).ok()?;
        let known = self.codes.values().any(|code| *code == coding.code);
        if !known {
            self.left.tell("analysis-left-codings", 1);
        }
        Some(coding).filter(|_| known)
    }

    /// What a source was in its project.
    pub(super) fn text_head(kept: &[Kept]) -> Option<TextSource> {
        let head = kept.iter().find(|one| one.is_text())?;
        TextSource::from_piece(&head.body).ok()
    }
}
